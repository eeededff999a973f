"""Answers that are kept for some seconds, made once for all who wait, and renewed in the background."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

Kept = TypeVar("Kept")


class Answers:
    """The `most` answers used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Any]] = {}

    async def keep(self, key: Hashable, seconds: float, make: Callable[[], Awaitable[Kept]]) -> Kept:
        """What was made at most `seconds` ago; an older one is still given while it is made anew, once for all callers."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            if kept[0] < time.monotonic() and key not in self._making:
                self._begin(key, seconds, make)
            value: Kept = kept[1]
            return value
        task = self._making.get(key) or self._begin(key, seconds, make)
        made: Kept = await asyncio.shield(task)
        return made

    def _begin(self, key: Hashable, seconds: float, make: Callable[[], Awaitable[Kept]]) -> asyncio.Task[Any]:
        async def work() -> Kept:
            try:
                value = await make()
                self._kept[key] = (time.monotonic() + seconds, value)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
                return value
            finally:
                self._making.pop(key, None)

        task = asyncio.create_task(work())
        # An error of a renewal nobody waits for is told when the next one asks.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._making[key] = task
        return task
