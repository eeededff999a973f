"""Room on departures: a place and the grams of each parcel of an order, taken with it all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from argosy.delivery.model import Lane
from argosy.orders.commands import WayGone
from argosy.orders.desk import Desk
from argosy.orders.model import Destination, Quote, QuoteParcel
from argosy.orders.quoting.together import latest
from argosy.orders.sourcing.model import LOAD_KEY, ROOM_KEY, Seat, network_code
from argosy.plumbing.database import Reader, Tx
from argosy.quotas.forget import forget_past
from argosy.quotas.lock import lock
from argosy.quotas.look import look_all, nearly_gone
from argosy.quotas.model import Take

UNKNOWN_G = 1_500
"""Grams of a piece whose weight nobody stated: an assumption, the demo network's parcel. Counting it as nothing would overload."""
ONE_IN = 50
"""A departure counts as full for new promises when one place or gram in so many is left: orders on their way to it still get in."""
UNLIMITED = 10**12
"""Units of a departure whose room is stated no longer, while it still has a counter."""
_KEPT = timedelta(days=3)


def grams_of(quote: Quote, parcel: QuoteParcel) -> int:
    """What a parcel of a quote weighs: the packed weight of its pieces, where it is unknown `UNKNOWN_G` each."""
    lines = quote.lines if not quote.split else [quote.lines[number - 1] for number in parcel.lines]
    return sum((line.weight_g or UNKNOWN_G) * line.quantity for line in lines)


def with_room(desk: Desk, quote: Quote, destination: Destination, now: datetime) -> Quote:
    """The quote with the places and grams that its dates rely on; none where a departure's room is not stated."""
    market = desk.charts.markets.get(destination.country)
    if desk.promises is None or market is None or (quote.promise is None and not quote.split):
        return quote
    seats: list[Seat] = []
    for number, parcel in enumerate(quote.parcels, start=1):
        if parcel.promise is None:
            continue
        grams = 0
        for departure, room in desk.promises.room(market, destination, now, _sender(desk, parcel)):
            if room.parcels is not None:
                seats.append(Seat(ROOM_KEY + departure, 1, room.parcels, number))
            if room.grams is not None:
                grams = grams or grams_of(quote, parcel)
                seats.append(Seat(LOAD_KEY + departure, grams, room.grams, number))
    return replace(quote, room=tuple(seats))


def _sender(desk: Desk, parcel: QuoteParcel) -> str | None:
    """The network's code of the hub that sends a parcel; None: home."""
    return None if parcel.hub in ("", desk.charts.hub) else network_code(parcel.hub)


def is_too_heavy(desk: Desk, quote: Quote, parcel: QuoteParcel, destination: Destination, now: datetime) -> bool:
    """Whether a departure that a parcel's date would rely on had no room for such a weight just now."""
    market = desk.charts.markets.get(destination.country)
    if market is None or desk.promises is None or not desk.promises.is_tight:
        return False
    grams = grams_of(quote, parcel)
    return not desk.promises.bears(market, destination, now, _sender(desk, parcel), grams=grams)


def as_far_as_it_bears(desk: Desk, quote: Quote) -> Quote:
    """The quote without the dates of parcels that are too heavy for their departures."""
    if desk.promises is None or not desk.promises.is_tight:
        return quote
    heavy = [is_too_heavy(desk, quote, one, quote.destination, quote.made_at) for one in quote.parcels]
    if not quote.split:
        return replace(quote, promise=None) if heavy[0] else quote
    parcels = [replace(one, promise=None) if out else one for one, out in zip(quote.split, heavy, strict=True)]
    return replace(quote, split=tuple(parcels), promise=latest([one.promise for one in parcels]))


def note_full(desk: Desk, gone: WayGone, now: datetime) -> None:
    """Promise nothing more by the departures that an order found full, or nothing as heavy as what they have left."""
    if desk.promises is not None:
        full = [one.key.removeprefix(ROOM_KEY) for one in gone.departures if one.key.startswith(ROOM_KEY)]
        tight = {one.key.removeprefix(LOAD_KEY): one.free for one in gone.departures if one.key.startswith(LOAD_KEY)}
        desk.promises.refuse(full, now)
        desk.promises.refuse_above(tight, now)


async def full_departures(reader: Reader, cell: int) -> frozenset[str]:
    """The departures that no new date may rely on: their places or their grams are as good as taken."""
    places, grams = [await nearly_gone(reader, cell, prefix, ONE_IN) for prefix in (ROOM_KEY, LOAD_KEY)]
    return frozenset(key.partition("/")[2] for key in places | grams)


async def restate_room(tx: Tx, cell: int, lanes: Iterable[Lane]) -> int:
    """Give departures the room that the network's lanes state now, also those that nobody orders for; how many changed.

    A departure that was full would otherwise never be promised again, whatever more it takes. Nobody loses a place.
    """
    takes, stated = [], {}
    for lane in lanes:
        stated[ROOM_KEY + lane.code], stated[LOAD_KEY + lane.code] = lane.capacity_parcels, lane.capacity_g
    for prefix in (ROOM_KEY, LOAD_KEY):
        for counter in await look_all(tx, cell, prefix):
            room = stated.get(counter.key.rpartition("/")[0])
            units = UNLIMITED if room is None else room
            if max(units, counter.held + counter.sold) != counter.received:
                takes.append(Take(counter.key, 0, units))
    await lock(tx, cell, takes, stated=(ROOM_KEY, LOAD_KEY))
    return len(takes)


async def forget_departed(tx: Tx, cell: int, today: date) -> int:
    """Forget the room of departures that left days ago; how many."""
    before = f"{today - _KEPT}T00:00"
    return sum([await forget_past(tx, cell, prefix, before) for prefix in (ROOM_KEY, LOAD_KEY)])
