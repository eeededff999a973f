"""Forget what no longer matters."""

from __future__ import annotations

from datetime import datetime

from argosy.plumbing.database import Tx
from argosy.shoppers import store
from argosy.shoppers.rules import forgotten_before


async def forget_failures(tx: Tx, cell: int, now: datetime) -> int:
    """Drop failed tries to sign in that are a day old; the number of e-mail addresses."""
    return await store.forget_failures(tx, cell, forgotten_before(now))
