"""Take rows of a feed into the catalogue: brands, products, variants and the search, in a few statements a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from argosy.catalogue import store
from argosy.catalogue.model import ImportRow, Product, StandingProduct, StandingVariant
from argosy.catalogue.rules import Tree, brand_slug, handle
from argosy.catalogue.words import plain
from argosy.plumbing.database import Tx
from argosy.plumbing.ids import derived_id

# Numbers of variants by which a product is found.
_MOST_NUMBERS = 200


@lru_cache(maxsize=2_048)
def variant_id(merchant: str, sku: str) -> UUID:
    """The id of a merchant's variant, always the same."""
    return derived_id("variant", merchant, sku)


@lru_cache(maxsize=2_048)
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
    no row names stay as they are. What is new is copied in, what stands is brought up to date by its key; batches of
    whatever feeds go one after the other.
    """
    assert len(rows) <= 10_000, "too many rows in one batch"  # noqa: S101
    last = {variant_id(row.merchant, row.sku): row for row in rows}
    products = {product_id(row.merchant, row.group): row for row in reversed(last.values())}
    await store.wait_for_others(tx)
    standing = await store.standing_variants(tx, list(products), list(last))
    known = await store.standing_products(tx, list(products))
    await _brands(tx, products.values(), stories)
    await _products(tx, products, known, now)
    await _variants(tx, last, standing, tree)
    staying = [one for one in standing if one.variant_id not in last]
    await _search(tx, last, products, staying, known, tree, price_ranks, now)
    left = {one.product_id for one in standing if one.variant_id in last} - set(products)
    if left:
        await _after_leaving(tx, sorted(left), tree, now)


async def _brands(tx: Tx, rows: Iterable[ImportRow], stories: Mapping[str, Mapping[str, str]]) -> None:
    names = {brand_slug(row.brand): row.brand for row in rows if row.brand}
    brands = [(key, derived_id("brand", key), name, dict(stories.get(key, {}))) for key, name in sorted(names.items())]
    await store.put(tx, "put_brands", brands)


async def _products(
    tx: Tx, products: Mapping[UUID, ImportRow], known: Mapping[UUID, StandingProduct], now: datetime
) -> None:
    handles = {key: handle(row.brand, row.name, row.merchant, row.group) for key, row in products.items()}
    owners = await store.handle_owners(tx, list(handles.values()))
    new: list[tuple[Any, ...]] = []
    old: list[tuple[Any, ...]] = []
    for key, row in sorted(products.items()):
        # Two numbers may look alike in an address: the later product gets a part of its id as well.
        if owners.setdefault(handles[key], key) != key:
            handles[key] += f"-{key.hex[:8]}"
        (old if key in known else new).append(
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
                list(row.made_up),
            )
        )
    await store.fill(tx, "put_products", new, now)
    await store.put(tx, "put_products", old, now)


async def _variants(tx: Tx, last: Mapping[UUID, ImportRow], standing: Sequence[StandingVariant], tree: Tree) -> None:
    """Known variants keep their place among those of their product, new ones come behind them in the order of the rows."""
    places = {(one.product_id, one.variant_id): one.position for one in standing}
    known = {one.variant_id for one in standing}
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
                list(row.made_up),
            )
        )
    rows.sort(key=lambda row: row[0])
    await store.fill(tx, "put_variants", [row for row in rows if row[0] not in known])
    await store.put(tx, "put_variants", [row for row in rows if row[0] in known])


async def _search(
    tx: Tx,
    last: Mapping[UUID, ImportRow],
    products: Mapping[UUID, ImportRow],
    staying: Sequence[StandingVariant],
    known: Mapping[UUID, StandingProduct],
    tree: Tree,
    price_ranks: Mapping[UUID, int],
    now: datetime,
) -> None:
    colours: dict[UUID, set[str]] = {}
    numbers: dict[UUID, set[str]] = {}
    # What the variants that no row names cost is told by the rank so far.
    ranks = {one.product_id: known[one.product_id].price_rank for one in staying}
    lowest = {product: rank for product, rank in ranks.items() if rank is not None}
    for key, row in last.items():
        product = product_id(row.merchant, row.group)
        colours.setdefault(product, set()).add(row.colour)
        numbers.setdefault(product, set()).update((row.sku, row.gtin))
        lowest[product] = min(lowest.get(product, price_ranks[key]), price_ranks[key])
    for one in staying:
        colours[one.product_id].add(one.colour)
        numbers[one.product_id].update((one.sku, one.gtin))
    searched: list[tuple[Any, ...]] = []
    for key, row in sorted(products.items()):
        words = _words(row.brand, row.name, row.names, numbers[key])
        brand = brand_slug(row.brand) if row.brand else ""
        up = tree.codes_up(row.category)
        searched.append((key, up, brand, _known(colours[key]), words, lowest[key], row.popularity))
    await _list(tx, searched, known, now)


async def _list(
    tx: Tx, searched: Sequence[tuple[Any, ...]], known: Mapping[UUID, StandingProduct], now: datetime
) -> None:
    """Put products into the search and into the lists of their categories, and out of those they are no longer in."""
    new = [row for row in searched if row[0] not in known or known[row[0]].categories is None]
    added = {row[0] for row in new}
    old = [row for row in searched if row[0] not in added]
    await store.fill(tx, "put_search", new, now)
    await store.put(tx, "put_search", old, now)
    gone = [(code, row[0]) for row in old for code in known[row[0]].categories or () if code not in row[1]]
    await store.put(tx, "drop_ranks", gone)
    await store.fill(tx, "put_ranks", sorted(rank for row in new for rank in _ranks(row)))
    await store.put(tx, "put_ranks", [rank for row in old for rank in _ranks(row)])


def _ranks(searched: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    key, categories, _, _, _, rank, popularity = searched
    return [(code, key, popularity, rank) for code in categories]


async def _after_leaving(tx: Tx, left: Sequence[UUID], tree: Tree, now: datetime) -> None:
    """Products whose variants went to others: found by those that remain, or not at all where none does."""
    await store.note_change(tx, left, now)
    found = await store.products_by_id(tx, left)
    known = await store.standing_products(tx, left)
    searched = [_searched(one, tree, known[one.product_id].price_rank or 0) for one in found.values() if one.variants]
    await _list(tx, searched, known, now)
    empty = [one.product_id for one in found.values() if not one.variants]
    gone = [(code, key) for key in empty for code in known[key].categories or ()]
    await store.put(tx, "drop_ranks", gone)
    await store.drop_search(tx, empty)


def _searched(one: Product, tree: Tree, rank: int) -> tuple[Any, ...]:
    words = _words(one.brand, one.name, one.names, {number for v in one.variants for number in (v.sku, v.gtin)})
    colours = _known({variant.colour for variant in one.variants})
    return one.product_id, tree.codes_up(one.category), one.brand_slug, colours, words, rank, one.popularity


def _words(brand: str, name: str, names: Mapping[str, str], numbers: Iterable[str]) -> str:
    told = " ".join(sorted(filter(None, numbers))[:_MOST_NUMBERS]).casefold()
    return f"{plain(' '.join([brand, name, *names.values()]))} {told}"


def _known(codes: Iterable[str]) -> list[str]:
    return sorted(filter(None, codes))
