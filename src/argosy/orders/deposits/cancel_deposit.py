"""Let a shopper out of her deposit before its balance window opens."""

from __future__ import annotations

from uuid import UUID

from argosy.orders.commands import ChangeAnswer, Changed
from argosy.orders.deposits.model import EndDeposit
from argosy.orders.desk import Desk
from argosy.orders.refund import carry_out
from argosy.plumbing.ids import derived_id


async def cancel_deposit(desk: Desk, deposit_id: UUID, who: str) -> ChangeAnswer:
    """Give a paid deposit back in full and free what it held, once however often it is asked.

    A shopper (`who` is `shopper`) may until the window opens; the shop at any time before the deposit has ended. `TooLate`
    with the state `due`, or with that of the deposit where it has ended or a balance order waits.
    """
    command = EndDeposit(deposit_id, "returned", derived_id("deposit", str(deposit_id)), who, desk.clock.now())
    answer = await desk.intake.submit(command)
    if isinstance(answer, Changed):
        await carry_out(desk, deposit_id, command.refund_id)
    return answer
