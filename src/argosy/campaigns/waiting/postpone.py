"""Move the opening of a waiting room."""

from __future__ import annotations

from datetime import datetime, timedelta

from argosy.base.errors import NotFound, Refused
from argosy.campaigns.waiting import store
from argosy.campaigns.waiting.model import DRAW_BEFORE_US
from argosy.plumbing.database import Tx


async def postpone(tx: Tx, cell: int, room: str, opens_at: datetime, now: datetime) -> None:
    """Open at another instant, later or earlier; who waits keeps her lot.

    Refuses (`unknown_waiting_room`, and `waiting_room_open` once lots are closed: places have been given then).
    """
    row = await store.lock_room(tx, cell, room)
    if row is None:
        raise NotFound(
            "unknown_waiting_room", f"There is no room {room}.", field="name", remedy="See the list of rooms."
        )
    if row.drawn_at is not None or now >= row.opens_at - timedelta(microseconds=DRAW_BEFORE_US):
        remedy = "Set its rate to 0 to let nobody in for a while."
        raise Refused("waiting_room_open", "The room is open.", field="opens_at", remedy=remedy, status=409)
    await store.move_opening(tx, cell, room, opens_at)
