"""Server processes of a made-up cell: lines that exchange their counts by a dictionary, as they do by the database."""

from __future__ import annotations

from datetime import UTC, datetime

from argosy.campaigns.waiting.line import Line
from argosy.campaigns.waiting.model import SECOND_US, ArrivalRow, RateRow, Room, RoomRow
from argosy.campaigns.waiting.rules import from_us, room_of

OPENS = datetime(2026, 6, 18, 12, tzinfo=UTC)
OPENS_US = int(OPENS.timestamp()) * SECOND_US
HOLDER = b"h" * 16


def room(per_second: int = 500, *, drawn: bool = True, rates: tuple[tuple[int, int], ...] = ()) -> Room:
    """A room that opens at `OPENS`; `rates` are further ones, by seconds after the opening."""
    kept = RoomRow("gate", from_us(OPENS_US - 3600 * SECOND_US), ["/"], OPENS, 30, OPENS if drawn else None)
    first = RateRow("gate", kept.made_at, per_second)
    more = [RateRow("gate", from_us(OPENS_US + second * SECOND_US), rate) for second, rate in rates]
    return room_of(kept, [first, *more])


class Cell:
    """What the database would keep, and the processes that write it."""

    def __init__(self, at: Room, processes: int, now_us: int) -> None:
        self.room = at
        self.kept: dict[tuple[int, int], int] = {}
        self.processes = [self.started(number + 1, processes, now_us) for number in range(processes)]

    def started(self, lane: int, processes: int, now_us: int) -> Line:
        """A process that has read what is kept."""
        line = Line(self.room, lane, processes, b"key")
        line.take_over(self.room, self._rows(), now_us)
        return line

    def exchange(self, now_us: int) -> None:
        """Every process writes and reads once."""
        for line in self.processes:
            written = {(slot, line.lane): line.own_count(slot) for slot in line.unwritten} | line.restored
            line.unwritten, line.restored = set(), {}
            for (slot, lane), count in written.items():
                if not (slot < 0 and self.room.drawn):
                    self.kept[slot, lane] = max(count, self.kept.get((slot, lane), 0))
        for line in self.processes:
            line.take_over(self.room, self._rows(), now_us)

    def _rows(self) -> list[ArrivalRow]:
        return [ArrivalRow("gate", slot, lane, count) for (slot, lane), count in self.kept.items()]
