"""Look up the prices of variants, for the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from argosy.plumbing.database import Reader
from argosy.pricing import store
from argosy.pricing.model import PriceRow


async def look_up(reader: Reader, variants: Sequence[UUID], now: datetime) -> dict[UUID, tuple[PriceRow, ...]]:
    """All prices of the last 60 days of each variant; a variant without a price is missing."""
    found: dict[UUID, list[PriceRow]] = {}
    for row in await store.prices_of(reader, variants, now):
        found.setdefault(row.variant_id, []).append(row)
    return {variant: tuple(rows) for variant, rows in found.items()}


async def changed_since(reader: Reader, at: datetime) -> dict[UUID, datetime]:
    """Variants whose prices changed after an instant, and when; at most 10,000."""
    return await store.changed_since(reader, at)
