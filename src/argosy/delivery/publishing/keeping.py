"""What a process does for its promises: it reads the boards there are, and makes them for all while it has the post."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from argosy.delivery.model import News
from argosy.delivery.networks.opening import network_stamp
from argosy.delivery.news.look import in_force
from argosy.delivery.news.rules import news_of
from argosy.delivery.published import PublishedPromises
from argosy.delivery.publishing.post import Post
from argosy.delivery.publishing.publisher import Publisher
from argosy.delivery.tables import Planner
from argosy.plumbing.clock import Clock
from argosy.plumbing.database import Database

FOLDER = "promises"
"""Folder below the shop's home that boards are published in."""
_HUBS_EVERY = 120.0
"""Seconds of the machine between two looks at which hubs have stock."""

_FULL_SECONDS = 600.0
"""A departure stays full for so long after it was last seen so: places that come and go must not make all tables anew."""

Hubs = Callable[[], Awaitable[Sequence[str]]]
Full = Callable[[], Awaitable[frozenset[str]]]


async def _none_full() -> frozenset[str]:
    return frozenset()


def _tell_nobody(news: News) -> None:
    """Nobody else wants to know the news."""


class Keeping:
    """Reads the boards of a home folder, and keeps them ahead of the clock while no other process of the machine does.

    `hubs` tells which hubs' stock is sold, `full` which departures have no room left by the shop's own counters; `told` gets to
    know news when they change, in a thread, without what is full. `round` is to be called every second.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        home: Path,
        data: Path,
        *,
        open_planner: Callable[[], Planner],
        hubs: Hubs,
        full: Full = _none_full,
        told: Callable[[News], None] = _tell_nobody,
    ) -> None:
        folder = home / FOLDER
        network = network_stamp(home, data)
        self.post = Post(folder / "publisher.lock")
        self.boards = PublishedPromises(folder, network)
        self._publisher = Publisher(folder, open_planner, network)
        self._database = database
        self._clock = clock
        self._ask_hubs, self._full, self._told = hubs, full, told
        self._news = News()
        self._full_at: dict[str, float] = {}
        self._hubs: Sequence[str] = ()
        self._asked_at = 0.0

    async def round(self) -> int:
        """Take in what was published, and make one table if one lacks and it is this process's turn; how many were made."""
        self.boards.reread()
        if not self.post.take():
            return 0
        if not self._hubs or time.monotonic() - self._asked_at > _HUBS_EVERY:
            self._hubs, self._asked_at = await self._ask_hubs(), time.monotonic()
        now = self._clock.now()
        async with self._database.read() as reader:
            rows = await in_force(reader, now)
        news = news_of(rows)
        if news != self._news:
            await asyncio.to_thread(self._told, news)
            self._news = news
        news = news_of(rows, await self._without_room())
        made = await asyncio.to_thread(self._publisher.work, tuple(self._hubs), news, now)
        if made:
            self.boards.reread()
        return made

    async def _without_room(self) -> frozenset[str]:
        at = time.monotonic()
        self._full_at = {key: seen for key, seen in self._full_at.items() if at - seen < _FULL_SECONDS}
        self._full_at.update(dict.fromkeys(await self._full(), at))
        return frozenset(self._full_at)

    def stop(self) -> None:
        """Leave the post to another process."""
        self.post.leave()
