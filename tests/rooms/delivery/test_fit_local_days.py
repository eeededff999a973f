"""Local days agree with the standard library wherever clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.delivery.fitting.local_days import LocalDays

ZONES = [
    "UTC", "America/Sao_Paulo", "Europe/Paris", "Australia/Lord_Howe", "Asia/Beirut", "America/New_York",
    "Asia/Kathmandu", "Atlantic/Azores", "America/Santiago", "Asia/Tehran",
]  # fmt: skip
FIRST, LAST = datetime(2017, 1, 1, tzinfo=UTC).timestamp(), datetime(2019, 1, 1, tzinfo=UTC).timestamp()
DAYS = LocalDays(ZONES, FIRST, LAST)


def edges(zone: str, at: float) -> tuple[float, float]:
    """First instant and last second of a local day, looked for second by second around the wall clock's midnights."""
    place = ZoneInfo(zone)
    day = datetime.fromtimestamp(at, place).date()

    def first_of(wanted: object) -> float:
        low, high = at - 3 * 86_400, at + 3 * 86_400
        while high - low > 0.5:
            middle = (low + high) / 2
            low, high = (low, middle) if datetime.fromtimestamp(middle, place).date() >= wanted else (middle, high)
        return float(round(high))

    return first_of(day), first_of(day + timedelta(days=1)) - 1


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(ZONES) - 1), st.integers(int(FIRST), int(LAST)))
def test_a_day_begins_and_ends_as_the_standard_library_has_it(zone: int, at: int) -> None:
    code, instant = np.array([zone]), np.array([float(at)])
    begins, ends = edges(ZONES[zone], at)
    assert DAYS.begins(code, instant)[0] == begins
    assert DAYS.ends(code, instant)[0] == ends


@pytest.mark.parametrize(
    ("zone", "at", "ends"),
    [
        (
            "America/Sao_Paulo",
            "2018-11-03T12:00:00-03:00",
            "2018-11-03T23:59:59-03:00",
        ),  # midnight is left out after it
        ("America/Sao_Paulo", "2018-11-04T12:00:00-02:00", "2018-11-04T23:59:59-02:00"),
        ("America/Sao_Paulo", "2018-02-17T12:00:00-02:00", "2018-02-17T23:59:59-03:00"),  # an hour comes twice
        ("Europe/Paris", "2018-03-25T01:00:00+01:00", "2018-03-25T23:59:59+02:00"),
        ("Asia/Kathmandu", "2018-05-05T18:20:00Z", "2018-05-06T23:59:59+05:45"),
    ],
)
def test_days_on_which_clocks_change(zone: str, at: str, ends: str) -> None:
    found = DAYS.ends(np.array([ZONES.index(zone)]), np.array([datetime.fromisoformat(at).timestamp()]))
    assert found[0] == datetime.fromisoformat(ends).timestamp()
