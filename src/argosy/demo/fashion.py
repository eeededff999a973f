"""Fashion: brand and colour read out of the name, colours of one product grouped, sizes made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from argosy.catalogue.model import ImportRow
from argosy.demo import invention
from argosy.demo.goods import Found, LeftOut, completed, records, value
from argosy.demo.tables import Tables

MERCHANT = "silk-road-fashion"
SOURCE = "fashion"
NEIGHBOURS = 3
"""Colours of one product were photographed one after the other: their numbers are at most this far apart."""
_LONGEST_BRAND = 5
_LANGUAGE = "en"
_SINGLES = frozenset({"Men", "Women", "Unisex", "Boys", "Girls"})


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the source, read."""

    number: int
    sku: str
    brand: str
    name: str
    bare: str
    """The name without the colour."""
    category: str
    colour: str
    attributes: dict[str, str]


def rows(data: Path, tables: Tables) -> Iterator[ImportRow | LeftOut]:
    """All variants, those of one product one after the other; reads the whole file before the first."""
    styles: list[Style] = []
    for record in records(data / "catalogue_fashion.csv.gz"):
        if "_" in record["name"] and " " not in record["name"]:
            yield LeftOut(SOURCE, record["id"], "the name is that of a test or a file")
        else:
            styles.append(read(record, tables))
    for product in grouped(styles):
        yield from _variants(product, tables)


def read(record: dict[str, str], tables: Tables) -> Style:
    """A row of the source with brand, name and colour told apart.

    Raises `KeyError` for a category that the tables do not place.
    """
    brand, name = branded(record["name"], tables)
    gender, colour = record["gender"], record["baseColour"]
    by = tables.by_category
    place = by.get((SOURCE, record["category"], gender)) or by[SOURCE, record["category"], ""]
    attributes = value(tables.values, "gender", gender)
    for attribute in ("season", "usage"):
        attributes |= value(tables.values, attribute, record[attribute])
    if record["year"]:
        attributes["year"] = record["year"]
    return Style(
        number=int(record["id"].removeprefix("fa-")),
        sku=record["id"],
        brand=brand,
        name=name,
        bare=without(name, colour),
        category=place,
        colour=tables.finishes[colour.lower()] if colour else "",
        attributes=attributes,
    )


def branded(name: str, tables: Tables) -> tuple[str, str]:
    """The brand that a name begins with and the rest of it; no brand where none is known or nothing would be left."""
    words = name.split()
    for count in range(min(_LONGEST_BRAND, len(words) - 1), 0, -1):
        brand = tables.brands.get(" ".join(words[:count]).lower())
        if brand is not None:
            return brand, " ".join(words[count:])
    return "", " ".join(words)


def without(name: str, colour: str) -> str:
    """The name without the words of its colour; the name as it is where it does not have them."""
    words, out = name.split(), colour.lower().split()
    lower = [word.lower() for word in words]
    for start in range(len(words) - len(out) + 1):
        if out and lower[start : start + len(out)] == out:
            return " ".join(words[:start] + words[start + len(out) :])
    return " ".join(words)


def grouped(styles: list[Style]) -> list[list[Style]]:
    """Products with their colours: same brand, name but for the colour, category and attributes, numbers near by.

    Products come in the order of their first row, colours in the order of their numbers, and no colour comes twice.
    """
    alike: dict[tuple[str, ...], list[Style]] = {}
    for style in styles:
        key = (style.brand, style.bare.lower(), style.category, *style.attributes.values())
        alike.setdefault(key, []).append(style)
    products: list[list[Style]] = []
    for family in alike.values():
        product: list[Style] = []
        for style in sorted(family, key=lambda style: style.number):
            if product and _continues(product, style):
                product.append(style)
            else:
                product = [style]
                products.append(product)
    return products


def _continues(product: list[Style], style: Style) -> bool:
    if not style.colour or style.number - product[-1].number > NEIGHBOURS:
        return False
    return all(other.colour and other.colour != style.colour for other in product)


def _variants(product: list[Style], tables: Tables) -> Iterator[ImportRow]:
    first = product[0]
    name = first.name if len(product) == 1 or first.bare in _SINGLES or not first.bare else first.bare
    shelf = tables.shelves[first.category]
    sizes = invention.sizes(invention.draw(first.sku), shelf, first.attributes.get("gender", ""))
    for style in product:
        found = Found(
            merchant=MERCHANT,
            number=style.sku,
            group=first.sku,
            name=name,
            name_language=_LANGUAGE,
            brand=style.brand,
            shelf=shelf,
            colour=style.colour,
            attributes=style.attributes,
        )
        yield from completed(found, sizes)
