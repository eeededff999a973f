"""The work of `argosy classify`: suggestions, the queue, decisions."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from argosy import running
from argosy.base.errors import NotFound, Refused
from argosy.catalogue.reference import load_reference
from argosy.landed import classify
from argosy.landed.classification.load import load_headings, load_hints
from argosy.landed.classification.model import SURE, Hints
from argosy.landed.classification.rules import is_sure, suggest
from argosy.landed.classification.words import has_han
from argosy.plumbing.clock import PacedClock
from argosy.plumbing.config import Config
from argosy.plumbing.database import Database, open_database
from argosy.plumbing.pace import follow


def run(config: Config, given: argparse.Namespace) -> int:
    """0 when it went well; raises `Refused` for an unknown category, id or heading."""
    if given.title is not None:
        return _suggest(config, given)
    if given.decide is not None and not given.hs:
        raise Refused("no_heading", "Which heading?", field="--hs", remedy="Add --hs with six digits.")
    with running.database(config, _say) as dsn:
        result = asyncio.run(_queue(config, dsn, given))
    _print(result, given.json)
    return 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _hints(config: Config) -> Hints:
    tree = load_reference(config.data).tree
    return load_hints(config.data / "landed", {code: one.names["en"] for code, one in tree.by_code.items()})


def _suggest(config: Config, given: argparse.Namespace) -> int:
    hints, headings = _hints(config), load_headings(config.data)
    if given.category and given.category not in hints.categories:
        raise NotFound(
            "unknown_category",
            f"There is no category {given.category!r}.",
            field="--category",
            remedy="Take a code of data/categories.csv.",
        )
    language = given.language or ("zh-Hans" if has_han(given.title) else "en")
    found = suggest(hints, given.title, given.category, language)
    told = [{**msgspec.to_builtins(one), "sure": is_sure(one), "heading": headings.get(one.hs6, "")} for one in found]
    if given.json:
        print(msgspec.json.encode({"title": given.title, "category": given.category, "suggestions": told}).decode())
        return 0
    if not told:
        print("Neither title nor category tells what it is.")
    for one in told:
        print(f"{one['hs6']}  {one['confidence']:>3}  {'sure' if one['sure'] else 'ask '}  {one['reason']}")
        print(f"             {one['heading']}")
    return 0


async def _queue(config: Config, dsn: str, given: argparse.Namespace) -> dict[str, Any]:
    database = await open_database(dsn, size=2)
    try:
        now = await _business_time(config, database)
        if given.decide is not None:
            return await _decide(config, database, given, now)
        if given.catalogue:
            async with database.transaction() as tx:
                asked = await classify.look_through(
                    tx, config.cell, _hints(config), now, lambda done: _say(f"{done:,} variants")
                )
            return {**msgspec.to_builtins(asked), "sure_from": SURE}
        async with database.read() as reader:
            after = _id(given.after, "--after") if given.after else classify.FIRST
            page = await classify.list_open(reader, config.cell, after, max(given.limit, 1))
            return {"open": await classify.count_open(reader, config.cell), "products": msgspec.to_builtins(page)}
    finally:
        await database.close()


async def _business_time(config: Config, database: Database) -> datetime:
    clock = PacedClock()
    await follow(database, config.cell, clock)
    return clock.now()


async def _decide(config: Config, database: Database, given: argparse.Namespace, now: datetime) -> dict[str, Any]:
    subject, headings = _id(given.decide, "--decide"), load_headings(config.data)
    async with database.transaction() as tx:
        count = await classify.decide(tx, config.cell, subject, given.hs, headings, given.by, now)
    return {"decided": str(subject), "hs6": given.hs, "heading": headings[given.hs], "variants": count}


def _id(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(
            "bad_id", f"{text!r} is not an id.", field=field, remedy="Take one that `argosy classify --queue` shows."
        ) from None


def _print(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(result).decode())
        return
    if "products" not in result:
        for name, value in result.items():
            print(f"{name.replace('_', ' '):<12} {value}")
        return
    print(f"{result['open']:,} products wait for a decision.")
    for one in result["products"]:
        heading = one["suggested_hs6"] or "none"
        print(
            f"{one['product_id']}  {heading:<6} {one['confidence']:>3}  {one['title']} ({one['category']}, {one['variants']})"
        )
        print(f"    {one['reason']}")
