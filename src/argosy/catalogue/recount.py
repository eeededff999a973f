"""Count what each category holds by brand, colour, kind and price, for the filters beside its list."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from argosy.catalogue import store
from argosy.catalogue.model import Group, ListingCounts
from argosy.plumbing.database import Reader, Tx

ALL = ""
"""Stands for all goods among the categories."""
_BRANDS = 60
_BRANDS_OF_ALL = 500


async def counted_at(reader: Reader) -> datetime | None:
    """When the counts were last made; None before the first time."""
    return await store.counted_at(reader)


async def recount(tx: Tx, now: datetime) -> int:
    """Make all counts anew in three passes over the search's table; the number of categories.

    Lists show the new counts when those they have are two minutes old.
    """
    kinds = [(kind, await store.groups(tx, kind)) for kind in ("brand", "colour", "price")]
    rows = await asyncio.to_thread(_put_together, kinds, now)
    await store.put_counts(tx, rows)
    return len(rows)


def _put_together(kinds: Iterable[tuple[str, list[Group]]], now: datetime) -> list[ListingCounts]:
    """The counts of every category from those of its goods' paths through the tree."""
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for kind, groups in kinds:
        for group in groups:
            for category in (ALL, *group.categories):
                counts = found[category]
                if group.key:
                    counts[kind][group.key] += group.products
                # Each product has one price: so these groups divide all of them.
                if kind == "price":
                    for below in group.categories:
                        counts["category"][below] += group.products
    return [
        ListingCounts(
            category,
            sum(counts["price"].values()),
            {
                "brand": dict(_largest(counts["brand"], _BRANDS if category else _BRANDS_OF_ALL)),
                "colour": dict(counts["colour"]),
                "category": dict(counts["category"]),
                "price": dict(counts["price"]),
            },
            now,
        )
        for category, counts in sorted(found.items())
    ]


def _largest(counts: Counter[str], limit: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:limit]
