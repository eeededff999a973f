"""Runs the SQL of the operator's tariff rows and of the queue of classification."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from argosy.landed.classification.model import Goods
from argosy.landed.tariff_rows import TariffRow
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.landed")
_IMPORT_LOCK = 0x54415249  # "TARI"


class TariffCount(msgspec.Struct, frozen=True):
    """How many rows operators brought of a kind for a country."""

    country: str
    kind: str
    rows: int
    in_force: int
    oldest: date
    """The earliest `as_of` among them."""


class OpenProduct(msgspec.Struct, frozen=True):
    """A product with variants that wait for a decision, with the least sure suggestion among them."""

    product_id: UUID
    title: str
    category: str
    suggested_hs6: str
    confidence: int
    reason: str
    variants: int
    asked_at: datetime


class Decided(msgspec.Struct, frozen=True):
    """The heading that an operator chose for a variant."""

    variant_id: UUID
    hs6: str


class Question(msgspec.Struct, frozen=True):
    """A variant whose heading is unsure, with what is suggested for it (empty: nothing)."""

    variant_id: UUID
    product_id: UUID
    title: str
    category: str
    hs6: str
    confidence: int
    reason: str


async def one_import(tx: Tx) -> None:
    """Wait until no other import is at work."""
    await tx.value(_sql["one_import"], _IMPORT_LOCK)


async def tariff_rows(reader: Reader) -> list[TariffRow]:
    """All rows."""
    return await reader.rows(TariffRow, _sql["tariff_rows"])


async def rows_about(reader: Reader, rows: Sequence[TariffRow]) -> list[TariffRow]:
    """The standing rows with the same keys."""
    return await reader.rows(TariffRow, _sql["tariff_rows_about"], *_keys(rows))


async def add_rows(tx: Tx, rows: Sequence[TariffRow], now: datetime) -> None:
    """New rows."""
    await tx.do(
        _sql["add_tariff_rows"],
        *_keys(rows),
        [row.rate_ppm for row in rows],
        [row.specific_micro for row in rows],
        [row.unit for row in rows],
        [row.combine for row in rows],
        [row.currency for row in rows],
        [row.limit_minor for row in rows],
        [row.basis for row in rows],
        [row.valid_from for row in rows],
        [row.valid_to for row in rows],
        [row.source for row in rows],
        [row.as_of for row in rows],
        [row.confidence for row in rows],
        now,
    )


async def end_rows(tx: Tx, rows: Sequence[TariffRow]) -> int:
    """The last day of rows that had none; how many were found."""
    return await tx.do(
        _sql["end_tariff_rows"], *_keys(rows), [row.valid_from for row in rows], [row.valid_to for row in rows]
    )


async def tariff_counts(reader: Reader, day: date) -> list[TariffCount]:
    """Rows by country and kind."""
    return await reader.rows(TariffCount, _sql["tariff_counts"], day)


async def goods_after(reader: Reader, variant_id: UUID, limit: int) -> list[Goods]:
    """Variants behind an id."""
    return await reader.rows(Goods, _sql["goods_after"], variant_id, limit)


async def ask(tx: Tx, cell: int, questions: Sequence[Question], now: datetime) -> int:
    """Variants into the queue; the number that are new there or were still open."""
    return await tx.do(
        _sql["ask"],
        cell,
        [one.variant_id for one in questions],
        [one.product_id for one in questions],
        [one.title for one in questions],
        [one.category for one in questions],
        [one.hs6 for one in questions],
        [one.confidence for one in questions],
        [one.reason for one in questions],
        now,
    )


async def withdraw(tx: Tx, cell: int, variants: Sequence[UUID]) -> int:
    """Open variants out of the queue."""
    return await tx.do(_sql["withdraw"], cell, variants)


async def open_products(reader: Reader, cell: int, after: UUID, limit: int) -> list[OpenProduct]:
    """A page of the queue."""
    return await reader.rows(OpenProduct, _sql["open_products"], cell, after, limit)


async def count_open(reader: Reader, cell: int) -> int:
    """Products in the queue."""
    return int(await reader.value(_sql["count_open"], cell))


async def decide(tx: Tx, cell: int, subject: UUID, hs6: str, now: datetime, by: str) -> int:
    """A decision for a variant or a product; the number of variants."""
    return await tx.do(_sql["decide"], cell, subject, hs6, now, by)


async def unsure(reader: Reader, cell: int, most: int) -> list[UUID]:
    """Open variants."""
    return await reader.column(_sql["unsure"], cell, most)


async def decided(reader: Reader, cell: int) -> list[Decided]:
    """Chosen headings."""
    return await reader.rows(Decided, _sql["decided"], cell)


def _keys(rows: Sequence[TariffRow]) -> tuple[list[str], ...]:
    """The six columns of the rows' keys."""
    return tuple(map(list, zip(*(row.key for row in rows), strict=True)))
