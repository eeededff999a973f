"""Room on departures and news of the network: taken with the order, given back with it, known to the next quote."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import Closure, Lane, News
from argosy.delivery.news.model import Told
from argosy.delivery.news.tell import tell
from argosy.delivery.news.withdraw import withdraw
from argosy.delivery.places import cities
from argosy.orders.cancel import cancel
from argosy.orders.commands import Placed, WayGone
from argosy.orders.place import place
from argosy.orders.quoting.promises import Promises
from argosy.orders.sourcing.model import LOAD_KEY
from argosy.orders.sourcing.room import (
    UNKNOWN_G,
    UNLIMITED,
    as_far_as_it_bears,
    forget_departed,
    full_departures,
    restate_room,
)
from argosy.plumbing.ids import maker
from rooms.delivery.parcel_ground import BAG, NOW, SCARF
from rooms.delivery.room_ground import room, told, truck, weighing
from rooms.delivery.two_hubs import HOME, LIEGE, LIEGE_CODE, TRUCK, TwoHubs, on_two_hubs, planner
from rooms.orders.ground import ADDRESS, CELL


def test_a_place_is_taken_with_the_order_and_given_back_with_it(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        first, second = yard.quote((BAG, 1)), yard.quote((BAG, 2), (SCARF, 1))
        assert [take.key for take in first.takes()] == [f"stock/{BAG.variant.variant_id}/BELGG"]
        for quote in (first, second):
            assert isinstance(await place(yard.desk, quote, ADDRESS), Placed)
        # Two parcels by truck; how many the flight takes is not stated.
        ((departure, places, held, _),) = await room(yard)
        assert departure.startswith(f"{TRUCK}/2026-06-22T")
        assert (places, held) == (7, 2)
        await yard.pay(second.quote_id)
        assert [one[1:] for one in await room(yard)] == [(7, 1, 1)]
        await cancel(yard.desk, first.quote_id, "test")
        assert [one[1:] for one in await room(yard)] == [(7, 0, 1)]

    on_two_hubs(dsn, scene, room=7)


def test_the_last_place_goes_to_one_of_many(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        quotes = [yard.quote((BAG, 1)) for _ in range(20)]
        assert {truck(one) for one in quotes} == {truck(quotes[0])}
        answers = await asyncio.gather(*(place(yard.desk, one, ADDRESS) for one in quotes))
        assert sum(isinstance(one, Placed) for one in answers) == 3
        refused = {one.why for one in answers if isinstance(one, WayGone)}
        assert refused == {"departure_full"}
        assert [one[1:] for one in await room(yard)] == [(3, 3, 0)]
        # Nothing of the refused orders was taken.
        stock = await yard.one("SELECT held FROM quotas WHERE key LIKE '%/BELGG'")
        assert stock["held"] == 3
        # Until the next date is computed none is promised; then it is by the next departure, and says why.
        assert yard.quote((BAG, 1)).promise is None
        # Who was told so may order without a date.
        undated = yard.quote((BAG, 1))
        assert isinstance(await place(yard.desk, undated, ADDRESS), Placed)
        await cancel(yard.desk, undated.quote_id, "test")
        # A quote of before is refused again, and what stands is told again.
        late = next(one for one, said in zip(quotes, answers, strict=True) if not isinstance(said, Placed))
        assert isinstance(await place(yard.desk, late, ADDRESS), WayGone)
        stands = next(one for one, said in zip(quotes, answers, strict=True) if isinstance(said, Placed))
        assert await place(yard.desk, stands, ADDRESS) == Placed(stands.quote_id, "placed", again=True)
        await told(yard)
        after = yard.quote((BAG, 1))
        assert truck(after).endswith(" full")
        assert after.promise is not None and quotes[0].promise is not None
        assert after.promise.by > quotes[0].promise.by
        assert isinstance(await place(yard.desk, after, ADDRESS), Placed)
        assert [one[1:] for one in await room(yard)] == [(3, 3, 0), (3, 1, 0)]
        # A place that comes back is promised again once the tables are made anew.
        await cancel(yard.desk, next(one.order_id for one in answers if isinstance(one, Placed)), "test")
        await told(yard)
        async with yard.desk.database.read() as reader:
            assert await full_departures(reader, CELL) == frozenset()

    on_two_hubs(dsn, scene, room=3, liege=100)


def test_grams_are_taken_with_the_order_and_given_back_with_it(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        # Two bags of 400 g, and one whose weight nobody knows: it counts as 1.5 kg, not as nothing.
        known, unknown = yard.quote((weighing(400), 2)), yard.quote((weighing(None), 1))
        for quote in (known, unknown):
            assert isinstance(await place(yard.desk, quote, ADDRESS), Placed)
        assert [one[1:] for one in await room(yard, LOAD_KEY)] == [(10_000, 800 + UNKNOWN_G, 0)]
        assert await room(yard) == [], "how many parcels it takes is not stated"
        await yard.pay(known.quote_id)
        await cancel(yard.desk, unknown.quote_id, "test")
        assert [one[1:] for one in await room(yard, LOAD_KEY)] == [(10_000, 0, 800)]

    on_two_hubs(dsn, scene, grams=10_000)


def test_a_parcel_weighs_what_is_in_it_of_two(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        scarf = replace(SCARF, variant=replace(SCARF.variant, weight_g=90))
        quote = yard.quote((weighing(400), 2), (scarf, 3))
        assert len(quote.split) == 2
        assert isinstance(await place(yard.desk, quote, ADDRESS), Placed)
        # Scarves fly from home, where nothing is stated: only the bags are on the truck.
        assert [one[1:] for one in await room(yard, LOAD_KEY)] == [(10_000, 800, 0)]

    on_two_hubs(dsn, scene, grams=10_000)


def test_a_departure_whose_grams_are_used_up_is_full(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        quotes = [yard.quote((weighing(1_000), 1)) for _ in range(9)]
        answers = await asyncio.gather(*(place(yard.desk, one, ADDRESS) for one in quotes))
        assert sum(isinstance(one, Placed) for one in answers) == 4
        assert {one.why for one in answers if isinstance(one, WayGone)} == {"departure_full"}
        assert [one[1:] for one in await room(yard, LOAD_KEY)] == [(4_000, 4_000, 0)]
        async with yard.desk.database.read() as reader:
            assert len(await full_departures(reader, CELL)) == 1
        await told(yard)
        after = yard.quote((weighing(1_000), 1))
        assert truck(after).endswith(" full")
        assert isinstance(await place(yard.desk, after, ADDRESS), Placed)
        assert [one[1:] for one in await room(yard, LOAD_KEY)] == [(4_000, 4_000, 0), (4_000, 1_000, 0)]

    on_two_hubs(dsn, scene, grams=4_000, liege=100)


def test_what_is_too_heavy_for_the_rest_stands_in_nobody_elses_way(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        desk = yard.desk
        assert isinstance(await place(desk, yard.quote((weighing(3_000), 1)), ADDRESS), Placed)
        heavy = yard.quote((weighing(2_500), 1))
        assert heavy.promise is not None
        refused = await place(desk, heavy, ADDRESS)
        assert isinstance(refused, WayGone)
        assert [(one.wanted, one.free) for one in refused.departures] == [(2_500, 2_000)]
        # The departure is not full: what is light enough has its date, and gets in.
        light = as_far_as_it_bears(desk, yard.quote((weighing(500), 1)))
        assert light.promise is not None
        assert light.promise.day == heavy.promise.day
        assert isinstance(await place(desk, light, ADDRESS), Placed)
        # Who was refused is promised no date, and may order without one, which takes nothing of the departure.
        again = as_far_as_it_bears(desk, yard.quote((weighing(2_500), 1)))
        assert again.promise is None
        assert isinstance(await place(desk, again, ADDRESS), Placed)
        assert [one[1:] for one in await room(yard, LOAD_KEY)] == [(5_000, 3_500, 0)]
        yard.clock.move(timedelta(minutes=11))
        assert as_far_as_it_bears(desk, yard.quote((weighing(1_200), 1))).promise is not None

    on_two_hubs(dsn, scene, grams=5_000, liege=100)


def test_of_two_parcels_only_the_heavy_one_loses_its_date(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        desk, wishes = yard.desk, ((weighing(2_500), 1), (SCARF, 1))
        assert isinstance(await place(desk, yard.quote(*wishes), ADDRESS), WayGone)
        quote = as_far_as_it_bears(desk, yard.quote(*wishes))
        assert quote.promise is None
        assert {one.hub: one.promise is not None for one in quote.split} == {LIEGE: False, HOME: True}
        assert isinstance(await place(desk, quote, ADDRESS), Placed)

    on_two_hubs(dsn, scene, grams=2_000)


def stating(yard: TwoHubs, room: int | None, grams: int | None = None) -> list[Lane]:
    """Another network: its lanes, which the shop's boards are made of from now on."""
    made = planner(room, grams)
    made.tell(News())
    yard.boards = PromiseBoard(made, ["CN-HGH", LIEGE_CODE])
    for code in yard.boards.hubs:
        yard.boards.refresh(code, yard.clock.now())
    yard.desk.promises = Promises(yard.boards, cities(), "CN-HGH")
    return list(made.network.lanes)


