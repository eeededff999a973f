"""Give back money that came for an order that had ended or was paid already."""

from __future__ import annotations

from uuid import UUID

import structlog

from argosy.orders import store
from argosy.orders.desk import Desk
from argosy.orders.ports import Charge
from argosy.orders.refund import carry_out
from argosy.plumbing import outbox
from argosy.plumbing.ids import derived_id
from argosy.plumbing.model import Event

_log = structlog.get_logger()


async def give_back(desk: Desk, order_id: UUID, charge: Charge) -> None:
    """Write that this charge goes back, once however often it is told, then carry it out.

    What the provider does not do at once stays open and is repeated with the other refunds.
    """
    _log.warning("charge_given_back", order=str(order_id), reference=charge.reference)
    now = desk.clock.now()
    refund_id = derived_id("late charge", charge.reference)
    async with desk.database.transaction() as tx:
        written = await store.add_late_charge(
            tx, desk.cell, order_id, refund_id, desk.new_id(), charge, desk.payments.name, now
        )
        if written:
            body = {
                "amount_minor": charge.amount.minor,
                "currency": charge.amount.currency,
                "reference": charge.reference,
            }
            await outbox.write(tx, desk.cell, [Event("payment.given_back", order_id, body)], now)
    if written:
        await carry_out(desk, order_id, refund_id)
