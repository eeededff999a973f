"""`argosy landed`: what one consignment costs at its destination and why, or many at once."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

import msgspec
from rich.console import Console
from rich.table import Table

from argosy.base.errors import Refused
from argosy.base.money import exponent
from argosy.landed.bank import BankRates
from argosy.landed.batch import Batch, answer_of, consignment_of, lines_of, read_request
from argosy.landed.load import load_tables
from argosy.landed.model import ExchangeTable
from argosy.landed.rules import land
from argosy.landed.tables import Tables
from argosy.plumbing.config import Config
from argosy.pricing.load_rates import cross_dollar, ecb_rates, operator_rates, rates_of
from argosy.pricing.model import Rates

ONE_CASE = ("to", "hs", "origin", "value", "currency")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("landed", help="duty, tax and charges of a consignment, explained")
    parser.add_argument("--batch", metavar="FILE", help="requests, one JSON object a line; - reads standard input")
    parser.add_argument("--to", help="destination, e.g. FR")
    parser.add_argument("--region", help="US state or Canadian province, e.g. TX")
    parser.add_argument("--hs", help="heading of HS 2022, 6 digits (US: 8 will do)")
    parser.add_argument("--origin", help="where the goods were made, e.g. CN")
    parser.add_argument("--ship-from", help="where the parcel leaves (default: the origin)")
    parser.add_argument("--value", help="price paid for a piece, e.g. 79.90")
    parser.add_argument("--customs-value", help="value of a piece for which nothing is paid")
    parser.add_argument("--quantity", type=int, default=1)
    parser.add_argument("--shipping", default="0", help="transport and insurance to the door (default 0)")
    parser.add_argument("--currency", help="of all amounts, e.g. EUR")
    parser.add_argument("--at", help="business date at the destination (default: today)")
    parser.add_argument("--channel", default="courier", help="courier, post or freight")
    parser.add_argument("--mode", default="air_cargo", help="air_cargo, air_passenger, sea or land")
    parser.add_argument("--terms", default="DDP", help="DDP or DAP")
    parser.add_argument("--border", action="store_true", help="nothing is collected at the sale")
    parser.add_argument("--battery", default="none", help="none, alone, packed_with or in_equipment")
    parser.add_argument("--blade-mm", type=int, help="length of a blade")
    parser.add_argument(
        "--rates",
        type=Path,
        metavar="FILE",
        help="rates for currencies that the bank lacks (as data/exchange_rates.csv)",
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """0 when all was answered, whatever its state; 1 when a request could not be read; raises `Refused` for wrong options."""
    if given.batch is not None:
        return _batch(config, given)
    missing = [f"--{name}" for name in ONE_CASE if getattr(given, name) is None]
    if missing:
        raise Refused(
            "invalid_request", f"Missing: {', '.join(missing)}.", field=missing[0], remedy="Or give --batch FILE."
        )
    try:
        consignment = consignment_of(request := read_request(msgspec.json.encode(_request(given))))
    except Refused as wrong:
        if wrong.field == "ship_from" and given.ship_from is None:
            # Nobody named one: it is the origin's.
            wrong.field = "--origin"
        raise
    answer = answer_of(request.id, land(_tables(config, given.rates), consignment))
    if given.json:
        print(msgspec.json.encode(answer).decode())
    else:
        _bill(given, answer, consignment.lines[0].goods_minor, consignment.shipping_minor)
    return 0


def _batch(config: Config, given: argparse.Namespace) -> int:
    if not given.json:
        raise Refused("invalid_request", "A batch is answered in JSON.", field="--json", remedy="Add --json.")
    if given.batch == "-":
        return _answer_all(config, given, sys.stdin.buffer)
    try:
        with Path(given.batch).open("rb") as stream:
            return _answer_all(config, given, stream)
    except OSError as wrong:
        raise Refused(
            "no_such_file", f"{wrong}.", field="--batch", remedy="Name a file that can be read, or -."
        ) from wrong


def _answer_all(config: Config, given: argparse.Namespace, stream: IO[bytes]) -> int:
    batch = Batch(_tables(config, given.rates))
    out = sys.stdout.buffer
    try:
        for line in lines_of(stream):
            out.write(batch.answer(line) + b"\n")
        out.flush()
    except BrokenPipeError:
        # Who reads has heard enough, as `head` has; nothing more can be written, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 1 if batch.refused else 0


class _Own:
    """The bank's rates, and the operator's where the bank has none."""

    def __init__(self, bank: BankRates, own: Rates) -> None:
        self._bank, self._own = bank, own

    def units(self, source: str, target: str, day: date) -> tuple[int, int, str, date] | None:
        """As `ExchangeTable`."""
        found = self._bank.units(source, target, day)
        if found is not None:
            return found
        rate = self._own.on(source, target, day)
        return None if rate is None else (rate.numerator, rate.denominator, rate.source, rate.day)


def _tables(config: Config, own: Path | None) -> Tables:
    bank = BankRates()
    rates: ExchangeTable = bank
    if own is not None:
        if not own.is_file():
            raise Refused("no_such_file", f"{own} cannot be read.", field="--rates", remedy="Name a CSV file of rates.")
        rows = list(operator_rates(own))
        bank_rows = list(ecb_rates(date(min(row.day for row in rows).year - 1, 1, 1))) if rows else []
        crossed = cross_dollar(rows, rates_of(bank_rows))
        names = {row.currency for row in crossed}
        rates = _Own(bank, rates_of([*(row for row in bank_rows if row.currency not in names), *crossed]))
    return load_tables(config.data / "landed", rates)


def _request(given: argparse.Namespace) -> dict[str, Any]:
    line: dict[str, Any] = {
        "line": "1",
        "hs": given.hs,
        "origin": given.origin,
        "quantity": given.quantity,
        "unit_minor": _minor("--value", given.value, given.currency),
        "attributes": {"battery": given.battery, "blade_mm": given.blade_mm},
    }
    if given.customs_value is not None:
        line["customs_unit_minor"] = _minor("--customs-value", given.customs_value, given.currency)
    return {
        "id": "1",
        "at": given.at or datetime.now(UTC).date().isoformat(),
        "to": given.to,
        "region": given.region,
        "ship_from": given.ship_from or given.origin,
        "channel": given.channel,
        "mode": given.mode,
        "terms": given.terms,
        "seller_collects": not given.border,
        "currency": given.currency,
        "shipping_minor": _minor("--shipping", given.shipping, given.currency),
        "lines": [line],
    }


def _minor(option: str, text: str, currency: str) -> int:
    try:
        amount = Decimal(text).scaleb(exponent(currency))
        if amount == amount.to_integral_value() and 0 <= amount <= 10**15:
            return int(amount)
    except InvalidOperation:
        pass
    raise Refused(
        "invalid_request", f"{text} is no amount of {currency}.", field=option,
        remedy=f"Send a number with at most {exponent(currency)} decimals.",
    )  # fmt: skip


def _bill(given: argparse.Namespace, answer: dict[str, Any], goods: int, shipping: int) -> None:
    digits = exponent(given.currency)

    def money(minor: int | None) -> str:
        return "unknown" if minor is None else f"{Decimal(minor).scaleb(-digits):,.{digits}f} {given.currency}"

    bill = Table(show_header=False, box=None)
    bill.add_column()
    bill.add_column(justify="right")
    for name, minor in (("Goods", goods), ("Shipping", shipping)):
        bill.add_row(name, money(minor))
    for name in ("duty", "tax", "fees", "total"):
        bill.add_row(name.capitalize(), money(answer[f"{name}_minor"]))
    if answer["duty_low_minor"] is not None:
        between = f"{money(answer['duty_low_minor'])} to {money(answer['duty_high_minor'])}"
        bill.add_row("Duty lies between", between)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"To {given.to}: {answer['state']}")
    console.print(bill)
    for reason in answer["reasons"]:
        told = (
            f"  [{', '.join(part for part in (reason['source'], reason['as_of']) if part)}]" if reason["source"] else ""
        )
        console.print(f"- {reason['text']}{told}", markup=False)
