"""Groceries: categories from Open Food Facts tags or the name's words, allergens and labels as the source has them."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path

from argosy.catalogue.model import ImportRow
from argosy.demo.countries import country
from argosy.demo.goods import Found, LeftOut, completed, records
from argosy.demo.tables import Tables, by_words, plain

MERCHANT = "harbour-grocer"
SOURCE = "grocery"
LEAST_GRAMS = 5
"""A lighter pack is a serving or a slip in the source."""
_NO_CATEGORY = frozenset({"", "en:null", "en:undefined"})
_NO_GOODS = frozenset(
    {"test", "test cookie", "df", "blabblub", "nitroglycerin", "critical hash", "8435037896704", "hyde icon"}
    | {"jabra jabra jx-10 xtra earhook bulk"}
)
"""Names of records that are tests, jokes or goods of another shop."""
_MADE_IN = {"made-in-italy": "IT", "made-in-france": "FR", "made-in-germany": "DE", "made-in-spain": "ES"}
_SURE_WORDS = {
    "it": "di della dello degli delle alla alle con gli biologico latte formaggio farina riso miele olio aceto uova burro"
    " prosciutto pomodoro senza succo panna",
    "fr": "aux avec du et sans lait fromage farine huile vinaigre oeufs beurre jambon confiture poulet saumon chocolat"
    " noisette noisettes pates yaourt jus fraise sucre pain",
    "de": "mit und ohne fur honig kase milch schokolade saft brot",
    "en": "with and of the organic cheese milk butter honey chicken bread dark white sauce chips cookies sweet juice",
    "es": "aceite huevos leche queso azucar arroz zumo ecologica ecologico",
}
_LANGUAGE_OF = {word: language for language, words in _SURE_WORDS.items() for word in words.split()}


def rows(data: Path, tables: Tables) -> Iterator[ImportRow | LeftOut]:
    """One row for each record, as they come."""
    for record in records(data / "catalogue_grocery.csv.gz"):
        name = " ".join(html.unescape(record["name"]).split())
        if name.lower() in _NO_GOODS:
            yield LeftOut(SOURCE, record["code"], "the name is that of a test, a slip or other goods")
        else:
            yield from completed(read(record, name, tables))


def read(record: dict[str, str], name: str, tables: Tables) -> Found:
    """What the source says of one record."""
    code = record["code"]
    attributes = {
        attribute: ",".join(said)
        for attribute in ("allergens", "labels")
        if (said := _said(attribute, record[attribute], tables))
    }
    net = float(record["weight_g"] or 0)
    right = net >= LEAST_GRAMS
    names = {language: html.unescape(text) for language, text in json.loads(record["names"] or "{}").items() if text}
    brand = " ".join(html.unescape(record["brand"]).split(",")[0].split())
    shelf = tables.shelves[placed(record["categories"], name, tables)]
    return Found(
        merchant=MERCHANT,
        number=code,
        group=code,
        name=name[:300],
        name_language=record["lang"] or language_of(name),
        names={language: text for language, text in names.items() if language != "la" and text != name},
        brand=tables.brands.get(brand.lower(), brand)[:100],
        shelf=shelf,
        size=" ".join(record["quantity"].split())[:60] if right or not net else "",
        gtin=code if has_check_digit(code) else "",
        origin=next((_MADE_IN[label] for label in attributes.get("labels", "").split(",") if label in _MADE_IN), ""),
        likely_origin=country(record["countries"]),
        weight_g=round(net) if right else None,
        attributes=attributes,
    )


def placed(tags: str, name: str, tables: Tables) -> str:
    """The category of the most specific tag that is known, else of the name's words, of a broad tag, of the tags' words."""
    own = [tag.strip() for tag in tags.split(",") if tag.strip() not in _NO_CATEGORY]
    known = min((tables.tags[tag] for tag in own if tag in tables.tags), default=(0, ""))[1]
    if known and not known.startswith("?"):
        return known
    spoken = " ".join(tag.partition(":")[2] or tag for tag in own)
    by_name = by_words(tables, SOURCE, name)
    return by_name or known.removeprefix("?") or by_words(tables, SOURCE, spoken) or "pantry-other"


def _said(attribute: str, tags: str, tables: Tables) -> list[str]:
    """Our values of the tags, each once, in the order of the source."""
    found = [value for tag in tags.split(",") for value in tables.values.get((attribute, tag.strip().lower()), ())]
    return list(dict.fromkeys(found))


def has_check_digit(code: str) -> bool:
    """Whether this is a GTIN of 8, 12, 13 or 14 digits with the right check digit (GS1 General Specifications 7.9)."""
    if len(code) not in (8, 12, 13, 14) or not code.isdigit() or not int(code):
        return False
    return sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(code[-2::-1])) % 10 == -int(code[-1]) % 10


def language_of(name: str) -> str:
    """The language of a name that has words of one language only and none of another; else empty."""
    languages = {_LANGUAGE_OF[word] for word in plain(name).split() if word in _LANGUAGE_OF}
    return languages.pop() if len(languages) == 1 else ""
