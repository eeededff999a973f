"""The shelf in memory: bounded, what is wanted stays, and what was changed is read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from argosy.catalogue.model import ImportRow
from argosy.catalogue.take_in import product_id, variant_id
from argosy.loading import load
from argosy.orders.rules import stock_key
from argosy.orders.shelf import ShelfCache
from argosy.orders.stock import StockBoard
from argosy.plumbing.database import Database
from argosy.quotas.receive import receive_new
from argosy.shop import HUB
from rooms.catalogue.ground import BAG, NOW, bag, on
from rooms.catalogue.test_loading import SHOP

IDS = [product_id("atelier", f"p-{number}") for number in range(8)]
ROWS = [bag(f"p-{number}", group=f"p-{number}") for number in range(8)]


async def filled(database: Database, size: int, rows: list[ImportRow] = ROWS) -> ShelfCache:
    """A shelf with room for so many products, over a database with some."""
    await load(database, SHOP, rows, NOW, source="test")
    return ShelfCache(database, datetime.now(UTC), size=size)


def names(found: list[Any]) -> list[str]:
    """The numbers of products' first variants."""
    return [one.variants[0].sku for one in found]


def test_products_come_in_the_order_of_their_ids_and_unknown_ones_are_left_out(dsn: str) -> None:
    async def work(database: Database) -> list[str]:
        shelf = await filled(database, 100)
        return names(await shelf.products([IDS[3], product_id("atelier", "none"), IDS[0], IDS[3]]))

    assert on(dsn, work) == ["p-3", "p-0", "p-3"]


def test_it_never_keeps_more_than_its_size(dsn: str) -> None:
    async def work(database: Database) -> tuple[list[int], list[str], Any]:
        shelf = await filled(database, 3)
        kept = []
        for one in IDS:
            await shelf.products([one])
            kept.append(shelf.products_kept())
        gone = shelf.item(variant_id("atelier", "p-0")), shelf.prices(variant_id("atelier", "p-0"))
        return kept, names(await shelf.products(IDS[:3])), gone

    kept, again, gone = on(dsn, work)
    assert kept == [1, 2, 3, 3, 3, 3, 3, 3]
    assert again == ["p-0", "p-1", "p-2"]
    assert gone == (None, ())


def test_what_is_wanted_now_does_not_make_room_for_the_rest(dsn: str) -> None:
    async def work(database: Database) -> list[list[str]]:
        shelf = await filled(database, 3)
        await shelf.products(IDS[:3])
        return [names(await shelf.products([IDS[0], IDS[3], IDS[1]])), names(await shelf.products([IDS[2], IDS[0]]))]

    assert on(dsn, work) == [["p-0", "p-3", "p-1"], ["p-2", "p-0"]]


def test_an_item_has_its_product_its_variant_and_its_prices(dsn: str) -> None:
    async def work(database: Database) -> Any:
        shelf = await filled(database, 100)
        wanted, unknown = variant_id("atelier", "p-4"), variant_id("atelier", "none")
        return await shelf.items([wanted, unknown]), await shelf.items([wanted]), wanted

    first, second, wanted = on(dsn, work)
    assert list(first) == list(second) == [wanted]
    item = first[wanted]
    assert second[wanted] is item
    assert (item.product.product_id, item.variant.sku, item.prices[0].minor) == (IDS[4], "p-4", 10_000)


@pytest.mark.parametrize(
    ("change", "shows"),
    [
        ({"name": "Square bag"}, ("Square bag", "red", 10_000)),
        ({"colour": "teal"}, ("Round bag", "teal", 10_000)),
        ({"price_minor": 7_500}, ("Round bag", "red", 7_500)),
    ],
    ids=str,
)
def test_a_change_is_seen_after_the_next_look_and_not_before(
    dsn: str, change: dict[str, Any], shows: tuple[str, str, int]
) -> None:
    async def shown(shelf: ShelfCache) -> tuple[str, str, int]:
        item = (await shelf.items([variant_id("atelier", "b-1")]))[variant_id("atelier", "b-1")]
        (price,) = (price for price in item.prices if price.valid_to is None)
        return item.product.name, item.variant.colour, price.minor

    async def work(database: Database) -> Any:
        shelf = await filled(database, 100, [BAG, *ROWS])
        before = await shown(shelf), await shelf.products(IDS[:1])
        await load(database, SHOP, [bag("b-1", **change)], datetime.now(UTC), source="test")
        meanwhile = await shown(shelf)
        await shelf.refresh()
        after = await shown(shelf)
        await shelf.refresh()
        return before, meanwhile, after, shelf.products_kept(), await shelf.products(IDS[:1])

    (first, untouched), meanwhile, after, kept, still = on(dsn, work)
    assert first == meanwhile == ("Round bag", "red", 10_000)
    assert after == shows
    assert kept == 2
    assert still[0] is untouched[0]


def test_more_changes_than_can_be_told_empty_it(dsn: str) -> None:
    async def work(database: Database) -> tuple[int, int]:
        shelf = await filled(database, 100)
        await shelf.products(IDS)
        async with database.transaction() as tx:
            await tx.connection.execute(
                "INSERT INTO price_changes SELECT gen_random_uuid(), $1 FROM generate_series(1, 10000)",
                datetime.now(UTC) + timedelta(seconds=1),
            )
        before = shelf.products_kept()
        await shelf.refresh()
        return before, shelf.products_kept()

    assert on(dsn, work) == (8, 0)


@pytest.mark.parametrize("size", [2, 3, 100])
def test_the_stock_of_all_variants_is_told_however_small_its_memory(dsn: str, size: int) -> None:
    variants = [variant_id("atelier", f"p-{number}") for number in range(4)]

    async def work(database: Database) -> list[list[int | None]]:
        async with database.transaction() as tx:
            await receive_new(tx, 1, {stock_key(variant, HUB): 7 for variant in variants[:3]})
        board = StockBoard(database, 1, HUB, seconds=60, size=size)
        told = [await board.counters(some) for some in (variants[:2], variants[1:], variants, variants[3:])]
        return [[counter and counter.free for counter in map(one.get, variants)] for one in told]

    assert on(dsn, work) == [[7, 7, None, None], [None, 7, 7, None], [7, 7, 7, None], [None] * 4]
