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
    rows = []
    ends = {}
    for price in changed:
        # A price that begins in the past cannot rewrite what held then.
        begins = price.valid_from if price.variant_id not in in_force else max(price.valid_from, now)
        ends[price.variant_id] = begins
        if price.was_minor and price.was_from and price.variant_id not in in_force:
            rows.append(
                PriceRow(price.variant_id, list_name, price.was_from, begins, price.was_minor, price.currency, source)
            )
        rows.append(PriceRow(price.variant_id, list_name, begins, None, price.minor, price.currency, source))
    await store.close_prices(tx, ends, list_name)
    await store.add_prices(tx, rows, now)
    return len(changed)
