"""`argosy waiting`: open, watch and close waiting rooms."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from argosy import running
from argosy.base.instants import utc
from argosy.campaigns.waiting.close_room import close_room
from argosy.campaigns.waiting.look import RoomView, look
from argosy.campaigns.waiting.model import RoomWish
from argosy.campaigns.waiting.open_room import open_room
from argosy.campaigns.waiting.postpone import postpone
from argosy.campaigns.waiting.set_rate import set_rate
from argosy.commands.instants import read_instant
from argosy.plumbing.clock import PacedClock
from argosy.plumbing.config import Config
from argosy.plumbing.database import Tx, open_database
from argosy.plumbing.pace import follow


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its parts."""
    parser = commands.add_parser("waiting", help="waiting rooms: open, rate, postpone, close, look")
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    opening = parts.add_parser("open", help="guard paths and admit at a rate")
    opening.add_argument("name")
    opening.add_argument(
        "--paths", nargs="+", required=True, help="without market and language: / /festival /v1/quotes"
    )
    opening.add_argument("--opens-at", help="an instant with its zone; without: now")
    opening.add_argument("--per-second", type=int, required=True)
    opening.add_argument("--stay", type=int, default=30, help="minutes that a pass is good after its last use")
    rate = parts.add_parser("rate", help="admit faster or slower; 0 lets nobody in")
    rate.add_argument("name")
    rate.add_argument("per_second", type=int)
    later = parts.add_parser("postpone", help="open at another instant")
    later.add_argument("name")
    later.add_argument("opens_at")
    closing = parts.add_parser("close", help="let everybody through")
    closing.add_argument("name")
    looking = parts.add_parser("look", help="the rooms and how many wait")
    for part in (opening, rate, later, closing, looking):
        part.add_argument("--json", action="store_true", help="print the rooms as one JSON object")
    parser.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """Carry it out and tell of the rooms as they are then."""
    with running.database(config, lambda sentence: print(sentence, file=sys.stderr)) as dsn:
        rooms = asyncio.run(_carry_out(config, dsn, given))
    if given.json:
        print(msgspec.json.encode({"rooms": rooms}).decode())
        return 0
    for room in rooms:
        paths = " ".join(room.paths)
        print(f"{room.name:<20} {room.opens_at:%Y-%m-%d %H:%M:%SZ}  {room.per_second}/s  {room.waiting} wait  {paths}")
    return 0


async def _carry_out(config: Config, dsn: str, given: argparse.Namespace) -> list[RoomView]:
    database = await open_database(dsn, size=2)
    try:
        clock = PacedClock()
        await follow(database, config.cell, clock)
        now = clock.now()
        async with database.transaction() as tx:
            await _PARTS[given.part](tx, config.cell, given, now)
            return await look(tx, config.cell, now)
    finally:
        await database.close()


async def _open(tx: Tx, cell: int, given: argparse.Namespace, now: datetime) -> None:
    opens_at = utc(read_instant(given.opens_at, "--opens-at")) if given.opens_at else now
    wish = RoomWish(
        name=given.name,
        paths=tuple(given.paths),
        opens_at=opens_at,
        per_second=given.per_second,
        stay_minutes=given.stay,
    )
    await open_room(tx, cell, wish, now)


async def _rate(tx: Tx, cell: int, given: argparse.Namespace, now: datetime) -> None:
    await set_rate(tx, cell, given.name, given.per_second, now)


async def _postpone(tx: Tx, cell: int, given: argparse.Namespace, now: datetime) -> None:
    await postpone(tx, cell, given.name, utc(read_instant(given.opens_at, "opens_at")), now)


async def _close(tx: Tx, cell: int, given: argparse.Namespace, _now: datetime) -> None:
    await close_room(tx, cell, given.name)


async def _look(_tx: Tx, _cell: int, _given: argparse.Namespace, _now: datetime) -> None:
    """Nothing to change."""


_PARTS: dict[str, Callable[[Tx, int, argparse.Namespace, datetime], Awaitable[None]]] = {
    "open": _open, "rate": _rate, "postpone": _postpone, "close": _close, "look": _look,
}  # fmt: skip
