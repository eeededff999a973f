"""Promise boards as files: one process makes them, all others read them (1 MB a hub in place of 250 MB for the search)."""

from __future__ import annotations

import os
from array import array
from datetime import datetime
from pathlib import Path

import msgspec

from argosy.delivery.board import Board, PromiseBoard, Promises, minutes_of

_ENDING = ".board"
_HALVES, _BYTES, _WHOLES = "h", "b", "i"


class _Page(msgspec.Struct, frozen=True, array_like=True):
    """A board in bytes; `number` is that of the first version of this shape."""

    number: int
    base: int
    base_day: int
    waves: tuple[int, ...]
    minutes: bytes
    days: bytes
    stands: bytes
    held: bytes
    van: bytes
    leaves: tuple[bytes, ...]
    modes: tuple[bytes, ...]
    bases: tuple[int, ...]
    departures: list[tuple[int, int, tuple[str, ...]]]


_NUMBER = 1


def publish(folder: Path, promises: PromiseBoard, hub: str, now: datetime) -> None:
    """Put a hub's current board in place for the readers, in one step; a hub that promises nothing has none."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{hub}{_ENDING}"
    board = promises.current(hub, minutes_of(now))
    if board is None:
        place.unlink(missing_ok=True)
        return
    page = _Page(
        _NUMBER,
        board.base,
        board.base_day,
        board.waves,
        board.minutes.tobytes(),
        board.days.tobytes(),
        board.stands,
        board.held,
        board.van.tobytes(),
        tuple(one.tobytes() for one in board.leaves),
        board.modes,
        board.bases,
        [(*pair, keys) for pair, keys in promises.used(hub).items()],
    )
    fresh = folder / f".{hub}.{os.getpid()}"
    fresh.write_bytes(msgspec.msgpack.encode(page))
    fresh.replace(place)


class PublishedPromises(Promises):
    """Promises of the boards that another process publishes in a folder.

    `reread` takes in what is new; it is to be called every second or so. A board whose wave has passed is reread at once, and
    where the publisher is behind, nothing is promised.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._boards = {}
        self._seen: dict[str, tuple[int, int]] = {}
        self._departures: dict[str, dict[tuple[int, int], tuple[str, ...]]] = {}
        self.reread()

    @property
    def hubs(self) -> tuple[str, ...]:
        """The hubs that promises are published of."""
        return tuple(sorted(self._boards))

    def reread(self) -> int:
        """Take in the boards that have changed; returns how many."""
        found = {path.name.removesuffix(_ENDING): path for path in self._folder.glob(f"*{_ENDING}")}
        for gone in self._boards.keys() - found.keys():
            del self._boards[gone], self._seen[gone]
        return sum(self._take(hub, path) for hub, path in found.items())

    def current(self, hub: str, at: int) -> Board | None:
        """The board that serves orders at a minute after 1970; None: none is published."""
        board = self._boards.get(hub)
        if board is None or at > board.waves[0]:
            self._take(hub, self._folder / f"{hub}{_ENDING}")
            board = self._boards.get(hub)
        return board if board is not None and at <= board.waves[0] else None

    def departures_of(self, hub: str, held: int, van: int) -> tuple[str, ...]:
        """The departures on the way of a board's wave to the hub that a van starts from."""
        return self._departures[hub][held, van]

    def _take(self, hub: str, path: Path) -> bool:
        try:
            told = path.stat()
            version = (told.st_mtime_ns, told.st_ino)
            if self._seen.get(hub) == version:
                return False
            page = msgspec.msgpack.decode(path.read_bytes(), type=_Page)
        except FileNotFoundError:
            return False
        if page.number != _NUMBER:
            return False
        self._seen[hub] = version
        self._departures[hub] = {(held, van): keys for held, van, keys in page.departures}
        self._boards[hub] = Board(
            base=page.base,
            base_day=page.base_day,
            waves=page.waves,
            minutes=array(_HALVES, page.minutes),
            days=array(_BYTES, page.days),
            stands=page.stands,
            held=page.held,
            van=array(_HALVES, page.van),
            leaves=tuple(array(_WHOLES, one) for one in page.leaves),
            modes=page.modes,
            bases=page.bases,
        )
        return True
