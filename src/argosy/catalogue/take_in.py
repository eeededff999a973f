"""Take rows of a feed into the catalogue: brands, products, variants and the search, in a few statements a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from argosy.catalogue import store
from argosy.catalogue.model import ImportRow, Product, StandingVariant
from argosy.catalogue.rules import Tree, brand_slug, handle
from argosy.catalogue.words import plain
from argosy.plumbing.database import Tx
from argosy.plumbing.ids import derived_id

# Numbers of variants by which a product is found.
_MOST_NUMBERS = 200


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
    changes nothing but the time of change. Of rows with the same number the last one counts. Variants of these products that
    no row names stay as they are.
    """
    assert len(rows) <= 10_000, "too many rows in one batch"  # noqa: S101
    last = {variant_id(row.merchant, row.sku): row for row in rows}
    products = {product_id(row.merchant, row.group): row for row in reversed(last.values())}
    standing = await store.standing_variants(tx, list(products), list(last))
    await _brands(tx, products.values(), stories)
    await _products(tx, products, now)
    await _variants(tx, last, standing, tree)
    staying = [one for one in standing if one.variant_id not in last]
    await _search(tx, last, products, staying, tree, price_ranks, now)
    left = {one.product_id for one in standing if one.variant_id in last} - set(products)
    if left:
        await _after_leaving(tx, sorted(left), tree, now)


async def _brands(tx: Tx, rows: Iterable[ImportRow], stories: Mapping[str, Mapping[str, str]]) -> None:
    names = {brand_slug(row.brand): row.brand for row in rows if row.brand}
    brands = [(key, derived_id("brand", key), name, dict(stories.get(key, {}))) for key, name in sorted(names.items())]
    await store.put(tx, "put_brands", brands)


async def _products(tx: Tx, products: Mapping[UUID, ImportRow], now: datetime) -> None:
    handles = {key: handle(row.brand, row.name, row.merchant, row.group) for key, row in products.items()}
    owners = await store.handle_owners(tx, list(handles.values()))
    rows = []
    for key, row in sorted(products.items()):
        # Two numbers may look alike in an address: the later product gets a part of its id as well.
        if owners.setdefault(handles[key], key) != key:
            handles[key] += f"-{key.hex[:8]}"
        rows.append(
            (
                key,
                handles[key],
                row.merchant,
                brand_slug(row.brand) if row.brand else None,
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
        )
    await store.put(tx, "put_products", rows, now)


async def _variants(tx: Tx, last: Mapping[UUID, ImportRow], standing: Sequence[StandingVariant], tree: Tree) -> None:
    """Known variants keep their place among those of their product, new ones come behind them in the order of the rows."""
    places = {(one.product_id, one.variant_id): one.position for one in standing}
    following: dict[UUID, int] = {}
    for one in standing:
        following[one.product_id] = max(following.get(one.product_id, 0), one.position + 1)
    rows = []
    for key, row in last.items():
        product = product_id(row.merchant, row.group)
        place = places.get((product, key))
        if place is None:
            place = following.get(product, 0)
            following[product] = place + 1
        rows.append(
            (
                key,
                product,
                place,
                row.merchant,
                row.sku,
                row.colour,
                row.size,
                row.gtin,
                row.hs6 or tree.by_code[row.category].hs6 or "",
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
    staying: Sequence[StandingVariant],
    tree: Tree,
    price_ranks: Mapping[UUID, int],
    now: datetime,
) -> None:
    colours: dict[UUID, set[str]] = {}
    numbers: dict[UUID, set[str]] = {}
    # What the variants that no row names cost is told by the rank so far.
    lowest = await store.standing_ranks(tx, [one.product_id for one in staying]) if staying else {}
    for key, row in last.items():
        product = product_id(row.merchant, row.group)
        colours.setdefault(product, set()).add(row.colour)
        numbers.setdefault(product, set()).update((row.sku, row.gtin))
        lowest[product] = min(lowest.get(product, price_ranks[key]), price_ranks[key])
    for one in staying:
        colours[one.product_id].add(one.colour)
        numbers[one.product_id].update((one.sku, one.gtin))
    searched: list[tuple[Any, ...]] = []
    ranked: list[tuple[Any, ...]] = []
    for key, row in sorted(products.items()):
        up = tree.codes_up(row.category)
        words = _words(row.brand, row.name, row.names, numbers[key])
        brand = brand_slug(row.brand) if row.brand else ""
        searched.append((key, ",".join(up), brand, _joined(colours[key]), words, lowest[key], row.popularity))
        ranked.extend((code, key, row.popularity, lowest[key]) for code in up)
    await store.put(tx, "put_search", searched, now)
    by_path: dict[tuple[str, ...], list[UUID]] = {}
    for key, row in products.items():
        by_path.setdefault(tuple(tree.codes_up(row.category)), []).append(key)
    for path, keys in by_path.items():
        await store.drop_ranks(tx, keys, path)
    await store.put(tx, "put_ranks", ranked)


async def _after_leaving(tx: Tx, left: Sequence[UUID], tree: Tree, now: datetime) -> None:
    """Products whose variants went to others: found by those that remain, or not at all where none does."""
    await store.note_change(tx, left, now)
    found = await store.products_by_id(tx, left)
    ranks = await store.standing_ranks(tx, left)
    searched = [_searched(one, tree, ranks.get(one.product_id, 0)) for one in found.values() if one.variants]
    await store.put(tx, "put_search", searched, now)
    empty = [one.product_id for one in found.values() if not one.variants]
    await store.drop_ranks(tx, empty, [])
    await store.drop_search(tx, empty)


def _searched(one: Product, tree: Tree, rank: int) -> tuple[Any, ...]:
    words = _words(one.brand, one.name, one.names, {number for v in one.variants for number in (v.sku, v.gtin)})
    colours = _joined({variant.colour for variant in one.variants})
    return one.product_id, ",".join(tree.codes_up(one.category)), one.brand_slug, colours, words, rank, one.popularity


def _words(brand: str, name: str, names: Mapping[str, str], numbers: Iterable[str]) -> str:
    told = " ".join(sorted(filter(None, numbers))[:_MOST_NUMBERS]).casefold()
    return f"{plain(' '.join([brand, name, *names.values()]))} {told}"


def _joined(codes: Iterable[str]) -> str:
    return ",".join(sorted(filter(None, codes)))
