"""Promise boards as files: one process makes them, all others read them (2 MB a hub in place of 250 MB for the search)."""

from __future__ import annotations

import os
from array import array
from datetime import datetime
from pathlib import Path

import msgspec

from argosy.delivery.board import Board, PromiseBoard, Promises, minutes_of
from argosy.delivery.model import Room

BOARDS = 2
"""Boards in a file: the one in force, and the one that readers turn to by themselves when its wave passes."""
_ENDING = ".board"
_HALVES, _BYTES, _WHOLES = "h", "b", "i"


class _Page(msgspec.Struct, frozen=True, array_like=True):
    """A board in bytes."""

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
    later: bytes
    departures: list[tuple[int, int, tuple[str, ...]]]


class _Book(msgspec.Struct, frozen=True, array_like=True):
    """The boards of a hub in the order of their waves; `number` is that of the first version of this shape."""

    number: int
    network: str
    news: str
    pages: tuple[_Page, ...]
    rooms: dict[str, Room]
    """What a departure takes, of the lanes that the pages' departures are of and that state it."""


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """What a book is of, without its pages."""

    number: int
    network: str
    news: str


_NUMBER = 4
Departures = dict[tuple[int, int], tuple[str, ...]]


def publish(folder: Path, promises: PromiseBoard, hub: str, now: datetime, network: str = "", news: str = "") -> int:
    """Put a hub's next boards in place for the readers, in one step; returns how many there are.

    `network` and `news` name what they were made of. A hub that promises nothing has no file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = _place(folder, hub)
    boards = promises.succession(hub, now, BOARDS) or (
        promises.succession(hub, now, BOARDS) if promises.current(hub, minutes_of(now)) else []
    )
    if not boards:
        place.unlink(missing_ok=True)
        return 0
    departures = {key for _, used in boards for keys in used.values() for key in keys}
    rooms = {key.rpartition("/")[0]: room for key in departures if (room := promises.room_of(key)) is not None}
    book = _Book(_NUMBER, network, news, tuple(_page(board, used) for board, used in boards), rooms)
    fresh = folder / f".{hub}.{os.getpid()}"
    fresh.write_bytes(msgspec.msgpack.encode(book))
    fresh.replace(place)
    return len(boards)


def still_good(folder: Path, hub: str, now: datetime, network: str, news: str) -> bool:
    """Whether a hub's file was made of this network and these news, and serves orders of now."""
    try:
        data = _place(folder, hub).read_bytes()
        head = msgspec.msgpack.decode(data, type=_Head)
        if (head.number, head.network, head.news) != (_NUMBER, network, news):
            return False
        pages = msgspec.msgpack.decode(data, type=_Book).pages
    except (OSError, msgspec.DecodeError):
        return False
    return any(minutes_of(now) <= page.waves[0] for page in pages)


def _place(folder: Path, hub: str) -> Path:
    return folder / f"{hub}{_ENDING}"


def _page(board: Board, used: Departures) -> _Page:
    return _Page(
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
        board.later,
        [(*pair, keys) for pair, keys in used.items()],
    )


def _board(page: _Page) -> Board:
    return Board(
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
        later=page.later,
    )


class PublishedPromises(Promises):
    """Promises of the boards that another process publishes in a folder.

    Of those that lie there at first only the ones of the named network are shown; what is published later is in force.
    `reread` takes in what is new; call it every second or so, where nobody reads meanwhile. When a board's wave passes, readers
    turn to the next one of the file by themselves; where the publisher is behind even that, nothing is promised.
    """

    def __init__(self, folder: Path, network: str = "") -> None:
        self._folder = folder
        self._network = network
        self._boards = {}
        self._books: dict[str, list[tuple[Board, Departures]]] = {}
        self._seen: dict[str, tuple[int, int]] = {}
        self._departures: dict[str, Departures] = {}
        self._rooms: dict[str, Room] = {}
        self.reread()
        self._network = ""

    @property
    def hubs(self) -> tuple[str, ...]:
        """The hubs that promises are published of."""
        return tuple(sorted(self._books))

    def reread(self) -> int:
        """Take in the boards that have changed; returns how many."""
        found = {path.name.removesuffix(_ENDING): path for path in self._folder.glob(f"*{_ENDING}")}
        for gone in self._seen.keys() - found.keys():
            self._boards.pop(gone, None)
            self._books.pop(gone, None)
            del self._seen[gone]
        return sum(self._take(hub, path) for hub, path in found.items())

    def current(self, hub: str, at: int) -> Board | None:
        """The board that serves orders at a minute after 1970; None: none is published."""
        board = self._boards.get(hub)
        if board is None or at > board.waves[0]:
            board = self._turn(hub, at) or (self._turn(hub, at) if self._take(hub, _place(self._folder, hub)) else None)
        return board

    def departures_of(self, hub: str, held: int, van: int) -> tuple[str, ...]:
        """The departures on the way of a board's wave to the hub that a van starts from."""
        return self._departures[hub][held, van]

    def room_of(self, departure: str) -> Room | None:
        """What a departure takes; None: nothing of it is stated."""
        return self._rooms.get(departure.rpartition("/")[0])

    def _turn(self, hub: str, at: int) -> Board | None:
        """Show the first board of the file whose wave has not passed."""
        for board, departures in self._books.get(hub, ()):
            if at <= board.waves[0]:
                self._departures[hub], self._boards[hub] = departures, board
                return board
        return None

    def _take(self, hub: str, path: Path) -> bool:
        try:
            told = path.stat()
            version = (told.st_mtime_ns, told.st_ino)
            if self._seen.get(hub) == version:
                return False
            data = path.read_bytes()
            self._seen[hub] = version
            head = msgspec.msgpack.decode(data, type=_Head)
            if head.number != _NUMBER or (self._network and head.network != self._network):
                return False
            book = msgspec.msgpack.decode(data, type=_Book)
        except (FileNotFoundError, msgspec.DecodeError):
            return False
        boards = [(_board(page), {(held, van): keys for held, van, keys in page.departures}) for page in book.pages]
        self._books[hub] = boards
        self._rooms.update(book.rooms)
        self._departures[hub], self._boards[hub] = boards[0][1], boards[0][0]
        return True
