"""Cancel an order that is not paid; a paid one is refunded instead."""

from __future__ import annotations

from uuid import UUID

from argosy.orders import store
from argosy.orders.commands import ChangeAnswer, Changed, NoOrder, Release
from argosy.orders.desk import Desk


async def cancel(desk: Desk, order_id: UUID, who: str) -> ChangeAnswer:
    """Free what an unpaid order held and give up its charge."""
    async with desk.database.read() as reader:
        order = await store.order_of(reader, desk.cell, order_id)
    if order is None:
        return NoOrder(order_id)
    answer = await desk.intake.submit(Release(order_id, "cancelled", who, desk.clock.now()))
    if isinstance(answer, Changed) and order.charge_reference:
        await desk.payments.void(order_id, order.charge_reference)
    return answer
