"""What the console has worked out, kept for a little while within bounds: its pages may be read again and again."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")
_MOST = 64


class Kept:
    """Values by key, each for some seconds; what is being worked out is not begun twice."""

    def __init__(self) -> None:
        self._values: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = asyncio.Lock()

    async def get(self, key: Hashable, seconds: float, make: Callable[[], Awaitable[Value]]) -> Value:
        """The value under a key, made anew when it is older than `seconds`."""
        async with self._lock:
            found = self._values.get(key)
            if found is None or time.monotonic() - found[0] > seconds:
                found = self._values[key] = (time.monotonic(), await make())
                while len(self._values) > _MOST:
                    self._values.popitem(last=False)
            value: Value = found[1]
            return value
