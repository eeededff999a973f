"""The work of `argosy tariffs`: rows into the database, and what they change in the catalogue."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from argosy import running
from argosy.base.errors import Refused
from argosy.catalogue import find
from argosy.landed import classify, importing
from argosy.landed.classification.load import load_goods_facts, load_headings
from argosy.landed.classification.model import Goods
from argosy.landed.load import load_tables
from argosy.landed.tariff_file import known, read_rows, template
from argosy.landed.tariff_rows import EUROPEAN_UNION, RefusedTariff
from argosy.markets.load import load_markets
from argosy.markets.model import Market
from argosy.orders.model import Charts, ShelfItem
from argosy.orders.quoting.exchange import Exchange
from argosy.orders.quoting.landing import Doorstep, business_date, doorstep
from argosy.plumbing.clock import PacedClock
from argosy.plumbing.config import Config
from argosy.plumbing.database import Database, Reader, open_database
from argosy.plumbing.pace import follow
from argosy.pricing.load_rates import read_rates
from argosy.pricing.look_up import look_up
from argosy.pricing.rules import price_in
from argosy.shop import HUB

SHOWN = 50
"""Refused rows that are shown on the screen and in the answer; the report file has all."""
_AT_ONCE = 1_000


class _Taken(Exception):
    """A dry run has seen what it wanted: nothing is to be kept."""


def run(config: Config, given: argparse.Namespace) -> int:
    """0 when all went in, 1 when rows were refused; raises `Refused` for a file or a day that cannot be read."""
    if given.verb == "template":
        return _template(given.json)
    if given.verb == "list":
        with running.database(config, _say) as dsn:
            return asyncio.run(_list(config, dsn, given.json))
    at = _day(given.at)
    if not given.file.is_file():
        raise Refused("no_such_file", f"There is no file {given.file}.", field="file", remedy="Check the path.")
    with running.database(config, _say) as dsn:
        result = asyncio.run(_import(config, dsn, given, at))
    _print(result, given.json)
    return 1 if result["refused"] else 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("bad_day", f"{text!r} is not a day.", field="--at", remedy="Write it as 2027-01-01.") from None


def _template(as_json: bool) -> int:
    if as_json:
        from argosy.landed.tariff_file import COLUMNS

        print(msgspec.json.encode({"columns": COLUMNS}).decode())
    else:
        template(csv.writer(sys.stdout, lineterminator="\n").writerow)
    return 0


async def _list(config: Config, dsn: str, as_json: bool) -> int:
    database = await open_database(dsn, size=2)
    try:
        now = await _business_time(config, database)
        async with database.read() as reader:
            counts = await importing.counts(reader, now.date())
    finally:
        await database.close()
    if as_json:
        print(msgspec.json.encode({"tariffs": counts}).decode())
        return 0
    if not counts:
        print("Nobody has brought any rows: duties and taxes are those that are shipped.")
    for one in counts:
        print(
            f"{one.country}  {one.kind:<10} {one.rows:>8,} rows, {one.in_force:,} in force, oldest figure of {one.oldest}"
        )
    return 0


async def _business_time(config: Config, database: Database) -> datetime:
    clock = PacedClock()
    await follow(database, config.cell, clock)
    return clock.now()


async def _import(config: Config, dsn: str, given: argparse.Namespace, at: date | None) -> dict[str, Any]:
    database = await open_database(dsn, size=2)
    try:
        with ExitStack() as stack:
            note = _report(stack, given.report)
            refusals: list[dict[str, Any]] = []

            def refused(row: RefusedTariff) -> None:
                note(row)
                if len(refusals) < SHOWN:
                    refusals.append(msgspec.to_builtins(row))
                    _say(f"line {row.line}, {row.field}: {row.reason}")

            now = await _business_time(config, database)
            imported, effect = await _bring(config, database, given, now, at, refused)
    finally:
        await database.close()
    result = {**msgspec.to_builtins(imported), "dry_run": given.dry_run, "refusals": refusals}
    return {**result, "effect": effect} if given.dry_run else result


def _report(stack: ExitStack, path: Path | None) -> Callable[[RefusedTariff], None]:
    if path is None:
        return lambda _: None
    writer = csv.writer(stack.enter_context(path.open("w", encoding="utf-8", newline="")))
    writer.writerow(("line", "field", "reason"))

    def note(row: RefusedTariff) -> None:
        # A cell that begins like a formula is not to be run by a spreadsheet.
        reason = f"'{row.reason}" if row.reason[:1] in "=+-@" else row.reason
        writer.writerow((row.line, row.field, reason))

    return note


async def _bring(
    config: Config,
    database: Database,
    given: argparse.Namespace,
    now: datetime,
    at: date | None,
    refused: Callable[[RefusedTariff], None],
) -> tuple[importing.Imported, list[dict[str, Any]]]:
    """Take the file in; a dry run compares the prices before and after inside its transaction and rolls it back."""
    rows = read_rows(given.file, known(frozenset(load_headings(config.data))))
    effect: list[dict[str, Any]] = []
    charts = None
    if given.dry_run:
        async with database.read() as reader:
            charts = await _charts(config, reader, now)
    try:
        async with database.transaction() as tx:
            imported = await importing.take_in(
                tx, rows, now, on_refused=refused, on_progress=lambda done: _say(f"{done:,} rows")
            )
            if charts is not None:
                after = replace(charts, tables=charts.tables.with_rows(await importing.operator_rows(tx)), doorsteps={})
                effect = await _effect(tx, charts, after, imported.countries, now, at)
                raise _Taken
    except _Taken:
        pass
    return imported, effect


async def _charts(config: Config, reader: Reader, now: datetime) -> Charts:
    """The facts that prices at the door are made from, as they are without the file."""
    rates = await read_rates(reader, now)
    landed = config.data / "landed"
    tables = load_tables(landed, Exchange(rates)).with_rows(await importing.operator_rows(reader))
    return Charts(
        markets=load_markets(config.data / "markets"),
        rates=rates,
        hub=HUB,
        quote_for=timedelta(minutes=config.quote_minutes),
        tables=tables,
        goods=load_goods_facts(landed),
        unsure=await classify.unsure(reader, config.cell),
        headings=await classify.decided(reader, config.cell),
    )


class _Tally:
    """What changes in one market, counted by product."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.looked_at = 0
        self.products: dict[str, set[UUID]] = {kind: set() for kind in ("looked_at", *_CHANGES)}

    def note(self, item: ShelfItem, before: Doorstep, after: Doorstep) -> None:
        """Count a variant, told its price before and after."""
        self.looked_at += 1
        product = item.product.product_id
        self.products["looked_at"].add(product)
        for kind, changed in zip(_CHANGES, _changes(before, after), strict=True):
            if changed:
                self.products[kind].add(product)

    def told(self, day: date) -> dict[str, Any]:
        """The counts, ready to be printed."""
        counts = {kind: len(products) for kind, products in self.products.items()}
        looked_at = counts.pop("looked_at")
        return {"market": self.market.code, "day": day.isoformat(), "products": looked_at, **counts}


