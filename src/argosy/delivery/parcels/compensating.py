"""Which broken promises are to be paid for, and that they were."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from argosy.delivery.parcels import store
from argosy.delivery.parcels.model import ToCompensate
from argosy.plumbing.database import Reader, Tx

BATCH = 100
GRACE = timedelta(hours=24)
"""How long after its day a parcel is waited for: carriers tell late, and what is paid is not asked back."""


async def to_compensate(reader: Reader, cell: int, now: datetime) -> list[ToCompensate]:
    """At most 100 promises that are broken for sure and not paid for: the parcel came too late, or a day is over since."""
    return await store.to_compensate(reader, cell, now - GRACE, BATCH)


async def compensated(tx: Tx, cell: int, parcel_id: UUID, amount_minor: int) -> None:
    """Note what was paid back, 0 where nothing was left of the order's money; a second word changes nothing."""
    await store.set_paid_back(tx, cell, parcel_id, amount_minor)
