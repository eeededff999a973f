"""Lock the counters of a batch, making those that come into being with their first taker."""

from __future__ import annotations

from collections.abc import Iterable

from argosy.plumbing.database import Tx
from argosy.quotas import store
from argosy.quotas.model import Take


async def lock(tx: Tx, cell: int, takes: Iterable[Take], also: Iterable[str] = ()) -> dict[str, int]:
    """Free units by key, of all counters named; they stay locked until the transaction ends.

    Call it once a transaction, with every key that the transaction will move: that keeps all batches in one order.
    """
    keys = set(also)
    allowances: dict[str, int] = {}
    for take in takes:
        keys.add(take.key)
        if take.allowance is not None:
            allowances[take.key] = take.allowance
    if not keys:
        return {}
    if allowances:
        await store.make_counters(tx, cell, allowances)
    return {counter.key: counter.free for counter in await store.lock_counters(tx, cell, sorted(keys))}
