"""See an account."""

from __future__ import annotations

from uuid import UUID

from argosy.plumbing.database import Reader, Tx
from argosy.shoppers import store
from argosy.shoppers.model import Account
from argosy.shoppers.rules import plain_email


async def account(reader: Reader, cell: int, account_id: UUID) -> Account | None:
    """An account; None if there is none any more."""
    row = await store.account_by_id(reader, cell, account_id)
    return row.seen() if row else None


async def by_email(reader: Reader, cell: int, email: str) -> Account | None:
    """The account of an e-mail address; None if it has none."""
    row = await store.account_by_email(reader, cell, plain_email(email))
    return row.seen() if row else None


async def note_place(tx: Tx, cell: int, account_id: UUID, market: str, language: str) -> None:
    """Remember the market and language that a shopper was in last."""
    await store.change_place(tx, cell, account_id, market, language)
