"""Take another password."""

from __future__ import annotations

from datetime import datetime

from argosy.plumbing.database import Database
from argosy.shoppers import passwords, store
from argosy.shoppers.model import Account, Faulty, PasswordAnswer, PasswordChanged, SignedIn
from argosy.shoppers.rules import bad_password, plain_password
from argosy.shoppers.sign_in import sign_in


async def change_password(
    database: Database, cell: int, account: Account, old: str, new: str, now: datetime
) -> PasswordAnswer:
    """Whether the new password holds; the old one must be right, and wrong ones count as failed tries to sign in."""
    new = plain_password(new)
    fault = bad_password(new, account.email, account.name)
    if fault is not None:
        return Faulty((fault,))
    proven = await sign_in(database, cell, account.email, old, now)
    if not isinstance(proven, SignedIn):
        return proven
    fresh = await passwords.hashed(new)
    async with database.transaction() as tx:
        await store.change_hash(tx, cell, account.account_id, fresh)
    return PasswordChanged()
