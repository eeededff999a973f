"""Read the tables of classification: headings of categories, words of titles."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from argosy.base.errors import Misconfigured
from argosy.landed.classification.model import GoodsFacts, Hint, Hints
from argosy.landed.classification.words import stems

CATEGORIES = "categories_hs.csv"
HINTS = "hs_hints.csv"
FACETS = "hs_hints_facets.csv"


def load_goods_facts(path: Path) -> dict[str, GoodsFacts]:
    """Facts by category code; `path` is the folder `data/landed` or the table itself.

    Raises `Misconfigured` with file, line and column of a cell that cannot be.
    """
    table = path / CATEGORIES if path.is_dir() else path
    return {facts.category: facts for facts in _facts(table)}


def load_headings(data: Path) -> dict[str, str]:
    """The English text of every code of HS 2022 with 2, 4 or 6 digits; `data` is the folder of reference data."""
    path = data / "hs_codes.csv.gz"
    if not path.exists():
        raise Misconfigured(f"{path} is missing: point ARGOSY_DATA at the folder `data` of the project.")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return {row["hscode"]: row["description"] for row in csv.DictReader(file) if len(row["hscode"]) in (2, 4, 6)}


def load_hints(folder: Path, names: Mapping[str, str]) -> Hints:
    """The word tables in `folder` (`data/landed`); `names` are the English names of the categories."""
    english: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    chinese: dict[str, list[tuple[str, int]]] = {}
    groups: list[tuple[Hint, ...]] = []
    places: dict[tuple[str, str], int] = {}
    for row in _rows(folder / HINTS):
        hint = _hint(row)
        place = places.setdefault((row["words_en"], row["words_zh"]), len(groups))
        if place < len(groups):
            groups[place] = (*groups[place], hint)
            continue
        groups.append((hint,))
        for term in hint.terms:
            english.setdefault(term[0], []).append((term, place))
        for word in hint.chinese:
            chinese.setdefault(word[0], []).append((word, place))
    facets, chinese_facets, materials = _facet_words(folder / FACETS)
    return Hints(
        {key: tuple(terms) for key, terms in english.items()},
        {key: tuple(words) for key, words in chinese.items()},
        tuple(groups),
        facets,
        chinese_facets,
        materials,
        load_goods_facts(folder),
        names,
    )


def _facts(table: Path) -> Iterator[GoodsFacts]:
    for line, row in enumerate(_rows(table), start=2):
        try:
            blade = int(row["blade_mm"]) if row["blade_mm"] else None
            yield msgspec.convert(
                {**row, "confidence": int(row["confidence"]), "blade_mm": blade}, GoodsFacts, strict=True
            )
        except (ValueError, msgspec.ValidationError) as wrong:
            raise Misconfigured(f"{table.name}, line {line}: {wrong}") from None


def _hint(row: Mapping[str, str]) -> Hint:
    return Hint(
        terms=tuple(stems(term) for term in _split(row["words_en"])),
        chinese=tuple(_split(row["words_zh"])),
        needs=frozenset(_split(row["needs"])),
        assumes=row["assumes"],
        hs6=row["hs6"],
        confidence=int(row["confidence"]),
        reason=row["reason"],
    )


def _facet_words(
    path: Path,
) -> tuple[dict[str, tuple[tuple[tuple[str, ...], str], ...]], tuple[tuple[str, str], ...], frozenset[str]]:
    english: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    chinese: list[tuple[str, str]] = []
    materials = set()
    for row in _rows(path):
        for term in map(stems, _split(row["words_en"])):
            english.setdefault(term[0], []).append((term, row["facet"]))
        chinese.extend((word, row["facet"]) for word in _split(row["words_zh"]))
        if row["kind"] == "material":
            materials.add(row["facet"])
    chinese.sort(key=lambda entry: (-len(entry[0]), entry))
    return {key: tuple(words) for key, words in english.items()}, tuple(chinese), frozenset(materials)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        raise Misconfigured(f"{path} is missing: point ARGOSY_DATA at the folder `data` of the project.")
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
