"""The demo's feed: all rows of the three merchants, and an account of what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from argosy.catalogue.model import ImportRow
from argosy.demo import electronics, fashion, grocery
from argosy.demo.goods import LeftOut
from argosy.demo.tables import load

MERCHANTS: Mapping[str, str] = {
    electronics.MERCHANT: "Bluewave Electronics",
    fashion.MERCHANT: "Silk Road Fashion",
    grocery.MERCHANT: "Harbour Grocer",
}
"""Names of the demo's merchants, who are made up, by code."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the sources' rows."""

    products: Mapping[str, int]
    """By merchant; likewise `variants`."""
    variants: Mapping[str, int]
    left_out: Mapping[tuple[str, str], int]
    """Rows of a source by source and reason."""


def rows(data: Path) -> Iterator[ImportRow]:
    """All variants of the three merchants, those of one product one after the other; the same on every run.

    `data` is the folder with the catalogue files and tables. Raises `KeyError` for a category or colour of a source that
    the tables do not place.
    """
    return (row for row in _all(data) if isinstance(row, ImportRow))


def count(data: Path) -> int:
    """How many rows `rows` brings."""
    return sum(1 for _ in rows(data))


def account(data: Path) -> Account:
    """What became of the sources' rows, by merchant and reason."""
    groups: dict[str, set[str]] = {}
    variants: Counter[str] = Counter()
    left_out: Counter[tuple[str, str]] = Counter()
    for row in _all(data):
        if isinstance(row, LeftOut):
            left_out[row.source, row.reason] += 1
        else:
            variants[row.merchant] += 1
            groups.setdefault(row.merchant, set()).add(row.group)
    return Account(
        products={merchant: len(numbers) for merchant, numbers in groups.items()},
        variants=dict(variants),
        left_out=dict(left_out),
    )


def _all(data: Path) -> Iterator[ImportRow | LeftOut]:
    tables = load(data)
    yield from electronics.rows(data, tables)
    yield from fashion.rows(data, tables)
    yield from grocery.rows(data, tables)
