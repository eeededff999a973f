"""Forget coupons and red packets that ended long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from argosy.campaigns.wallet import store
from argosy.plumbing.database import Tx

KEPT_FOR = timedelta(days=90)
"""So long after its end a coupon is still shown as used or expired; orders keep what they used for ever."""


async def forget(tx: Tx, cell: int, now: datetime) -> int:
    """How many rows were taken out; at most 1,000 at once."""
    return await store.forget(tx, cell, now - KEPT_FOR)
