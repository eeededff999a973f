"""Room on departures: a place for each parcel of an order, taken with it all or nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from argosy.orders.commands import WayGone
from argosy.orders.desk import Desk
from argosy.orders.model import Destination, Quote
from argosy.orders.sourcing.model import network_code
from argosy.plumbing.database import Reader, Tx
from argosy.quotas.forget import forget_past
from argosy.quotas.look import nearly_gone
from argosy.quotas.model import Take

PREFIX = "room/"
ONE_IN = 50
"""A departure counts as full for new promises when one place in so many is left: orders on their way to it still get in."""
_KEPT = timedelta(days=3)


def with_room(desk: Desk, quote: Quote, destination: Destination, now: datetime) -> Quote:
    """The quote with the places that its dates rely on; none where a departure's room is not stated."""
    market = desk.charts.markets.get(destination.country)
    if desk.promises is None or market is None or (quote.promise is None and not quote.split):
        return quote
    wanted: dict[str, Take] = {}
    for parcel in quote.parcels:
        if parcel.promise is None:
            continue
        hub = None if parcel.hub in ("", desk.charts.hub) else network_code(parcel.hub)
        for departure, room in desk.promises.room(market, destination, now, hub):
            key = PREFIX + departure
            wanted[key] = Take(key, wanted[key].count + 1 if key in wanted else 1, room)
    return replace(quote, room=tuple(wanted.values()))


def note_full(desk: Desk, gone: WayGone, now: datetime) -> None:
    """Promise nothing more by the departures that an order found full."""
    if desk.promises is not None:
        desk.promises.refuse((key.removeprefix(PREFIX) for key in gone.departures), now)


async def full_departures(reader: Reader, cell: int) -> frozenset[str]:
    """The departures that no new date may rely on."""
    found = await nearly_gone(reader, cell, PREFIX, ONE_IN)
    return frozenset(key.removeprefix(PREFIX) for key in found)


async def forget_departed(tx: Tx, cell: int, today: date) -> int:
    """Forget the room of departures that left days ago; how many."""
    return await forget_past(tx, cell, PREFIX, f"{today - _KEPT}T00:00")
