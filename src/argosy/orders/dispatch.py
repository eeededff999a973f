"""Turn paid orders into parcels, keep refunded ones in the house, and follow those that travel."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

import msgspec

from argosy.base.money import convert, round_half_up
from argosy.delivery.ledger import Promise as LedgerPromise
from argosy.delivery.model import City
from argosy.delivery.parcels.announce import announce, orders_with_parcels
from argosy.delivery.parcels.look_ahead import look_ahead
from argosy.delivery.parcels.model import NewParcel, Parcel, Piece
from argosy.delivery.parcels.rules import LATE_MOST_EURO_MINOR, Standing, compensation, due_at
from argosy.delivery.parcels.simulated import travel
from argosy.delivery.parcels.ways import Drawn, Wayfinder, day_end
from argosy.delivery.parcels.withdraw import Left, withdraw
from argosy.delivery.places import cities
from argosy.markets.model import Address
from argosy.orders import store
from argosy.orders.desk import Desk
from argosy.orders.model import Promise
from argosy.plumbing import outbox
from argosy.plumbing.database import Tx
from argosy.plumbing.ids import derived_id
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
        changed = {order.order_id: self._left(order) for order in orders if order.order_id in there}
        if changed:
            await withdraw(tx, self.desk.cell, changed, now)
        new = [
            order
            for order in orders
            if order.state == "paid" and order.order_id not in there and not order.quote.get("deposit")
        ]
        if new:
            made = await asyncio.to_thread(lambda: [self._parcel(order, self._open(), now) for order in new])
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

    def _parcel(self, order: store.ToDispatch, ways: Wayfinder | None, now: datetime) -> tuple[NewParcel, list[Drawn]]:
        """One order's parcel, and what a simulated carrier will tell of it."""
        left = self._left(order)
        contact = msgspec.convert(order.contact, Address)
        kept = order.quote.get("promise")
        # Quotes of before there was a network say that it is not computed.
        told = msgspec.convert(kept, Promise) if isinstance(kept, dict) else None
        parcel_id = derived_id("parcel", str(order.order_id), "1")
        hub = told.hub if told else (ways.hub.code if ways else self.desk.charts.hub)
        city = _city(contact)
        way = ways.way(city, now) if ways and city else None
        stages = ways.stages(way, city) if ways and way and city else ()
        promised_at = day_end(told.day, told.time_zone) if told else None
        made = NewParcel(
            parcel_id=parcel_id,
            order_id=order.order_id,
            hub=hub,
            country=contact.country,
            city=contact.city or (city.name if city else ""),
            geonames=city.number if city else None,
            time_zone=told.time_zone if told else (city.time_zone if city else "UTC"),
            channel=str(order.quote.get("channel", "")),
            weight_g=left.weight_g,
            lines=left.lines,
            value_minor=left.value_minor,
            currency=order.currency,
            stages=stages,
            departure=next((stage.departure for stage in stages if stage.departure), ""),
            promise=_for_ledger(order, told, parcel_id, promised_at),
            promised_day=told.day if told else None,
            promised_at=promised_at,
            if_late_minor=compensation(left.value_minor, left.most_minor) if told else None,
            announced_at=now,
            due_at=due_at(stages),
        )
        drawn = ways.drawn(way, city, parcel_id) if ways and way and city else []
        return made, drawn

    def _left(self, order: store.ToDispatch) -> Left:
        """What is left in an order's parcel after refunds."""
        if order.state != "paid":
            return Left((), None, 0, None)
        kept = [line for line in order.lines if line["left"] > 0]
        weights = [line["weight_g"] and line["weight_g"] * line["left"] for line in kept]
        rate = self.desk.charts.rates.on("EUR", order.currency, order.placed_at.date())
        return Left(
            tuple(Piece(line["line"], line["left"]) for line in kept),
            None if None in weights else sum(weights),
            sum(round_half_up(Fraction(line["goods_minor"] * line["left"], line["ordered"])) for line in kept),
            convert(LATE_MOST_EURO_MINOR, rate.ratio, "EUR", order.currency) if rate else None,
        )


def _for_ledger(
    order: store.ToDispatch, told: Promise | None, parcel_id: UUID, promised_at: datetime | None
) -> LedgerPromise | None:
    if told is None or promised_at is None:
        return None
    return LedgerPromise(
        parcel_id=parcel_id,
        order_id=order.order_id,
        lane=f"{told.hub}>{told.country} {told.mode}",
        confidence=told.confidence,
        ordered_at=order.placed_at,
        promised_at=promised_at,
    )


def _city(contact: Address) -> City | None:
    """The city that a parcel goes to; a place too small to be known stands for the largest city of its state or country."""
    known = cities()
    for region in (contact.country_area or None, None):
        if found := known.known(contact.country, contact.city, region):
            return found
    inside = known.of(contact.country)
    near = [city for city in inside if city.region == contact.country_area] or inside
    return max(near, key=lambda city: city.population, default=None)
