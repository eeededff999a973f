"""The delivery date of a destination: read from the hub's promise table, which is renewed beside the requests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import City, Promised
from argosy.delivery.places import Cities
from argosy.markets.model import Market
from argosy.orders.model import Destination, Promise

CONFIDENCE = 0.95
"""The share of parcels that are at the door by the day that pages name."""
_EARLY = timedelta(minutes=2)
_KEPT = 50_000


class Promises:
    """Delivery dates from one hub; reads are table reads. Nothing is promised before the first `renew`."""

    def __init__(self, board: PromiseBoard, cities: Cities, hub: str, countries: Iterable[str] = ()) -> None:
        self._board = board
        self._cities = cities
        self._hub = hub
        self._found: dict[tuple[str, str, str], City | None] = {}
        # Names are read per country when first asked for, which takes a while: here, beside the requests.
        for country in countries:
            cities.known(country, "")
        self._slowest: dict[str, tuple[datetime, Promised, City]] = {}
        self._ready = False

    def renew(self, now: datetime) -> int:
        """Make what the table lacks, one picking wave at a time (about 0.1 s each); how many were made.

        A wave is given up two minutes before it passes, so that no reader has to wait for the next one's table.
        """
        made = self._board.refresh(self._hub, now + _EARLY, 1)
        self._ready = True
        return made

    def to(self, market: Market, destination: Destination, now: datetime) -> Promise | None:
        """By when goods are at a destination; None where nothing can be promised.

        A destination without a city stands for the largest one of its state or country. A city that is not in the table gets
        the date of the slowest one of its country.
        """
        if not self._ready:
            return None
        city = self._city(market, destination)
        told = self._told(city, now) if city else None
        if city is None and destination.city:
            told, city = self._slowest_in(market.code, now)
        if city is None or told is None:
            return None
        return Promise(
            hub=self._hub,
            city=destination.city or city.name,
            country=city.country,
            time_zone=city.time_zone,
            day=told.day,
            by=told.by,
            order_by=told.valid_until,
            leaves_at=told.leaves_at,
            mode=told.mode,
            confidence=CONFIDENCE,
            within_72h=told.within_72h,
        )

    def _told(self, city: City, now: datetime) -> Promised | None:
        return self._board.lookup(self._hub, city.index, CONFIDENCE, now)

    def _slowest_in(self, country: str, now: datetime) -> tuple[Promised | None, City | None]:
        """The latest of all dates that are promised in a country."""
        kept = self._slowest.get(country)
        if kept is None or kept[0] < now:
            told = [(found, city) for city in self._cities.of(country) if (found := self._told(city, now))]
            if not told:
                return None, None
            latest = max(told, key=lambda pair: pair[0].by)
            kept = self._slowest[country] = (min(found.valid_until for found, _ in told), *latest)
        return kept[1], kept[2]

    def _city(self, market: Market, destination: Destination) -> City | None:
        region = destination.region or market.region
        key = (market.code, region, destination.city or market.city)
        if key not in self._found:
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[key] = self._look_up(*key)
        return self._found[key]

    def _look_up(self, country: str, region: str, name: str) -> City | None:
        inside = self._cities.of(country)
        if name:
            return self._cities.known(country, name, region or None) or self._cities.known(country, name)
        near = [city for city in inside if city.region == region] or inside
        return max(near, key=lambda city: city.population, default=None)
