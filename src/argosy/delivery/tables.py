"""Promise tables: by when stock of one hub is at the door of every city, if ordered before one picking wave."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from argosy.base.errors import NotFound
from argosy.delivery.clearing import DaysOff, Offices, public_holidays
from argosy.delivery.draws import Chances, follow
from argosy.delivery.graph import Graph
from argosy.delivery.last_mile import Doors, Vans
from argosy.delivery.model import CONFIDENCES, City, Hub, Mode, Network, News
from argosy.delivery.rules import closed_on, departure_key, named_instants
from argosy.delivery.search import CUSTOMS, Planning, Tree, Ways, plan
from argosy.delivery.timetable import DAYS, NEVER, Timetable, timetable_day
from argosy.delivery.zones import Minutes, instant_at, minute_of

LEVELS = len(CONFIDENCES)


class WaveTable(msgspec.Struct, frozen=True):
    """What one wave of a hub promises; places are `city * LEVELS + level`, a level is a place in `CONFIDENCES`.

    `minutes` (after midnight UTC of `first`) and `days` (after `first`, local to the city) are -1 where nothing is promised;
    `van` is the number of the hub that the last van starts from. `leaves` and `modes` are by the number of that hub.
    """

    hub: str
    first: date
    wave: int
    minutes: NDArray[np.int16]
    days: NDArray[np.int8]
    van: NDArray[np.int16]
    leaves: array[int]
    modes: bytes
    before: array[int]
    lane: array[int]
    departs: array[int]
    """By state of the search: the state before, the lane between (-1: customs), and its planned departure's minute."""


class Calendar(msgspec.Struct, frozen=True):
    """What the tables of one day share: the timetable, the customs offices' hours and the delivery days."""

    table: Timetable
    offices: Offices
    doors: Doors
    ways: Ways


