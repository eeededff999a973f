"""The demo's curated tables: shelves, where the sources' categories go, finishes, spellings of brands, attribute values."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

LEFT_OUT = "-"
"""Code of a source category whose goods cannot be shipped."""


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """A category with what the demo makes up for its goods."""

    code: str
    path: tuple[str, ...]
    """Its ancestors from the department down, and itself."""
    weight_g: int
    price_low: int
    price_high: int
    """Usual retail prices in whole yuan."""


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the three sources are read with."""

    shelves: Mapping[str, Shelf]
    by_category: Mapping[tuple[str, str, str], str]
    """Category code by source, source category and gender; the empty gender stands for all others.

    A code after `?` is for goods of which the name's words show nothing.
    """
    words: Mapping[str, tuple[tuple[str, str], ...]]
    """Words of a name and the category they show, in the order to try them, by source."""
    tags: Mapping[str, tuple[int, str]]
    """Rank (the lower, the more specific) and category by grocery tag; after `?` as in `by_category`."""
    finishes: Mapping[str, str]
    """Colour by finish as a name writes it, lower case."""
    brands: Mapping[str, str]
    """Brand by spelling, lower case."""
    values: Mapping[tuple[str, str], tuple[str, ...]]
    """Attribute values by attribute and by what the source says, lower case."""


def lines(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file in UTF-8, one at a time."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def plain(text: str) -> str:
    """The text in lower case, without accents, with one space between words and around them."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").lower())
    letters = (letter if letter.isalnum() else " " for letter in bare if not unicodedata.combining(letter))
    return f" {' '.join(''.join(letters).split())} "


def load(data: Path) -> Tables:
    """All tables from the folder `data`.

    Raises `KeyError` where a table names a category that the tree does not have.
    """
    shelves = _shelves(data)
    by_category: dict[tuple[str, str, str], str] = {}
    words: dict[str, list[tuple[str, str]]] = {}
    tags: dict[str, tuple[int, str]] = {}
    for row in lines(data / "category_sources.csv"):
        source, category, code = row["source"], row["category"], row["code"]
        if code != LEFT_OUT and code.removeprefix("?") not in shelves:
            raise KeyError(f"category_sources.csv: {category} goes to {code}, which categories.csv does not have")
        if source.endswith("-word"):
            words.setdefault(source.removesuffix("-word"), []).append((plain(category), code))
        elif source == "grocery":
            tags[category] = (len(tags), code)
        else:
            by_category[source, category, row["gender"]] = code
    return Tables(
        shelves=shelves,
        by_category=by_category,
        words={source: tuple(pairs) for source, pairs in words.items()},
        tags=tags,
        finishes={word: row["code"] for row in lines(data / "colours.csv") for word in row["words"].split("|") if word},
        brands={word: row["name"] for row in lines(data / "brands.csv") for word in row["spellings"].split("|")},
        values=_values(data),
    )


def _shelves(data: Path) -> dict[str, Shelf]:
    shelves: dict[str, Shelf] = {}
    for row in lines(data / "categories.csv"):
        above = shelves[row["parent"]].path if row["parent"] else ()
        shelves[row["code"]] = Shelf(
            code=row["code"],
            path=(*above, row["code"]),
            weight_g=int(row["weight_g"]),
            price_low=int(row["price_low"]),
            price_high=int(row["price_high"]),
        )
    return shelves


def _values(data: Path) -> dict[tuple[str, str], tuple[str, ...]]:
    values: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in lines(data / "attributes.csv"):
        for source in filter(None, row["source"].lower().split(";")):
            key = (row["code"], source)
            values[key] = (*values.get(key, ()), row["value"])
    return values


def by_words(tables: Tables, source: str, text: str) -> str | None:
    """The category that the words of a name show, or None; a word may stand in the plural with -s or -es."""
    name = plain(text)
    for word, code in tables.words[source]:
        stem = word.rstrip()
        if stem in name and (word in name or f"{stem}s " in name or f"{stem}es " in name):
            return code
    return None
