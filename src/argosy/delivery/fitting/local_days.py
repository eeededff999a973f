"""Local days of many places at once: offsets from UTC, where a day begins, where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from argosy.delivery.fitting.history import DAY, Floats, Whole

_REACH = 2.0**36
"""Seconds between the offsets of two zones in one sorted table: more than any instant."""


class LocalDays:
    """Local time in some zones between two instants (seconds since 1970); exact to the second, also where clocks change."""

    def __init__(self, zones: Sequence[str], first: float, last: float) -> None:
        starts: list[float] = []
        offsets: list[float] = []
        for code, zone in enumerate(zones):
            for start, offset in _offsets(zone, first, last):
                starts.append(code * _REACH + start)
                offsets.append(offset)
        self._starts = np.array(starts)
        self._offsets = np.array(offsets)

    def offset(self, zone: Whole, at: Floats) -> Floats:
        """Seconds that local time is ahead of UTC at instants."""
        return self._offsets[np.searchsorted(self._starts, zone * _REACH + at, side="right") - 1]

    def local(self, zone: Whole, at: Floats) -> Floats:
        """Local clock time as seconds since 1970-01-01 00:00 local."""
        return at + self.offset(zone, at)

    def instant(self, zone: Whole, local: Floats) -> Floats:
        """The instant of a local clock time; one that a clock change leaves out is the instant of the change."""
        near = local - self.offset(zone, local)
        return local - self.offset(zone, local - self.offset(zone, near))

    def begins(self, zone: Whole, at: Floats) -> Floats:
        """The instant at which the local day of `at` began."""
        return self.instant(zone, np.floor(self.local(zone, at) / DAY) * DAY)

    def ends(self, zone: Whole, at: Floats) -> Floats:
        """The last second (23:59:59) of the local day of `at`."""
        return self.instant(zone, (np.floor(self.local(zone, at) / DAY) + 1.0) * DAY) - 1.0


def _offsets(zone: str, first: float, last: float) -> list[tuple[float, float]]:
    """Where a zone's offset begins to hold, and the offset; found by halving between days that differ."""
    place = ZoneInfo(zone)

    def offset(at: float) -> float:
        shift = datetime.fromtimestamp(at, UTC).astimezone(place).utcoffset()
        return (shift or timedelta()).total_seconds()

    low = np.floor(first / DAY) * DAY - 2 * DAY
    found = [(-_REACH / 2, offset(low))]
    at = low
    while at < last + 2 * DAY:
        after = at + DAY
        if offset(after) != found[-1][1]:
            left, right = at, after
            while right - left > 1:
                middle = float(np.floor((left + right) / 2))
                left, right = (middle, right) if offset(middle) == found[-1][1] else (left, middle)
            found.append((right, offset(right)))
        at = after
    return found
