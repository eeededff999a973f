"""What promotions gave so far, and who bears it, counted from the orders themselves."""

from __future__ import annotations

from datetime import datetime

import msgspec

from argosy.orders.oversight import store
from argosy.orders.oversight.model import GivenRow
from argosy.plumbing.database import Reader

MOST_LINES = 200_000
"""Lines of orders that are looked through, the newest first."""


class Given(msgspec.Struct, frozen=True):
    """Discounts by promotion and currency."""

    rows: tuple[GivenRow, ...]
    whole: bool
    """Whether all lines were looked at; otherwise the newest `MOST_LINES` only."""


async def given(reader: Reader, cell: int, since: datetime, until: datetime) -> Given:
    """What promotions took off orders that were placed from `since` up to `until` and are paid.

    Orders that were refunded altogether are left out; what was paid back of others is not taken off.
    """
    rows = await store.given(reader, cell, since, until, MOST_LINES)
    return Given(tuple(rows), await store.count_lines(reader, cell, MOST_LINES) < MOST_LINES)
