"""Change how fast a waiting room admits."""

from __future__ import annotations

from datetime import datetime, timedelta

from argosy.base.errors import NotFound
from argosy.campaigns.waiting import store
from argosy.campaigns.waiting.model import RateRow
from argosy.campaigns.waiting.rules import check_rate
from argosy.plumbing.database import Tx

FROM_NOW = timedelta(seconds=1)
"""A rate begins so much later, so that every process knows it when it does."""


async def set_rate(tx: Tx, cell: int, room: str, per_second: int, now: datetime) -> None:
    """Admit so many a second from a second from now on; 0 lets nobody in. Places stay as they are.

    Refuses (`bad_waiting_room`, `unknown_waiting_room`).
    """
    check_rate(per_second)
    if await store.lock_room(tx, cell, room) is None:
        raise NotFound(
            "unknown_waiting_room", f"There is no room {room}.", field="name", remedy="See the list of rooms."
        )
    await store.put_rate(tx, cell, RateRow(room, now + FROM_NOW, per_second))
