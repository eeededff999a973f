"""Room on departures and news of the network: taken with the order, given back with it, known to the next quote."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from argosy.delivery.model import Closure, News
from argosy.delivery.news.look import in_force
from argosy.delivery.news.model import Told
from argosy.delivery.news.rules import news_of
from argosy.delivery.news.tell import tell
from argosy.delivery.news.withdraw import withdraw
from argosy.orders.cancel import cancel
from argosy.orders.commands import Placed, WayGone
from argosy.orders.model import Quote
from argosy.orders.place import place
from argosy.orders.sourcing.room import PREFIX, forget_departed, full_departures
from argosy.plumbing.ids import maker
from rooms.delivery.parcel_ground import BAG, NOW, SCARF
from rooms.delivery.two_hubs import LIEGE_CODE, TRUCK, TwoHubs, on_two_hubs, planner
from rooms.orders.ground import ADDRESS, CELL


async def told(yard: TwoHubs) -> None:
    """The network's news as who makes the boards takes them in, every second or so."""
    now = yard.clock.now()
    async with yard.desk.database.read() as reader:
        full, rows = await full_departures(reader, CELL), await in_force(reader, now)
    yard.boards.take_in(news_of(rows, full), now)


async def room(yard: TwoHubs) -> list[tuple[str, int, int, int]]:
    """Counters of departures: name, places, held and sold."""
    rows = await yard.ask("SELECT * FROM quotas WHERE key LIKE 'room/%' ORDER BY key")
    return [(row["key"].removeprefix(PREFIX), row["received"], row["held"], row["sold"]) for row in rows]


def truck(quote: Quote) -> str:
    """The day on which it is there, and whether a full departure made it later."""
    assert quote.promise is not None
    return f"{quote.promise.day:%d}{' full' if quote.promise.full else ''}"


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
            assert await forget_departed(tx, CELL, NOW.date() + timedelta(days=9)) == 1

    on_two_hubs(dsn, scene, room=7)


def test_parcels_travel_by_departures_that_are_full_for_others() -> None:
    plan = planner()
    beside = plan.beside()
    closed = Closure(kind="hub", code="CDG", first=None, last=None, reason="")
    unknown = Closure(kind="hub", code="XXX", first=None, last=None, reason="")
    beside.tell(News(closures=(closed, unknown)))
    assert beside.news.closures == (closed,)
    assert plan.news == News()
    assert beside.graph is plan.graph
