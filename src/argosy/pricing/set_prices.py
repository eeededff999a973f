"""Set prices from an instant on; what held before is kept with its period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from argosy.plumbing.database import Tx
from argosy.pricing import store
from argosy.pricing.model import PriceRow


class NewPrice(msgspec.Struct, frozen=True):
    """A price to set; with `was_minor`, the price that held from `was_from` to `valid_from`."""

    variant_id: UUID
    minor: int
    currency: str
    valid_from: datetime
    was_minor: int | None = None
    was_from: datetime | None = None


async def set_prices(tx: Tx, list_name: str, prices: Sequence[NewPrice], source: str, now: datetime) -> int:
    """Set prices of a list (empty name: the seller's own); the number that really changed.

    A price equal to the one in force changes nothing, so setting the same prices again leaves the history alone.
    """
    wanted = {price.variant_id: price for price in prices}
    in_force = {row.variant_id: row for row in await store.current_prices(tx, list(wanted), list_name, now)}
    changed = [
        price
        for price in wanted.values()
        if (row := in_force.get(price.variant_id)) is None or (row.minor, row.currency) != (price.minor, price.currency)
    ]
    if not changed:
        return 0
    standing = await store.priced(tx, [price.variant_id for price in changed], list_name)
    first = [price for price in changed if price.variant_id not in standing]
    if first:
        await store.fill_prices(tx, [row for price in first for row in _rows(price, list_name, source, None)], now)
    later = [price for price in changed if price.variant_id in standing]
    if later:
        # A price that begins in the past cannot rewrite what held then.
        begins = {one.variant_id: max(one.valid_from, now) for one in later if one.variant_id in in_force}
        rows = [row for price in later for row in _rows(price, list_name, source, begins.get(price.variant_id))]
        await store.close_prices(tx, {p.variant_id: begins.get(p.variant_id, p.valid_from) for p in later}, list_name)
        await store.add_prices(tx, rows, now)
    return len(changed)


def _rows(price: NewPrice, list_name: str, source: str, begins: datetime | None) -> list[PriceRow]:
    """A price from `begins` on, else from its own beginning with the price that held before."""
    new = PriceRow(
        price.variant_id, list_name, begins or price.valid_from, None, price.minor, price.currency, source
    )  # fmt: skip
    if begins or not price.was_minor or not price.was_from:
        return [new]
    was = PriceRow(
        price.variant_id, list_name, price.was_from, price.valid_from, price.was_minor, price.currency, source
    )  # fmt: skip
    return [was, new]
