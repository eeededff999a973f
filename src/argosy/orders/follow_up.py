"""Ask the provider what became of a payment that was begun and not finished."""

from __future__ import annotations

from argosy.orders.desk import Desk
from argosy.orders.look import OrderView
from argosy.orders.pay import NeedsAction, PayAnswer, Pending, charge_key, settle
from argosy.orders.ports import ChargeState


async def follow_up(desk: Desk, view: OrderView) -> PayAnswer | None:
    """Where the open payment of an unpaid order stands, after settling the order if it is decided; None without one.

    May be repeated: as long as nothing is decided, nothing is written.
    """
    order = view.order
    if order.state != "placed" or not order.charge_reference:
        return None
    attempt = order.charge_attempts
    charge = await desk.payments.look_up(order.order_id, charge_key(order.order_id, attempt), order.charge_reference)
    if charge is None:
        return None
    if charge.state in (ChargeState.CAPTURED, ChargeState.DECLINED, ChargeState.VOIDED):
        return await settle(desk, order.order_id, charge, attempt)
    return NeedsAction(order.order_id, charge.next_url) if charge.next_url else Pending(order.order_id)
