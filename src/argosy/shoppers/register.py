"""Open an account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from argosy.plumbing.database import Database
from argosy.shoppers import passwords, store
from argosy.shoppers.model import AccountRow, EmailTaken, Faulty, RegisterAnswer, Registered
from argosy.shoppers.rules import check_registration, plain_email, plain_name, plain_password


async def register(
    database: Database,
    cell: int,
    account_id: UUID,
    *,
    name: str,
    email: str,
    password: str,
    market: str,
    language: str,
    now: datetime,
) -> RegisterAnswer:
    """The new account, or why there is none; one e-mail address has one account."""
    name, email, password = plain_name(name), plain_email(email), plain_password(password)
    faults = check_registration(name, email, password)
    if faults:
        return Faulty(faults)
    row = AccountRow(account_id, email, await passwords.hashed(password), name, market, language, now)
    async with database.transaction() as tx:
        added = await store.add_account(tx, cell, row)
    return Registered(row.seen()) if added else EmailTaken(email)
