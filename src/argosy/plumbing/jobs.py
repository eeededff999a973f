"""Work that comes round: each duty is done by one process at a time, every so often, and survives its own errors."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from argosy.plumbing.database import Database, Tx, load_queries
from argosy.plumbing.outbox import duty_number

_sql = load_queries("argosy.plumbing")
_DUTIES = 0x4A4F
_log = structlog.get_logger()

Work = Callable[[], Awaitable[int]]


class Rounds:
    """Runs duties in the background of a server process until it is stopped."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def every(self, seconds: float, name: str, work: Work) -> None:
        """Do `work` again and again; at once when it reports that it did something, else after about `seconds`."""
        self._tasks.append(asyncio.create_task(self._round(seconds, name, work), name=name))

    async def _round(self, seconds: float, name: str, work: Work) -> None:
        pause = seconds
        while True:
            try:
                done = await work()
                pause = 0.0 if done else seconds
            except Exception:
                pause = min(max(pause, 1.0) * 2, 60.0)
                _log.exception("duty_failed", duty=name, next_try_seconds=pause)
            # Spread out, so that the processes of a cell do not all ask at the same instant.
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311

    async def stop(self) -> None:
        """End all duties; what one was doing is rolled back."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def alone(database: Database, cell: int, name: str, work: Callable[[Tx], Awaitable[int]]) -> int:
    """Do a piece of work in a transaction if no other process is at it; what it returned, 0 if another is."""
    async with database.transaction() as tx:
        if not await tx.value(_sql["try_duty"], _DUTIES, duty_number(name, cell)):
            return 0
        return await work(tx)
