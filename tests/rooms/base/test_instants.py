"""Instants: aware, in UTC, written one way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.instants import iso, utc

NOON = datetime(2026, 6, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        pytest.param(NOON, "2026-06-18T12:00:00Z", id="utc"),
        pytest.param(NOON.astimezone(ZoneInfo("Asia/Tokyo")), "2026-06-18T12:00:00Z", id="tokyo"),
        pytest.param(
            NOON.astimezone(timezone(-timedelta(hours=9, minutes=30))), "2026-06-18T12:00:00Z", id="half-hour"
        ),
        pytest.param(NOON.replace(microsecond=999_999), "2026-06-18T12:00:00Z", id="to-the-second"),
    ],
)
def test_an_instant_is_written_one_way(instant: datetime, written: str) -> None:
    assert iso(instant) == written


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1900, 1, 2), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001
def test_the_zone_changes_and_the_instant_does_not(instant: datetime) -> None:
    moved = utc(instant)
    assert moved.tzinfo is UTC
    assert moved.timestamp() == instant.timestamp()
    assert datetime.fromisoformat(iso(instant)) == moved.replace(microsecond=0)


def test_an_instant_without_a_zone_is_a_broken_rule() -> None:
    with pytest.raises(AssertionError, match="zone"):
        utc(datetime(2026, 6, 18))  # noqa: DTZ001
