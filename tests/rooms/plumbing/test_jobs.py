"""Duties come round, survive their own errors, and are done by one process at a time."""

from __future__ import annotations

import asyncio

import pytest

from argosy.plumbing.database import Tx, open_database
from argosy.plumbing.jobs import Rounds, alone


def test_an_error_does_not_stop_a_duty(capfd: pytest.CaptureFixture[str]) -> None:
    calls = 0
    again = asyncio.Event()

    async def run() -> None:
        async def work() -> int:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise ValueError("not today")
            again.set()
            return 0

        rounds = Rounds()
        rounds.every(0.0, "shaky", work)
        async with asyncio.timeout(60):
            await again.wait()
        await rounds.stop()

    asyncio.run(run())
    assert calls >= 2


def test_a_duty_that_did_something_goes_on_at_once() -> None:
    """Its pause is an hour: only work that is left brings it back within the test."""
    left = [1, 1, 1, 0]

    async def run() -> None:
        done = asyncio.Event()

        async def work() -> int:
            found = left.pop(0)
            if not left:
                done.set()
            return found

        rounds = Rounds()
        rounds.every(3600.0, "busy", work)
        async with asyncio.timeout(60):
            await done.wait()
        await asyncio.sleep(0)
        await rounds.stop()

    asyncio.run(run())
    assert left == []


def test_duties_do_not_wait_for_one_another() -> None:
    async def run() -> None:
        hanging, served = asyncio.Event(), asyncio.Event()

        async def hang() -> int:
            hanging.set()
            await asyncio.Event().wait()
            return 0

        async def serve() -> int:
            await hanging.wait()
            served.set()
            return 0

        rounds = Rounds()
        rounds.every(0.01, "hang", hang)
        rounds.every(0.01, "serve", serve)
        async with asyncio.timeout(60):
            await served.wait()
            await rounds.stop()

    asyncio.run(run())


def test_stopping_rolls_back_what_was_being_done(dsn: str) -> None:
    async def run() -> None:
        database = await open_database(dsn, size=3)
        began = asyncio.Event()

        async def half(tx: Tx) -> int:
            await tx.connection.execute("INSERT INTO outbox_heads VALUES (77, 1)")
            began.set()
            await asyncio.Event().wait()
            return 1

        rounds = Rounds()
        rounds.every(1.0, "half", lambda: alone(database, 1, "half", half))
        await began.wait()
        await rounds.stop()
        async with database.read() as reader:
            assert await reader.connection.fetchval("SELECT count(*) FROM outbox_heads WHERE cell = 77") == 0
        await database.close()

    asyncio.run(run())


def test_one_process_at_a_time_has_a_duty(dsn: str) -> None:
    async def run() -> None:
        here, there = await open_database(dsn, size=2), await open_database(dsn, size=2)
        inside, go_on = asyncio.Event(), asyncio.Event()

        async def slow(_tx: Tx) -> int:
            inside.set()
            await go_on.wait()
            return 5

        async def never(_tx: Tx) -> int:
            raise AssertionError("two at a time")

        async def quick(_tx: Tx) -> int:
            return 7

        first = asyncio.create_task(alone(here, 1, "expire", slow))
        await inside.wait()
        assert await alone(there, 1, "expire", never) == 0
        assert await alone(there, 1, "refunds", quick) == 7
        assert await alone(there, 2, "expire", quick) == 7
        go_on.set()
        assert await first == 5
        assert await alone(there, 1, "expire", quick) == 7
        await here.close()
        await there.close()

    asyncio.run(run())


def test_a_duty_is_free_again_after_an_error(dsn: str) -> None:
    async def run() -> None:
        database = await open_database(dsn, size=2)

        async def broken(_tx: Tx) -> int:
            raise ValueError("broken")

        async def quick(_tx: Tx) -> int:
            return 1

        with pytest.raises(ValueError, match="broken"):
            await alone(database, 1, "expire", broken)
        assert await alone(database, 1, "expire", quick) == 1
        await database.close()

    asyncio.run(run())
