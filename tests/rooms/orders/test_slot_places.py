"""Places of a store's slot on a real database: as many as the store's file states now, and nobody loses one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

from msgspec.structs import replace

from argosy.delivery.stores.rules import slots, store_of
from argosy.markets.model import Address
from argosy.orders.cancel import cancel
from argosy.orders.commands import PlaceAnswer, Placed, SlotFull
from argosy.orders.groceries.slots import open_slots
from argosy.orders.model import Destination, NotForSale, Quote, ShelfItem
from argosy.orders.place import place
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.quoting.stores import AtStore, at_store
from argosy.plumbing.clock import HeldClock
from argosy.quotas.receive import receive
from rooms.delivery.store_ground import slot_time, store, stores
from rooms.orders.ground import ADDRESS, CELL, NOW, Bench, bench, goods, line, shelf

RICE = goods("rice", 12_000, "HKD")
ITEM = ShelfItem(
    replace(RICE.product, category="rice"), RICE.variant, tuple(replace(row, list="HK") for row in RICE.prices)
)
HOME: Address = replace(ADDRESS, country="HK", country_area="Kowloon", city="Hong Kong", postal_code="")


def stating(yard: Bench, capacity: int) -> None:
    """The store's file says so from now on, and the process has read it."""
    made = store(slots=(slot_time("8-10", capacity=capacity), slot_time("18-20")))
    paths = {"rice": ("pantry", "rice")}
    yard.desk.charts = replace(yard.desk.charts, stores=stores(made), paths=paths, doorsteps={}, at_hubs={})


def quoted(yard: Bench) -> Quote:
    """A quote in the first slot, as the store is now."""
    charts = yard.desk.charts
    one = store_of(charts.stores, "hk")
    at = AtStore(one, slots(charts.stores, one, NOW)[0])
    here, kept = charts.at(one.hub), shelf(ITEM)
    made = quote_basket(
        here, kept, [line(ITEM, 1)], Destination(country="HK"), NOW, quote_id=uuid4(), shopper_id=uuid4(), language="en",
        carriage=at.carriage,
    )  # fmt: skip
    assert not isinstance(made, NotForSale)
    return at_store(here, at, kept, made)


async def ordered(yard: Bench, quote: Quote | None = None) -> PlaceAnswer:
    return await place(yard.desk, quote or quoted(yard), HOME)


async def left(yard: Bench) -> int:
    """Places that pages and the API tell of the slot."""
    return (await open_slots(yard.desk, store_of(yard.desk.charts.stores, "hk")))[0][1]


def on_store(dsn: str, scene: Callable[[Bench], Awaitable[None]]) -> None:
    async def run() -> None:
        async with bench(dsn, HeldClock(NOW)) as yard:
            async with yard.desk.database.transaction() as tx:
                await receive(tx, CELL, {f"stock/{ITEM.variant.variant_id}/HK-KWC": 100})
            stating(yard, 2)
            await scene(yard)

    asyncio.run(run())


def test_more_places_are_open_at_once(dsn: str) -> None:
    async def scene(yard: Bench) -> None:
        old = [quoted(yard) for _ in range(5)]
        assert [isinstance(await ordered(yard, one), Placed) for one in old[:2]] == [True, True]
        assert (await left(yard), type(await ordered(yard, old[2]))) == (0, SlotFull)
        stating(yard, 4)
        assert await left(yard) == 2
        # Also for who has a quote of before, and such a quote does not take the new places away again.
        assert isinstance(await ordered(yard, old[2]), Placed)
        assert await left(yard) == 1
        assert isinstance(await ordered(yard), Placed)
        assert (await left(yard), type(await ordered(yard, old[3]))) == (0, SlotFull)

    on_store(dsn, scene)


def test_fewer_places_cancel_nobody_and_take_no_more(dsn: str) -> None:
    async def scene(yard: Bench) -> None:
        stating(yard, 4)
        early, made = quoted(yard), [quoted(yard) for _ in range(3)]
        for one in made:
            assert isinstance(await ordered(yard, one), Placed)
        stating(yard, 2)
        assert await left(yard) == 0
        assert isinstance(await ordered(yard, early), SlotFull), "a quote of when there were more has no right to one"
        assert isinstance(await ordered(yard), SlotFull)
        held = await yard.one("SELECT received, held FROM quotas WHERE key LIKE 'slot/%'")
        assert tuple(held) == (3, 3)
        # A place that comes back is one too many still; the next is not.
        await cancel(yard.desk, made[0].quote_id, "test")
        assert (await left(yard), type(await ordered(yard))) == (0, SlotFull)
        await cancel(yard.desk, made[1].quote_id, "test")
        assert (await left(yard), type(await ordered(yard))) == (1, Placed)
        assert (await left(yard), type(await ordered(yard))) == (0, SlotFull)

    on_store(dsn, scene)
