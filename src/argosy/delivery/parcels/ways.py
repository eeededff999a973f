"""The way of a parcel: planned when it is announced, drawn for the simulated carrier, and foreseen anew from where it is."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from argosy.delivery.draws import ride
from argosy.delivery.last_mile import SLOT
from argosy.delivery.model import City
from argosy.delivery.parcels.model import Code, Parcel, Stage, Step
from argosy.delivery.parcels.rules import Standing
from argosy.delivery.places import find_hub
from argosy.delivery.search import CUSTOMS, Tree
from argosy.delivery.tables import Calendar, Planner
from argosy.delivery.timetable import NEVER
from argosy.delivery.zones import Minutes, instant_at, minute_of

WAVES = 6
"""Picking waves looked ahead, as the promise does: an order is held for a later wave where that is sooner at the door."""
FAILED_SHARE = 0.02
"""The share of first attempts at which nobody is at home. An assumption; the promise does not allow for it."""
_KEPT = 12


class Drawn(msgspec.Struct, frozen=True):
    """Something that happens to a simulated parcel."""

    at: datetime
    code: Code
    place: str
    detail: str = ""


class _Hop(msgspec.Struct, frozen=True):
    """A step by the network's numbers: of its hub (`from` a lane's origin), and of its lane or -1."""

    step: Step
    hub: int
    lane: int = -1


class _Passed(msgspec.Struct, frozen=True):
    """A step of all draws: when each begins and ends it, and which departure each takes."""

    hop: _Hop
    begins: Minutes
    ends: Minutes
    taken: NDArray[np.intp] | None = None


class _Wave(msgspec.Struct, frozen=True):
    at: int
    tree: Tree
    doors: Minutes
    """For each group of cities the minute that the confidence is met by."""


class Way(msgspec.Struct, frozen=True):
    """The way of all parcels of a wave that one hub's vans bring to one round."""

    calendar: Calendar
    passed: tuple[_Passed, ...]
    group: int
    wave: int

    @property
    def loaded(self) -> Minutes:
        """When each draw is on a van."""
        return self.passed[-1].ends


