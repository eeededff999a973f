"""End unpaid orders whose hold is over, after asking the provider whether the money came after all."""

from __future__ import annotations

import asyncio

from argosy.orders import store
from argosy.orders.commands import Changed, Release
from argosy.orders.desk import Desk
from argosy.orders.pay import charge_key, settle
from argosy.orders.ports import ChargeState
from argosy.orders.rows import Expired


async def expire(desk: Desk) -> int:
    """Release or settle the orders whose hold is over; how many were ended. Several processes may do it at once."""
    async with desk.database.read() as reader:
        due = await store.expired(reader, desk.cell, desk.clock.now())
    return sum(await asyncio.gather(*(_end(desk, order) for order in due)))


async def _end(desk: Desk, order: Expired) -> int:
    key = charge_key(order.order_id, order.charge_attempts)
    charge = await desk.payments.look_up(order.order_id, key, order.charge_reference)
    if charge is not None and charge.state is ChargeState.CAPTURED:
        await settle(desk, order.order_id, charge)
        return 1
    answer = await desk.intake.submit(Release(order.order_id, "expired", "clock", desk.clock.now()))
    if isinstance(answer, Changed) and charge is not None and charge.reference:
        await desk.payments.void(order.order_id, charge.reference)
    return int(isinstance(answer, Changed))
