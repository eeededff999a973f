"""Count what became of coupons and red packets, as an operator sees it."""

from __future__ import annotations

from collections.abc import Sequence

from argosy.campaigns.wallet import store
from argosy.plumbing.database import Reader

MOST = 200_000
"""Claims that are looked through; where a wallet holds more, nothing is told."""


async def used(reader: Reader, cell: int, promotions: Sequence[str]) -> dict[str, int] | None:
    """How many of each promotion's claims an order has, of those still kept; None where there are more than `MOST` to count."""
    tallies = await store.tally(reader, cell, promotions, MOST)
    return None if sum(one.claims for one in tallies) >= MOST else {one.promotion: one.used for one in tallies}
