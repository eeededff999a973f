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
        stale = [v for v in variants if (known := self._known.get(v)) is None or known[0] < oldest]
        if stale:
            await self._read(stale)
        return {variant: self._known[variant][1] for variant in variants}

    async def _read(self, variants: list[UUID]) -> None:
        async with self._database.read() as reader:
            found = await look.look(reader, self._cell, [stock_key(variant, self._hub) for variant in variants])
        if len(self._known) + len(variants) > self._size:
            self._known.clear()
        at = time.monotonic()
        for variant in variants:
            self._known[variant] = (at, found.get(stock_key(variant, self._hub)))
