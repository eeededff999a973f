"""See parcels, their events, and the papers of a departure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from argosy.base.errors import NotFound
from argosy.delivery.parcels import store
from argosy.delivery.parcels.model import Arrived, DepartureRow, ManifestRow, Noted, OwedRow, Parcel
from argosy.delivery.parcels.numbers import read_s10
from argosy.delivery.parcels.rules import in_order
from argosy.plumbing.database import Reader

MOST = 1_000


class Tracked(msgspec.Struct, frozen=True):
    """A parcel and what happened to it, in the order in which it happened."""

    parcel: Parcel
    events: list[Noted]


async def parcel(reader: Reader, cell: int, number: str) -> Tracked:
    """A parcel by its number; refuses what is none (`bad_parcel_number`) and one that is not there (`unknown_parcel`)."""
    found = await store.parcel_of(reader, cell, read_s10(number))
    if found is None:
        raise unknown_parcel()
    events = await store.events_of(reader, cell, [found.parcel_id])
    return Tracked(found, in_order(events.get(found.parcel_id, [])))


async def parcels(reader: Reader, cell: int, order_id: UUID) -> list[Tracked]:
    """All parcels of an order; none before it is paid."""
    found = await store.parcels_of(reader, cell, order_id)
    events = await store.events_of(reader, cell, [one.parcel_id for one in found]) if found else {}
    return [Tracked(one, in_order(events.get(one.parcel_id, []))) for one in found]


async def arrived(reader: Reader, cell: int, orders: Sequence[UUID]) -> list[Arrived]:
    """When the last parcel of orders was delivered; orders with a parcel under way, and without a delivered one, are left out."""
    return await store.arrived(reader, cell, orders)


def unknown_parcel() -> NotFound:
    """That a parcel is not there, or is not the caller's to see; the two are told alike."""
    return NotFound(
        "unknown_parcel",
        "There is no such parcel, or the key does not open it.",
        field="number",
        remedy="Look up the number at the order, and send the order's key.",
    )


async def departures(reader: Reader, cell: int, since: datetime | None, limit: int = 100) -> list[DepartureRow]:
    """Departures with parcels, the latest first; `since` is a wall-clock time at the place it leaves."""
    return await store.departures(reader, cell, since.strftime("%Y-%m-%dT%H:%M") if since else "", min(limit, MOST))


async def manifest(reader: Reader, cell: int, departure: str) -> list[ManifestRow]:
    """The parcels of a departure, by bag; refuses (`unknown_departure`) one that has none."""
    found = await store.manifest(reader, cell, departure)
    if not found:
        raise NotFound(
            "unknown_departure",
            f"No parcel leaves with {departure!r}.",
            field="departure",
            remedy="`argosy parcels departures` lists those that have parcels.",
        )
    return found


async def owed(reader: Reader, cell: int, limit: int = MOST) -> list[OwedRow]:
    """What is owed for broken promises, the oldest first."""
    return await store.owed(reader, cell, min(limit, MOST))
