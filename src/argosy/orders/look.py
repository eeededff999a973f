"""See an order, for the one it belongs to."""

from __future__ import annotations

from uuid import UUID

import msgspec

from argosy.base.errors import NotFound
from argosy.orders import store
from argosy.orders.desk import Desk
from argosy.orders.rows import HistoryRow, LineRow, OrderListed, OrderRow, RefundRow

MAX_LISTED = 100


class OrderView(msgspec.Struct, frozen=True):
    """An order with its lines, audit trail and refunds."""

    order: OrderRow
    lines: list[LineRow]
    history: list[HistoryRow]
    refunds: list[RefundRow]


async def order(desk: Desk, order_id: UUID, shopper_id: UUID | None) -> OrderView:
    """An order of this shopper; of any shopper where it is None (an operator, or a signed link).

    Another's order and one that there is not are answered alike: `unknown_order`.
    """
    async with desk.database.read() as reader:
        found = await store.order_of(reader, desk.cell, order_id)
        if found is None or (shopper_id is not None and found.shopper_id != shopper_id):
            raise NotFound("unknown_order", "There is no such order.", field="order_id")
        return OrderView(
            found,
            await store.lines_of(reader, desk.cell, order_id),
            await store.history_of(reader, desk.cell, order_id),
            await store.refunds_of(reader, desk.cell, order_id),
        )


async def orders(desk: Desk, shopper_id: UUID, limit: int = 20, offset: int = 0) -> list[OrderListed]:
    """A shopper's orders, the newest first; at most 100 at a time."""
    async with desk.database.read() as reader:
        return await store.orders_of(reader, desk.cell, shopper_id, min(limit, MAX_LISTED), offset)
