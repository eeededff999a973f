"""What the verbs of orders work with: one value, put together where the app is built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from argosy.orders.intake import Intake
from argosy.orders.model import Charts, Destination, Promise
from argosy.orders.ports import Payments
from argosy.orders.quoting.promises import Promises
from argosy.orders.quoting.soon import HOURS, Elsewhere, Soon, within
from argosy.orders.shelf import ShelfCache
from argosy.orders.stock import StockBoard
from argosy.plumbing.clock import Clock
from argosy.plumbing.database import Database
from argosy.plumbing.secrets import Signer


class Desk(msgspec.Struct):
    """Everything that quoting, placing and paying need; `charts` is replaced as a whole when facts change."""

    cell: int
    clock: Clock
    new_id: Callable[[], UUID]
    database: Database
    intake: Intake
    shelf: ShelfCache
    stock: StockBoard
    payments: Payments
    signer: Signer
    hold_for: timedelta
    charts: Charts
    promises: Promises | None = None
    """None until the network is read, and in a shop without one."""
    elsewhere: Elsewhere | None = None
    """What other hubs than the home hub have; None: there are none."""
    bears_charges: bool = True
    """Whether the shop pays duty and tax back that nobody returns and no law makes it pay."""

    def promise(self, destination: Destination, now: datetime) -> Promise | None:
        """By when goods are at a destination; None where nothing can be promised."""
        market = self.charts.markets.get(destination.country)
        return self.promises.to(market, destination, now) if self.promises and market else None

    def within(self, destination: Destination, now: datetime, hours: int = HOURS) -> Soon:
        """Which goods are at a destination within so many hours."""
        market = self.charts.markets.get(destination.country)
        if market is None:
            return Soon(everything=False)
        elsewhere = self.elsewhere() if self.elsewhere else None
        return within(self.promises, market, destination, now, hours=hours, elsewhere=elsewhere)
