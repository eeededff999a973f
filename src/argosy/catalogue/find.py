"""Find products, brands and categories by what names them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from argosy.catalogue import store
from argosy.catalogue.model import BrandCount, BrandName, BrandRow, Product, SkuOwner
from argosy.plumbing.database import Reader

MOST_CHANGES = 10_000
"""Changes that are told at once, here and by prices; where there are as many, there may be more."""


async def products(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Product]:
    """Products with their variants, by id; unknown ids are missing."""
    return await store.products_by_id(reader, ids)


async def product_at(reader: Reader, handle: str) -> UUID | None:
    """The product at an address, or None."""
    return await store.product_of_handle(reader, handle)


async def products_of(reader: Reader, variants: Sequence[UUID]) -> dict[UUID, UUID]:
    """Which product each variant belongs to; unknown variants are missing."""
    return await store.products_of_variants(reader, variants)


async def changed(reader: Reader, since: datetime) -> dict[UUID, datetime]:
    """Products changed after an instant, and when; at most `MOST_CHANGES`."""
    return await store.changed_products(reader, since)


async def brand(reader: Reader, slug: str) -> BrandRow | None:
    """A brand by its address, or None."""
    return await store.brand_of_slug(reader, slug)


async def largest_brands(reader: Reader, limit: int = 500) -> list[BrandCount]:
    """Brands with the number of their products as last counted, the largest first; at most 500."""
    counted = await store.counts_in(reader, "")
    if counted is None:
        return await store.brands_by_size(reader, limit)
    sizes = counted.counts["brand"]
    names = await store.names_of_brands(reader, list(sizes))
    found = [BrandCount(slug, names[slug], number) for slug, number in sizes.items() if slug in names]
    return sorted(found, key=lambda one: (-one.products, one.name))[:limit]


async def last_change(reader: Reader) -> datetime | None:
    """When a product last changed; None where there is none."""
    return await store.last_change(reader)


async def brand_names(reader: Reader) -> list[BrandName]:
    """All brands, at most 100,000."""
    return await store.brand_names(reader)


async def names_of_brands(reader: Reader, slugs: Sequence[str]) -> dict[str, str]:
    """Names by slug; brands there are not are missing."""
    return await store.names_of_brands(reader, slugs)


async def category_counts(reader: Reader) -> dict[str, int]:
    """How many products each category holds, with those below it."""
    return await store.count_categories(reader)


async def product_count(reader: Reader) -> int:
    """How many products the shop has."""
    return await store.count_products(reader)


async def handles(reader: Reader, after: str, limit: int = 10_000) -> list[str]:
    """Product addresses in order, for the sitemap."""
    return await store.handles_after(reader, after, limit)


async def variants_of_skus(reader: Reader, skus: Sequence[str]) -> list[SkuOwner]:
    """The variants that some sellers' numbers stand for; two sellers may use the same. Goes through the whole catalogue."""
    return await store.variants_of_skus(reader, skus)
