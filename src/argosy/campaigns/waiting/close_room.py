"""Take a waiting room away."""

from __future__ import annotations

from argosy.base.errors import NotFound
from argosy.campaigns.waiting import store
from argosy.plumbing.database import Tx


async def close_room(tx: Tx, cell: int, room: str) -> None:
    """Let everybody through within a second; tickets and passes of the room are worth nothing afterwards.

    Refuses (`unknown_waiting_room`).
    """
    if not await store.drop_room(tx, cell, room):
        raise NotFound(
            "unknown_waiting_room", f"There is no room {room}.", field="name", remedy="See the list of rooms."
        )
