"""See the waiting rooms as an operator does."""

from __future__ import annotations

from datetime import datetime

import msgspec

from argosy.campaigns.waiting import store
from argosy.campaigns.waiting.line import Line
from argosy.campaigns.waiting.model import UNIT
from argosy.campaigns.waiting.rules import allowed, room_of, to_us
from argosy.plumbing.database import Reader


class RoomView(msgspec.Struct, frozen=True):
    """A room and its line at an instant."""

    name: str
    paths: tuple[str, ...]
    opens_at: datetime
    per_second: int
    """The rate of now, or before the opening the one it will begin with."""
    came: int
    waiting: int
    """Who came and whose turn has not come."""


async def look(reader: Reader, cell: int, now: datetime) -> list[RoomView]:
    """All rooms, by name."""
    rates = await store.read_rates(reader, cell)
    views = []
    for row in await store.read_rooms(reader, cell):
        room = room_of(row, [one for one in rates if one.room == row.room])
        rows = await store.read_arrivals(reader, cell, row.room, 0)
        line = Line(room, 0, 1, room.key)
        line.take_over(room, rows, to_us(now))
        admitted = allowed(room.rates, to_us(now))
        reigning = [one for one in room.rates if one.from_us <= to_us(now)] or room.rates[:1]
        waiting = max(0, -((admitted - line.end()) // UNIT))
        views.append(
            RoomView(
                row.room, room.paths, row.opens_at, reigning[-1].per_second, sum(one.arrived for one in rows), waiting
            )
        )
    return views
