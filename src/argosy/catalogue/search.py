"""Search and lists of products, with counts for the filters beside them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from argosy.base.errors import Refused
from argosy.catalogue import store
from argosy.catalogue.search_sql import CAP, SORTS, Filter, counts_sql, hits_sql
from argosy.plumbing.database import Reader

MAX_OFFSET = 9_600
MAX_PAGE = 100


class Counts(msgspec.Struct, frozen=True):
    """How many products a search finds, and how they divide."""

    total: int
    capped: bool
    """There are more than `total`: the search looked at the most popular ones only."""
    brands: dict[str, int]
    colours: dict[str, int]
    categories: dict[str, int]
    price_steps: dict[int, int]
    """By quarter powers of two of the price rank: step s holds ranks from 2^(s/4) up to 2^((s+1)/4)."""


async def search(reader: Reader, wanted: Filter, sort: str, limit: int, offset: int) -> list[UUID]:
    """One page of products in order; at most 100 a page, and none beyond the 9,600th."""
    if not 1 <= limit <= MAX_PAGE or not 0 <= offset <= MAX_OFFSET:
        raise Refused("page_out_of_range", "There is no such page.", field="page", remedy="Narrow the search instead.")
    return await _listed(reader, wanted, sort, limit, offset)


async def leading(reader: Reader, wanted: Filter, sort: str, most: int) -> list[UUID]:
    """The first products of a list, more than a page has, of which something is to be found out that no index knows."""
    return await _listed(reader, wanted, sort, most, 0)


async def _listed(reader: Reader, wanted: Filter, sort: str, limit: int, offset: int) -> list[UUID]:
    if sort not in SORTS:
        raise Refused(
            "unknown_sort", "There is no such order.", field="sort", remedy=f"Send one of {', '.join(SORTS)}."
        )
    if wanted == Filter(category=wanted.category) and wanted.category:
        found = await store.list_category(reader, wanted.category, "popular" if sort == "best" else sort, limit, offset)
    elif len(wanted.brands) == 1 and wanted == Filter(brands=wanted.brands) and sort in ("best", "popular"):
        found = await store.list_brand(reader, wanted.brands[0], limit, offset)
    else:
        found = await store.hits(reader, *hits_sql(wanted, sort, limit, offset))
    return [hit.product_id for hit in found]


async def count(reader: Reader, wanted: Filter) -> Counts:
    """The counts beside a search; those of a whole category are as they were last counted, and whole."""
    if wanted.category and wanted == Filter(category=wanted.category):
        counted = await store.counts_in(reader, wanted.category)
        if counted is not None:
            # As they are stored, brands have no order.
            brands = dict(sorted(counted.counts["brand"].items(), key=lambda one: (-one[1], one[0])))
            return _counts(counted.products, False, {**counted.counts, "brand": brands})
    by_kind: dict[str, dict[str, int]] = {}
    for kind, key, number in await store.counts(reader, *counts_sql(wanted)):
        by_kind.setdefault(kind, {})[key] = number
    total = by_kind.get("total", {}).get("", 0)
    return _counts(total, total >= CAP, by_kind)


def _counts(total: int, capped: bool, by_kind: Mapping[str, dict[str, int]]) -> Counts:
    prices: Mapping[str, int] = by_kind.get("price", {})
    return Counts(
        total,
        capped,
        by_kind.get("brand", {}),
        by_kind.get("colour", {}),
        by_kind.get("category", {}),
        {int(step): number for step, number in prices.items()},
    )
