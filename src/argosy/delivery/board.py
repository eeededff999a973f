"""The promise board: what pages read. One current table a hub, swapped when a wave passes or the news change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterable, Set
from datetime import UTC, date, datetime, timedelta

import msgspec
import numpy as np
from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.delivery.model import CONFIDENCES, Hub, News, Promised, Room
from argosy.delivery.places import find_hub
from argosy.delivery.tables import LEVELS, Planner, WaveTable, mode_of
from argosy.delivery.zones import origin_of

AHEAD = 6
"""Waves that a hub's promises look ahead: so far the board can tell until when a promise stands."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_FAR = 1 << 40
_KEPT_WAYS = 50_000
_LEVEL = {confidence: level for level, confidence in enumerate(CONFIDENCES)}


class Board(msgspec.Struct, frozen=True):
    """One hub's current promises, laid out for reading; places are `city * LEVELS + level`.

    Minutes count from `base` (minutes after 1970), days from the ordinal `base_day`; -1 is no promise. `waves` are the known waves;
    `stands` tells by its place in them until when an entry is good.
    """

    base: int
    base_day: int
    waves: tuple[int, ...]
    minutes: array[int]
    days: array[int]
    stands: bytes
    held: bytes
    van: array[int]
    leaves: tuple[array[int], ...]
    modes: tuple[bytes, ...]
    bases: tuple[int, ...]
    later: bytes = b""
    """A bit a place, lowest first: whether an earlier date would be promised if no departure were full; empty: nowhere."""


class Promises(ABC):
    """Reading promises: every read is a table read of the hub's current board."""

    _boards: dict[str, Board]

    @abstractmethod
    def current(self, hub: str, at: int) -> Board | None:
        """The board that serves orders at a minute after 1970; None: the hub promises nothing then."""

    @abstractmethod
    def departures_of(self, hub: str, held: int, van: int) -> tuple[str, ...]:
        """The departures on the way of a board's wave to the hub that a van starts from."""

    @abstractmethod
    def room_of(self, departure: str) -> Room | None:
        """What a departure takes; None: nothing of it is stated."""

    def is_later(self, hub: str, city: int, confidence: float) -> bool:
        """Whether an earlier date would be promised if no departure were full."""
        board, place = self._boards.get(hub), city * LEVELS + _LEVEL[confidence]
        return bool(board and board.later and board.later[place >> 3] >> (place & 7) & 1)

    def departures(self, hub: str, city: int, confidence: float, now: datetime) -> tuple[str, ...]:
        """The planned departures that a promise relies on, first to last, by `rules.departure_key`: what an order takes room on.

        Nothing where nothing is promised, or where the goods go by van alone.
        """
        if confidence not in _LEVEL:
            raise unknown_confidence(confidence)
        place = city * LEVELS + _LEVEL[confidence]
        board = self.current(hub, minutes_of(now))
        if board is None or board.minutes[place] < 0:
            return ()
        return self.departures_of(hub, board.held[place], board.van[place])

    def entry(self, hub: str, city: int, level: int, at: int) -> tuple[int, int] | None:
        """When a parcel is at the door, and until when one may order for it, in minutes after 1970; None: nothing is promised."""
        board = self._boards.get(hub)
        if board is None or at > board.waves[0]:
            board = self.current(hub, at)
            if board is None:
                return None
        place = city * LEVELS + level
        minutes = board.minutes[place]
        if minutes < 0:
            return None
        return board.base + minutes, board.waves[board.stands[place]]

    def day(self, hub: str, city: int, level: int, at: int) -> tuple[date, int, int] | None:
        """The local day of delivery, and what `entry` tells."""
        board = self._boards.get(hub)
        if board is None or at > board.waves[0]:
            board = self.current(hub, at)
            if board is None:
                return None
        place = city * LEVELS + level
        minutes = board.minutes[place]
        if minutes < 0:
            return None
        day = date.fromordinal(board.base_day + board.days[place])
        return day, board.base + minutes, board.waves[board.stands[place]]

    def lookup(self, hub: str, city: int, confidence: float, now: datetime) -> Promised | None:
        """What a page says of one hub, city (its place in `cities().all`) and confidence (one of CONFIDENCES)."""
        if confidence not in _LEVEL:
            raise unknown_confidence(confidence)
        at, place = minutes_of(now), city * LEVELS + _LEVEL[confidence]
        board = self.current(hub, at)
        if board is None or board.minutes[place] < 0:
            return None
        by, held, van = board.base + board.minutes[place], board.held[place], board.van[place]
        return Promised(
            date.fromordinal(board.base_day + board.days[place]),
            _EPOCH + timedelta(minutes=by),
            _EPOCH + timedelta(minutes=board.waves[board.stands[place]]),
            mode_of(board.modes[held][van]),
            _EPOCH + timedelta(minutes=board.bases[held] + board.leaves[held][van]),
            by - at <= 72 * 60,
        )


