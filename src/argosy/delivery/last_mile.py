"""From the last hub to the door: which vans can serve a city, and the hour that a share of the parcels is there by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from argosy.delivery.clearing import DaysOff, day_minutes, public_holidays
from argosy.delivery.graph import Graph
from argosy.delivery.model import CONFIDENCES, City, Closure, ServiceArea
from argosy.delivery.rules import EARTH_KM, closed_on
from argosy.delivery.timetable import NEVER
from argosy.delivery.zones import Minutes

SLOT = 30
"""Minutes to which drives are rounded up and in which arrivals are counted."""
NEAREST, BUSIEST = 3, 3
"""Starting places considered for a city: the nearest, and of the others in reach those with most lanes."""
DELIVERY_DAYS = 12


class Round(msgspec.Struct, frozen=True):
    """What decides on which day a parcel in a city's depot is delivered, and at which hours."""

    country: str
    calendar: str | None
    time_zone: str
    weekdays: frozenset[int]
    depot_by: int
    door_from: int
    door_until: int


class Vans:
    """Which hubs' vans reach which city: cities that share hub, rounds and drive form one group."""

    def __init__(self, graph: Graph, cities: Sequence[City]) -> None:
        self.graph = graph
        self.cities = cities
        self.rounds: list[Round] = []
        self._round_number: dict[Round, int] = {}
        self._group_number: dict[tuple[int, int, int], int] = {}
        self.choices = np.full((len(cities), NEAREST + BUSIEST), -1, dtype=np.int32)
        self._fill(*_areas(graph))
        groups = np.array(list(self._group_number), dtype=np.int32).reshape(-1, 3)
        self.hubs, self.hub_row = np.unique(groups[:, 0], return_inverse=True)
        """Hubs whose vans serve anyone, and for each group the row of its hub among them."""
        self.round_of, self.drive = groups[:, 1], groups[:, 2]

    def _fill(self, areas: dict[tuple[str, int | None], ServiceArea], zones: dict[str, list[int]]) -> None:
        lanes = np.bincount(self.graph.destination, minlength=len(self.graph.hubs))
        by_country: dict[str, list[City]] = {}
        for city in self.cities:
            by_country.setdefault(city.country, []).append(city)
        countries = {country.code: country for country in self.graph.network.countries}
        for code, members in by_country.items():
            country = countries.get(code)
            hubs = np.array(zones.get(country.customs_zone, ()) if country else (), dtype=np.intp)
            if country is None or not len(hubs):
                continue
            far = _distances(members, [self.graph.hubs[hub] for hub in hubs.tolist()])
            for row, city in enumerate(members):
                area = areas.get((code, city.number)) or areas.get((code, None))
                if area is not None and area.max_km > 0:
                    number = self._round(area, city, country.holidays)
                    self._choose(city, number, area, hubs, far[row], lanes)

    def _round(self, area: ServiceArea, city: City, calendar: str | None) -> int:
        what = Round(
            city.country, calendar, city.time_zone, area.weekdays, area.depot_by, area.door_from, area.door_until
        )
        if what not in self._round_number:
            self._round_number[what] = len(self.rounds)
            self.rounds.append(what)
        return self._round_number[what]

    def _choose(
        self,
        city: City,
        number: int,
        area: ServiceArea,
        hubs: NDArray[np.intp],
        far: NDArray[np.float64],
        lanes: NDArray[np.intp],
    ) -> None:
        near = np.flatnonzero(far <= area.max_km)
        near = near[np.argsort(far[near], kind="stable")]
        others = near[NEAREST:]
        busy = others[np.argsort(-lanes[hubs[others]], kind="stable")[:BUSIEST]]
        for place, one in enumerate([*near[:NEAREST].tolist(), *busy.tolist()]):
            drive = math.ceil(far[one] / area.km_per_hour * 60 / SLOT) * SLOT
            key = (int(hubs[one]), number, drive)
            self.choices[city.index, place] = self._group_number.setdefault(key, len(self._group_number))


def _areas(graph: Graph) -> tuple[dict[tuple[str, int | None], ServiceArea], dict[str, list[int]]]:
    zones: dict[str, list[int]] = {}
    for number, hub in enumerate(graph.hubs):
        if hub.delivers:
            zones.setdefault(hub.customs_zone, []).append(number)
    return {(area.country, area.city): area for area in graph.network.service_areas}, zones