async def restated(yard: TwoHubs, lanes: list[Lane]) -> int:
    async with yard.desk.database.transaction() as tx:
        return await restate_room(tx, CELL, lanes)


def test_a_network_that_takes_more_opens_a_full_departure(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        desk = yard.desk
        before = yard.quote((BAG, 1)).promise
        for _ in range(2):
            assert isinstance(await place(desk, yard.quote((BAG, 1)), ADDRESS), Placed)
        await told(yard)
        assert truck(yard.quote((BAG, 1))).endswith(" full")
        lanes = stating(yard, 100, 100_000)
        assert await restated(yard, lanes) == 2
        assert await restated(yard, lanes) == 0
        await told(yard)
        assert yard.quote((BAG, 1)).promise == before
        assert isinstance(await place(desk, yard.quote((BAG, 1)), ADDRESS), Placed)
        assert [one[1:] for one in await room(yard)] == [(100, 3, 0)]
        assert [one[1:] for one in await room(yard, LOAD_KEY)] == [(100_000, 3 * UNKNOWN_G, 0)]

    on_two_hubs(dsn, scene, room=2, grams=2 * UNKNOWN_G)


def test_a_network_that_takes_less_takes_nobodys_place_and_gives_none(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        desk, before = yard.desk, yard.quote((BAG, 1)).promise
        quotes = [yard.quote((BAG, 1)) for _ in range(4)]
        for quote in quotes:
            assert isinstance(await place(desk, quote, ADDRESS), Placed)
        lanes = stating(yard, 3)
        # Also where nobody has told the counters yet, an order finds what is stated now.
        assert isinstance(await place(desk, yard.quote((BAG, 1)), ADDRESS), WayGone)
        assert await restated(yard, lanes) == 0
        assert [one[1:] for one in await room(yard)] == [(4, 4, 0)]
        # One of four comes back: three are as many as there are.
        await cancel(desk, quotes[0].quote_id, "test")
        assert await restated(yard, lanes) == 1
        await told(yard)
        assert truck(yard.quote((BAG, 1))).endswith(" full")
        assert [one[1:] for one in await room(yard)] == [(3, 3, 0)]
        await cancel(desk, quotes[1].quote_id, "test")
        lanes = stating(yard, 3)
        await told(yard)
        assert yard.quote((BAG, 1)).promise == before
        assert isinstance(await place(desk, yard.quote((BAG, 1)), ADDRESS), Placed)
        # Room that is stated no longer is no bound, and its counter stays for those who have a place.
        assert await restated(yard, stating(yard, None)) == 1
        assert [one[1:] for one in await room(yard)] == [(UNLIMITED, 3, 0)]
        await cancel(desk, quotes[2].quote_id, "test")

    on_two_hubs(dsn, scene, room=7, liege=100)


def test_goods_at_home_are_promised_as_before_when_the_truck_is_full(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        before = yard.quote((SCARF, 1))
        assert isinstance(await place(yard.desk, yard.quote((BAG, 1)), ADDRESS), Placed)
        await told(yard)
        after = yard.quote((SCARF, 1))
        assert after.promise == before.promise

    on_two_hubs(dsn, scene, room=1)


@pytest.mark.parametrize(
    "news",
    [
        Told(kind="closed", subject="hub", code=LIEGE_CODE, last=NOW.date() + timedelta(days=2)),
        Told(kind="closed", subject="lane", code=TRUCK, first=NOW.date(), last=NOW.date() + timedelta(days=2)),
        Told(kind="closed", subject="country", code="FR", first=NOW.date(), last=NOW.date() + timedelta(days=3)),
        Told(kind="cancelled", subject="departure", code=f"{TRUCK}/2026-06-22T18:00"),
        Told(kind="late", subject="departure", code=f"{TRUCK}/2026-06-22T18:00", minutes=4000),
    ],
    ids=["closed hub", "closed lane", "strike", "cancelled", "late"],
)
def test_what_an_operator_tells_the_next_quote_knows(dsn: str, news: Told) -> None:
    async def scene(yard: TwoHubs) -> None:
        before, news_id = yard.quote((BAG, 1)).promise, maker(CELL)()
        assert before is not None
        async with yard.desk.database.transaction() as tx:
            await tell(tx, planner().network, news, news_id=news_id, who="test", now=NOW)
        await told(yard)
        after = yard.quote((BAG, 1)).promise
        assert after is not None
        assert after.by > before.by
        assert not after.full
        async with yard.desk.database.transaction() as tx:
            await withdraw(tx, news_id, NOW)
        await told(yard)
        assert yard.quote((BAG, 1)).promise == before

    on_two_hubs(dsn, scene)


def test_what_has_left_is_forgotten(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        quote = yard.quote((BAG, 1))
        await place(yard.desk, quote, ADDRESS)
        async with yard.desk.database.transaction() as tx:
            assert await forget_departed(tx, CELL, NOW.date() + timedelta(days=9)) == 0
        await yard.pay(quote.quote_id)
        async with yard.desk.database.transaction() as tx:
            assert await forget_departed(tx, CELL, NOW.date()) == 0
            assert await forget_departed(tx, CELL, NOW.date() + timedelta(days=9)) == 2

    on_two_hubs(dsn, scene, room=7, grams=9_000)


def test_parcels_travel_by_departures_that_are_full_for_others() -> None:
    plan = planner()
    beside = plan.beside()
    closed = Closure(kind="hub", code="CDG", first=None, last=None, reason="")
    unknown = Closure(kind="hub", code="XXX", first=None, last=None, reason="")
    beside.tell(News(closures=(closed, unknown)))
    assert beside.news.closures == (closed,)
    assert plan.news == News()
    assert beside.graph is plan.graph
