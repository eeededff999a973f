"""Runs the SQL of parcels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from argosy.delivery.parcels.model import (
    Arrived,
    Bag,
    Changed,
    Counted,
    DepartureRow,
    ManifestRow,
    NewParcel,
    Noted,
    OwedRow,
    Parcel,
    Piece,
    RunRow,
    ToCompensate,
)
from argosy.delivery.parcels.ways import Drawn
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.delivery.parcels")


async def take_serials(tx: Tx, cell: int, parcels: int, bags: int) -> Counted:
    """So many new serials."""
    found = await tx.row(Counted, _sql["take_serials"], cell, parcels, bags)
    assert found is not None  # noqa: S101
    return found


async def add_parcels(tx: Tx, cell: int, parcels: Mapping[str, NewParcel]) -> None:
    """New parcels by number."""
    rows = [{"number": number, **_fields(new)} for number, new in parcels.items()]
    await tx.do(_sql["add_parcels"], cell, rows)


def _fields(struct: msgspec.Struct) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(struct)
    return found


async def orders_with_parcels(tx: Tx, cell: int, orders: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the orders that have a parcel."""
    return frozenset(await tx.column(_sql["orders_with_parcels"], cell, orders))


async def lock_numbers(tx: Tx, cell: int, numbers: Iterable[str]) -> dict[str, Parcel]:
    """Parcels by number, locked."""
    return {row.number: row for row in await tx.rows(Parcel, _sql["lock_numbers"], cell, sorted(set(numbers)))}


async def lock_of_orders(tx: Tx, cell: int, orders: Sequence[UUID]) -> list[Parcel]:
    """The parcels of orders, locked."""
    return await tx.rows(Parcel, _sql["lock_of_orders"], cell, orders)


async def lock_overdue(tx: Tx, cell: int, now: datetime, today: date, limit: int) -> list[Parcel]:
    """Parcels that should have been at the door, locked."""
    return await tx.rows(Parcel, _sql["lock_overdue"], cell, now, today, limit)


async def parcel_of(reader: Reader, cell: int, number: str) -> Parcel | None:
    """A parcel by its number."""
    return await reader.row(Parcel, _sql["parcel_of"], cell, number)


async def parcels_of(reader: Reader, cell: int, order_id: UUID) -> list[Parcel]:
    """An order's parcels."""
    return await reader.rows(Parcel, _sql["parcels_of"], cell, order_id)


async def arrived(reader: Reader, cell: int, orders: Sequence[UUID]) -> list[Arrived]:
    """When orders were delivered."""
    return await reader.rows(Arrived, _sql["arrived"], cell, orders)


async def add_events(tx: Tx, cell: int, events: Sequence[Noted], carrier: str, now: datetime) -> set[UUID]:
    """Note events; the parcels of those that are new."""
    rows = [_fields(event) for event in events]
    return set(await tx.column(_sql["add_events"], cell, rows, carrier, now))


async def events_of(reader: Reader, cell: int, parcels: Iterable[UUID]) -> dict[UUID, list[Noted]]:
    """All events of parcels."""
    found: dict[UUID, list[Noted]] = {}
    for row in await reader.rows(Noted, _sql["events_of"], cell, list(parcels)):
        found.setdefault(row.parcel_id, []).append(row)
    return found


async def change_parcels(tx: Tx, cell: int, changes: Sequence[Changed]) -> None:
    """Write what became of parcels."""
    await tx.do(_sql["change_parcels"], cell, [one.parcel_id for one in changes], list(changes))


async def repack(
    tx: Tx, cell: int, parcel_id: UUID, lines: Sequence[Piece], weight_g: int | None, value_minor: int, late: int | None
) -> None:
    """Write what is left in a parcel."""
    await tx.do(_sql["repack"], cell, parcel_id, list(lines), weight_g, value_minor, late)


async def add_runs(tx: Tx, cell: int, runs: Mapping[str, tuple[UUID, Sequence[Drawn]]]) -> None:
    """What the simulated carrier is to tell of parcels, by number."""
    rows = [
        {"parcel_id": parcel_id, "number": number, "next_at": drawn[0].at, "events": list(drawn)}
        for number, (parcel_id, drawn) in runs.items()
        if drawn
    ]
    await tx.do(_sql["add_runs"], cell, rows)


async def due_runs(tx: Tx, cell: int, now: datetime, limit: int) -> list[RunRow]:
    """Simulated parcels of which something is due."""
    return await tx.rows(RunRow, _sql["due_runs"], cell, now, limit)


async def go_on(tx: Tx, cell: int, left: Mapping[UUID, Sequence[Drawn]]) -> None:
    """Write what is left to tell of parcels; those of which nothing is left are forgotten."""
    rows = [{"parcel_id": key, "next_at": drawn[0].at, "events": list(drawn)} for key, drawn in left.items() if drawn]
    if rows:
        await tx.do(_sql["go_on"], cell, [row["parcel_id"] for row in rows], rows)
    await end_runs(tx, cell, [key for key, drawn in left.items() if not drawn])


async def end_runs(tx: Tx, cell: int, parcels: Sequence[UUID]) -> None:
    """Forget simulated parcels."""
    if parcels:
        await tx.do(_sql["end_runs"], cell, parcels)


async def open_bags(tx: Tx, cell: int, departures: Sequence[str]) -> dict[str, Bag]:
    """The last bag of each departure, locked."""
    return {row.departure: row for row in await tx.rows(Bag, _sql["open_bags"], cell, departures)}


async def fill_bags(tx: Tx, cell: int, bags: Sequence[Bag]) -> None:
    """Write bags."""
    await tx.do(_sql["fill_bags"], cell, list(bags))


async def departures(reader: Reader, cell: int, since: str, limit: int) -> list[DepartureRow]:
    """Departures with parcels, from a local time on."""
    return await reader.rows(DepartureRow, _sql["departures"], cell, since, limit)


async def manifest(reader: Reader, cell: int, departure: str) -> list[ManifestRow]:
    """The parcels of a departure."""
    return await reader.rows(ManifestRow, _sql["manifest"], cell, departure)


async def owed(reader: Reader, cell: int, limit: int) -> list[OwedRow]:
    """What is owed."""
    return await reader.rows(OwedRow, _sql["owed"], cell, limit)


async def to_compensate(reader: Reader, cell: int, broken_before: datetime, limit: int) -> list[ToCompensate]:
    """Broken promises that are not paid for."""
    return await reader.rows(ToCompensate, _sql["to_compensate"], cell, broken_before, limit)


async def set_paid_back(tx: Tx, cell: int, parcel_id: UUID, amount: int) -> None:
    """What was paid back for one."""
    await tx.do(_sql["set_paid_back"], cell, parcel_id, amount)
