"""The parcels of a paid order: one for each hub that sends some of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from argosy.base.money import convert, round_half_up
from argosy.delivery.ledger import Promise as LedgerPromise
from argosy.delivery.model import City
from argosy.delivery.parcels.model import NewParcel, Piece
from argosy.delivery.parcels.rules import LATE_MOST_EURO_MINOR, compensation, due_at
from argosy.delivery.parcels.ways import Drawn, Wayfinder, day_end
from argosy.delivery.parcels.withdraw import Left
from argosy.delivery.places import cities
from argosy.markets.model import Address
from argosy.orders import store
from argosy.orders.desk import Desk
from argosy.orders.model import Promise
from argosy.orders.sourcing.model import network_code
from argosy.orders.sourcing.parcel_ids import parcel_id_of


class Packing:
    """Plans parcels; `home` gives the ways from home, None in a shop without a network."""

    def __init__(self, desk: Desk, home: Callable[[], Wayfinder | None]) -> None:
        self._desk = desk
        self._home = home
        self._by_hub: dict[str, Wayfinder] = {}

    def _from(self, hub: str) -> Wayfinder | None:
        """The ways from a hub of the network; None: there is no network, or it has no such hub with stock."""
        home = self._home()
        if home is None or home.hub.code == hub:
            return home
        if hub not in self._by_hub and any(one.code == hub and one.waves for one in home.planner.network.hubs):
            self._by_hub[hub] = Wayfinder(home.planner, hub, home.confidence)
        return self._by_hub.get(hub)

    def parcels(self, order: store.ToDispatch, now: datetime) -> Iterator[tuple[NewParcel, list[Drawn]]]:
        """One order's parcels, and what a simulated carrier will tell of each; of what is left in none there is none."""
        planned = order.quote.get("split") or [{**order.quote, "lines": None}]
        for number, one in enumerate(planned, start=1):
            lines = frozenset(one["lines"]) if one["lines"] is not None else None
            if len(planned) == 1 or self.left(order, lines).lines:
                yield self._parcel(order, number, one, lines, now)

    def _parcel(
        self,
        order: store.ToDispatch,
        number: int,
        planned: Mapping[str, Any],
        lines: frozenset[int] | None,
        now: datetime,
    ) -> tuple[NewParcel, list[Drawn]]:
        left = self.left(order, lines)
        contact = msgspec.convert(order.contact, Address)
        kept = planned.get("promise")
        # Quotes of before there was a network say that it is not computed.
        told = msgspec.convert(kept, Promise) if isinstance(kept, dict) else None
        parcel_id = parcel_id_of(order.order_id, number)
        hub = told.hub if told else self._hub(str(planned.get("hub", "")))
        ways = self._from(hub)
        city = city_of(contact)
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
            channel=str(planned.get("channel", "")),
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

    def _hub(self, hub: str) -> str:
        """The network's code of a quote's hub; of home where the quote is older than other hubs are."""
        if hub and hub != self._desk.charts.hub:
            return network_code(hub)
        ways = self._home()
        return ways.hub.code if ways else self._desk.charts.hub

    def left(self, order: store.ToDispatch, lines: frozenset[int] | None) -> Left:
        """What is left of these lines of an order after refunds; None: of all its lines."""
        if order.state != "paid":
            return Left((), None, 0, None)
        kept = [one for one in order.lines if one["left"] > 0 and (lines is None or one["line"] in lines)]
        weights = [line["weight_g"] and line["weight_g"] * line["left"] for line in kept]
        rate = self._desk.charts.rates.on("EUR", order.currency, order.placed_at.date())
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


def city_of(contact: Address) -> City | None:
    """The city that a parcel goes to; a place too small to be known stands for the largest city of its state or country."""
    known = cities()
    for region in (contact.country_area or None, None):
        if found := known.known(contact.country, contact.city, region):
            return found
    inside = known.of(contact.country)
    near = [city for city in inside if city.region == contact.country_area] or inside
    return max(near, key=lambda city: city.population, default=None)
