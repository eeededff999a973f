"""The simulated carrier: tells of each parcel what was drawn for it, when its hour has come in business time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from argosy.delivery.parcels import store
from argosy.delivery.parcels.model import Report
from argosy.delivery.parcels.note import note
from argosy.delivery.parcels.ways import Drawn
from argosy.plumbing.database import Tx

NAME = "simulated"
BATCH = 200
"""Parcels in one transaction."""


async def travel(tx: Tx, cell: int, now: datetime) -> int:
    """Note everything that has happened to up to 200 simulated parcels by now; to how many.

    However far the clock has jumped, each parcel's events are noted in their order and none is left out.
    """
    due = await store.due_runs(tx, cell, now, BATCH)
    reports: list[Report] = []
    left: dict[UUID, list[Drawn]] = {}
    for run in due:
        drawn = msgspec.convert(run.events, list[Drawn])
        reports.extend(
            Report(number=run.number, code=one.code, at=one.at, place=one.place, detail=one.detail)
            for one in drawn
            if one.at <= now
        )
        left[run.parcel_id] = [one for one in drawn if one.at > now]
    if due:
        await note(tx, cell, sorted(reports, key=lambda one: one.at), NAME, now)
        await store.go_on(tx, cell, left)
    return len(due)
