"""A refund of all of an order gives back its room on departures that have not left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from argosy.orders.commands import Changed, Placed, RefundLine
from argosy.orders.forwarding.withdraw import withdraw as leave
from argosy.orders.model import Quote, ShelfItem
from argosy.orders.place import place
from argosy.orders.refund import refund
from argosy.orders.sourcing.model import LOAD_KEY, ROOM_KEY, Seat
from argosy.orders.sourcing.room import with_room
from rooms.delivery.parcel_ground import BAG, NOW, SCARF, report
from rooms.delivery.room_ground import room, told, truck, weighing
from rooms.delivery.two_hubs import TwoHubs, on_two_hubs
from rooms.orders.ground import ADDRESS


async def all_room(yard: TwoHubs) -> set[tuple[int, int]]:
    """What is held and sold of departures, in parcels and in grams."""
    return {one[2:] for prefix in (ROOM_KEY, LOAD_KEY) for one in await room(yard, prefix)}


async def paid(yard: TwoHubs, *wishes: tuple[ShelfItem, int]) -> Quote:
    """An order that is paid, whose parcels are announced."""
    quote = yard.quote(*wishes)
    assert isinstance(await place(yard.desk, quote, ADDRESS), Placed)
    await yard.pay(quote.quote_id)
    await yard.dispatch()
    return quote


@pytest.mark.parametrize("restock", [True, False])
def test_a_refund_of_all_gives_the_room_back_before_the_departure(dsn: str, restock: bool) -> None:
    async def scene(yard: TwoHubs) -> None:
        quote = await paid(yard, (weighing(400), 2))
        assert await all_room(yard) == {(0, 1), (0, 800)}
        # Of what is left of it something is still sent: it needs its place.
        await refund(yard.desk, quote.quote_id, (RefundLine(1, 1),), restock=restock, who="test")
        assert await all_room(yard) == {(0, 1), (0, 800)}
        await refund(yard.desk, quote.quote_id, (RefundLine(1, 1),), restock=restock, who="test")
        assert await all_room(yard) == {(0, 0)}
        await refund(yard.desk, quote.quote_id, restock=restock, who="test")
        assert await all_room(yard) == {(0, 0)}

    on_two_hubs(dsn, scene, room=7, grams=10_000)


def test_who_leaves_her_order_leaves_her_place_to_others(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        quote = await paid(yard, (weighing(400), 1))
        await told(yard)
        assert truck(yard.quote((BAG, 1))).endswith(" full")
        assert isinstance(await leave(yard.desk, quote.quote_id), Changed)
        await told(yard)
        again = yard.quote((weighing(400), 1))
        assert again.promise == quote.promise
        assert isinstance(await place(yard.desk, again, ADDRESS), Placed)

    on_two_hubs(dsn, scene, room=1, grams=10_000)


@pytest.mark.parametrize("minutes", [-1, 0, 600])
def test_after_the_departure_nothing_comes_back(dsn: str, minutes: int) -> None:
    async def scene(yard: TwoHubs) -> None:
        # Without a carrier's word the parcel is taken to be in the house for ever: the clock decides.
        quote = await paid(yard, (weighing(400), 1))
        assert quote.promise is not None
        yard.clock.move(quote.promise.leaves_at - yard.clock.now() + timedelta(minutes=minutes))
        assert isinstance(await refund(yard.desk, quote.quote_id, restock=False, who="test"), Changed)
        assert await all_room(yard) == ({(0, 0)} if minutes < 0 else {(0, 1), (0, 400)})

    on_two_hubs(dsn, scene, room=7, grams=10_000)


@pytest.mark.parametrize("sent", [None, True])
def test_what_a_carrier_has_keeps_its_place(dsn: str, sent: bool | None) -> None:
    async def scene(yard: TwoHubs) -> None:
        quote = await paid(yard, (weighing(400), 1))
        if sent is None:
            parcel = await yard.parcel(quote.quote_id)
            for code in ("picked", "packed", "handed_over"):
                await yard.tell(report(parcel, code, yard.clock.now()))
        assert isinstance(await refund(yard.desk, quote.quote_id, restock=False, who="test", sent=sent), Changed)
        assert await all_room(yard) == {(0, 1), (0, 400)}

    on_two_hubs(dsn, scene, room=7, grams=10_000)


def test_of_two_parcels_the_one_in_the_house_gives_its_place_back(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        quote = await paid(yard, (weighing(400), 1), (SCARF, 1))
        # Both have a place: the bag's is on a truck, the scarf's on a flight.
        (flight,) = {seat.key for seat in quote_room(quote, yard) if seat.parcel == 2}
        assert flight.startswith("room/CN-HGH>CDG/")
        assert (await yard.one("SELECT sold FROM quotas WHERE key = $1", flight))["sold"] == 1
        (scarf,) = await yard.ask("SELECT * FROM parcels WHERE order_id = $1 AND hub = 'CN-HGH'", quote.quote_id)
        for code in ("picked", "packed", "handed_over"):
            await yard.tell(report(scarf, code, yard.clock.now()))
        assert isinstance(await refund(yard.desk, quote.quote_id, restock=False, who="test"), Changed)
        rows = await yard.ask("SELECT key, sold FROM quotas WHERE key LIKE 'room/%' ORDER BY key")
        assert {row["key"]: row["sold"] for row in rows} == {flight: 1, rows[0]["key"]: 0}

    on_two_hubs(dsn, scene, room=7, flight=9)


def quote_room(quote: Quote, yard: TwoHubs) -> tuple[Seat, ...]:
    """What an order took of departures."""
    return with_room(yard.desk, quote, quote.destination, NOW).room


def test_an_order_of_before_parcels_were_numbered_keeps_its_room(dsn: str) -> None:
    async def scene(yard: TwoHubs) -> None:
        quote = await paid(yard, (weighing(400), 1))
        old = "jsonb_set(quote, '{room}', (SELECT jsonb_agg(one - 'parcel') FROM jsonb_array_elements(quote -> 'room') AS one))"
        await yard.ask(f"UPDATE orders SET quote = {old} WHERE order_id = $1", quote.quote_id)
        assert isinstance(await refund(yard.desk, quote.quote_id, restock=False, who="test"), Changed)
        assert await all_room(yard) == {(0, 1)}

    on_two_hubs(dsn, scene, room=7)
