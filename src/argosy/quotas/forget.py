"""Forget counters of what is past."""

from __future__ import annotations

from argosy.plumbing.database import Tx
from argosy.quotas import store


async def forget_past(tx: Tx, cell: int, prefix: str, before: str) -> int:
    """Forget counters of a prefix whose key ends with a local time (`2026-06-18T22:00`) before one; how many.

    What is held of them keeps them there: an order that is still open may give it back.
    """
    return await store.forget_counters(tx, cell, prefix, before)
