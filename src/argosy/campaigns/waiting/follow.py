"""Exchange counts with the other processes, by way of the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from argosy.campaigns.waiting import store
from argosy.campaigns.waiting.line import Line
from argosy.campaigns.waiting.model import DRAW_BEFORE_US, SETTLE_US, SLOT_US, ArrivalRow, Room
from argosy.campaigns.waiting.rooms import Rooms
from argosy.campaigns.waiting.rules import room_of, to_us
from argosy.plumbing.database import Tx

RECENT_SLOTS = 20
"""How far back every exchange reads; a whole line is read every `WHOLE` exchanges, for counts restored late."""
WHOLE = 60
_COUNTED_BEFORE = timedelta(microseconds=DRAW_BEFORE_US - SLOT_US - SETTLE_US)


async def close_lots(tx: Tx, cell: int, room: str, now: datetime) -> bool:
    """Close the lots of a room when its opening is near and all processes had time to count; whether this call did."""
    row = await store.lock_room(tx, cell, room)
    if row is None or row.drawn_at is not None or now < row.opens_at - _COUNTED_BEFORE:
        return False
    return await store.close_lots(tx, cell, room, now)


class Exchange:
    """The exchanges of one process, one after the other."""

    def __init__(self, rooms: Rooms, secret: str) -> None:
        self._rooms = rooms
        self._secret = secret
        self._turn = 0
        self._writing: list[ArrivalRow] = []

    async def follow(self, tx: Tx, now: datetime) -> list[Line]:
        """Write this process's counts and read everybody's; gives the lines for `Rooms.show`.

        Call it about four times a second while rooms are open, in a transaction of its own; if that fails, call `undo`.
        """
        self._turn += 1
        self._writing = self._rooms.unwritten()
        rows = await store.share_rooms(tx, self._rooms.cell)
        rates = await store.read_rates(tx, self._rooms.cell) if rows else []
        rooms = [room_of(row, [one for one in rates if one.room == row.room]) for row in rows]
        await self._write(tx, rooms)
        return [await self._line(tx, room, to_us(now)) for room in rooms]

    def undo(self) -> None:
        """Have the counts of an exchange that failed written with the next."""
        self._rooms.write_again(self._writing)
        self._writing = []

    async def _write(self, tx: Tx, rooms: list[Room]) -> None:
        """Counts of rooms that are still the same; of lots that are closed, none."""
        known = {room.name: room for room in rooms if self._rooms.of(room) is not None}
        counts = [one for one in self._writing if one.room in known and not (one.slot < 0 and known[one.room].drawn)]
        if counts:
            await store.count_arrivals(tx, self._rooms.cell, counts)

    async def _line(self, tx: Tx, room: Room, now_us: int) -> Line:
        line = self._rooms.of(room)
        since = line.horizon() if line is not None else 0
        if line is not None and self._turn % WHOLE:
            since = max(since, now_us // SLOT_US - RECENT_SLOTS)
        counts = await store.read_arrivals(tx, self._rooms.cell, room.name, since)
        line = line or self._rooms.line_of_new(room, self._secret)
        line.take_over(room, counts, now_us)
        return line
