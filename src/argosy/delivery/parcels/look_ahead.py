"""Find the new day of parcels that missed a leg, and break the promises of those that should have been at the door."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec

from argosy.delivery.parcels import store
from argosy.delivery.parcels.model import Changed, Parcel
from argosy.delivery.parcels.note import changed, write_changes
from argosy.delivery.parcels.ports import Foresight
from argosy.delivery.parcels.rules import Standing, new_day, standing
from argosy.plumbing.database import Tx

BATCH = 200
"""Parcels in one transaction."""
_ASK_AGAIN = timedelta(hours=3)
"""How long a silent parcel is left alone: its day is found anew as long as nothing is heard."""


async def look_ahead(tx: Tx, cell: int, now: datetime, foresight: Foresight | None) -> int:
    """Tell a new day where one is needed, whether or not carriers say anything; of how many parcels.

    Without a network no new day can be told; a broken promise is one all the same.
    """
    yesterday = (now - timedelta(days=1)).date()
    found = await store.lock_overdue(tx, cell, now, yesterday, BATCH)
    if not found:
        return 0
    parcels = {parcel.parcel_id: parcel for parcel in found}
    events = await store.events_of(tx, cell, parcels)

    def work() -> list[Changed]:
        return [_ahead(one, standing(events[key], one.way()), now, foresight) for key, one in parcels.items()]

    await write_changes(tx, cell, parcels, await asyncio.to_thread(work), now)
    return len(found)


def _ahead(parcel: Parcel, stands: Standing, now: datetime, foresight: Foresight | None) -> Changed:
    change = changed(parcel, stands, now)
    silent = change.due_at is not None and change.due_at < now
    if not change.unforeseen and not silent:
        return change
    seen = foresight.foresee(parcel, stands, now) if foresight else None
    told = parcel.expected_day
    # A day that is over is not told again: nothing is better than what is known to be wrong.
    kept = told if told is not None and told >= now.date() else None
    expected = new_day(parcel.promised_day, kept, seen)
    asked_again = now + _ASK_AGAIN if silent else change.due_at
    return msgspec.structs.replace(change, expected_day=expected, unforeseen=False, due_at=asked_again)
