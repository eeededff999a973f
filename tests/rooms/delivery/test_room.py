"""Room on departures and news of the network: taken with the order, given back with it, known to the next quote."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.delivery.model import Closure, News
from argosy.delivery.news import tell
from argosy.delivery.news.model import NewsKind, NewsRow
from argosy.delivery.news.rules import check, is_over, news_of
from argosy.orders.cancel import cancel
from argosy.orders.commands import Placed, WayGone
from argosy.orders.model import Quote
from argosy.orders.place import place
from argosy.orders.sourcing.room import PREFIX, forget_departed, full_departures
from argosy.plumbing.ids import maker
from rooms.delivery.parcel_ground import BAG, NOW, SCARF
from rooms.delivery.two_hubs import TRUCK, TwoHubs, on_two_hubs, planner
from rooms.orders.ground import ADDRESS, CELL


async def told(yard: TwoHubs) -> None:
    """The network's news as a server process takes them in, every some seconds."""
    async with yard.desk.database.read() as reader:
        full, rows = await full_departures(reader, CELL), await tell.read(reader, CELL)
    assert yard.desk.promises is not None
    yard.desk.promises.tell(replace(news_of(rows), full=full), yard.clock.now())


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


async def say(yard: TwoHubs, kind: NewsKind, code: str, **more: object) -> None:
    row = NewsRow(news_id=maker(CELL)(), kind=kind, code=code, told_at=NOW, **more)  # type: ignore[arg-type]
    async with yard.desk.database.transaction() as tx:
        await tell.tell(tx, CELL, planner().network, row)
    await told(yard)


@pytest.mark.parametrize(
    ("kind", "code", "more"),
    [
        ("hub", "BE-LGG", {"last_day": NOW.date() + timedelta(days=2)}),
        ("lane", TRUCK, {"first_day": NOW.date(), "last_day": NOW.date() + timedelta(days=2)}),
        ("country", "FR", {"first_day": NOW.date(), "last_day": NOW.date() + timedelta(days=3)}),
        ("cancelled", f"{TRUCK}/2026-06-22T18:00", {}),
        ("late", f"{TRUCK}/2026-06-22T18:00", {"minutes": 4000}),
    ],
    ids=["closed hub", "closed lane", "strike", "cancelled", "late"],
)
def test_what_an_operator_tells_the_next_quote_knows(
    dsn: str, kind: NewsKind, code: str, more: dict[str, object]
) -> None:
    async def scene(yard: TwoHubs) -> None:
        before = yard.quote((BAG, 1)).promise
        assert before is not None
        await say(yard, kind, code, **more)
        after = yard.quote((BAG, 1)).promise
        assert after is not None
        assert after.by > before.by
        assert not after.full
        async with yard.desk.database.transaction() as tx:
            (row,) = await tell.read(tx, CELL)
            assert await tell.end(tx, CELL, row.news_id)
        await told(yard)
        again = yard.quote((BAG, 1)).promise
        assert again == before

    on_two_hubs(dsn, scene)


@pytest.mark.parametrize(
    ("kind", "code", "refusal"),
    [
        ("hub", "XXX", "unknown_in_network"),
        ("lane", "CDG>XXX", "unknown_in_network"),
        ("country", "XX", "unknown_in_network"),
        ("late", f"{TRUCK}/2026-06-22T18:01", "unknown_departure"),
        ("cancelled", "truck", "unknown_departure"),
    ],
)
def test_news_of_what_there_is_not_are_refused(kind: NewsKind, code: str, refusal: str) -> None:
    minutes = 5 if kind == "late" else None
    with pytest.raises(Refused) as wrong:
        check(planner().network, NewsRow(news_id=UUID(int=1), kind=kind, code=code, minutes=minutes, told_at=NOW))
    assert wrong.value.code == refusal


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


def test_when_news_are_over() -> None:
    def row(kind: NewsKind, code: str = "CDG", **more: object) -> NewsRow:
        return NewsRow(news_id=maker(CELL)(), kind=kind, code=code, told_at=NOW, **more)  # type: ignore[arg-type]

    today = NOW.date()
    assert not is_over(row("hub"), today)
    assert not is_over(row("hub", last_day=today), today)
    assert is_over(row("hub", last_day=today - timedelta(days=3)), today)
    assert not is_over(row("late", f"A>B/{today}T10:00", minutes=5), today)
    assert is_over(row("cancelled", f"A>B/{today - timedelta(days=3)}T10:00"), today)


def test_parcels_travel_by_departures_that_are_full_for_others() -> None:
    plan = planner()
    beside = plan.beside()
    closed = Closure(kind="hub", code="CDG", first=None, last=None, reason="")
    unknown = Closure(kind="hub", code="XXX", first=None, last=None, reason="")
    beside.tell(News(closures=(closed, unknown)))
    assert beside.news.closures == (closed,)
    assert plan.news == News()
    assert beside.graph is plan.graph
