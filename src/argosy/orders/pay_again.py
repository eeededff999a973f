"""Pay an order for which a payment was tried before."""

from __future__ import annotations

from uuid import UUID

from argosy.base.money import Money
from argosy.orders import look
from argosy.orders.commands import NoteCharge
from argosy.orders.desk import Desk
from argosy.orders.pay import Ended, Paid, PayAnswer, charge_key, pay, settle
from argosy.orders.ports import ChargeState, Means


async def pay_again(desk: Desk, order_id: UUID, means: Means, return_url: str) -> PayAnswer:
    """Another try. One that is still open is given up first, so that two never run side by side; if it was too late
    to give it up, because the money came, the order is paid by it and nothing more is charged."""
    view = await look.order(desk, order_id, None)
    order, attempt = view.order, view.order.charge_attempts
    if order.state != "placed":
        return Paid(order_id) if order.state in ("paid", "refunded") else Ended(order_id, order.state)
    if order.charge_reference:
        await desk.payments.void(order.order_id, order.charge_reference)
        charge = await desk.payments.look_up(
            order.order_id, charge_key(order.order_id, attempt), order.charge_reference
        )
        if charge is not None and charge.state is ChargeState.CAPTURED:
            return await settle(desk, order.order_id, charge, attempt)
        given_up = NoteCharge(
            order.order_id,
            desk.payments.name,
            order.charge_reference,
            ChargeState.VOIDED.value,
            "",
            desk.clock.now(),
            attempt,
        )
        await desk.intake.submit(given_up)
        attempt += 1
    amount = Money(order.total_minor, order.currency)
    return await pay(desk, order.order_id, attempt, amount, means, return_url)