class Wayfinder:
    """Plans ways from one hub of a network; `confidence` is that of the promise."""

    def __init__(self, planner: Planner, hub: str, confidence: float) -> None:
        self.planner = planner
        self.hub = find_hub(planner.network, hub)
        self.confidence = confidence
        self._cities = {city.number: city for city in planner.cities}
        self._calendar: Calendar | None = None
        self._waves: dict[tuple[date, datetime], _Wave] = {}
        self._ways: dict[tuple[date, int, int], Way] = {}
        self._stages: dict[tuple[date, int, int, int], tuple[Stage, ...]] = {}

    def way(self, city: City, now: datetime) -> Way | None:
        """The way of a parcel that is announced now; None where no way leads to the city within two weeks."""
        calendar = self.planner.calendar(now)
        if calendar is not self._calendar:
            # Another day, or news: what was found before may no longer be so.
            self._calendar = calendar
            for kept in (self._waves, self._ways, self._stages):
                kept.clear()
        best: tuple[int, int, _Wave] | None = None
        for instant in self.planner.waves(self.hub, now, WAVES):
            wave = self._wave(calendar, instant)
            for group in self.planner.vans.choices[city.index].tolist():
                if group >= 0 and (best is None or wave.doors[group] < best[0]):
                    best = int(wave.doors[group]), group, wave
        if best is None or best[0] >= NEVER:
            return None
        _, group, wave = best
        key = (calendar.table.first, wave.at, group)
        if key not in self._ways:
            _trim(self._ways, 2_000)
            self._ways[key] = self._found(calendar, wave, group)
        return self._ways[key]

    def _wave(self, calendar: Calendar, instant: datetime) -> _Wave:
        key = (calendar.table.first, instant)
        if key not in self._waves:
            _trim(self._waves, _KEPT)
            at = minute_of(instant, calendar.table.first)
            tree = self.planner.tree(self.hub, calendar, at)
            minutes, _ = calendar.doors.at_the_door(self.planner.loaded(calendar, tree), (self.confidence,))
            self._waves[key] = _Wave(at, tree, minutes[:, 0])
        return self._waves[key]

    def _found(self, calendar: Calendar, wave: _Wave, group: int) -> Way:
        van = int(self.planner.vans.hubs[self.planner.vans.hub_row[group]])
        hops = self._hops(wave.tree, van)
        at = np.full(self.planner.chances.parcels, wave.at, dtype=np.int32)
        return Way(calendar, tuple(self._pass(calendar, hops, at)), group, wave.at)

    def _hops(self, tree: Tree, van: int) -> list[_Hop]:
        states = [2 * van + 1]
        while tree.before[states[-1]] >= 0:
            states.append(tree.before[states[-1]])
        states.reverse()
        found = [_Hop("pick", tree.origin)]
        for state, before in zip(states[1:], states, strict=False):
            lane = tree.lane[state]
            found.append(_Hop("customs", state >> 1) if lane == CUSTOMS else _Hop("lane", before >> 1, lane))
        return [*found, _Hop("sort", van)]

    def _pass(self, calendar: Calendar, hops: Sequence[_Hop], at: Minutes) -> Iterator[_Passed]:
        """All draws along some steps, from the minute at which each begins the first."""
        chances, graph = self.planner.chances, self.planner.graph
        for place, hop in enumerate(hops):
            hub = np.array([hop.hub])
            taken = None
            if hop.step == "pick":
                after = hops[place + 1]
                if after.lane >= 0:
                    ends = at + chances.step(chances.handling[hub], chances.handling_deck[np.array([after.lane])])[0]
                else:
                    tree = Tree(hop.hub, 0, [], [], [], [])
                    ends = at + chances.picked(tree)[0]
            elif hop.step == "lane":
                by = np.array([hop.lane])
                packed = place > 0 and hops[place - 1].step == "pick"
                kind = chances.handling[graph.origin[by]]
                ready = at if packed else at + chances.step(kind, chances.handling_deck[by])[0]
                places, landed = ride(chances, calendar.table, by, ready[None, :].astype(np.int32))
                taken, ends = calendar.table.takes[places[0]], landed[0]
            elif hop.step == "customs":
                done = at + chances.step(chances.clearance[hub], chances.clearance_deck[hub])[0]
                ends = calendar.offices.release_all(hop.hub, done.astype(np.int32))
            else:
                ends = at + chances.sort(hub)[0]
            ends = np.minimum(ends, NEVER).astype(np.int32)
            yield _Passed(hop, at, ends, taken)
            at = ends

    # What a page and a promise need of a way -------------------------------------------------------------------------

    def stages(self, way: Way, city: City) -> tuple[Stage, ...]:
        """The way as a parcel keeps it: middling times, and those that the confidence covers."""
        key = (way.calendar.table.first, way.wave, way.group, city.index)
        if key not in self._stages:
            _trim(self._stages, 20_000)
            self._stages[key] = self._staged(way, city)
        return self._stages[key]

    def _staged(self, way: Way, city: City) -> tuple[Stage, ...]:
        first = way.calendar.table.first
        usual, slow = (math.ceil(share * self.planner.chances.parcels) - 1 for share in (0.5, self.confidence))
        found = []
        for one in way.passed:
            begins, ends = np.sort(one.begins), np.sort(one.ends)
            lane = self.planner.graph.lanes[one.hop.lane] if one.hop.lane >= 0 else None
            departure, leaves = "", int(begins[usual])
            if one.taken is not None:
                most = int(np.bincount(one.taken).argmax())
                departure, leaves = way.calendar.table.key(most), int(way.calendar.table.leaves[most])
            hub = self.planner.graph.hubs[one.hop.hub]
            end = self.planner.graph.hubs[self.planner.graph.number[lane.destination]] if lane else hub
            found.append(
                Stage(
                    one.hop.step,
                    hub.code,
                    end.code,
                    lane.carrier if lane else "",
                    lane.mode if lane else "",
                    departure,
                    instant_at(leaves, first),
                    instant_at(int(ends[usual]), first),
                    instant_at(int(ends[slow]), first),
                    end.name,
                    end.time_zone,
                    end.latitude,
                    end.longitude,
                )
            )
        return (*found, self._door(way, city, found[-1]))

    def _door(self, way: Way, city: City, before: Stage) -> Stage:
        opens, until = self._by_share(way.calendar, way.group, way.loaded, 0.5)
        _, slow = self._by_share(way.calendar, way.group, way.loaded, self.confidence)
        first = way.calendar.table.first
        areas = {(area.country, area.city): area.carrier for area in self.planner.network.service_areas}
        courier = areas.get((city.country, city.number)) or areas[city.country, None]
        usual_from, usual_until, slow_until = (instant_at(minute, first) for minute in (opens, until, slow))
        return Stage(
            "door",
            before.place,
            city.name,
            courier,
            "road",
            "",
            usual_from,
            usual_until,
            slow_until,
            city.name,
            city.time_zone,
            city.latitude,
            city.longitude,
        )

    def _days(self, calendar: Calendar, group: int, loaded: Minutes) -> NDArray[np.intp]:
        """The place of the delivery day on which each draw is at the door; beyond the last one the number of days."""
        round_of, drive = int(self.planner.vans.round_of[group]), int(self.planner.vans.drive[group])
        depot = calendar.doors.depot[round_of]
        leave = (depot[depot >= 0] - drive) // SLOT
        days: NDArray[np.intp] = np.searchsorted(leave, -(-loaded // SLOT))
        return days

    def _by_share(self, calendar: Calendar, group: int, loaded: Minutes, share: float) -> tuple[int, int]:
        """When the round of the day begins on which a share of the draws is delivered, and the minute that it is reached."""
        days = self._days(calendar, group, loaded)
        need = math.ceil(share * len(days))
        day = int(np.sort(days)[need - 1])
        opens, closes = self._hours(calendar, group, day)
        before, until = int((days < day).sum()), int((days <= day).sum())
        return opens, min(opens + (closes - opens) * (need - before) // (until - before), NEVER)

    def _hours(self, calendar: Calendar, group: int, day: int) -> tuple[int, int]:
        round_of = int(self.planner.vans.round_of[group])
        if day >= calendar.doors.opens.shape[1]:
            return NEVER, NEVER
        return int(calendar.doors.opens[round_of, day]), int(calendar.doors.closes[round_of, day])

    def expected(self, stages: Sequence[Stage], standing: Standing, city: City, now: datetime) -> date | None:
        """The local day by which a parcel is at the door, at the promise's confidence, from where it is and the way that is left.

        None where the network no longer knows the way, or two weeks do not suffice. Nothing leaves before `now`.
        """
        calendar = self.planner.calendar(now)
        first = calendar.table.first
        group = self._group(stages[-1].place, city)
        hops = self._left(stages, standing.reached)
        if group is None or hops is None:
            return None
        count = self.planner.chances.parcels
        began = minute_of(standing.since, first)
        if standing.departed and hops:
            lane = np.array([hops[0].lane])
            late = self.planner.chances.step(self.planner.chances.late[lane], self.planner.chances.late_deck[lane])[0]
            at = began + int(self.planner.graph.transit[hops[0].lane]) + late
            hops = hops[1:]
        else:
            at = np.full(count, began)
        at = np.maximum(at, minute_of(now, first)).astype(np.int32)
        for passed in self._pass(calendar, hops, at):
            at = passed.ends
        _, minute = self._by_share(calendar, group, at, self.confidence)
        if minute >= NEVER:
            return None
        return instant_at(minute, first).astimezone(ZoneInfo(city.time_zone)).date()

    def foresee(self, parcel: Parcel, standing: Standing, now: datetime) -> date | None:
        """The day that a parcel is expected on, from where it stands."""
        city, stages = self._cities.get(parcel.geonames or 0), parcel.way()
        return self.expected(stages, standing, city, now) if city and stages else None

    def _group(self, van: str, city: City) -> int | None:
        number, vans = self.planner.graph.number.get(van), self.planner.vans
        for group in vans.choices[city.index].tolist():
            if group >= 0 and vans.hubs[vans.hub_row[group]] == number:
                return int(group)
        return None

    def _left(self, stages: Sequence[Stage], reached: int) -> list[_Hop] | None:
        found = []
        for stage in stages[reached:-1]:
            hub = self.planner.graph.number.get(stage.place)
            lane = self.planner.graph.lane_number.get(stage.departure.rpartition("/")[0], -1)
            if hub is None or (stage.step == "lane" and lane < 0):
                return None
            found.append(_Hop(stage.step, hub, lane))
        return found

    # The simulated carrier -------------------------------------------------------------------------------------------

    def drawn(self, way: Way, city: City, parcel_id: UUID) -> list[Drawn]:
        """All that will happen to a simulated parcel, in its order: always the same for the same parcel and way.

        Its times are one of the draws behind the promise; one in fifty finds nobody at home and is brought on the next day.
        """
        seed = hashlib.sha256(parcel_id.bytes).digest()
        draw = int.from_bytes(seed[:2], "big") % self.planner.chances.parcels
        days = self._days(way.calendar, way.group, way.loaded)
        known = way.calendar.doors.opens.shape[1]
        if days[draw] >= known - 1:
            # Beyond the timetable: the slowest one within it.
            draw = int(np.where(days < known - 1, way.loaded, -1).argmax())
        first = way.calendar.table.first
        found: list[Drawn] = []
        for number, one in enumerate(way.passed):
            after = way.passed[number + 1] if number + 1 < len(way.passed) else None
            found.extend(self._drawn_step(way.calendar, one, after, draw))
        day, hub = int(days[draw]), self.planner.graph.hubs[way.passed[-1].hop.hub].code
        failed = int.from_bytes(seed[2:6], "big") / 2**32 < FAILED_SHARE
        shares = [int.from_bytes(seed[place : place + 4], "big") / 2**32 for place in (6, 10)]
        for attempt in range(1 + failed):
            opens, closes = self._hours(way.calendar, way.group, day + attempt)
            last = attempt == failed
            found.append(Drawn(instant_at(opens, first), "out_for_delivery", hub))
            at = instant_at(opens + round((closes - opens) * shares[attempt]), first)
            found.append(Drawn(at, "delivered" if last else "failed_attempt", city.name))
        return found

    def _drawn_step(self, calendar: Calendar, one: _Passed, after: _Passed | None, draw: int) -> Iterator[Drawn]:
        table, hub = calendar.table, self.planner.graph.hubs[one.hop.hub].code
        begins, ends = int(one.begins[draw]), int(one.ends[draw])
        match one.hop.step:
            case "pick":
                yield Drawn(instant_at(begins + (ends - begins) // 2, table.first), "picked", hub)
                yield Drawn(instant_at(ends, table.first), "packed", hub)
                handed, departure = ends, ""
                if after is not None and after.taken is not None:
                    # A bag is closed at the cut-off and not before.
                    taken = int(after.taken[draw])
                    handed, departure = max(ends, int(table.cutoff[taken])), table.key(taken)
                yield Drawn(instant_at(handed, table.first), "handed_over", hub, departure)
            case "lane":
                assert one.taken is not None  # noqa: S101
                taken, lane = int(one.taken[draw]), self.planner.graph.lanes[one.hop.lane]
                yield Drawn(instant_at(int(table.leaves[taken]), table.first), "departed", hub, table.key(taken))
                yield Drawn(instant_at(ends, table.first), "arrived", lane.destination)
            case "customs":
                yield Drawn(instant_at(begins, table.first), "customs", hub)
                yield Drawn(instant_at(ends, table.first), "cleared", hub)
            case _:
                return


def _trim(kept: dict[Any, Any], most: int) -> None:
    while len(kept) >= most:
        del kept[next(iter(kept))]


def day_end(day: date, zone: str) -> datetime:
    """The instant at which a local day is over, aware, UTC."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
