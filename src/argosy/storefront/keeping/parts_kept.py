"""Parts of pages that were rendered before, within bounds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class PartsKept:
    """Parts of pages under what they are of, with the facts they show; the least recently used go beyond `most_bytes`."""

    def __init__(self, most_bytes: int = 48 * 1024 * 1024) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Hashable, tuple[tuple[Any, ...], Any, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable, facts: tuple[Any, ...]) -> Any:
        """What is kept under a key, if it shows these facts; else None."""
        found = self._kept.get(key)
        if found is None or found[0] != facts:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def keep(self, key: Hashable, facts: tuple[Any, ...], part: Any, size: int) -> None:
        """Keep a part instead of what was there under its key."""
        old = self._kept.pop(key, None)
        self._bytes += size - (old[2] if old else 0)
        self._kept[key] = facts, part, size
        while self._bytes > self._most:
            _, (_, _, dropped) = self._kept.popitem(last=False)
            self._bytes -= dropped
