"""Puts a search together from fixed pieces of SQL; what a shopper typed only ever travels as a value. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from argosy.catalogue.vocabulary import Meaning

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
    where = [_group(meaning, values) for meaning in wanted.meanings]
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
    score = _score(wanted.meanings, values)
    return (
        f"WITH found AS (SELECT s.product_id, s.brand_slug, s.colours, s.categories, s.price_rank, s.popularity,"  # noqa: S608
        f" {score} AS score FROM {source}{' WHERE ' + ' AND '.join(where) if where else ''} LIMIT {CAP})"
    )


def _group(meaning: Meaning, values: _Values) -> str:
    """A group of words fits if a product is of one of its categories, colours or brands, or has the word in its name."""
    fits = []
    if meaning.categories:
        fits.append(f"s.categories && {values.add(list(meaning.categories))}::text[]")
    if meaning.colours:
        fits.append(f"s.colours && {values.add(list(meaning.colours))}::text[]")
    if meaning.brands:
        fits.append(f"s.brand_slug = ANY({values.add(list(meaning.brands))}::text[])")
    if not fits:
        fits.append(f"{values.add(meaning.word)}::text <% s.words")
    if not meaning.guessed:
        fits.append(f"s.words LIKE '%' || {values.add(_escaped(meaning.word))}::text || '%'")
    return f"({' OR '.join(fits)})"


def _score(meanings: Sequence[Meaning], values: _Values) -> str:
    if not meanings:
        return "1.0::real"
    parts = [f"word_similarity({values.add(meaning.word)}::text, s.words)" for meaning in meanings]
    known = [
        f"(CASE WHEN s.categories && {values.add(list(meaning.categories))}::text[] THEN 0.5 ELSE 0 END)"
        for meaning in meanings
        if meaning.categories
    ]
    return f"(({' + '.join(parts + known)}) / {len(parts)})::real"


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
