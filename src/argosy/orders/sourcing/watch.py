"""Keep what quotes know of stock beyond home in step with the counters, beside the requests."""

from __future__ import annotations

import time
from uuid import UUID

import structlog

from argosy.orders.desk import Desk
from argosy.orders.rules import stock_key
from argosy.orders.sourcing import store
from argosy.orders.sourcing.model import PrePlaced
from argosy.quotas.look import look

_log = structlog.get_logger()

MOST_PLACES = 4_000
"""Goods at hubs that are watched; what is placed beyond them is not sold from there."""
PLACES_SECONDS = 30.0
_KEYS = 10_000


class StockWatch:
    """Watches goods beyond home; `renew` is to be called every two seconds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._places: list[PrePlaced] = []
        self._read_at = -PLACES_SECONDS

    async def renew(self) -> int:
        """Take over what the counters say; always 0: there is never more to do at once."""
        desk = self._desk
        home = desk.charts.elsewhere.home
        async with desk.database.read() as reader:
            if time.monotonic() - self._read_at >= PLACES_SECONDS:
                self._places = await store.places(reader, desk.cell, MOST_PLACES + 1)
                self._read_at = time.monotonic()
                if len(self._places) > MOST_PLACES:
                    _log.warning("pre_placed_goods_unwatched", watched=MOST_PLACES)
                    del self._places[MOST_PLACES:]
            if not self._places:
                return 0
            pairs = [(one.variant_id, one.hub) for one in self._places]
            pairs += [(variant, home) for variant in dict.fromkeys(variant for variant, _ in pairs)]
            counters = await look(reader, desk.cell, [stock_key(*pair) for pair in pairs[:_KEYS]])
        free: dict[UUID, dict[str, int]] = {}
        for variant, hub in pairs:
            counter = counters.get(stock_key(variant, hub))
            if counter is not None:
                free.setdefault(variant, {})[hub] = max(counter.free, 0)
        desk.charts.elsewhere.renew(free)
        return 0
