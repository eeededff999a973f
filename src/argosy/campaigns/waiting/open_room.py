"""Make a waiting room."""

from __future__ import annotations

from datetime import datetime

from argosy.base.errors import Refused
from argosy.campaigns.waiting import store
from argosy.campaigns.waiting.model import RateRow, RoomWish
from argosy.campaigns.waiting.rules import check_wish
from argosy.plumbing.database import Tx


async def open_room(tx: Tx, cell: int, wish: RoomWish, now: datetime) -> None:
    """Guard the wish's paths from now on, and admit from its opening; the processes know of it within three seconds.

    An opening that has passed means: admit at once. Refuses (`bad_waiting_room`, `waiting_room_exists`).
    """
    check_wish(wish)
    if not await store.add_room(tx, cell, wish, now):
        remedy = "Close it first, or take another name."
        raise Refused("waiting_room_exists", f"There is a room {wish.name}.", field="name", remedy=remedy, status=409)
    await store.put_rate(tx, cell, RateRow(wish.name, min(now, wish.opens_at), wish.per_second))
