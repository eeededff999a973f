"""The reference files of the catalogue: category tree, colours, attributes, with their names in all languages."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from argosy.base.errors import Misconfigured
from argosy.catalogue.model import Category, Colour, SearchWords
from argosy.catalogue.rules import Tree


class Reference(msgspec.Struct, frozen=True):
    """Everything that the files say."""

    tree: Tree
    colours: dict[str, Colour]
    attributes: dict[tuple[str, str], dict[str, str]]
    """Names by language of an attribute (value empty) or of one of its values."""
    search_words: tuple[SearchWords, ...] = ()

    def attribute(self, code: str, value: str, language: str) -> str:
        """The name of an attribute or of its value in a language; English, then the code, where there is none."""
        names = self.attributes.get((code, value), {})
        return names.get(language) or names.get("en") or value or code


@lru_cache(maxsize=4)
def load_reference(data: Path) -> Reference:
    """Read, once in a process, `categories.csv`, `colours.csv`, `attributes.csv`, `search_words.csv`, `names/<language>.csv`.

    The last are translations of the others' names.
    """
    names = _translations(data / "names")
    categories = [
        Category(
            code=row["code"],
            parent=row["parent"] or None,
            position=int(row["position"]),
            names={"en": row["name_en"], **names.get(("category", row["code"]), {})},
            hs6=row["hs6"] or None,
            hs_reason=row["hs_reason"] or None,
            glyph=row["glyph"],
            field=row["field"],
            weight_g=int(row["weight_g"]) if row["weight_g"] else None,
        )
        for row in _rows(data / "categories.csv")
    ]
    colours = {
        row["code"]: Colour(
            code=row["code"], names={"en": row["name_en"], **names.get(("colour", row["code"]), {})}, hex=row["hex"]
        )
        for row in _rows(data / "colours.csv")
    }
    attributes = {
        (row["code"], row["value"]): {
            "en": row["name_en"],
            **names.get(("attribute", f"{row['code']}={row['value']}"), {}),
        }
        for row in _rows(data / "attributes.csv")
    }
    words = tuple(
        SearchWords(row["kind"], row["code"], tuple(row["words"].split("|")))
        for row in _rows(data / "search_words.csv")
    )
    return Reference(Tree(categories), colours, attributes, words)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        raise Misconfigured(f"{path} is missing: point ARGOSY_DATA at the folder `data` of the project.")
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _translations(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Names by language of each (kind, code); a file a language with the columns kind, code, name."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for path in sorted(folder.glob("*.csv")):
        for row in _rows(path):
            if row["name"]:
                found.setdefault((row["kind"], row["code"]), {})[path.stem] = row["name"]
    return found
