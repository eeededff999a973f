"""The delivery date of a destination: read from its hub's promise board, which one process makes for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from argosy.delivery.board import Board, minutes_of
from argosy.delivery.board import Promises as Boards
from argosy.delivery.model import City, Promised, Room
from argosy.delivery.places import Cities
from argosy.markets.model import Market
from argosy.orders.model import Destination, Promise

CONFIDENCE = 0.95
"""The share of parcels that are at the door by the day that pages name."""
_KEPT = 50_000
_REFUSED_FOR = timedelta(minutes=10)
"""Nothing is promised by a departure that refused an order for so long; boards know of it long before."""


class Promises:
    """Delivery dates from the hubs that boards are read of; reads are table reads."""

    def __init__(self, boards: Boards, cities: Cities, hub: str) -> None:
        self._boards = boards
        self._cities = cities
        self._hub = hub
        self._refused: dict[str, datetime] = {}
        self._tight: dict[str, tuple[int, datetime]] = {}
        self._found: dict[tuple[str, str, str], City | None] = {}
        self._slowest: dict[tuple[str, str], tuple[Board | None, Promised, City]] = {}

    def warm(self, countries: Iterable[str]) -> None:
        """Read the names of the countries' cities, which takes a while when they are first asked for: beside the requests."""
        for country in countries:
            self._cities.known(country, "")

    def refuse(self, departures: Iterable[str], now: datetime) -> None:
        """Promise nothing by these departures, which had no room for an order, until the boards will know of it."""
        self._refused = {key: until for key, until in self._refused.items() if until > now}
        self._refused.update(dict.fromkeys(departures, now + _REFUSED_FOR))

    def refuse_above(self, left: Mapping[str, int], now: datetime) -> None:
        """Promise nothing heavier than the grams that these departures had left for an order, for as long."""
        self._tight = {key: one for key, one in self._tight.items() if one[1] > now}
        self._tight.update({key: (grams, now + _REFUSED_FOR) for key, grams in left.items()})

    @property
    def is_tight(self) -> bool:
        """Whether some departure was too full for a parcel's weight of late, so that parcels' weights matter to dates."""
        return bool(self._tight)

    def bears(
        self, market: Market, destination: Destination, now: datetime, hub: str | None = None, *, grams: int
    ) -> bool:
        """Whether no departure that a date relies on refused a parcel as heavy, or lighter, of late."""
        known = (self._tight.get(key) for key, _ in self.room(market, destination, now, hub))
        return not any(one and one[1] > now and one[0] < grams for one in known)

    def room(
        self, market: Market, destination: Destination, now: datetime, hub: str | None = None
    ) -> list[tuple[str, Room]]:
        """The departures that a date relies on and what each takes, as far as that is stated."""
        city = self._city(market, destination)
        if city is None:
            return []
        sender = network_code(hub) if hub else self._hub
        keys = self._boards.departures(sender, city.index, CONFIDENCE, now)
        return [(key, room) for key in keys if (room := self._boards.room_of(key)) is not None]

    def to(
        self,
        market: Market,
        destination: Destination,
        now: datetime,
        hub: str | None = None,
        *,
        even_refused: bool = False,
    ) -> Promise | None:
        """By when goods of a hub, or else of the home hub, are at a destination; None where nothing can be promised.


        The hub is named by its code in the network or as in counters (`CN-HGH`, `CNHGH`).
        A destination without a city stands for the largest one of its state or country. A city that is not in the table gets
        the date of the slowest one of its country. `even_refused`: also by departures that had no room for an order just now.
        """
        sender = network_code(hub) if hub else self._hub
        city = self._city(market, destination)
        told = self._told(sender, city, now) if city else None
        if city is None and destination.city:
            told, city = self._slowest_in(sender, market.code, now)
        if city is None or told is None:
            return None
        if self._refused and not even_refused and self._is_refused(sender, city, now):
            return None
        return Promise(
            hub=sender,
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
            full=self._boards.is_later(sender, city.index, CONFIDENCE),
        )

    def _is_refused(self, hub: str, city: City, now: datetime) -> bool:
        keys = self._boards.departures(hub, city.index, CONFIDENCE, now)
        return any(key in self._refused and self._refused[key] > now for key in keys)

    def _told(self, hub: str, city: City, now: datetime) -> Promised | None:
        return self._boards.lookup(hub, city.index, CONFIDENCE, now)

    def _slowest_in(self, hub: str, country: str, now: datetime) -> tuple[Promised | None, City | None]:
        """The latest of all dates that are promised in a country."""
        kept, board = self._slowest.get((hub, country)), self._boards.current(hub, minutes_of(now))
        if kept is None or kept[0] is not board:
            told = [(found, city) for city in self._cities.of(country) if (found := self._told(hub, city, now))]
            if not told:
                return None, None
            latest = max(told, key=lambda pair: pair[0].by)
            kept = self._slowest[hub, country] = (board, *latest)
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


def network_code(hub: str) -> str:
    """A hub's code in the network, by that or by its UN/LOCODE: `CN-HGH` of `CNHGH`."""
    return hub if "-" in hub else f"{hub[:2]}-{hub[2:]}"
