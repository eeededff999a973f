"""Turn paid orders into parcels, keep refunded ones in the house, and follow those that travel."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

from argosy.delivery.parcels.announce import announce, orders_with_parcels
from argosy.delivery.parcels.look_ahead import look_ahead
from argosy.delivery.parcels.model import NewParcel, Parcel
from argosy.delivery.parcels.rules import Standing
from argosy.delivery.parcels.simulated import travel
from argosy.delivery.parcels.ways import Drawn, Wayfinder
from argosy.delivery.parcels.withdraw import withdraw
from argosy.orders import store
from argosy.orders.desk import Desk
from argosy.orders.groceries.parcels import bought_at, parcels_of
from argosy.orders.sourcing.packing import Packing, city_of
from argosy.plumbing import outbox
from argosy.plumbing.database import Tx
from argosy.plumbing.jobs import alone
from argosy.plumbing.model import OutboxRow

CONSUMER = "dispatch"


class Forwarding:
    """The forwarding desk of a cell; its verbs are duties, done by one process at a time.

    `open_ways` reads the network when first needed (some seconds, in a thread); None: there is no network, and parcels are
    announced without a planned way. `simulate`: whether the simulated carrier brings them.
    """

    def __init__(self, desk: Desk, open_ways: Callable[[], Wayfinder] | None, *, simulate: bool) -> None:
        self.desk = desk
        self.simulate = simulate
        self._open_ways = open_ways
        self._ways: Wayfinder | None = None
        self._opening = threading.Lock()
        self._packing = Packing(desk, self._open)

    def _open(self) -> Wayfinder | None:
        """The network that ways are found in, for work in a thread."""
        with self._opening:
            if self._ways is None and self._open_ways is not None:
                self._ways = self._open_ways()
            return self._ways

    async def dispatch(self) -> int:
        """Take what happened to orders since the last time, and bring their parcels up to it; the number of events."""
        return await outbox.deliver(self.desk.database, self.desk.cell, CONSUMER, self.take)

    async def take(self, tx: Tx, events: Sequence[OutboxRow]) -> None:
        """The effect of some events, in their transaction: taking them again changes nothing."""
        ids = sorted({event.subject for event in events if event.topic in ("order.paid", "order.refunded")})
        if not ids:
            return
        orders = await store.to_dispatch(tx, self.desk.cell, ids)
        there = await orders_with_parcels(tx, self.desk.cell, ids)
        now = self.desk.clock.now()
        changed = {order.order_id: partial(self._packing.left, order) for order in orders if order.order_id in there}
        if changed:
            await withdraw(tx, self.desk.cell, changed, now)
        new = [
            order
            for order in orders
            if order.state == "paid" and order.order_id not in there and not order.quote.get("deposit")
        ]
        if new:
            made = await asyncio.to_thread(lambda: [one for order in new for one in self._parcels(order, now)])
            runs = {parcel.parcel_id: drawn for parcel, drawn in made if drawn and self.simulate}
            await announce(tx, self.desk.cell, [parcel for parcel, _ in made], runs)

    async def travel(self) -> int:
        """Let the simulated carrier tell what is due; of how many parcels."""
        desk, now = self.desk, self.desk.clock.now()
        return await alone(desk.database, desk.cell, "travel", lambda tx: travel(tx, desk.cell, now))

    async def look_ahead(self) -> int:
        """Tell a new day of parcels that missed a leg, and break promises whose day is over; of how many parcels."""
        desk, now = self.desk, self.desk.clock.now()
        return await alone(desk.database, desk.cell, "look ahead", lambda tx: look_ahead(tx, desk.cell, now, self))

    def foresee(self, parcel: Parcel, standing: Standing, now: datetime) -> date | None:
        """The day that a parcel is expected on; reads the network when first asked, so ask in a thread."""
        ways = self._open()
        return ways.foresee(parcel, standing, now) if ways else None

    def _parcels(self, order: store.ToDispatch, now: datetime) -> list[tuple[NewParcel, list[Drawn]]]:
        """An order's parcels, and what a simulated carrier will tell of each."""
        shop = self.desk.charts.stores.by_code.get(order.quote.get("store", ""))
        if shop is None:
            return list(self._packing.parcels(order, now))
        bought = bought_at(order, shop)
        return parcels_of(bought, city_of(bought.contact), partial(self._packing.left, order), now)