def _distances(cities: Sequence[City], hubs: Sequence[object]) -> NDArray[np.float64]:
    def column(places: Sequence[object], name: str) -> NDArray[np.float64]:
        return np.radians(np.array([getattr(place, name) for place in places], dtype=np.float64))

    north, east = column(cities, "latitude")[:, None], column(cities, "longitude")[:, None]
    to_north, to_east = column(hubs, "latitude")[None, :], column(hubs, "longitude")[None, :]
    half = np.sin((north - to_north) / 2) ** 2
    half += np.cos(north) * np.cos(to_north) * np.sin((east - to_east) / 2) ** 2
    far: NDArray[np.float64] = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))
    return far


class Doors:
    """The delivery days of every round over a run of days: when a parcel has to be in the depot, and when it is at the door."""

    def __init__(
        self,
        vans: Vans,
        first: date,
        days: int,
        closures: Sequence[Closure] = (),
        days_off: DaysOff = public_holidays,
    ) -> None:
        self.vans = vans
        self.slots = days * (1440 // SLOT) + 1
        shape = (len(vans.rounds), DELIVERY_DAYS)
        self.depot: Minutes = np.full(shape, -1, dtype=np.int32)
        """Until when a parcel may reach the city's depot for each delivery day; -1 beyond the last one."""
        self.opens: Minutes = np.full(shape, NEVER, dtype=np.int32)
        self.closes: Minutes = np.full(shape, NEVER, dtype=np.int32)
        self.day = np.full(shape, -1, dtype=np.int16)
        closures = [closure for closure in closures if closure.kind == "country"]
        chosen: dict[tuple[str, str | None, frozenset[int]], list[int]] = {}
        for row, one in enumerate(vans.rounds):
            kept = (one.country, one.calendar, one.weekdays)
            if kept not in chosen:
                chosen[kept] = _delivery_days(one, first, days, closures, days_off)
            run = chosen[kept]
            self.depot[row, : len(run)] = day_minutes(one.time_zone, run, one.depot_by, first, days)
            self.opens[row, : len(run)] = day_minutes(one.time_zone, run, one.door_from, first, days)
            self.closes[row, : len(run)] = day_minutes(one.time_zone, run, one.door_until, first, days)
            self.day[row, : len(run)] = run
        by = self.depot[vans.round_of]
        leave = np.where(by < 0, -1, (by - vans.drive[:, None]) // SLOT)
        self._slot = np.clip(leave, 0, self.slots - 1) + (vans.hub_row * self.slots)[:, None]
        self._never = leave < 0

    def at_the_door(
        self, loaded: Minutes, confidences: Sequence[float] = CONFIDENCES
    ) -> tuple[Minutes, NDArray[np.int16]]:
        """For each group and confidence the minute by which that share of the parcels is delivered, and its day.

        `loaded` holds for each hub with vans (a row) the minute that each parcel is on a van. Where the days of the timetable
        do not suffice, the minute is NEVER and the day -1.
        """
        rows, parcels = loaded.shape
        slot = np.minimum((loaded + (SLOT - 1)) // SLOT, self.slots) + (np.arange(rows) * (self.slots + 1))[:, None]
        each = self.slots + 1
        counts = np.bincount(slot.ravel(), minlength=rows * each).reshape(rows, each)[:, :-1]
        by_then = np.cumsum(counts, axis=1, dtype=np.int16).ravel()
        share = by_then[self._slot]
        share[self._never] = 0
        groups = np.arange(len(share))
        minutes = np.empty((len(share), len(confidences)), dtype=np.int32)
        days = np.empty(minutes.shape, dtype=np.int16)
        for column, confidence in enumerate(confidences):
            need = math.ceil(confidence * parcels)
            enough = share >= need
            place = enough.argmax(axis=1)
            lost = ~enough[groups, place]
            until = share[groups, place].astype(np.int32)
            before = np.where(place > 0, share[groups, place - 1], 0)
            round_of = self.vans.round_of
            opens, closes = self.opens[round_of, place], self.closes[round_of, place]
            within = (closes - opens) * (need - before) // np.maximum(until - before, 1)
            minutes[:, column] = np.where(lost, NEVER, opens + within)
            days[:, column] = np.where(lost, -1, self.day[round_of, place])
        return minutes, days


def _delivery_days(one: Round, first: date, days: int, closures: Sequence[Closure], days_off: DaysOff) -> list[int]:
    found = []
    for day in range(days):
        on = first + timedelta(days=day)
        off = one.calendar is not None and on in days_off(one.calendar, on.year)
        if on.isoweekday() in one.weekdays and not off and not closed_on(closures, "country", one.country, on):
            found.append(day)
    return found[:DELIVERY_DAYS]
