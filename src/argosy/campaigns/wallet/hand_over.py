"""Give a guest's coupons and red packets to her account when she signs in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from argosy.campaigns.claims import claim_key
from argosy.campaigns.plan import Plan
from argosy.campaigns.wallet import store
from argosy.campaigns.wallet.model import WalletRow
from argosy.campaigns.wallet.wallet import contents
from argosy.plumbing.database import Tx
from argosy.quotas.lock import lock
from argosy.quotas.model import Move, Take
from argosy.quotas.move import move


async def hand_over(tx: Tx, cell: int, guest: UUID, account: UUID, *, plans: Iterable[Plan], now: datetime) -> int:
    """How many the account got: so many as its own limits still allow; used and expired ones stay where they are.

    Call it once a transaction.
    """
    if guest == account:
        return 0
    limits = {one.code: one.claim.per_shopper for plan in plans for one in plan.promotions if one.claim is not None}
    rows = [one.row for one in await contents(tx, cell, guest, now) if not one.used and one.row.promotion in limits]
    free = await lock(tx, cell, [_take(row, account, limits[row.promotion]) for row in rows])
    given: list[WalletRow] = []
    for row in rows:
        key = claim_key(row.promotion, str(account))
        if free[key] > 0:
            free[key] -= 1
            given.append(row)
    await move(tx, cell, [Move(claim_key(row.promotion, str(account)), sold=1) for row in given])
    if given:
        await store.hand_over(tx, cell, guest, [row.held_id for row in given], account)
    return len(given)


def _take(row: WalletRow, account: UUID, limit: int) -> Take:
    return Take(claim_key(row.promotion, str(account)), 1, limit)
