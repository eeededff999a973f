"""See which lines of an order are under price protection now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from argosy.delivery.parcels import look
from argosy.orders.desk import Desk
from argosy.orders.protecting import store
from argosy.orders.protecting.rules import last_instant


class Protection(msgspec.Struct, frozen=True):
    """A line whose later drops are paid back."""

    line: int
    days: int
    """After delivery."""
    until: datetime | None
    """The last instant that counts; None before delivery."""


async def protections(desk: Desk, order_id: UUID) -> list[Protection]:
    """The lines of an order that are protected now, in their order; none until some seconds after its payment."""
    now = desk.clock.now()
    async with desk.database.read() as reader:
        rows = await store.of_order(reader, desk.cell, order_id)
        # The lines know of a delivery once they are compared, which may be hours after it.
        arrived = await look.arrived(reader, desk.cell, [order_id]) if rows else []
    found = []
    for row in rows:
        delivered = max((at for at in (row.delivered_at, *(one.at for one in arrived)) if at), default=None)
        until = last_instant(row.days, row.bought_at, delivered)
        if now <= until:
            found.append(Protection(row.line, row.days, until if delivered else None))
    return found
