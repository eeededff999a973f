"""Prove who one is, by e-mail address and password."""

from __future__ import annotations

from datetime import datetime

from argosy.plumbing.database import Database
from argosy.shoppers import passwords, store
from argosy.shoppers.model import AccountRow, SignedIn, SignInAnswer, TooManyTries, WrongPassword
from argosy.shoppers.rules import MAX_EMAIL, MOST_PASSWORD, heard_from, plain_email, plain_password, still_counts


async def sign_in(database: Database, cell: int, email: str, password: str, now: datetime) -> SignInAnswer:
    """Whose account it is. A try counts as failed until it went well, so that many at once gain nothing."""
    email, password = plain_email(email), plain_password(password)
    if not email or len(email) > MAX_EMAIL or len(password) > MOST_PASSWORD or "\0" in email:
        return WrongPassword()
    account = await _begin_try(database, cell, email, now)
    if isinstance(account, TooManyTries):
        return account
    if not await passwords.fits(password, account.password_hash if account else None) or account is None:
        return WrongPassword()
    anew = await passwords.hashed(password) if passwords.outdated(account.password_hash) else None
    async with database.transaction() as tx:
        await store.forgive(tx, cell, email)
        if anew:
            await store.change_hash(tx, cell, account.account_id, anew)
    return SignedIn(account.seen())


async def _begin_try(database: Database, cell: int, email: str, now: datetime) -> AccountRow | TooManyTries | None:
    async with database.transaction() as tx:
        await store.lock_email(tx, cell, email)
        failed = await store.failures_of(tx, cell, email)
        if failed is not None and not still_counts(failed.last_at, now):
            failed = None
        until = heard_from(failed.failures, failed.last_at) if failed else None
        if until is not None and now < until:
            return TooManyTries(until)
        await store.note_failure(tx, cell, email, failed.failures + 1 if failed else 1, now)
        return await store.account_by_email(tx, cell, email)
