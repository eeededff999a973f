"""Local times of a run of days as minutes after an origin, across changes of the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Minutes = NDArray[np.int32]
DAY = 1440


def origin_of(first: date) -> datetime:
    """The instant from which minutes are counted: midnight UTC of the first day."""
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


def minute_of(instant: datetime, first: date) -> int:
    """The whole minutes from the origin to an instant, rounded up: an order is never taken for an earlier one."""
    return -int((origin_of(first) - instant) / timedelta(minutes=1) // 1)


def instant_at(minute: int, first: date) -> datetime:
    """The instant so many minutes after the origin, aware, UTC."""
    return origin_of(first) + timedelta(minutes=int(minute))


class ZoneDays:
    """For each zone and day: the offset before and after the clocks change on it, and the local minute of the change."""

    def __init__(self, zones: Sequence[str], first: date, days: int) -> None:
        self.first = first
        self.days = days
        rows = [[_changes(zone, first + timedelta(days=day)) for day in range(days)] for zone in zones]
        table = np.array(rows, dtype=np.int32).reshape(len(zones), days, 3)
        self._before, self._after, self._change = table[..., 0], table[..., 1], table[..., 2]

    def minutes(self, zone: NDArray[np.intp], day: NDArray[np.intp], local: Minutes) -> Minutes:
        """Local minutes of a day as minutes after the origin.

        A time that the clocks jump over counts as the clocks read before the jump; one that they show twice is the first.
        """
        offset = np.where(local < self._change[zone, day], self._before[zone, day], self._after[zone, day])
        return (day * DAY + local - offset).astype(np.int32)


@lru_cache(maxsize=65_536)
def _changes(zone: str, day: date) -> tuple[int, int, int]:
    """Offset in minutes at the day's start, at its end, and the first local minute to which the latter applies."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  a wall clock, read in the zone below
    clock = ZoneInfo(zone)
    before, after = (_offset(midnight + timedelta(minutes=minute), clock) for minute in (0, DAY - 1))
    if before == after:
        return before, after, DAY
    low, high = 0, DAY - 1
    while low + 1 < high:
        middle = (low + high) // 2
        if _offset(midnight + timedelta(minutes=middle), clock) == before:
            low = middle
        else:
            high = middle
    return before, after, high


def _offset(wall: datetime, clock: ZoneInfo) -> int:
    offset = wall.replace(tzinfo=clock).utcoffset()
    assert offset is not None  # noqa: S101
    return round(offset / timedelta(minutes=1))