class Planner:
    """Makes promise tables of one network; holds all that is the same for every hub and wave."""

    def __init__(
        self,
        network: Network,
        cities: Sequence[City],
        *,
        days_off: DaysOff = public_holidays,
        vans: Vans | None = None,
    ) -> None:
        self.network = network
        self.graph = Graph(network)
        self.cities = cities
        self.vans = vans or Vans(self.graph, cities)
        self.planning = Planning(self.graph)
        self._handling = np.array(self.planning.handling, dtype=np.int32)
        self.chances = Chances(self.graph)
        self.news = News()
        self._days_off = days_off
        self._wanted = self.vans.hubs.astype(np.intp) * 2 + 1
        self._plain: tuple[date, Timetable, Offices] | None = None
        self._calendar: tuple[date, Calendar] | None = None
        # Dates for pages and ways of parcels are planned in threads of their own.
        self._making = threading.Lock()

    def tell(self, news: News) -> None:
        """Every table from now on knows these news, and only these; a departure, hub or lane that is unknown is passed over."""
        hubs, lanes = self.graph.number, self.graph.lane_number
        known = {"hub": hubs, "lane": lanes}
        closures = tuple(one for one in news.closures if one.code in known.get(one.kind, (one.code,)))
        with self._making:
            self.news = replace(news, closures=closures)
            self._calendar = None

    def beside(self) -> Planner:
        """The same network with news of its own: parcels that hold a place travel by departures that are full."""
        other = copy(self)
        other.news, other._calendar, other._making = News(), None, threading.Lock()
        return other

    def calendar(self, now: datetime) -> Calendar:
        """The calendar that serves an instant; made anew when the day (UTC) or the news change."""
        with self._making:
            return self._calendar_of(timetable_day(now))

    def _calendar_of(self, first: date) -> Calendar:
        if self._calendar is None or self._calendar[0] != first:
            if self._plain is None or self._plain[0] != first:
                self._plain = (
                    first,
                    Timetable(self.graph, first),
                    Offices(self.graph, first, DAYS, self._days_off),
                )
            closures = self.network.closures + self.news.closures
            doors = Doors(self.vans, first, DAYS, closures, self._days_off)
            _, plain, offices = self._plain
            table = plain if self.news == News() else plain.told(_known(plain, self.news))
            ways = Ways(self.planning, table, offices)
            self._calendar = (first, Calendar(table, offices, doors, ways))
        return self._calendar[1]

    def waves(self, hub: Hub, now: datetime, count: int) -> list[datetime]:
        """The next picking waves of a hub from an instant on, earliest first; none on days on which it is closed."""
        zone = ZoneInfo(hub.time_zone)
        closures = self.network.closures + self.news.closures
        found: list[datetime] = []
        day = now.astimezone(zone).date()
        for ahead in range(DAYS if hub.waves else 0):
            on = day + timedelta(days=ahead)
            if closed_on(closures, "hub", hub.code, on):
                continue
            # Through UTC and back, so that a wave within an hour that the clocks skip is an instant that exists.
            times = {
                datetime(on.year, on.month, on.day, *divmod(wave, 60), tzinfo=zone).astimezone(now.tzinfo)
                for wave in hub.waves
            }
            found.extend(sorted(instant for instant in times if instant >= now))
            if len(found) >= count:
                break
        return found[:count]

    def tree(self, hub: Hub, calendar: Calendar, wave: int) -> Tree:
        """The planned ways from a hub for the wave at a minute of the calendar."""
        return plan(calendar.ways, self.graph.number[hub.code], wave)

    def wave_table(self, hub: Hub, now: datetime, wave: datetime) -> WaveTable:
        """The table of one wave of a hub (about 0.1 s); `now` decides which days it can see."""
        calendar = self.calendar(now)
        first = calendar.table.first
        began = minute_of(wave, first)
        tree = self.tree(hub, calendar, began)
        minutes, days, van = self._best(calendar, tree)
        departs = self._departs(calendar.table, tree)
        leaves, modes = self._starts(tree, departs)
        ways = (array("i", tree.before), array("i", tree.lane), array("i", departs))
        return WaveTable(hub.code, first, began, minutes, days, van, leaves, modes, *ways)

    def departures(self, table: WaveTable, van: int) -> tuple[str, ...]:
        """The names of the planned departures on a table's way to the hub that the van starts from, first to last."""
        found = []
        state = 2 * van + 1
        while table.before[state] >= 0:
            if table.lane[state] != CUSTOMS:
                lane = self.graph.lanes[table.lane[state]]
                zone = self.graph.hubs[self.graph.number[lane.origin]].time_zone
                leaves = instant_at(table.departs[state], table.first).astimezone(ZoneInfo(zone))
                found.append(departure_key(lane.code, leaves))
            state = table.before[state]
        return tuple(reversed(found))

    def goes_by(self, table: WaveTable, keys: Iterable[str]) -> bool:
        """Whether any promise of a table relies on one of these departures; unlike `departures` it writes no names."""
        lanes, departs = np.frombuffer(table.lane, dtype=np.intc), np.frombuffer(table.departs, dtype=np.intc)
        named = np.zeros(len(lanes), dtype=bool)
        for key in keys:
            number = self.graph.lane_number.get(key.rpartition("/")[0])
            if number is not None:
                zone = self.graph.hubs[int(self.graph.origin[number])].time_zone
                minutes = [minute_of(instant, table.first) for instant in named_instants(key, zone)]
                named |= (lanes == number) & np.isin(departs, minutes)
        if not named.any():
            return False
        vans = np.unique(table.van[table.van >= 0]).tolist()
        states, passed = [2 * van + 1 for van in vans], named.tolist()
        while states:
            if any(passed[state] for state in states):
                return True
            states = list({table.before[state] for state in states if table.before[state] >= 0})
        return False

    def loaded(self, calendar: Calendar, tree: Tree) -> Minutes:
        """When each parcel is on a van, for each hub with vans."""
        arrived = follow(self.chances, calendar.table, calendar.offices, tree, self._wanted)
        return arrived + self.chances.sort(self.vans.hubs.astype(np.intp))

    def wave_minutes(self, hub: Hub, now: datetime, wave: datetime, confidence: float) -> NDArray[np.int32]:
        """One column of `wave_table`'s minutes only, which takes half the time; NEVER where nothing is promised."""
        calendar = self.calendar(now)
        tree = self.tree(hub, calendar, minute_of(wave, calendar.table.first))
        minutes, _ = calendar.doors.at_the_door(self.loaded(calendar, tree), (confidence,))
        return self._soonest(minutes)[0][:, 0]

    def _soonest(self, minutes: Minutes) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
        """For each city the least minute of the groups that serve it, and that group; -1 is a group that never is there."""
        groups = len(minutes)
        shift = groups.bit_length()
        # Minute and group as one number: its minimum is both the soonest and the group that is it.
        both = np.full((groups + 1, minutes.shape[1]), NEVER << shift | groups, dtype=np.int64)
        both[:groups] = (minutes.astype(np.int64) << shift) | np.arange(groups)[:, None]
        best = both[self.vans.choices[:, 0]]
        for column in range(1, self.vans.choices.shape[1]):
            np.minimum(best, both[self.vans.choices[:, column]], out=best)
        return (best >> shift).astype(np.int32), (best & ((1 << shift) - 1)).astype(np.intp)

    def _best(self, calendar: Calendar, tree: Tree) -> tuple[NDArray[np.int16], NDArray[np.int8], NDArray[np.int16]]:
        """For each city and confidence the van that is there first, by choice of hub before anything has happened."""
        minutes, days = calendar.doors.at_the_door(self.loaded(calendar, tree))
        soonest, group = self._soonest(minutes)
        lost = soonest >= NEVER
        group[lost] = 0
        kept = np.where(lost, -1, soonest).astype(np.int16)
        day = np.where(lost, -1, days[group, np.arange(LEVELS)]) if len(days) else np.full(lost.shape, -1)
        van = self.vans.hubs[self.vans.hub_row][group] if len(days) else group
        return kept, day.astype(np.int8), np.where(lost, -1, van).astype(np.int16)

    def _departs(self, table: Timetable, tree: Tree) -> list[int]:
        """For each state the scheduled minute of the planned departure that leads to it; NEVER where none does."""
        states = np.array([state for state in tree.order if tree.lane[state] != CUSTOMS], dtype=np.intp)
        lanes = np.array(tree.lane, dtype=np.intp)[states]
        before = np.array(tree.before, dtype=np.intp)[states]
        ready = np.array(tree.arrives, dtype=np.int32)[before] + self._handling[before >> 1]
        departs = np.full(len(tree.lane), NEVER, dtype=np.int32)
        departs[states] = table.scheduled[table.takes[table.first_after(lanes, ready)]]
        found: list[int] = departs.tolist()
        return found

    def _starts(self, tree: Tree, departs: list[int]) -> tuple[array[int], bytes]:
        """For each hub the minute of the first departure on the way to it, and whether any of the way is flown."""
        count = len(self.graph.hubs)
        leaves, flown = [tree.began] * (2 * count), bytearray(2 * count)
        root = 2 * tree.origin + 1
        for state in tree.order[1:]:
            before, lane = tree.before[state], tree.lane[state]
            leaves[state] = departs[state] if before == root else leaves[before]
            flown[state] = flown[before] or (lane != CUSTOMS and self.graph.lanes[lane].mode == "air")
        return array("i", leaves[1::2]), bytes(flown[1::2])


def _known(table: Timetable, news: News) -> News:
    """The news without departures that are not in the timetable: those of other days."""

    def here(key: str) -> bool:
        try:
            table.place(key)
        except NotFound:
            return False
        return True

    return News(
        full=frozenset(filter(here, news.full)),
        cancelled=frozenset(filter(here, news.cancelled)),
        late=tuple((key, minutes) for key, minutes in news.late if here(key)),
        closures=news.closures,
    )


def mode_of(flown: int) -> Mode:
    """The mode that a page names: air if any of the way is flown."""
    return "air" if flown else "road"


__all__ = ["LEVELS", "Calendar", "Planner", "WaveTable", "instant_at", "mode_of"]
