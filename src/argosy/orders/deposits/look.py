"""See the deposits of a shopper."""

from __future__ import annotations

from uuid import UUID

from argosy.base.errors import NotFound
from argosy.orders.deposits import store
from argosy.orders.deposits.model import DepositRow, ShownDeposit
from argosy.orders.deposits.rules import deposit_key, standing
from argosy.orders.desk import Desk
from argosy.quotas.look import look


async def deposits(desk: Desk, shopper_id: UUID) -> list[ShownDeposit]:
    """Her deposits that were paid, the newest first, at most 100, each with where it stands now."""
    async with desk.database.read() as reader:
        rows = await store.deposits_of(reader, desk.cell, shopper_id)
        keys = [deposit_key(row.deposit_id) for row in rows if row.state == "paid"]
        counters = await look(reader, desk.cell, keys) if keys else {}
    held = {key: one.held for key, one in counters.items()}
    return [_shown(desk, row, held) for row in rows]


async def deposit(desk: Desk, deposit_id: UUID) -> ShownDeposit:
    """One deposit; refuses (`unknown_deposit`) the id of none."""
    async with desk.database.read() as reader:
        row = (await store.read_deposits(reader, desk.cell, [deposit_id])).get(deposit_id)
        if row is None:
            raise NotFound("unknown_deposit", "There is no such deposit.", field="deposit_id")
        counters = await look(reader, desk.cell, [deposit_key(deposit_id)])
    return _shown(desk, row, {key: one.held for key, one in counters.items()})


def _shown(desk: Desk, row: DepositRow, held: dict[str, int]) -> ShownDeposit:
    return ShownDeposit(row=row, standing=standing(row, held, desk.clock.now()))
