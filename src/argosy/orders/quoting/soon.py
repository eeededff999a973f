"""Which goods are at a destination within so many hours, if ordered now: what the filter of lists asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from argosy.markets.model import Market
from argosy.orders.model import Destination, Promise
from argosy.orders.quoting.promises import Promises

HOURS = 72


class Soon(msgspec.Struct, frozen=True):
    """The goods that are there in time."""

    everything: bool
    """Whatever the home hub has is."""
    products: frozenset[UUID] = frozenset()
    """Products that are because a nearer hub has them; not told where everything is."""
    home: Promise | None = None
    """By when goods of the home hub are there; None where nothing is promised."""

    def has(self, product_id: UUID) -> bool:
        """Whether a product is there in time."""
        return self.everything or product_id in self.products

    @property
    def only(self) -> tuple[UUID, ...] | None:
        """What a list is narrowed to; None: it need not be."""
        return None if self.everything else tuple(sorted(self.products))


def within(
    promises: Promises | None,
    market: Market,
    destination: Destination,
    now: datetime,
    *,
    hours: int = HOURS,
    elsewhere: Mapping[str, frozenset[UUID]] | None = None,
) -> Soon:
    """What is at a destination within so many hours at the confidence of promises.

    `elsewhere` has the products with free stock at hubs other than the home hub, by the hub's code.
    While all goods leave one hub it is a property of the destination: everything or nothing.
    """
    if promises is None:
        return Soon(everything=False)
    until = now + timedelta(hours=hours)
    home = promises.to(market, destination, now)
    if home is not None and home.by <= until:
        return Soon(everything=True, home=home)
    near: set[UUID] = set()
    for hub, products in (elsewhere or {}).items():
        told = promises.to(market, destination, now, hub)
        if told is not None and told.by <= until:
            near |= products
    return Soon(everything=False, products=frozenset(near), home=home)
