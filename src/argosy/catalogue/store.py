"""Runs the SQL of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import astuple

from argosy.catalogue.model import (
    BrandCount,
    BrandName,
    BrandRow,
    CategoryCount,
    Group,
    HandleOwner,
    Hit,
    ListingCounts,
    Product,
    ProductChange,
    ProductRow,
    SkuOwner,
    StandingProduct,
    StandingVariant,
    Variant,
    VariantPlace,
    VariantRow,
)
from argosy.plumbing.database import Query, Reader, Tx, load_queries

_sql = load_queries("argosy.catalogue")
_GROUPS = {"brand": "brand_groups", "colour": "colour_groups", "price": "price_groups"}
_LISTS = {"popular": "popular_in", "price": "cheapest_in", "-price": "dearest_in"}


_RANKS = ("category", "product_id", "popularity", "price_rank")
_SEARCH = ("product_id", "categories", "brand_slug", "colours", "words", "price_rank", "popularity", "changed_at")
_PRODUCTS = (
    "product_id", "handle", "merchant", "brand_slug", "category", "name", "name_language", "names", "description",
    "description_language", "attributes", "popularity", "made_up", "changed_at",
)  # fmt: skip
_VARIANTS = (
    "variant_id", "product_id", "position", "merchant", "sku", "colour", "size", "gtin", "hs6", "origin", "weight_g", "image",
    "limit_per_shopper", "made_up",
)  # fmt: skip
_FILLED = {
    "put_products": ("products", _PRODUCTS),
    "put_variants": ("variants", _VARIANTS),
    "put_search": ("search_products", _SEARCH),
    "put_ranks": ("listing_ranks", _RANKS),
}
# A number of our own among PostgreSQL's advisory locks.
_IMPORTS = 0x4172_676F_7379_0004


async def wait_for_others(tx: Tx) -> None:
    """Nobody else takes goods in until this transaction ends."""
    await tx.value(_sql["one_import"], _IMPORTS)


async def put(tx: Tx, name: str, rows: Sequence[tuple[Any, ...]], *more: Any) -> None:
    """Hand rows as columns to one of the queries that put or drop them; lists of codes travel joined by commas."""
    if rows:
        columns = zip(*rows, strict=True)
        told = [[",".join(one) for one in column] if type(column[0]) is list else list(column) for column in columns]
        await tx.do(_sql[name], *told, *more)


async def fill(tx: Tx, name: str, rows: Sequence[tuple[Any, ...]], *more: Any) -> None:
    """Copy rows that are not there yet into the table of one of the `put_...` queries."""
    if rows:
        table, columns = _FILLED[name]
        await tx.fill(table, columns, [(*row, *more) for row in rows] if more else rows)


async def drop_search(tx: Tx, products: Sequence[UUID]) -> None:
    """Products leave the search."""
    await tx.do(_sql["drop_search"], products)


async def note_change(tx: Tx, products: Sequence[UUID], now: datetime) -> None:
    """Products have changed."""
    await tx.do(_sql["note_change"], products, now)


async def standing_variants(
    reader: Reader, products: Sequence[UUID], variants: Sequence[UUID]
) -> list[StandingVariant]:
    """What is stored of these products and variants."""
    return await reader.rows(StandingVariant, _sql["standing_variants"], products, variants)


async def standing_products(reader: Reader, products: Sequence[UUID]) -> dict[UUID, StandingProduct]:
    """What is stored of these products; those there are not are missing."""
    found = await reader.rows(StandingProduct, _sql["standing_products"], products)
    return {one.product_id: one for one in found}


async def handle_owners(reader: Reader, handles: Sequence[str]) -> dict[str, UUID]:
    """Products by address."""
    return {row.handle: row.product_id for row in await reader.rows(HandleOwner, _sql["handle_owners"], handles)}


async def products_by_id(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Product]:
    """Products with their variants; those there are not are missing."""
    variants: dict[UUID, list[Variant]] = {}
    for row in await reader.rows(VariantRow, _sql["variants_of"], ids):
        variants.setdefault(row.product_id, []).append(
            Variant(
                variant_id=row.variant_id,
                sku=row.sku,
                colour=row.colour,
                size=row.size,
                gtin=row.gtin,
                hs6=row.hs6,
                origin=row.origin,
                weight_g=row.weight_g,
                image=row.image,
                limit_per_shopper=row.limit_per_shopper,
                made_up=tuple(row.made_up),
            )
        )
    found = {}
    for product in await reader.rows(ProductRow, _sql["products_by_id"], ids):
        found[product.product_id] = Product(
            product_id=product.product_id,
            handle=product.handle,
            merchant=product.merchant,
            brand=product.brand,
            brand_slug=product.brand_slug,
            category=product.category,
            name=product.name,
            name_language=product.name_language,
            names=product.names,
            description=product.description,
            description_language=product.description_language,
            attributes=product.attributes,
            popularity=product.popularity,
            changed_at=product.changed_at,
            variants=tuple(variants.get(product.product_id, ())),
            made_up=tuple(product.made_up),
        )
    return found


async def product_of_handle(reader: Reader, handle: str) -> UUID | None:
    """The product at an address."""
    found: UUID | None = await reader.value(_sql["product_of_handle"], handle)
    return found


async def products_of_variants(reader: Reader, variants: Sequence[UUID]) -> dict[UUID, UUID]:
    """Product by variant."""
    found = await reader.rows(VariantPlace, _sql["products_of_variants"], variants)
    return {row.variant_id: row.product_id for row in found}


async def changed_products(reader: Reader, since: datetime) -> dict[UUID, datetime]:
    """Products changed after an instant."""
    return {row.product_id: row.changed_at for row in await reader.rows(ProductChange, _sql["changed_products"], since)}


async def brand_of_slug(reader: Reader, slug: str) -> BrandRow | None:
    """A brand by its address."""
    return await reader.row(BrandRow, _sql["brand_of_slug"], slug)


async def brands_by_size(reader: Reader, limit: int) -> list[BrandCount]:
    """The largest brands."""
    return await reader.rows(BrandCount, _sql["brands_by_size"], limit)


async def brand_names(reader: Reader) -> list[BrandName]:
    """All brands."""
    return await reader.rows(BrandName, _sql["brand_names"])


async def names_of_brands(reader: Reader, slugs: Sequence[str]) -> dict[str, str]:
    """Names of brands by slug."""
    return {row.brand_slug: row.name for row in await reader.rows(BrandName, _sql["names_of_brands"], slugs)}


async def count_categories(reader: Reader) -> dict[str, int]:
    """Products by category."""
    found = await reader.rows(CategoryCount, _sql["count_categories"])
    if not found:
        found = await reader.rows(CategoryCount, _sql["count_categories_now"])
    return {row.category: row.products for row in found}


async def groups(reader: Reader, kind: str) -> list[Group]:
    """All products, by their categories and their `brand`, `colour` or step of `price`."""
    return await reader.rows(Group, _sql[_GROUPS[kind]])


async def put_counts(tx: Tx, rows: Sequence[ListingCounts]) -> None:
    """The counts of all categories that hold anything."""
    await tx.do(_sql["drop_counts"], [row.category for row in rows])
    if rows:
        await tx.do(_sql["put_counts"], *map(list, zip(*map(astuple, rows), strict=True)))


async def counts_in(reader: Reader, category: str) -> ListingCounts | None:
    """What a category holds, as last counted."""
    return await reader.row(ListingCounts, _sql["counts_in"], category)


async def counted_at(reader: Reader) -> datetime | None:
    """When categories were last counted."""
    found: datetime | None = await reader.value(_sql["counted_at"])
    return found


async def last_change(reader: Reader) -> datetime | None:
    """When a product last changed."""
    found: datetime | None = await reader.value(_sql["last_change"])
    return found


async def count_products(reader: Reader) -> int:
    """All products."""
    found: int = await reader.value(_sql["count_products"])
    return found


async def handles_after(reader: Reader, after: str, limit: int) -> list[str]:
    """Addresses in order."""
    return await reader.column(_sql["handles_after"], after, limit)


async def list_brand(reader: Reader, slug: str, limit: int, offset: int) -> list[Hit]:
    """A page of a brand by popularity, from its index."""
    return await reader.rows(Hit, _sql["popular_of"], slug, limit, offset)


async def list_category(reader: Reader, category: str, sort: str, limit: int, offset: int) -> list[Hit]:
    """A page of a category from its index."""
    return await reader.rows(Hit, _sql[_LISTS[sort]], category, limit, offset)


async def hits(reader: Reader, sql: str, values: Sequence[Any]) -> list[Hit]:
    """Runs a search that `search_sql` has put together."""
    return await reader.rows(Hit, Query("argosy.catalogue", "search", "Hit", "", sql), *values)


async def counts(reader: Reader, sql: str, values: Sequence[Any]) -> list[tuple[str, str, int]]:
    """Runs the counting side of a search: kind, key, count."""
    return [tuple(record) for record in await reader.connection.fetch(sql, *values)]


async def variants_of_skus(reader: Reader, skus: Sequence[str]) -> list[SkuOwner]:
    """Variants by their sellers' numbers."""
    return await reader.rows(SkuOwner, _sql["variants_of_skus"], skus)
