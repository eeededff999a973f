"""Puts a search together from fixed pieces of SQL; what a shopper typed only ever travels as a value. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from argosy.catalogue.vocabulary import Meaning

# What is like a number is another number.
_NUMBER = re.compile("[0-9]")
CAP = 20_000
"""Products that a filtered search looks at, the most popular first; counts beyond it are told as 'more than'."""
SORTS = ("best", "popular", "price", "-price")
_ORDER = {
    "best": "round(score::numeric, 1) DESC, popularity DESC, product_id",
    "popular": "popularity DESC, product_id",
    "price": "price_rank, product_id",
    "-price": "price_rank DESC, product_id DESC",
}


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a search is narrowed to; empty means not narrowed."""

    meanings: tuple[Meaning, ...] = ()
    category: str = ""
    brands: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    least_rank: int | None = None
    most_rank: int | None = None
    products: tuple[UUID, ...] | None = None
    """None: any."""


class _Values:
    def __init__(self) -> None:
        self.all: list[Any] = []

    def add(self, value: Any) -> str:
        self.all.append(value)
        return f"${len(self.all)}"


def hits_sql(wanted: Filter, sort: str, limit: int, offset: int) -> tuple[str, list[Any]]:
    """SQL and values for one page of products in order."""
    values = _Values()
    found = _found(wanted, values)
    page = f"LIMIT {values.add(limit)}::bigint OFFSET {values.add(offset)}::bigint"
    return f"{found} SELECT product_id, score FROM found ORDER BY {_ORDER[sort]} {page}", values.all  # noqa: S608


def counts_sql(wanted: Filter) -> tuple[str, list[Any]]:
    """SQL and values for the counts beside a search: total, by brand, colour and category, and of prices by step.

    Rows are (kind, key, count); kind `price` has the powers of two of the price rank in quarter steps as its key.
    """
    values = _Values()
    found = _found(wanted, values)
    pieces = [
        "SELECT 'total' AS kind, '' AS key, count(*) AS n FROM found",
        "(SELECT 'brand', brand_slug, count(*) FROM found WHERE brand_slug <> '' GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT 60)",
        "SELECT 'colour', unnest(colours), count(*) FROM found GROUP BY 2",
        "SELECT 'category', unnest(categories), count(*) FROM found GROUP BY 2",
        "SELECT 'price', floor(4 * log(2, greatest(price_rank, 1)))::int::text, count(*) FROM found GROUP BY 2",
    ]
    return f"{found} {' UNION ALL '.join(pieces)}", values.all


def _found(wanted: Filter, values: _Values) -> str:
    source, where = _narrowed(wanted, values)
    score = _score(wanted.meanings, values)
    columns = "s.product_id, s.brand_slug, s.colours, s.categories, s.price_rank, s.popularity"
    narrow = [_group(meaning, values) for meaning in wanted.meanings if not meaning.optional]
    strict = f"SELECT {columns}, {score} AS score FROM {source}{_where(where + narrow)} LIMIT {CAP}"  # noqa: S608
    kinds = relaxed(wanted.meanings)
    if not kinds or len(kinds) == len(narrow):
        return f"WITH found AS ({strict})"
    # Where nothing has everything, what is of the kind asked for is better than nothing; this half costs only then.
    wide = [_group(meaning, values) for meaning in kinds]
    loose = f"SELECT {columns}, {score} AS score FROM {source}{_where(where + wide)} LIMIT {CAP}"  # noqa: S608
    return (
        f"WITH strict AS MATERIALIZED ({strict}),"  # noqa: S608
        f" found AS (SELECT * FROM strict UNION ALL (SELECT * FROM ({loose}) AS loose WHERE NOT EXISTS (SELECT FROM strict)))"
    )


def relaxed(meanings: Sequence[Meaning]) -> list[Meaning]:
    """What is still asked for where nothing has everything: the kinds of goods and the brands, or else the colours."""
    kinds = [one for one in meanings if (one.categories or one.brands) and not (one.texts or one.optional)]
    return kinds or [one for one in meanings if one.colours and not one.optional]


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _narrowed(wanted: Filter, values: _Values) -> tuple[str, list[str]]:
    """Where the products come from, and what the filters ask of them."""
    where: list[str] = []
    source = "search_products AS s"
    if wanted.category:
        code = values.add(wanted.category)
        # The cap takes the most popular of the category from its index, so a large category costs no more than the cap.
        source = (
            f"(SELECT product_id FROM listing_ranks WHERE category = {code} ORDER BY popularity DESC, product_id"  # noqa: S608
            f" LIMIT {CAP}) AS top JOIN search_products AS s USING (product_id)"
        )
    if wanted.brands:
        where.append(f"s.brand_slug = ANY({values.add(list(wanted.brands))}::text[])")
    if wanted.colours:
        where.append(f"s.colours && {values.add(list(wanted.colours))}::text[]")
    if wanted.least_rank is not None:
        where.append(f"s.price_rank >= {values.add(wanted.least_rank)}::bigint")
    if wanted.most_rank is not None:
        where.append(f"s.price_rank <= {values.add(wanted.most_rank)}::bigint")
    if wanted.products is not None:
        where.append(f"s.product_id = ANY({values.add(list(wanted.products))}::uuid[])")
    return source, where


def _group(meaning: Meaning, values: _Values) -> str:
    """A group of words fits if a product is what they mean, or has the word in its name."""
    fits = _is_meant(meaning, values)
    if not fits and not _NUMBER.search(meaning.word):
        fits.append(f"{values.add(meaning.word)}::text <% s.words")
    if not fits or (len(meaning.word) > 1 and (not meaning.guessed or len(meaning.word) > 3)):
        fits.append(_has_word(meaning, values))
    return f"({' OR '.join(fits)})"


def _is_meant(meaning: Meaning, values: _Values) -> list[str]:
    fits = []
    if meaning.categories:
        fits.append(f"s.categories && {values.add(list(meaning.categories))}::text[]")
    if meaning.colours:
        fits.append(f"s.colours && {values.add(list(meaning.colours))}::text[]")
    if meaning.brands:
        fits.append(f"s.brand_slug = ANY({values.add(list(meaning.brands))}::text[])")
    if meaning.texts:
        fits.append(f"s.words ~ {values.add(_whole(*meaning.texts))}::text")
    return fits


def _has_word(meaning: Meaning, values: _Values) -> str:
    if meaning.texts:
        # Whole words only: `men` stands in `women`.
        return f"s.words ~ {values.add(_whole(meaning.word))}::text"
    return f"s.words LIKE {values.add(f'%{_escaped(meaning.word)}%')}::text"


def _score(meanings: Sequence[Meaning], values: _Values) -> str:
    """How well a product fits, 0 to 1: what is of the kind, colour or brand meant before what only has the word in its name."""
    if not meanings:
        return "1.0::real"
    parts = []
    for meaning in meanings:
        meant = _is_meant(meaning, values)
        if meant:
            # A guess comes behind what has the word just as it was typed.
            sure, worded = (0.5, 0.5) if meaning.guessed else (0.8, 0.2)
            parts.append(f"CASE WHEN {' OR '.join(meant)} THEN {sure} ELSE 0.4 END")
            parts.append(f"CASE WHEN {_has_word(meaning, values)} THEN {worded} ELSE 0 END")
        else:
            parts.append(f"word_similarity({values.add(meaning.word)}::text, s.words)")
    return f"(({' + '.join(parts)}) / {len(meanings)})::real"


def _whole(*words: str) -> str:
    """A pattern of PostgreSQL for any of these as a whole word."""
    return rf"\m({'|'.join(map(re.escape, words))})\M"


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
