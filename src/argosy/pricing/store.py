"""Runs the SQL of prices and rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec.structs import astuple

from argosy.plumbing.database import Reader, Tx, load_queries
from argosy.pricing.model import PriceChange, PriceRow, RateRow

_sql = load_queries("argosy.pricing")


async def prices_of(reader: Reader, variants: Sequence[UUID], now: datetime) -> list[PriceRow]:
    """Prices of the last 60 days and to come."""
    return await reader.rows(PriceRow, _sql["prices_of"], variants, now)


async def current_prices(reader: Reader, variants: Sequence[UUID], list_name: str, at: datetime) -> list[PriceRow]:
    """Prices of one list in force."""
    return await reader.rows(PriceRow, _sql["current_prices"], variants, list_name, at)


async def priced(reader: Reader, variants: Sequence[UUID], list_name: str) -> frozenset[UUID]:
    """Variants that ever had a price in a list."""
    return frozenset(await reader.column(_sql["priced"], variants, list_name))


async def fill_prices(tx: Tx, rows: Sequence[PriceRow], now: datetime) -> None:
    """The first prices of variants, whose periods do not overlap, and a note for the caches."""
    await tx.fill("prices", PriceRow.__struct_fields__, [astuple(row) for row in rows])
    await tx.do(_sql["note_changes"], sorted({row.variant_id for row in rows}), now)


async def close_prices(tx: Tx, ends: Mapping[UUID, datetime], list_name: str) -> None:
    """Each variant's price that began earlier ends at its instant."""
    await tx.do(_sql["close_prices"], list(ends), list_name, list(ends.values()))


async def add_prices(tx: Tx, rows: Sequence[PriceRow], now: datetime) -> None:
    """New rows, ending where a later price of the list begins, and a note for the caches."""
    await tx.do(
        _sql["add_prices"],
        [row.variant_id for row in rows],
        [row.list for row in rows],
        [row.valid_from for row in rows],
        [row.valid_to for row in rows],
        [row.minor for row in rows],
        [row.currency for row in rows],
        [row.source for row in rows],
    )
    await tx.do(_sql["note_changes"], sorted({row.variant_id for row in rows}), now)


async def changed_since(reader: Reader, at: datetime) -> dict[UUID, datetime]:
    """Variants with changed prices."""
    return {row.variant_id: row.changed_at for row in await reader.rows(PriceChange, _sql["changed_since"], at)}


async def add_rates(tx: Tx, rows: Sequence[RateRow]) -> None:
    """Published rates."""
    await tx.do(
        _sql["add_rates"],
        [row.currency for row in rows],
        [row.day for row in rows],
        [row.per_euro_numerator for row in rows],
        [row.per_euro_denominator for row in rows],
        [row.source for row in rows],
        [row.as_of for row in rows],
    )


async def rates_since(reader: Reader, day: date) -> list[RateRow]:
    """Rates from a day on, with the last before it."""
    return await reader.rows(RateRow, _sql["rates_since"], day)
