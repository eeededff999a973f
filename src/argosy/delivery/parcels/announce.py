"""Announce parcels: give each its number, and tell the simulated carrier where it is the one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from argosy.delivery.parcels import store
from argosy.delivery.parcels.model import NewParcel
from argosy.delivery.parcels.numbers import S10_SERIALS, s10
from argosy.delivery.parcels.rules import service_of
from argosy.delivery.parcels.ways import Drawn
from argosy.plumbing.database import Tx


async def orders_with_parcels(tx: Tx, cell: int, orders: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the orders that have a parcel already."""
    return await store.orders_with_parcels(tx, cell, orders)


async def announce(
    tx: Tx, cell: int, parcels: Sequence[NewParcel], runs: Mapping[UUID, Sequence[Drawn]]
) -> dict[UUID, str]:
    """Write parcels down, none of which is there yet; their S10 numbers by id.

    `runs` says by id what a simulated carrier will tell; a parcel without one waits for a real carrier.
    """
    if not parcels:
        return {}
    counted = await store.take_serials(tx, cell, len(parcels), 0)
    numbers = {
        s10(service_of(cell), (counted.first_parcel + place) % S10_SERIALS, new.hub[:2]): new
        for place, new in enumerate(parcels)
    }
    await store.add_parcels(tx, cell, numbers)
    told = {number: (new.parcel_id, runs[new.parcel_id]) for number, new in numbers.items() if new.parcel_id in runs}
    if told:
        await store.add_runs(tx, cell, told)
    return {new.parcel_id: number for number, new in numbers.items()}
