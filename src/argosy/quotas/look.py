"""See how much is left, without any promise that it still is a moment later."""

from __future__ import annotations

from collections.abc import Sequence

from argosy.plumbing.database import Reader
from argosy.quotas import store
from argosy.quotas.model import Counter, Sums


async def look(reader: Reader, cell: int, keys: Sequence[str]) -> dict[str, Counter]:
    """The counters there are, by key; at most 10,000 keys."""
    assert len(keys) <= 10_000, "too many counters at once"  # noqa: S101
    return {counter.key: counter for counter in await store.read_counters(reader, cell, keys)}


async def look_all(reader: Reader, cell: int, prefix: str) -> list[Counter]:
    """All counters whose key begins so; for those that are few, as departures are."""
    return await store.counters_of(reader, cell, prefix)


async def sums(reader: Reader, cell: int, prefix: str) -> Sums:
    """Sums over all counters whose key begins so, for accounts that must balance."""
    return await store.sum_counters(reader, cell, prefix)


async def stocked_hubs(reader: Reader, cell: int) -> frozenset[str]:
    """The hubs that goods were ever received at; reads all counters of stock, so not for a request."""
    return await store.stocked_hubs(reader, cell)


async def nearly_gone(reader: Reader, cell: int, prefix: str, one_in: int, limit: int = 10_000) -> frozenset[str]:
    """Keys of a prefix of which at most one unit in so many is free, none included; at most `limit` keys."""
    return frozenset(await store.nearly_gone(reader, cell, prefix, one_in, limit))
