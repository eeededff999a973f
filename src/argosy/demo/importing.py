"""Import a merchant's feed from the command line, with a report of the rows that were refused."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argosy import running
from argosy.catalogue.feeds.read import Known, read_feed
from argosy.catalogue.feeds.report import COLUMNS, cells
from argosy.catalogue.model import RefusedRow
from argosy.catalogue.reference import Reference, load_reference
from argosy.catalogue.words import plain
from argosy.loading import Stock, hints_of, load
from argosy.markets.load import load_markets
from argosy.markets.model import LANGUAGES
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database
from argosy.pricing.load_rates import load_rates, read_rates

SHOWN = 20
"""Refused rows that are shown on the screen; the report file has all."""


async def import_feed(
    config: Config, dsn: str, file: Path, merchant: str, kind: str | None, report: Path | None, say: running.Say
) -> dict[str, Any]:
    """Take in a feed; how many rows were taken and refused, with the first refusals."""
    now = datetime.now(UTC)
    database = await open_database(dsn, size=2)
    reference = load_reference(config.data)
    shown: list[dict[str, Any]] = []
    with ExitStack() as stack:
        writer = None
        if report:
            writer = csv.writer(stack.enter_context(report.open("w", encoding="utf-8", newline="")))
            writer.writerow(COLUMNS)

        def refused(row: RefusedRow) -> None:
            if writer:
                writer.writerow(cells(row))
            if len(shown) < SHOWN:
                shown.append({"line": row.line, "field": row.field, "reason": row.reason})
                say(f"line {row.line}, {row.field}: {row.reason}")

        async with database.transaction() as tx:
            await load_rates(tx, config.data / "exchange_rates.csv", now)
        async with database.read() as reader:
            rates = await read_rates(reader, now)
        home = load_markets(config.data / "markets").home.currency
        hints = hints_of(config.data, reference.tree)
        shop = Stock(cell=config.cell, tree=reference.tree, rates=rates, home_currency=home, hints=hints)
        rows = read_feed(
            file, known(reference, rates.currencies()), merchant=merchant, format=kind, on_note=say, now=now
        )
        loaded = await load(
            database, shop, rows, now, source=f"feed of {merchant}", on_refused=refused,
            on_progress=lambda done: say(f"{done:,} rows"),
        )  # fmt: skip
    await database.close()
    return {"rows": loaded.rows, "refused": loaded.refused, "prices_changed": loaded.prices_changed, "refusals": shown}


def known(reference: Reference, currencies: frozenset[str]) -> Known:
    """What a feed may name: categories, colours in any language, currencies, languages."""
    colours = {code: code for code in reference.colours}
    for code, colour in reference.colours.items():
        colours.update({plain(name): code for name in colour.names.values()})
    by_name = {
        " > ".join(c.names["en"] for c in reference.tree.path(code)).lower(): code for code in reference.tree.by_code
    }
    by_name.update({category.names["en"].lower(): code for code, category in reference.tree.by_code.items()})
    return Known(frozenset(reference.tree.by_code), colours, currencies, by_name, frozenset(LANGUAGES))
