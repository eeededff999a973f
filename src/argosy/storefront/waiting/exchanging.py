"""The round that keeps a process's waiting rooms up to date; it opens the transactions."""

from __future__ import annotations

import asyncpg
import structlog

from argosy.campaigns.waiting.follow import Exchange, close_lots
from argosy.campaigns.waiting.rooms import Rooms
from argosy.campaigns.waiting.rules import to_us
from argosy.plumbing.clock import Clock
from argosy.plumbing.database import Database

EVERY_SECONDS = 0.25
"""How often `again` is called."""
_IDLE_ROUNDS = 8
_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_log = structlog.get_logger()


class Exchanging:
    """Exchanges counts with the database for as long as a server process lives."""

    def __init__(self, rooms: Rooms, secret: str, database: Database, clock: Clock) -> None:
        self._rooms = rooms
        self._exchange = Exchange(rooms, secret)
        self._database = database
        self._clock = clock
        self._idle = 0
        self._lost = False

    async def begin(self) -> None:
        """The first exchange, to be waited for before anybody is served: until then no room is known, and all would go in."""
        await self._once()

    async def again(self) -> int:
        """One exchange; without rooms only every eighth call asks for some. Always 0: there is never more to do at once."""
        self._idle += 1
        if not self._rooms.open and self._idle % _IDLE_ROUNDS != 1:
            return 0
        try:
            await self._once()
        except _LOST as wrong:
            # Nobody new goes in until an exchange succeeds; whoever waits is told so and keeps the place.
            if not self._lost:
                _log.warning("waiting_rooms_alone", error=str(wrong))
            self._lost = True
        return 0

    async def _once(self) -> None:
        now = self._clock.now()
        for name in self._rooms.lots_due(to_us(now)):
            async with self._database.transaction() as tx:
                await close_lots(tx, self._rooms.cell, name, now)
        try:
            async with self._database.transaction() as tx:
                lines = await self._exchange.follow(tx, now)
        except BaseException:
            self._exchange.undo()
            raise
        self._rooms.show(lines)
        self._lost = False
