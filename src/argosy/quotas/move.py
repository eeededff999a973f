"""Move units between free, held and sold."""

from __future__ import annotations

from collections.abc import Iterable

from argosy.plumbing.database import Tx
from argosy.quotas import store
from argosy.quotas.model import Move
from argosy.quotas.rules import merge


async def move(tx: Tx, cell: int, moves: Iterable[Move]) -> None:
    """Apply the moves to counters that `lock` has locked in this transaction.

    A move below zero or beyond what was received fails the transaction: it would be a broken rule of ours.
    """
    merged = merge(moves)
    if merged:
        found = await store.move_counters(tx, cell, merged)
        assert found == len(merged), "a counter that was taken from is gone"  # noqa: S101
