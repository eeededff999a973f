"""What of an order's room on departures others could still use."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from argosy.delivery.parcels import look
from argosy.delivery.parcels.withdraw import in_the_house
from argosy.orders import store
from argosy.orders.desk import Desk
from argosy.orders.model import Promise
from argosy.orders.sourcing.model import Seat
from argosy.plumbing.ids import derived_id


async def room_back(desk: Desk, order_id: UUID, sent: bool | None, now: datetime) -> tuple[Seat, ...]:
    """The places and grams of those parcels that are in the house and whose first departure has not left.

    A parcel that a carrier has stays on its way and keeps its place. `sent` as `refund` has it.
    """
    if sent:
        return ()
    async with desk.database.read() as reader:
        order = await store.order_of(reader, desk.cell, order_id)
        if order is None or not order.quote.get("room"):
            return ()
        parcels = [one.parcel for one in await look.parcels(reader, desk.cell, order_id)] if sent is None else []
    gone = {one.parcel_id for one in parcels if not in_the_house([one])}
    waiting = set()
    for number, planned in enumerate(order.quote.get("split") or [order.quote], start=1):
        promise = msgspec.convert(planned.get("promise"), Promise | None)
        parcel_id = derived_id("parcel", str(order_id), str(number))
        if promise is not None and now < promise.leaves_at and parcel_id not in gone:
            waiting.add(number)
    seats = msgspec.convert(order.quote["room"], tuple[Seat, ...])
    return tuple(seat for seat in seats if seat.parcel in waiting)
