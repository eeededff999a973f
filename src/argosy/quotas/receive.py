"""Take in units: goods that came to a hub, uses of a coupon, places on a departure."""

from __future__ import annotations

from collections.abc import Mapping

from argosy.plumbing.database import Tx
from argosy.quotas import store


async def receive(tx: Tx, cell: int, units: Mapping[str, int]) -> None:
    """Add units to counters by key; a counter is made where there is none, also with 0 units."""
    for key, count in units.items():
        if count < 0:
            raise ValueError(f"{key}: {count} units cannot be received")
    if units:
        await store.receive_units(tx, cell, dict(units))


async def receive_new(tx: Tx, cell: int, units: Mapping[str, int]) -> None:
    """Make counters with their units; those that are there already stay as they are."""
    if units:
        await store.make_counters(tx, cell, dict(units))
