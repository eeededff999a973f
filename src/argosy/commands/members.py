"""`argosy members`: give an account a level of membership, take it away, see it."""

from __future__ import annotations

import argparse
import asyncio
import sys

import msgspec

from argosy import running
from argosy.base.errors import NotFound
from argosy.campaigns.load import load_plans
from argosy.markets.load import load_markets
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database
from argosy.shoppers.levels import give_level
from argosy.shoppers.look import by_email


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Name the command's options."""
    members = commands.add_parser("members", help="levels of membership, which member prices are for")
    parts = members.add_subparsers(dest="part", required=True, metavar="PART")
    give = parts.add_parser("give", help="give an account a level: argosy members give ana@shopper.example gold")
    give.add_argument("email")
    give.add_argument("level", help="as plans name it in `levels`")
    take = parts.add_parser("take", help="take an account's level away")
    take.add_argument("email")
    look = parts.add_parser("look", help="the level of an account")
    look.add_argument("email")
    for part in (give, take, look):
        part.add_argument("--json", action="store_true", help="print the account as one JSON object on the last line")
    members.set_defaults(run=run)


def run(config: Config, given: argparse.Namespace) -> int:
    """Carry it out and tell the account's level."""
    with running.database(config, lambda sentence: print(sentence, file=sys.stderr)) as dsn:
        level = asyncio.run(_carry_out(config, dsn, given))
    if given.json:
        print(msgspec.json.encode({"email": given.email, "level": level or None}).decode())
    else:
        print(f"{given.email}: {level or 'no level'}")
    return 0


async def _carry_out(config: Config, dsn: str, given: argparse.Namespace) -> str:
    database = await open_database(dsn, size=1)
    try:
        if given.part == "look":
            async with database.read() as reader:
                found = await by_email(reader, config.cell, given.email)
            if found is None:
                raise NotFound("unknown_account", "No account has this e-mail address.", field="email")
            return found.level
        level = _known(config, given.level) if given.part == "give" else ""
        async with database.transaction() as tx:
            await give_level(tx, config.cell, given.email, level)
        return level
    finally:
        await database.close()


def _known(config: Config, level: str) -> str:
    plans = load_plans(config.data / "campaigns", load_markets(config.data / "markets"))
    levels = sorted({one for plan in plans for promotion in plan.promotions for one in promotion.levels})
    if level in levels:
        return level
    there = f"The plans have {', '.join(levels)}." if levels else "No plan has levels."
    raise NotFound(
        "unknown_level",
        f"No promotion is for members of a level {level!r}.",
        field="level",
        remedy=f"{there} A new one begins in a promotion's `levels`.",
    )
