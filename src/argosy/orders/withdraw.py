"""Let a shopper out of her order."""

from __future__ import annotations

from uuid import UUID

from argosy.orders.cancel import cancel
from argosy.orders.commands import ChangeAnswer, TooLate
from argosy.orders.desk import Desk
from argosy.orders.refund import refund


async def withdraw(desk: Desk, order_id: UUID) -> ChangeAnswer:
    """End an order: unpaid it frees what it held; paid, and as long as nothing is sent, all its money goes back.

    Nothing is sent yet by this shop, so that a paid order can always be ended, and its goods are for sale again.
    """
    answer = await cancel(desk, order_id, "shopper")
    if isinstance(answer, TooLate) and answer.state == "paid":
        return await refund(desk, order_id, restock=True, who="shopper")
    return answer
