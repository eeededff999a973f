"""A sentence on each large brand that says what this shop has of it, and nothing that the catalogue does not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from argosy.catalogue.model import ImportRow
from argosy.catalogue.rules import brand_slug
from argosy.demo.tables import lines

_NAMED = 3


class BrandFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue shows of a brand."""

    slug: str
    name: str
    products: int
    categories: tuple[tuple[str, int], ...]
    """Category codes with their number of products, most first."""
    colours: int


def brand_facts(rows: Iterable[ImportRow], most: int = 60) -> list[BrandFacts]:
    """The `most` brands with the most products, largest first."""
    names: dict[str, str] = {}
    groups: dict[str, dict[tuple[str, str], str]] = {}
    colours: dict[str, set[str]] = {}
    for row in rows:
        if row.brand:
            key = brand_slug(row.brand)
            names.setdefault(key, row.brand)
            groups.setdefault(key, {})[row.merchant, row.group] = row.category
            colours.setdefault(key, set()).update({row.colour} - {""})
    facts = [
        BrandFacts(
            slug=key,
            name=names[key],
            products=len(products),
            categories=tuple(sorted(Counter(products.values()).items(), key=lambda pair: (-pair[1], pair[0]))),
            colours=len(colours[key]),
        )
        for key, products in groups.items()
    ]
    return sorted(facts, key=lambda brand: (-brand.products, brand.slug))[:most]


def brand_stories(rows: Iterable[ImportRow], data: Path, most: int = 60) -> Mapping[str, Mapping[str, str]]:
    """The stories of the `most` largest brands by slug and language, English only."""
    names = {row["code"]: row["name_en"] for row in lines(data / "categories.csv")}
    return {brand.slug: {"en": story_en(brand, names)} for brand in brand_facts(rows, most)}


def story_en(brand: BrandFacts, names: Mapping[str, str]) -> str:
    """One sentence: `94 products of Baggit in this shop, in 11 colours: handbags; and wallets.`"""
    kinds = [_lower(names[code]) for code, _ in brand.categories[:_NAMED]]
    more = len(brand.categories) - len(kinds)
    if more:
        kinds.append(f"{more} more {'kinds' if more > 1 else 'kind'} of goods")
    listed = kinds[0] if len(kinds) == 1 else f"{'; '.join(kinds[:-1])}; and {kinds[-1]}"
    colours = f", in {brand.colours} colours" if brand.colours > 1 else ""
    return f"{brand.products} products of {brand.name} in this shop{colours}: {listed}."


def _lower(name: str) -> str:
    """The name as it stands within a sentence: `iPhone cases` and `Samsung Galaxy cases` keep their capitals."""
    return name if name.startswith(("iPhone", "Samsung")) else name[:1].lower() + name[1:]
