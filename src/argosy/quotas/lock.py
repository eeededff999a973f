"""Lock the counters of a batch, making those that come into being with their first taker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from argosy.plumbing.database import Tx
from argosy.quotas import store
from argosy.quotas.model import Counter, Take


async def lock(
    tx: Tx, cell: int, takes: Iterable[Take], also: Iterable[str] = (), stated: tuple[str, ...] = ()
) -> dict[str, int]:
    """Free units by key, of all counters named; they stay locked until the transaction ends.

    Call it once a transaction, with every key that the transaction will move: that keeps all batches in one order.
    A counter keeps the allowance of its first taker. Those whose keys begin with one of `stated` have the one that is stated
    now instead: more units are free at once, of fewer none is until so many have come back, and nobody loses what he has.
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
    counters = await store.lock_counters(tx, cell, sorted(keys))
    free = {counter.key: counter.free for counter in counters}
    changed = _changed(counters, allowances, stated) if allowances and stated else {}
    if changed:
        await store.restate_counters(tx, cell, changed)
        free.update({one.key: changed[one.key] - one.held - one.sold for one in counters if one.key in changed})
    return free


def _changed(counters: Iterable[Counter], allowances: Mapping[str, int], stated: tuple[str, ...]) -> dict[str, int]:
    """What counters have in all from now on, where that is not what they had."""
    found = {}
    for one in counters:
        allowance = allowances.get(one.key)
        if allowance is not None and allowance != one.received and one.key.startswith(stated):
            units = max(allowance, one.held + one.sold)
            if units != one.received:
                found[one.key] = units
    return found
