"""Business time: real, fast, or held; the fast one is the same in every process of a cell."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.plumbing.clock import HeldClock, Pace, PacedClock, SystemClock
from argosy.plumbing.database import open_database
from argosy.plumbing.pace import follow, real_time, set_pace

REAL = datetime(2026, 11, 23, 12, tzinfo=UTC)
FESTIVAL = datetime(2026, 6, 17, 16, tzinfo=UTC)
SOURCE = Path(__file__).parents[3] / "src"
# Reads the shared pace and tells the business time between two looks at the machine's clock.
FOLLOWER = """
import asyncio, json, sys
from datetime import UTC, datetime
from argosy.plumbing.clock import PacedClock
from argosy.plumbing.database import open_database
from argosy.plumbing.pace import follow

async def main():
    database = await open_database(sys.argv[1], size=1)
    clock = PacedClock()
    await follow(database, int(sys.argv[2]), clock)
    before = datetime.now(UTC)
    business = clock.now()
    after = datetime.now(UTC)
    print(json.dumps([before.isoformat(), business.isoformat(), after.isoformat()]))
    await database.close()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("speed", "passed", "business"),
    [
        (1.0, timedelta(hours=1), timedelta(hours=1)),
        (144.0, timedelta(minutes=10), timedelta(days=1)),
        (0.5, timedelta(hours=2), timedelta(hours=1)),
        (144.0, timedelta(0), timedelta(0)),
        (2.0, timedelta(seconds=-3), timedelta(seconds=-6)),
    ],
)
def test_a_pace(speed: float, passed: timedelta, business: timedelta) -> None:
    assert Pace(FESTIVAL, REAL, speed).at(REAL + passed) == FESTIVAL + business


@settings(deadline=None)
@given(st.floats(0.001, 100_000), st.integers(0, 10**9), st.integers(0, 10**9))
def test_business_time_never_runs_back(speed: float, one: int, other: int) -> None:
    pace = Pace(FESTIVAL, REAL, speed)
    early, late = sorted((one, other))
    assert pace.at(REAL + timedelta(microseconds=early)) <= pace.at(REAL + timedelta(microseconds=late))


def test_a_clock_without_a_pace_is_real() -> None:
    for clock in (PacedClock(), SystemClock()):
        before = datetime.now(UTC)
        now = clock.now()
        assert before <= now <= datetime.now(UTC)
        assert now.tzinfo is UTC


def test_a_held_clock_stands_until_it_is_moved() -> None:
    clock = HeldClock(FESTIVAL)
    assert clock.now() == clock.now() == FESTIVAL
    clock.move(timedelta(days=1))
    assert clock.now() == FESTIVAL + timedelta(days=1)
    clock.move(-timedelta(days=2))
    assert clock.now() == FESTIVAL - timedelta(days=1)


def test_processes_of_a_cell_share_a_fast_clock(dsn: str) -> None:
    async def set_it() -> Pace:
        database = await open_database(dsn, size=1)
        async with database.transaction() as tx:
            await set_pace(tx, 1, FESTIVAL, 144.0)
        clock = PacedClock()
        await follow(database, 1, clock)
        await database.close()
        assert clock.pace is not None
        return clock.pace

    pace = asyncio.run(set_it())
    assert (pace.origin, pace.speed) == (FESTIVAL, 144.0)
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", FOLLOWER, dsn, cell], stdout=subprocess.PIPE, text=True, env=environment
        )
        for cell in ("1", "1", "2")
    ]
    told = [[datetime.fromisoformat(one) for one in json.loads(child.communicate()[0])] for child in children]
    for before, business, after in told[:2]:
        assert pace.at(before) <= business <= pace.at(after)
    before, business, after = told[2]
    assert before <= business <= after, "another cell runs on real time"


def test_a_pace_is_replaced_and_dropped(dsn: str) -> None:
    async def turn() -> None:
        database = await open_database(dsn, size=1)
        clock = PacedClock()
        for origin, speed in ((FESTIVAL, 144.0), (FESTIVAL + timedelta(days=3), 0.001)):
            async with database.transaction() as tx:
                await set_pace(tx, 1, origin, speed)
            assert await follow(database, 1, clock) == 0
            assert clock.pace is not None
            assert (clock.pace.origin, clock.pace.speed) == (origin, speed)
        async with database.transaction() as tx:
            await real_time(tx, 1)
        await follow(database, 1, clock)
        assert clock.pace is None
        await database.close()

    asyncio.run(turn())


@pytest.mark.parametrize("speed", [0.0, -1.0, 0.0009, 100_001.0, float("nan"), float("inf")])
def test_a_speed_out_of_range_is_refused(dsn: str, speed: float) -> None:
    async def set_it() -> None:
        database = await open_database(dsn, size=1)
        try:
            async with database.transaction() as tx:
                await set_pace(tx, 1, FESTIVAL, speed)
        finally:
            await database.close()

    with pytest.raises(ValueError, match="between"):
        asyncio.run(set_it())
