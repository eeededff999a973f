"""What of an order's room on departures others could still use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from argosy.delivery.parcels.model import Parcel
from argosy.delivery.parcels.withdraw import in_the_house
from argosy.orders.model import Promise
from argosy.orders.rows import OrderRow
from argosy.orders.sourcing.model import Seat
from argosy.orders.sourcing.parcel_ids import parcel_id_of


def room_back(order: OrderRow, parcels: Sequence[Parcel], sent: bool | None, now: datetime) -> tuple[Seat, ...]:
    """The places and grams of those parcels that are in the house and whose first departure has not left.

    A parcel that a carrier has stays on its way and keeps its place. `sent` as `refund` has it; `parcels` count where it is None.
    """
    if sent or not order.quote.get("room"):
        return ()
    gone = {one.parcel_id for one in parcels if not in_the_house([one])}
    waiting = set()
    for number, planned in enumerate(order.quote.get("split") or [order.quote], start=1):
        promise = msgspec.convert(planned.get("promise"), Promise | None)
        if promise is not None and now < promise.leaves_at and parcel_id_of(order.order_id, number) not in gone:
            waiting.add(number)
    seats = msgspec.convert(order.quote["room"], tuple[Seat, ...])
    return tuple(seat for seat in seats if seat.parcel in waiting)