class PromiseBoard(Promises):
    """By when each hub's stock is at the door of each city; reads are table reads, tables are made by `refresh`."""

    def __init__(self, planner: Planner, hubs: Iterable[str] | None = None, ahead: int = AHEAD) -> None:
        self.planner = planner
        self.ahead = ahead
        wanted = [hub.code for hub in planner.network.hubs if hub.waves] if hubs is None else list(hubs)
        self.hubs: dict[str, Hub] = {code: find_hub(planner.network, code) for code in wanted}
        self._tables: dict[str, list[tuple[int, WaveTable]]] = {code: [] for code in self.hubs}
        self._boards = {}
        self._ways: dict[tuple[str, int, int], tuple[str, ...]] = {}
        self._plain: Planner | None = None
        self._open: dict[tuple[str, int], WaveTable] = {}
        stated = ((lane.code, Room(lane.capacity_parcels, lane.capacity_g)) for lane in planner.network.lanes)
        self._rooms = {code: room for code, room in stated if room != Room(None, None)}

    def take_in(self, news: News, now: datetime) -> int:
        """Promise by these news from now on, while readers go on reading; how many tables were made anew (about 0.1 s each).

        A departure that is full, late or cancelled concerns the waves whose ways go by it. All else concerns every table.
        """
        before = self.planner.news
        self.planner.tell(news)
        told = self.planner.news
        gone, late = (before.cancelled - told.cancelled) | (before.full - told.full), set(before.late) - set(told.late)
        every = before.closures != told.closures or bool(gone or late)
        touched = (told.full - before.full) | (told.cancelled - before.cancelled)
        touched |= {key for key, _ in set(told.late) - set(before.late)}
        return sum(self._retell(hub, now, None if every else touched) for hub in self.hubs) if every or touched else 0

    def _retell(self, hub: str, now: datetime, touched: Set[str] | None) -> int:
        """Make a hub's tables anew whose ways go by one of these departures; None: all of them, and its waves too."""
        tables = self._tables[hub]
        if touched is None:
            instants = {minutes_of(one): one for one in self.planner.waves(self.hubs[hub], now, max(len(tables), 1))}
            made = list(instants) if tables else []
        else:
            instants = {wave: _EPOCH + timedelta(minutes=wave) for wave, _ in tables}
            made = [wave for wave, table in tables if self.planner.goes_by(table, touched)]
        if not made and touched is not None:
            return 0
        known = dict(tables)
        for wave in made:
            known[wave] = self.planner.wave_table(self.hubs[hub], now, instants[wave])
        kept = {wave for wave, _ in tables} - set(made) if touched is not None else set()
        self._ways = {key: way for key, way in self._ways.items() if key[0] != hub or key[1] in kept}
        self._show(hub, [(wave, known[wave]) for wave in sorted(instants) if wave in known])
        return len(made)

    def _show(self, hub: str, tables: list[tuple[int, WaveTable]]) -> None:
        self._tables[hub] = tables
        if tables:
            self._boards[hub] = self._board(hub, tables)
        else:
            self._boards.pop(hub, None)

    def _board(self, hub: str, tables: list[tuple[int, WaveTable]]) -> Board:
        made = _board(tables[: self.ahead])
        later = self._later(hub, tables[0], made) if self.planner.news.full else b""
        return replace(made, later=later) if later else made

    def _later(self, hub: str, first: tuple[int, WaveTable], board: Board) -> bytes:
        """The marks of a board, from a table of its first wave as it would be with room on every departure."""
        wave, table = first
        self._plain = self._plain or self.planner.beside()
        open_to_all = replace(self.planner.news, full=frozenset())
        if self._plain.news != open_to_all:
            self._plain.tell(open_to_all)
            self._open.clear()
        plain = self._open.get((hub, wave))
        if plain is None:
            instant = _EPOCH + timedelta(minutes=wave)
            self._open = {key: one for key, one in self._open.items() if key[0] != hub or key[1] >= wave}
            plain = self._open[hub, wave] = self._plain.wave_table(self.hubs[hub], instant, instant)
        shown = np.frombuffer(board.minutes, dtype=np.int16)
        open_by = plain.minutes.reshape(-1) + np.int32((plain.first - table.first).days * 1440)
        marks = (plain.minutes.reshape(-1) >= 0) & ((shown > open_by) | (shown < 0))
        return np.packbits(marks, bitorder="little").tobytes() if marks.any() else b""

    def room_of(self, departure: str) -> Room | None:
        """What a departure takes; None: nothing of it is stated."""
        return self._rooms.get(departure.rpartition("/")[0])

    def tell(self, news: News) -> None:
        """Every promise from now on knows these news: the tables made before are gone."""
        self.planner.tell(news)
        self._tables = {code: [] for code in self.hubs}
        self._boards = {}
        self._ways, self._open = {}, {}

    def refresh(self, hub: str, now: datetime, most: int | None = None, beyond: int = 0) -> int:
        """Make the tables that a hub lacks, at most so many (about 0.1 s each), and show them; returns how many were made.

        `beyond` is for so many waves more than promises look ahead: boards of theirs are ready before their time.
        """
        at = minutes_of(now)
        made = 0
        self._tables[hub] = [(wave, table) for wave, table in self._tables[hub] if wave >= at]
        known = {wave for wave, _ in self._tables[hub]}
        for instant in self.planner.waves(self.hubs[hub], now, self.ahead + beyond):
            if minutes_of(instant) not in known and (most is None or made < most):
                table = self.planner.wave_table(self.hubs[hub], now, instant)
                self._tables[hub].append((minutes_of(instant), table))
                made += 1
        self._show(hub, sorted(self._tables[hub], key=lambda kept: kept[0]))
        return made

    def current(self, hub: str, at: int) -> Board | None:
        """The board that serves orders at a minute after 1970; made when there is none.

        None: it is no hub of this board, or has no wave in two weeks.
        """
        board = self._boards.get(hub)
        if hub in self.hubs and (board is None or at > board.waves[0]):
            self.refresh(hub, _EPOCH + timedelta(minutes=at), 1)
            board = self._boards.get(hub)
        return board

    def departures_of(self, hub: str, held: int, van: int) -> tuple[str, ...]:
        """The departures on the way of a board's wave to the hub that a van starts from."""
        tables = self._tables[hub]
        if held >= len(tables):
            # The tables were swapped between this look at them and the one before.
            return ()
        return self._way(hub, *tables[held], van)

    def _way(self, hub: str, wave: int, table: WaveTable, van: int) -> tuple[str, ...]:
        way = self._ways.get((hub, wave, van))
        if way is None:
            if len(self._ways) >= _KEPT_WAYS:
                self._ways.clear()
            way = self._ways[hub, wave, van] = self.planner.departures(table, van)
        return way

    def succession(
        self, hub: str, now: datetime, count: int
    ) -> list[tuple[Board, dict[tuple[int, int], tuple[str, ...]]]]:
        """A hub's boards for the next waves, at most so many, each with the departures of its ways; of the tables there are."""
        at = minutes_of(now)
        tables = [kept for kept in self._tables[hub] if kept[0] >= at]
        found = []
        for first in range(min(count, len(tables))):
            # All but the last look as far ahead as there are tables.
            board = self._board(hub, tables[first:])
            found.append((board, self._used(hub, board, tables[first:])))
        return found

    def _used(
        self, hub: str, board: Board, tables: list[tuple[int, WaveTable]]
    ) -> dict[tuple[int, int], tuple[str, ...]]:
        pairs = sorted({pair for pair in zip(board.held, board.van, strict=True) if pair[1] >= 0})
        return {(held, van): self._way(hub, *tables[held], van) for held, van in pairs}

    def waves_ahead(self, hub: str, now: datetime) -> int:
        """How many of a hub's next waves have their table."""
        return sum(wave >= minutes_of(now) for wave, _ in self._tables[hub])

    def serve(self, hubs: Iterable[str]) -> None:
        """Make the tables of these hubs and of no others from now on."""
        self.hubs = {code: self.hubs.get(code) or find_hub(self.planner.network, code) for code in hubs}
        self._tables = {code: self._tables.get(code, []) for code in self.hubs}
        self._boards = {code: board for code, board in self._boards.items() if code in self.hubs}
        self._ways = {key: way for key, way in self._ways.items() if key[0] in self.hubs}

    def table_of(self, hub: str, city: int, level: int) -> tuple[WaveTable, int]:
        """The wave's table that an entry of the current board is taken from, and the hub its last van starts from."""
        board = self._boards[hub]
        place = city * LEVELS + level
        return self._tables[hub][board.held[place]][1], board.van[place]


