"""What pages say of stock: counters read together, at most so often, never for an order."""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

from argosy.orders.rules import stock_key
from argosy.plumbing.database import Database
from argosy.quotas import look
from argosy.quotas.model import Counter


class StockBoard:
    """Stock of variants as it was at most `seconds` ago; bounded to `size` variants."""

    def __init__(self, database: Database, cell: int, hub: str, seconds: float = 2.0, size: int = 200_000) -> None:
        self._database = database
        self._cell = cell
        self._hub = hub
        self._seconds = seconds
        self._size = size
        self._known: dict[UUID, tuple[float, Counter | None]] = {}

    async def counters(self, variants: Sequence[UUID]) -> dict[UUID, Counter | None]:
        """The counter of each variant; None where no stock ever came in. One query for all that are not fresh."""
        oldest = time.monotonic() - self._seconds
        fresh = {v: known[1] for v in variants if (known := self._known.get(v)) is not None and known[0] >= oldest}
        stale = [variant for variant in variants if variant not in fresh]
        return fresh | await self._read(stale) if stale else fresh

    async def _read(self, variants: list[UUID]) -> dict[UUID, Counter | None]:
        async with self._database.read() as reader:
            found = await look.look(reader, self._cell, [stock_key(variant, self._hub) for variant in variants])
        if len(self._known) + len(variants) > self._size:
            self._known.clear()
        read = {variant: found.get(stock_key(variant, self._hub)) for variant in variants}
        at = time.monotonic()
        self._known.update((variant, (at, counter)) for variant, counter in read.items())
        return read
