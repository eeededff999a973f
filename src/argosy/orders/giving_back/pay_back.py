"""Pay money back without goods: for a promise that was broken, for a price that fell."""

from __future__ import annotations

from uuid import UUID

from argosy.orders.commands import ChangeAnswer, Changed
from argosy.orders.desk import Desk
from argosy.orders.giving_back.model import PayBack
from argosy.orders.refund import carry_out


async def pay_back(
    desk: Desk, order_id: UUID, refund_id: UUID, amount_minor: int, *, why: str, who: str
) -> ChangeAnswer:
    """Pay back so much of what an order cost, or what is left of it, once however often it is asked with the same id.

    Quantities, lines and counters stay as they are; a later refund of goods gives back that much less if the money would
    not do. Refuses (`nothing_to_pay_back`) an order whose money has all gone back; `TooLate` where it is not paid. What the
    provider does not do at once stays open and is repeated with the other refunds.
    """
    answer = await desk.intake.submit(PayBack(order_id, refund_id, amount_minor, why, who, desk.clock.now()))
    if isinstance(answer, Changed) and not answer.again:
        await carry_out(desk, order_id, refund_id)
    return answer
