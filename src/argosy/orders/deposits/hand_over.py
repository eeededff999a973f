"""Give a guest's deposit to her account when she signs in."""

from __future__ import annotations

from uuid import UUID

from argosy.orders.deposits import store
from argosy.plumbing.database import Tx


async def hand_over(tx: Tx, cell: int, deposit_id: UUID, guest: UUID, account: UUID) -> bool:
    """Whether it is the account's now: one that is not the guest's stays whose it is.

    Its terms, its goods and the limits that they were taken of stay as they are. Call it once a transaction: whoever ends
    deposits at the same instant touches several, and waits for no more than one.
    """
    return await store.hand_over(tx, cell, deposit_id, guest, account) > 0
