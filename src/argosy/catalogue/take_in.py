"""Take rows of a feed into the catalogue: brands, products, variants and the search, in a few statements a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from argosy.catalogue import store
from argosy.catalogue.model import ImportRow
from argosy.catalogue.rules import Tree, handle, slug
from argosy.catalogue.words import plain
from argosy.plumbing.database import Tx
from argosy.plumbing.ids import derived_id


def variant_id(merchant: str, sku: str) -> UUID:
    """The id of a merchant's variant, always the same."""
    return derived_id("variant", merchant, sku)


def product_id(merchant: str, group: str) -> UUID:
    """The id of a merchant's product, always the same."""
    return derived_id("product", merchant, group)


async def take_in(
    tx: Tx,
    rows: Sequence[ImportRow],
    tree: Tree,
    price_ranks: Mapping[UUID, int],
    now: datetime,
    stories: Mapping[str, Mapping[str, str]] = {},
) -> None:
    """Add or update the variants of these rows (at most 10,000) and the products they belong to.

    `price_ranks` orders products by price: minor units of the home currency by variant. Taking in the same rows again
    changes nothing but the time of change. Of rows with the same number the last one counts.
    """
    assert len(rows) <= 10_000, "too many rows in one batch"  # noqa: S101
    last = {variant_id(row.merchant, row.sku): row for row in rows}
    products = {product_id(row.merchant, row.group): row for row in reversed(last.values())}
    await _brands(tx, products.values(), stories)
    await _products(tx, products, now)
    await _variants(tx, last, tree)
    await _search(tx, last, products, tree, price_ranks, now)


async def _brands(tx: Tx, rows: Iterable[ImportRow], stories: Mapping[str, Mapping[str, str]]) -> None:
    names = {slug(row.brand): row.brand for row in rows if row.brand}
    brands = [(key, derived_id("brand", key), name, dict(stories.get(key, {}))) for key, name in sorted(names.items())]
    await store.put(tx, "put_brands", brands)


async def _products(tx: Tx, products: Mapping[UUID, ImportRow], now: datetime) -> None:
    rows = [
        (
            key,
            handle(row.brand, row.name, row.merchant, row.group),
            row.merchant,
            slug(row.brand) if row.brand else None,
            row.category,
            row.name,
            row.name_language,
            row.names,
            row.description,
            row.description_language,
            row.attributes,
            row.popularity,
            ",".join(row.made_up),
        )
        for key, row in sorted(products.items())
    ]
    await store.put(tx, "put_products", rows, now)


async def _variants(tx: Tx, last: Mapping[UUID, ImportRow], tree: Tree) -> None:
    known = await store.known_variants(tx, list(last))
    rows = []
    for place, (key, row) in enumerate(last.items()):
        category = tree.by_code[row.category]
        rows.append(
            (
                key,
                product_id(row.merchant, row.group),
                known.get(key, place),
                row.merchant,
                row.sku,
                row.colour,
                row.size,
                row.gtin,
                row.hs6 or category.hs6 or "",
                row.origin,
                row.weight_g,
                row.image,
                row.limit_per_shopper,
                ",".join(row.made_up),
            )
        )
    await store.put(tx, "put_variants", sorted(rows, key=lambda row: row[0]))


async def _search(
    tx: Tx,
    last: Mapping[UUID, ImportRow],
    products: Mapping[UUID, ImportRow],
    tree: Tree,
    price_ranks: Mapping[UUID, int],
    now: datetime,
) -> None:
    colours: dict[UUID, set[str]] = {}
    numbers: dict[UUID, set[str]] = {}
    lowest: dict[UUID, int] = {}
    for key, row in last.items():
        product = product_id(row.merchant, row.group)
        if row.colour:
            colours.setdefault(product, set()).add(row.colour)
        numbers.setdefault(product, set()).update(filter(None, (row.sku, row.gtin)))
        lowest[product] = min(lowest.get(product, price_ranks[key]), price_ranks[key])
    searched: list[tuple[Any, ...]] = []
    ranked: list[tuple[Any, ...]] = []
    for key, row in sorted(products.items()):
        up = tree.codes_up(row.category)
        words = plain(" ".join([row.brand, row.name, *row.names.values()])) + " " + " ".join(sorted(numbers[key])[:20])
        searched.append(
            (key, ",".join(up), slug(row.brand) if row.brand else "", ",".join(sorted(colours.get(key, ()))),
             words.casefold(), lowest[key], row.popularity)
        )  # fmt: skip
        ranked.extend((code, key, row.popularity, lowest[key]) for code in up)
    await store.put(tx, "put_search", searched, now)
    by_path: dict[tuple[str, ...], list[UUID]] = {}
    for key, row in products.items():
        by_path.setdefault(tuple(tree.codes_up(row.category)), []).append(key)
    for path, keys in by_path.items():
        await store.drop_ranks(tx, keys, path)
    await store.put(tx, "put_ranks", ranked)
