"""`argosy news`: tell the running shop of closed airports, strike days, late, cancelled and full departures."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from argosy.base.errors import Refused
from argosy.delivery.networks.opening import open_network
from argosy.delivery.news.look import in_force
from argosy.delivery.news.model import NewsRow, Told
from argosy.delivery.news.tell import tell
from argosy.delivery.news.withdraw import withdraw
from argosy.plumbing.clock import PacedClock
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database
from argosy.plumbing.ids import maker
from argosy.plumbing.pace import follow


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `argosy news` with its parts."""
    parser = commands.add_parser(
        "news", help="news of the network: closed, late, cancelled, full; promises know at once"
    )
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    closed = parts.add_parser("close", help="a hub or lane does not work, or a country's couriers do not")
    closed.add_argument("subject", choices=["hub", "lane", "country"])
    closed.add_argument("code", help="CDG, CN-HGH>HGH, FR")
    closed.add_argument("--from", dest="first", metavar="DATE", help="first local day; without: already")
    closed.add_argument("--until", dest="last", metavar="DATE", help="last local day; without: until it is withdrawn")
    late = parts.add_parser("late", help="a departure leaves and lands later")
    late.add_argument("code", help="its lane and local time: CN-HGH>HGH/2026-06-18T22:00")
    late.add_argument("--minutes", type=int, required=True)
    cancelled = parts.add_parser("cancel", help="a departure does not leave")
    full = parts.add_parser("full", help="a departure takes no more parcels")
    for part in (cancelled, full):
        part.add_argument("code", help="its lane and local time: CN-HGH>HGH/2026-06-18T22:00")
    back = parts.add_parser("withdraw", help="take news back")
    back.add_argument("id", help="as `argosy news list` shows it")
    listed = parts.add_parser("list", help="what is in force")
    for part in (closed, late, cancelled, full):
        part.add_argument("--reason", default="", help="a few words, kept with it")
    for part in (closed, late, cancelled, full, back, listed):
        part.add_argument("--json", action="store_true", help="print the news in force as one JSON object")
    parser.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """Tell it to the shop's database, then list the news in force; what does not fit the network in use is refused."""
    from argosy import running

    told = None if given.part in ("withdraw", "list") else _told(given)
    with running.database(config, lambda sentence: print(sentence, file=sys.stderr)) as dsn:
        rows = asyncio.run(_carry_out(config, dsn, given, told))
    if given.json:
        print(msgspec.json.encode({"news": rows}).decode())
        return 0
    for row in rows:
        print(_line(row))
    return 0


_KINDS = {"close": "closed", "late": "late", "cancel": "cancelled", "full": "full"}


def _told(given: argparse.Namespace) -> Told:
    closes = given.part == "close"
    return Told(
        kind=_KINDS[given.part],
        subject=given.subject if closes else "departure",
        code=given.code.strip(),
        first=_day(given.first, "from") if closes else None,
        last=_day(given.last, "until") if closes else None,
        minutes=given.minutes if given.part == "late" else None,
        reason=given.reason.strip(),
    )


async def _carry_out(config: Config, dsn: str, given: argparse.Namespace, told: Told | None) -> list[NewsRow]:
    database = await open_database(dsn, size=2)
    try:
        clock = PacedClock()
        await follow(database, config.cell, clock)
        now: datetime = clock.now()
        async with database.transaction() as tx:
            if told is not None:
                network = await asyncio.to_thread(open_network, config.home, config.data)
                new_id = maker(config.cell)
                await tell(tx, network, told, news_id=new_id(), who=getpass.getuser(), now=now)
            elif given.part == "withdraw":
                await withdraw(tx, _uuid(given.id), now)
            return await in_force(tx, now)
    finally:
        await database.close()


def _line(row: NewsRow) -> str:
    days: Any = ""
    if row.kind == "closed":
        days = f"{row.first or '...'} to {row.last or '...'}"
    elif row.minutes is not None:
        days = f"{row.minutes} minutes"
    return f"{row.news_id}  {row.kind:<9} {row.subject:<9} {row.code:<32} {days}  {row.reason}".rstrip()


def _day(text: str | None, field: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad_day", f"{text!r} is no day.", field=field, remedy="Write it as 2026-06-18.") from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        remedy = "`argosy news list` shows the ids."
        raise Refused("bad_id", f"{text!r} is no id of news.", field="id", remedy=remedy) from None