def unknown_confidence(confidence: float) -> Refused:
    """The refusal of a confidence that no table holds."""
    return Refused(
        "unknown_confidence",
        f"There is no promise at a confidence of {confidence}.",
        field="confidence",
        remedy=f"Take one of {', '.join(map(str, CONFIDENCES))}.",
    )


def minutes_of(instant: datetime) -> int:
    """Minutes after 1970, rounded up."""
    return -int((_EPOCH - instant) // _MINUTE)


def _board(tables: list[tuple[int, WaveTable]]) -> Board:
    """The first wave's promises; one that a later wave betters is taken from that: the order is held for it."""
    first = tables[0][1].first
    bases = [minutes_of(origin_of(table.first)) for _, table in tables]
    bests, days = [], []
    for _, table in tables:
        shift = (table.first - first).days
        by = np.where(table.minutes < 0, _FAR, table.minutes.astype(np.int64) + shift * 1440)
        bests.append(by)
        days.append(np.where(table.minutes < 0, np.int64(_FAR), table.days.astype(np.int64) + shift))
    held = np.full(bests[0].shape, len(tables) - 1, dtype=np.uint8)
    best, day, van = bests[-1], days[-1], tables[-1][1].van
    later: list[np.ndarray] = [day]
    for number in range(len(tables) - 2, -1, -1):
        own = bests[number] <= best
        best = np.where(own, bests[number], best)
        day = np.where(own, days[number], day)
        van = np.where(own, tables[number][1].van, van)
        held[own] = number
        later.insert(0, day)
    stands = np.zeros(held.shape, dtype=np.uint8)
    same = np.ones(held.shape, dtype=bool)
    for after in later[1:]:
        same &= after == day
        stands += same
    lost = best >= _FAR
    return Board(
        base=bases[0],
        base_day=first.toordinal(),
        waves=tuple(wave for wave, _ in tables),
        minutes=array("h", np.where(lost, -1, best).astype(np.int16).tobytes()),
        days=array("b", np.where(lost, -1, day).astype(np.int8).tobytes()),
        stands=stands.tobytes(),
        held=held.tobytes(),
        van=array("h", van.astype(np.int16).tobytes()),
        leaves=tuple(table.leaves for _, table in tables),
        modes=tuple(table.modes for _, table in tables),
        bases=tuple(bases),
    )
