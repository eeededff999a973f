"""What the verbs of orders work with: one value, put together where the app is built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from argosy.markets.model import Market
from argosy.orders.intake import Intake
from argosy.orders.model import Charts, Destination, Promise, ShelfItem
from argosy.orders.ports import Payments
from argosy.orders.quoting.landing import business_date
from argosy.orders.quoting.promises import Promises
from argosy.orders.quoting.soon import HOURS, Soon, within
from argosy.orders.shelf import ShelfCache
from argosy.orders.sourcing.model import may_send, network_code
from argosy.orders.sourcing.rules import Dates, Where, sent_from
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
    bears_charges: bool = True
    """Whether the shop pays duty and tax back that nobody returns and no law makes it pay."""

    def promise(
        self, destination: Destination, now: datetime, hub: str | None = None, *, even_refused: bool = False
    ) -> Promise | None:
        """By when goods that leave a hub (UN/LOCODE; None: home) are at a destination; None where nothing can be promised."""
        market = self.charts.markets.get(destination.country)
        if self.promises is None or market is None:
            return None
        code = None if hub is None or hub == self.charts.hub else network_code(hub)
        return self.promises.to(market, destination, now, code, even_refused=even_refused)

    def within(self, destination: Destination, now: datetime, hours: int = HOURS) -> Soon:
        """Which goods are at a destination within so many hours."""
        market = self.charts.markets.get(destination.country)
        if market is None:
            return Soon(everything=False)
        return within(self.promises, market, destination, now, hours=hours, elsewhere=self._beyond(market))

    def _beyond(self, market: Market) -> dict[str, frozenset[UUID]]:
        """Products with free stock at hubs beyond home that may send them to a market, by hub."""
        found: dict[str, set[UUID]] = {}
        for variant_id, held in self.charts.elsewhere.free.items():
            item = self.shelf.item(variant_id)
            for hub, left in held.items():
                if item and left > 0 and hub != self.charts.hub and may_send(hub, market.code):
                    found.setdefault(hub, set()).add(item.product.product_id)
        return {hub: frozenset(products) for hub, products in found.items()}

    def sent_from(self, market: Market, region: str, item: ShelfItem, now: datetime) -> Charts:
        """The facts as the hub sees them that sends one piece of a thing to a market, ordered now."""
        if item.variant.variant_id not in self.charts.elsewhere.free:
            return self.charts
        dates = self.dates(Destination(country=market.code, region=region), now)
        return sent_from(Where(self.charts, market, region, business_date(market, now), dates), item, now)

    def dates(self, destination: Destination, now: datetime) -> Dates | None:
        """The dates of a destination by hub; None in a shop that promises none."""
        return None if self.promises is None else lambda hub: self.promise(destination, now, hub)
