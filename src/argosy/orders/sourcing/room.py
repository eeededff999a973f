"""Room on departures: a place and the grams of each parcel of an order, taken with it all or nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from argosy.orders.commands import WayGone
from argosy.orders.desk import Desk
from argosy.orders.model import Destination, Quote, QuoteParcel
from argosy.orders.quoting.together import latest
from argosy.orders.sourcing.model import network_code
from argosy.plumbing.database import Reader, Tx
from argosy.quotas.forget import forget_past
from argosy.quotas.look import nearly_gone
from argosy.quotas.model import Take

PREFIX = "room/"
"""What counters of parcels on a departure begin with."""
WEIGHT = "load/"
"""What counters of grams on a departure begin with."""
UNKNOWN_G = 1_500
"""Grams of a piece whose weight nobody stated: an assumption, the demo network's parcel. Counting it as nothing would overload."""
ONE_IN = 50
"""A departure counts as full for new promises when one place or gram in so many is left: orders on their way to it still get in."""
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
    wanted: dict[str, Take] = {}
    for parcel in quote.parcels:
        if parcel.promise is None:
            continue
        grams = 0
        for departure, room in desk.promises.room(market, destination, now, _sender(desk, parcel)):
            if room.parcels is not None:
                _want(wanted, PREFIX + departure, 1, room.parcels)
            if room.grams is not None:
                grams = grams or grams_of(quote, parcel)
                _want(wanted, WEIGHT + departure, grams, room.grams)
    return replace(quote, room=tuple(wanted.values()))


def _sender(desk: Desk, parcel: QuoteParcel) -> str | None:
    """The network's code of the hub that sends a parcel; None: home."""
    return None if parcel.hub in ("", desk.charts.hub) else network_code(parcel.hub)


def _want(wanted: dict[str, Take], key: str, count: int, room: int) -> None:
    wanted[key] = Take(key, wanted[key].count + count if key in wanted else count, room)


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
        full = [one.key.removeprefix(PREFIX) for one in gone.departures if one.key.startswith(PREFIX)]
        tight = {one.key.removeprefix(WEIGHT): one.free for one in gone.departures if one.key.startswith(WEIGHT)}
        desk.promises.refuse(full, now)
        desk.promises.refuse_above(tight, now)


async def full_departures(reader: Reader, cell: int) -> frozenset[str]:
    """The departures that no new date may rely on: their places or their grams are as good as taken."""
    places, grams = [await nearly_gone(reader, cell, prefix, ONE_IN) for prefix in (PREFIX, WEIGHT)]
    return frozenset(key.partition("/")[2] for key in places | grams)


async def forget_departed(tx: Tx, cell: int, today: date) -> int:
    """Forget the room of departures that left days ago; how many."""
    before = f"{today - _KEPT}T00:00"
    return sum([await forget_past(tx, cell, prefix, before) for prefix in (PREFIX, WEIGHT)])
