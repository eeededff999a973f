"""Days off, and the hours in which customs offices release goods."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from argosy.delivery.graph import Graph
from argosy.delivery.model import EVERY_DAY
from argosy.delivery.timetable import NEVER
from argosy.delivery.zones import DAY, Minutes, ZoneDays
from argosy.markets.calendars import holiday_year

DaysOff = Callable[[str, int], frozenset[date]]
"""The public holidays of a calendar in a year."""


@lru_cache(maxsize=2048)
def public_holidays(calendar: str, year: int) -> frozenset[date]:
    """The public holidays of a country in a year; none where the `holidays` package does not know it."""
    try:
        return frozenset(holiday_year(calendar, None, year).off)
    except NotImplementedError:
        return frozenset()


class Offices:
    """When goods leave customs at each hub: at once where the office never closes, else when it is next open."""

    def __init__(self, graph: Graph, first: date, days: int, days_off: DaysOff = public_holidays) -> None:
        calendars = {country.code: country.holidays for country in graph.network.countries}
        self._hours: dict[int, tuple[list[int], list[int]]] = {}
        known: dict[tuple[str, str, str | None], tuple[list[int], list[int]]] = {}
        for number, hub in enumerate(graph.hubs):
            border = graph.borders[hub.customs_zone]
            if not hub.clears or (border.weekdays == EVERY_DAY and border.opens == 0 and border.closes == DAY):
                continue
            calendar = calendars[hub.country]
            key = (border.customs_zone, hub.time_zone, calendar)
            if key not in known:
                off = {day for year in _years(first, days) for day in (days_off(calendar, year) if calendar else ())}
                worked = [
                    day
                    for day in range(days)
                    if (on := first + timedelta(days=day)).isoweekday() in border.weekdays and on not in off
                ]
                known[key] = (
                    day_minutes(hub.time_zone, worked, border.opens, first, days),
                    day_minutes(hub.time_zone, worked, border.closes, first, days),
                )
            self._hours[number] = known[key]

    def release(self, hub: int, done: int) -> int:
        """When goods whose papers are done at a minute may leave the office of a hub."""
        if hub not in self._hours or done >= NEVER:
            return done
        opens, closes = self._hours[hub]
        shift = bisect_right(closes, done)
        return max(done, opens[shift]) if shift < len(opens) else NEVER

    def release_all(self, hub: int, done: Minutes) -> Minutes:
        """The same for many parcels at once."""
        if hub not in self._hours:
            return done
        opens, closes = self._hours[hub]
        shift = np.searchsorted(np.array(closes, dtype=np.int32), done, side="right")
        then: NDArray[np.int32] = np.array([*opens, NEVER], dtype=np.int32)[shift]
        return np.maximum(done, then)


def day_minutes(zone: str, chosen: list[int], local: int, first: date, days: int) -> list[int]:
    """A local time of day on chosen days as minutes after midnight UTC of the first day; 1440 is the next midnight."""
    extra, minute = divmod(local, DAY)
    run = ZoneDays([zone], first, days + extra)
    day = np.array(chosen, dtype=np.intp) + extra
    found: list[int] = run.minutes(np.zeros(len(day), dtype=np.intp), day, np.full(len(day), minute, np.int32)).tolist()
    return found


def _years(first: date, days: int) -> range:
    return range(first.year, (first + timedelta(days=days)).year + 1)
