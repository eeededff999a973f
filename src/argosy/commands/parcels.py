"""`argosy parcels`: departures that parcels leave with, their manifests, label data, and what is owed for broken promises."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from argosy.plumbing.config import Config
from argosy.plumbing.database import Reader

Look = Callable[[Reader], Awaitable[Sequence[msgspec.Struct]]]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `parcels` with its sub-commands."""
    parcels = commands.add_parser("parcels", help="departures, manifests, labels, and what is owed for broken promises")
    actions = parcels.add_subparsers(metavar="{departures,manifest,label,owed}", required=True)
    departures = actions.add_parser("departures", help="departures with their parcels and bags, the latest first")
    departures.set_defaults(run=run, action="departures")
    manifest = actions.add_parser("manifest", help="the parcels of a departure, by bag, as CSV")
    manifest.add_argument("--departure", required=True, metavar="KEY", help="CN-HGH>PVG/2026-11-24T07:00")
    manifest.set_defaults(run=run, action="manifest")
    label = actions.add_parser("label", help="what is printed on a parcel's label")
    label.add_argument("--number", required=True, help="LP000000005CN")
    label.set_defaults(run=run, action="label")
    owed = actions.add_parser("owed", help="broken promises, and what was paid back for them")
    owed.set_defaults(run=run, action="owed")
    for one in (departures, manifest, label, owed):
        one.add_argument("--json", action="store_true", help="print one JSON object instead of CSV")


def run(config: Config, given: argparse.Namespace) -> int:
    """Print what was asked for: 0; an unknown departure or parcel is refused."""
    from argosy import running

    with running.database(config, lambda said: print(said, file=sys.stderr, flush=True)) as dsn:
        rows = asyncio.run(_ask(dsn, _look(config.cell, given)))
    told = [msgspec.to_builtins(row) for row in rows]
    if given.json:
        print(msgspec.json.encode({given.action: told}).decode())
    elif told:
        writer = csv.DictWriter(sys.stdout, list(told[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in told)
    return 0


def _cell(value: Any) -> Any:
    """A value in a CSV file; unknown is empty. A text that a spreadsheet would take for a formula is kept from being one."""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@" and value else value


def _look(cell: int, given: argparse.Namespace) -> Look:
    from argosy.delivery.parcels import look
    from argosy.orders.forwarding.labels import label

    async def ask(reader: Reader) -> Sequence[msgspec.Struct]:
        match given.action:
            case "departures":
                return await look.departures(reader, cell, None)
            case "manifest":
                return await look.manifest(reader, cell, given.departure)
            case "label":
                return [await label(reader, cell, given.number)]
            case _:
                return await look.owed(reader, cell)

    return ask


async def _ask(dsn: str, look: Look) -> Sequence[msgspec.Struct]:
    from argosy.plumbing.database import open_database

    database = await open_database(dsn, size=2)
    try:
        async with database.read() as reader:
            return await look(reader)
    finally:
        await database.close()
