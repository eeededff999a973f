"""The intake: commands that arrive while the last batch commits form the next one. No timer, no second path for one order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, cast, overload
from uuid import UUID

import asyncpg
import structlog

from argosy.base.errors import Refused
from argosy.orders.batch import Answer, commit_batch
from argosy.orders.commands import Change, ChangeAnswer, Command, Place, PlaceAnswer
from argosy.plumbing.database import Tx

_log = structlog.get_logger()

MAX_BATCH = 500
MAX_WAITING = 20_000
# A statement planned while its table was small scans it for ever: plans are made anew after so many batches,
# and more often at first, while tables double in size.
_REPLAN_AFTER = 256
# A shop that closes waits so long for its last batches.
_CLOSING_SECONDS = 15.0


class Intake:
    """Collects orders and changes of one process and commits them in groups.

    `submit` returns when its command is durably committed, or raises: then nothing of it was written, or, if the
    connection broke during the commit, the caller may send the same command again and gets the same answer.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection[asyncpg.Record]]],
        cell: int,
        new_id: Callable[[], UUID],
    ) -> None:
        self._connect = connect
        self._cell = cell
        self._new_id = new_id
        self._waiting: deque[tuple[Command, asyncio.Future[Answer]]] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._closing = False
        self.batches = 0
        self.commands = 0

    def start(self) -> None:
        """Begin to work in the running event loop."""
        self._task = asyncio.create_task(self._run(), name="intake")

    async def stop(self) -> None:
        """Commit what was submitted, then end; whoever comes later is refused."""
        self._closing = True
        self._wake.set()
        if self._task:
            await asyncio.wait([self._task], timeout=_CLOSING_SECONDS)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection and not self._connection.is_closed():
            await self._connection.close()
        for _, future in self._waiting:
            future.cancel()

    @overload
    async def submit(self, command: Place) -> PlaceAnswer: ...
    @overload
    async def submit(self, command: Change) -> ChangeAnswer: ...
    async def submit(self, command: Command) -> Any:
        """The answer to a command once it is committed; refuses (`busy`) when far too many wait or the shop closes."""
        if self._closing or len(self._waiting) >= MAX_WAITING:
            raise Refused(
                "busy", "Too many orders are waiting.", remedy="Send the same request again shortly.", status=503
            )
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        self._wake.set()
        answer = await future
        if isinstance(answer, Refused):
            raise answer
        return answer

    async def _run(self) -> None:
        while self._waiting or not self._closing:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                # One turn of the loop: shoppers who were just answered may have their next command ready, and those whose
                # requests have come in already join them. It is no timer: nobody is waited for.
                await asyncio.sleep(0)
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
                await self._serve(batch)

    async def _serve(self, batch: list[tuple[Command, asyncio.Future[Answer]]]) -> None:
        live = [(command, future) for command, future in batch if not future.done()]
        try:
            answers = await self._commit([command for command, _ in live])
        except (asyncio.CancelledError, GeneratorExit):
            for _, future in live:
                future.cancel()
            raise
        except Exception as wrong:
            if len(live) > 1 and not _connection_lost(wrong):
                # One command that the database refuses must not fail its neighbours: each gets its own transaction.
                for one in live:
                    await self._serve([one])
                return
            _log.exception("batch_failed", commands=len(live))
            for _, future in live:
                if not future.done():
                    future.set_exception(_unavailable(wrong))
            return
        self.batches += 1
        self.commands += len(live)
        for (_, future), answer in zip(live, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _commit(self, commands: list[Command]) -> list[Answer]:
        if not commands:
            return []
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        connection = self._connection
        try:
            if self.batches % _REPLAN_AFTER == 0 or self.batches.bit_count() == 1:
                await connection.execute("DISCARD PLANS")
            async with connection.transaction():
                return await commit_batch(Tx(connection), self._cell, commands, self._new_id)
        except Exception as wrong:
            if _connection_lost(wrong):
                connection.terminate()
                self._connection = None
            raise


def _connection_lost(wrong: BaseException) -> bool:
    return isinstance(
        wrong, OSError | asyncpg.PostgresConnectionError | asyncpg.InterfaceError | asyncpg.OperatorInterventionError
    )


def _unavailable(wrong: BaseException) -> Exception:
    if _connection_lost(wrong):
        remedy = "Send the same request again: an order that was placed is not placed twice."
        return Refused("database_unavailable", "The order could not be written.", remedy=remedy, status=503)
    return cast(Exception, wrong)
