"""Levels of membership: an operator gives them to accounts, and promotions may be for those who have one."""

from __future__ import annotations

import re
from uuid import UUID

from argosy.base.errors import NotFound, Refused
from argosy.plumbing.database import Reader, Tx
from argosy.shoppers import store
from argosy.shoppers.model import Account
from argosy.shoppers.rules import plain_email

_LEVEL = re.compile(r"^[a-z0-9-]{1,40}$")


async def level_of(reader: Reader, cell: int, account_id: UUID) -> str:
    """The level of an account; empty where it has none, or there is no such account."""
    return await store.level_of(reader, cell, account_id)


async def give_level(tx: Tx, cell: int, email: str, level: str) -> Account:
    """Give the account of an e-mail address a level, or take it away (empty); it holds from the next quote on.

    Refuses (`bad_level`) what is no name of a level, and (`unknown_account`) an address without an account.
    """
    if level and not _LEVEL.match(level):
        remedy = "Write up to 40 small letters, digits and hyphens, as plans do: gold."
        raise Refused("bad_level", f"{level!r} is no name of a level.", field="level", remedy=remedy)
    row = await store.account_by_email(tx, cell, plain_email(email))
    if row is None:
        raise NotFound("unknown_account", "No account has this e-mail address.", field="email")
    await store.give_level(tx, cell, row.account_id, level)
    return row.seen()
