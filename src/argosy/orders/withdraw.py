"""Let a shopper out of her order."""

from __future__ import annotations

from uuid import UUID

from argosy.base.errors import Refused
from argosy.delivery.parcels import look
from argosy.delivery.parcels.withdraw import in_the_house
from argosy.orders.cancel import cancel
from argosy.orders.commands import ChangeAnswer, TooLate
from argosy.orders.deposits.cancel_deposit import cancel_deposit
from argosy.orders.desk import Desk
from argosy.orders.refund import refund


async def withdraw(desk: Desk, order_id: UUID) -> ChangeAnswer:
    """End an order: unpaid it frees what it held; paid, and as long as nothing is sent, all its money goes back.

    Its parcel is withdrawn by `dispatch`, and its goods are for sale again. `TooLate` with the state `sent`: a carrier has it.
    A deposit goes back until its balance window opens; `TooLate` with the state `due` from then on.
    """
    answer = await cancel(desk, order_id, "shopper")
    if isinstance(answer, TooLate) and answer.state == "paid":
        async with desk.database.read() as reader:
            parcels = [one.parcel for one in await look.parcels(reader, desk.cell, order_id)]
        if not in_the_house(parcels):
            return TooLate(order_id, "sent")
        try:
            return await refund(desk, order_id, restock=True, who="shopper", sent=False)
        except Refused as wrong:
            if wrong.code != "deposit_order":
                raise
            return await cancel_deposit(desk, order_id, "shopper")
    return answer