_CHANGES = ("change_price", "change_sellers_part", "become_prepaid", "no_longer_prepaid", "change")


def _changes(before: Doorstep, after: Doorstep) -> tuple[bool, ...]:
    price = before.total_minor != after.total_minor
    part = before.unit_minor != after.unit_minor
    prepaid = (not before.all_in and after.all_in, before.all_in and not after.all_in)
    return price, part, *prepaid, price or part or before.terms != after.terms


async def _effect(
    reader: Reader, before: Charts, after: Charts, countries: Iterable[str], now: datetime, at: date | None
) -> list[dict[str, Any]]:
    """What changes in each market that the rows are for: one piece of every variant at the door, before and after."""
    wanted = {code for country in countries for code in (EUROPEAN_UNION if country == "EU" else (country,))}
    tallies = [_Tally(market) for code, market in before.markets.items() if code in wanted]
    if not tallies:
        return []
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("products compared", total=await find.product_count(reader))
        seen: set[UUID] = set()
        after_id = classify.FIRST
        while goods := await classify.goods_after(reader, after_id, _AT_ONCE):
            after_id = goods[-1].variant_id
            for item in await _items(reader, goods, now):
                for tally in tallies:
                    _compare(tally, before, after, item, now, at)
                seen.add(item.product.product_id)
            progress.update(task, completed=len(seen))
    return [tally.told(at or business_date(tally.market, now)) for tally in tallies]


def _compare(tally: _Tally, before: Charts, after: Charts, item: ShelfItem, now: datetime, at: date | None) -> None:
    market = tally.market
    price = price_in(market, item.prices, before.rates, now)
    if price is not None:
        day = at or business_date(market, now)
        tally.note(
            item,
            doorstep(before, market, "", item, price.minor, day),
            doorstep(after, market, "", item, price.minor, day),
        )


async def _items(reader: Reader, goods: Sequence[Goods], now: datetime) -> list[ShelfItem]:
    """The variants with their products and prices; those without a price are left out."""
    products = await find.products(reader, sorted({one.product_id for one in goods}))
    prices = await look_up(reader, [one.variant_id for one in goods], now)
    wanted = set(prices)
    return [
        ShelfItem(product, variant, prices[variant.variant_id])
        for product in products.values()
        for variant in product.variants
        if variant.variant_id in wanted
    ]


def _print(result: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(result).decode())
        return
    told = "would be added" if result["dry_run"] else "added"
    print(
        f"{result['rows']:,} rows: {result['added']:,} {told}, {result['ended']:,} ended, "
        f"{result['unchanged']:,} there already, {result['refused']:,} refused."
    )
    for one in result.get("effect", ()):
        print(
            f"{one['change']:,} of {one['products']:,} listings change in {one['market']} (prices of {one['day']}): "
            f"{one['change_price']:,} their price, {one['change_sellers_part']:,} what the seller receives, "
            f"{one['become_prepaid']:,} become duty paid, {one['no_longer_prepaid']:,} no longer are."
        )
    if result["dry_run"] and not result.get("effect"):
        print("No market's prices change: the rows are for countries without a market, or there are none.")
