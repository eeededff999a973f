"""How time counts on the way to a door: hours and days on which parcels seldom arrive count less."""

from __future__ import annotations

import msgspec
import numpy as np

from argosy.delivery.fitting.history import DAY, Floats, Whole
from argosy.delivery.fitting.local_days import LocalDays

FLOOR = 0.02
"""Least speed of an hour or a day, so that time never stands still and can be turned back."""
_PRIOR = 30.0
"""Deliveries that an hour or a day must have before its own speed weighs as much as the average."""
_KEY = 2.0**36


class Speeds(msgspec.Struct, frozen=True):
    """Speed of each weekday (Monday first), hour of the day and public holiday, 1 being the average."""

    weekdays: Floats
    hours: Floats
    holiday: float


class Clock:
    """Turns local time into counted time and back.

    `weekly` makes each week's counted time seven days, so that it never runs away from local time.
    """

    def __init__(self, speeds: Speeds, holidays: np.ndarray, first_day: int, *, weekly: bool) -> None:
        calendars, days = holidays.shape
        weekday = (np.arange(days) + first_day + 3) % 7
        rates = np.where(holidays, np.minimum(speeds.holiday, speeds.weekdays[weekday]), speeds.weekdays[weekday])
        if weekly:
            week = (np.arange(days) + (first_day + 3) % 7) // 7
            for row in rates:
                sums = np.bincount(week, weights=row)
                row *= (np.bincount(week) / np.maximum(sums, FLOOR))[week]
        self._first = first_day
        self._rates = np.maximum(rates, FLOOR)
        self._before = np.concatenate([np.zeros((calendars, 1)), np.cumsum(self._rates, axis=1)], axis=1) * DAY
        self._hours = np.concatenate([[0.0], np.cumsum(speeds.hours / speeds.hours.sum() * DAY)])
        middle = np.interp((np.arange(24) + 0.5) * 3600.0, np.arange(25) * 3600.0, self._hours).mean() - DAY / 2
        self._shift = first_day * DAY - middle
        self._keys = (self._before + _KEY * np.arange(calendars)[:, None]).ravel()

    def counted(self, calendar: Whole, local: Floats) -> Floats:
        """Counted seconds at local times."""
        day = np.clip(np.floor(local / DAY).astype(np.int64) - self._first, 0, self._rates.shape[1] - 1)
        hour = np.interp(local - (day + self._first) * DAY, np.arange(25) * 3600.0, self._hours)
        return np.asarray(self._before[calendar, day] + self._rates[calendar, day] * hour + self._shift)

    def local(self, calendar: Whole, counted: Floats) -> Floats:
        """The local time at which so much has been counted; beyond the table, its end."""
        wanted = np.maximum(counted - self._shift, 0.0)
        width = self._before.shape[1]
        position = np.searchsorted(self._keys, calendar * _KEY + wanted, side="right") - 1
        day = np.clip(position - calendar * width, 0, width - 2)
        rest = (wanted - self._before[calendar, day]) / self._rates[calendar, day]
        return np.asarray((day + self._first) * DAY + np.interp(rest, self._hours, np.arange(25) * 3600.0))


def even_speeds() -> Speeds:
    """All hours and days alike."""
    return Speeds(np.ones(7), np.ones(24), 1.0)


def learn_speeds(started: Floats, arrived: Floats, calendar: Whole, holidays: np.ndarray, first_day: int) -> Speeds:
    """Speeds from parcels (local seconds): arrivals in an hour over the parcels that could have arrived in it.

    A parcel can arrive from half the median duration on. Thin hours and days are drawn to the average.
    """
    duration = arrived - started
    ready = np.minimum(started + np.median(duration) / 2, arrived)
    hours = holidays.shape[1] * 24
    kinds = [(np.zeros(hours), np.zeros(hours)) for _ in range(holidays.shape[0])]
    for code, (arrivals, waiting) in enumerate(kinds):
        mine = calendar == code
        begin = np.clip(np.floor(ready[mine] / 3600.0).astype(np.int64) - first_day * 24, 0, hours - 1)
        end = np.clip(np.floor(arrived[mine] / 3600.0).astype(np.int64) - first_day * 24, 0, hours - 1)
        np.add.at(arrivals, end, 1.0)
        change = np.zeros(hours + 1)
        np.add.at(change, begin, 1.0)
        np.add.at(change, end + 1, -1.0)
        waiting += np.cumsum(change)[:-1]
    arrivals = np.concatenate([kind[0] for kind in kinds])
    waiting = np.concatenate([kind[1] for kind in kinds])
    hour = np.tile(np.arange(hours), len(kinds))
    weekday = (hour // 24 + first_day + 3) % 7
    free = np.concatenate([np.repeat(row, 24) for row in holidays])
    weekdays, hourly = np.ones(7), np.ones(24)
    share = arrivals.sum() / max(waiting.sum(), 1.0)
    usual = ~free
    for _ in range(6):
        expected = share * waiting * hourly[hour % 24] * usual
        weekdays = _ratios(arrivals * usual, expected, weekday, 7)
        expected = share * waiting * weekdays[weekday] * usual
        hourly = _ratios(arrivals * usual, expected, hour % 24, 24)
    expected = float((share * waiting * hourly[hour % 24] * free).sum())
    holiday = (float(arrivals[free].sum()) + _PRIOR * float(weekdays.min())) / (expected + _PRIOR)
    return Speeds(weekdays, hourly, max(holiday, FLOOR))


def _ratios(arrivals: Floats, expected: Floats, kind: Whole, kinds: int) -> Floats:
    """Arrivals over expected arrivals of each kind, drawn to 1, with mean 1."""
    ratio = (np.bincount(kind, arrivals, kinds) + _PRIOR) / (np.bincount(kind, expected, kinds) + _PRIOR)
    found: Floats = np.maximum(ratio / ratio.mean(), FLOOR)
    return found


class Timing:
    """Durations of parcels in counted time, and back to instants, for one way of counting."""

    def __init__(self, kind: str, clock: Clock, days: LocalDays, zone: Whole, calendar: Whole) -> None:
        self._kind = kind
        self._clock = clock
        self._days = days
        self._zone = zone
        self._calendar = calendar

    def elapsed(self, rows: Whole, ordered: Floats, at: Floats) -> Floats:
        """Counted seconds from the order to an instant, at least a minute."""
        if self._kind == "plain":
            return np.maximum(at - ordered, LEAST)
        zone, calendar = self._zone[rows], self._calendar[rows]
        return np.maximum(
            self._clock.counted(calendar, self._days.local(zone, at)) - self._start(zone, calendar, ordered), LEAST
        )

    def instant(self, rows: Whole, ordered: Floats, elapsed: Floats) -> Floats:
        """The instant at which so much has been counted since the order."""
        if self._kind == "plain":
            return ordered + elapsed
        zone, calendar = self._zone[rows], self._calendar[rows]
        local = self._clock.local(calendar, self._start(zone, calendar, ordered) + elapsed)
        return np.maximum(self._days.instant(zone, local), ordered)

    def _start(self, zone: Whole, calendar: Whole, ordered: Floats) -> Floats:
        local = self._days.local(zone, ordered)
        return local if self._kind == "landing" else self._clock.counted(calendar, local)


LEAST = 60.0
"""Least counted seconds of a way: where counting says none or less, its logarithm would be none."""
