"""Counts of whole categories: those made beforehand are the ones that counting on the spot would find."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from argosy.catalogue import find
from argosy.catalogue.recount import counted_at, recount
from argosy.catalogue.search import Counts, count, search
from argosy.catalogue.search_sql import Filter
from argosy.plumbing.database import Database
from rooms.catalogue.ground import NOW, TREE, bag, on, taken

ROWS = [
    bag("b-1", price_minor=10_000),
    bag("b-2", colour="teal", price_minor=1),
    bag("c-1", group="c", category="clutches", brand="Umbra", colour="", price_minor=2**20),
    bag("d-1", group="d", brand="", price_minor=2**20 - 1, popularity=4),
    bag("t-1", group="t", category="black-green-tea", brand="Umbra", colour="green", price_minor=7, popularity=9),
    *(bag(f"m-{number}", group=f"m-{number}", price_minor=3**number) for number in range(20)),
]


async def everything(database: Database) -> dict[str, Counts]:
    """The counts of all categories."""
    async with database.read() as reader:
        return {code: await count(reader, Filter(category=code)) for code in TREE.by_code}


def test_what_is_counted_beforehand_is_what_is_there(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, ROWS)
        async with database.read() as reader:
            sizes, brands = await find.category_counts(reader), await find.largest_brands(reader)
        live = await everything(database)
        async with database.transaction() as tx:
            assert await counted_at(tx) is None
            assert await recount(tx, NOW) > 4
        kept = await everything(database)
        async with database.read() as reader:
            again = await find.category_counts(reader), await find.largest_brands(reader), await counted_at(reader)
        return live, kept, (sizes, brands, NOW), again

    live, kept, before, after = on(dsn, work)
    assert kept == {code: msgspec.structs.replace(one, capped=False) for code, one in live.items()}
    assert {code: list(one.brands) for code, one in kept.items()} == {c: list(one.brands) for c, one in live.items()}
    assert kept["bags"].total == 23
    assert after == before


def test_a_category_that_was_emptied_is_counted_no_more(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, ROWS)
        async with database.transaction() as tx:
            await recount(tx, NOW)
        await taken(database, [bag("t-1", group="t")])
        async with database.transaction() as tx:
            await recount(tx, NOW + timedelta(minutes=1))
        async with database.read() as reader:
            return await find.category_counts(reader), await count(reader, Filter(category="drinks"))

    sizes, drinks = on(dsn, work)
    assert "drinks" not in sizes
    assert sizes["handbags"] == 23
    assert drinks.total == 0


def test_a_brands_goods_come_by_popularity(dsn: str) -> None:
    async def work(database: Database) -> Any:
        await taken(database, ROWS)
        async with database.read() as reader:
            wanted = Filter(brands=("umbra",))
            return [await search(reader, wanted, sort, 9, 0) for sort in ("popular", "best", "price")]

    popular, best, cheapest = on(dsn, work)
    assert popular == best
    assert len(popular) == 2
    assert popular == cheapest
