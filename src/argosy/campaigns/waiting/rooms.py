"""All rooms of a cell as one server process knows them, and the exchange of counts with the others."""

from __future__ import annotations

import hashlib
import secrets

from argosy.campaigns.waiting.line import Line
from argosy.campaigns.waiting.model import SETTLE_US, SLOT_US, ArrivalRow, Room
from argosy.campaigns.waiting.rules import guards, never_guarded


class Rooms:
    """The rooms that are open; `open` is empty when there are none, and then nothing else need be asked."""

    def __init__(self, cell: int, processes: int) -> None:
        self.cell = cell
        self.open: tuple[tuple[str, Line], ...] = ()
        """Guarded paths with their lines, the longest path first."""
        self.lane = secrets.randbits(62) + 1
        """This process among all there were: counts of a process that starts again are not those of its forerunner."""
        self._processes = processes
        self._lines: dict[str, Line] = {}

    def line_for(self, path: str) -> Line | None:
        """The line in front of a path (without market and language), the closest where several are; None for an open one."""
        for prefix, line in self.open:
            if guards(prefix, path):
                return None if never_guarded(path) else line
        return None

    def of(self, room: Room) -> Line | None:
        """The line of a room; None where it is not known yet, or was made anew."""
        line = self._lines.get(room.name)
        return line if line is not None and line.room.key == room.key else None

    def line_of_new(self, room: Room, secret: str) -> Line:
        """An empty line for a room; its lots can be foreseen by nobody who does not have the shop's secret."""
        lots = hashlib.blake2b(room.key, key=secret.encode()[:64], person=b"waiting lots", digest_size=32).digest()
        return Line(room, self.lane, self._processes, lots)

    def lots_due(self, now_us: int) -> list[str]:
        """Rooms whose lots should be closed by now and are not, as far as this process knows."""
        due = now_us - SLOT_US - SETTLE_US
        return [name for name, line in self._lines.items() if not line.room.drawn and line.room.draw_us <= due]

    def show(self, lines: list[Line]) -> None:
        """Guard from now on what these lines' rooms guard, and nothing else."""
        self._lines = {line.room.name: line for line in lines}
        guarded = [(path, line) for line in lines for path in line.room.paths]
        self.open = tuple(sorted(guarded, key=lambda one: (-len(one[0]), one[0])))

    def unwritten(self) -> list[ArrivalRow]:
        """Counts that the database lacks, and from now on counts as told."""
        rows = []
        for name, line in self._lines.items():
            counts = {(slot, line.lane): line.own_count(slot) for slot in line.unwritten} | line.restored
            rows += [ArrivalRow(name, slot, lane, arrived) for (slot, lane), arrived in counts.items() if arrived]
            line.unwritten, line.restored = set(), {}
        return rows

    def write_again(self, rows: list[ArrivalRow]) -> None:
        """Have counts written once more, that could not be."""
        for row in rows:
            line = self._lines.get(row.room)
            if line is not None and row.lane == line.lane:
                line.unwritten.add(row.slot)
            elif line is not None:
                line.restored.setdefault((row.slot, row.lane), row.arrived)
