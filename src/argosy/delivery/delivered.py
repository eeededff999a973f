"""Note that parcels have arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from argosy.delivery import store
from argosy.plumbing.database import Tx


async def delivered(tx: Tx, cell: int, deliveries: Mapping[UUID, datetime]) -> int:
    """Note the first delivery of parcels by id; how many of them were promised and open.

    Told twice, the first stands. A parcel that nothing was promised for is passed over.
    """
    return await store.set_delivered(tx, cell, deliveries) if deliveries else 0
