"""A grocery store of a city: its hub, slots, fees, area and goods; and a slot of one day as it can be booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from argosy.quotas.model import Take

Temperature = Literal["ambient", "chilled", "frozen"]
"""How goods are kept on their way; goods of two classes are never in one parcel."""
TEMPERATURES: tuple[Temperature, ...] = ("ambient", "chilled", "frozen")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_Code = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)]
_Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
_Minor = Annotated[int, Meta(ge=0)]


class SlotTime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of a day in which a van brings orders."""

    code: _Code
    """Part of the counter's key: it may not change while orders of it are open."""
    starts: time
    ends: time
    capacity: Annotated[int, Meta(ge=1)]
    """Orders that it holds."""
    weekdays: tuple[Weekday, ...] = WEEKDAYS


class Area(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the vans go; what is empty says nothing, and an area that is empty is the whole market."""

    country_areas: tuple[str, ...] = ()
    """States, provinces or districts by the code that the country's address form stores."""
    cities: tuple[str, ...] = ()
    postal_codes: tuple[str, ...] = ()
    """Beginnings of postal codes."""
    not_cities: tuple[str, ...] = ()
    """Places within that are not served."""


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days without delivery."""

    country: _Country | None = None
    """Whose public holidays are meant; a code of the `holidays` package."""
    subdivision: str | None = None
    holidays: tuple[str, ...] = ()
    """English names as the package has them; `*` stands for all."""
    days: tuple[date, ...] = ()
    """Further single days."""


class Store(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A store of one city. Amounts are minor units of the market's currency; times are those of the city."""

    code: _Code
    market: _Country
    names: dict[str, str]
    """By language of the interface; English always."""
    city: str
    time_zone: str
    hub: Annotated[str, Meta(pattern="^[A-Z]{2}[A-Z0-9-]{3,8}$")]
    """Code of the hub whose stock is sold: its country's two letters come first."""
    hub_names: dict[str, str]
    cut_off: time
    """Orders until then, on the day before delivery, are brought in that day's slots."""
    days_before: Annotated[int, Meta(ge=0, le=7)] = 1
    """Days between the cut-off's and the delivery's."""
    days_offered: Annotated[int, Meta(ge=1, le=14)] = 4
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    minimum_minor: _Minor
    """Goods, less discounts, that an order holds at least."""
    fee_minor: _Minor
    free_from_minor: _Minor
    """Goods, less discounts, from which delivery costs nothing."""
    kept_share: Annotated[float, Meta(gt=0, lt=1)]
    """The share of orders that come within their slot."""
    carries: tuple[_Code, ...]
    """Categories with all that is below them."""
    without: tuple[_Code, ...] = ()
    """Categories among them that are not sold."""
    area: Area = Area()
    closed: Closed = Closed()
    slots: Annotated[tuple[SlotTime, ...], Meta(min_length=1)]

    def named(self, language: str) -> str:
        """Its name in a language, else in English."""
        return self.names.get(language) or self.names["en"]

    def hub_named(self, language: str) -> str:
        """The hub's name in a language, else in English."""
        return self.hub_names.get(language) or self.hub_names["en"]


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A slot of one day. Instants are aware UTC."""

    store: str
    day: date
    code: str
    starts: datetime
    ends: datetime
    order_by: datetime
    """Orders before this instant can have it."""
    time_zone: str
    capacity: int

    @property
    def name(self) -> str:
        """How it is asked for: `2026-11-24/18-20`."""
        return f"{self.day.isoformat()}/{self.code}"

    @property
    def key(self) -> str:
        """The counter of its places."""
        return f"{SLOT_KEY}{self.store}/{self.name}"

    @property
    def take(self) -> Take:
        """One order's place in it."""
        return Take(self.key, 1, self.capacity)


SLOT_KEY = "slot/"
"""What the counters of slots begin with."""


class Kept(msgspec.Struct, frozen=True):
    """How goods of a category are kept, and why."""

    temperature: Temperature
    reason: str


class Stores(msgspec.Struct, frozen=True):
    """All stores, by code, with what they share."""

    by_code: dict[str, Store] = {}
    kept: dict[str, Kept] = {}
    """By category; it holds for all that is below unless that says otherwise."""
    closed: dict[str, frozenset[date]] = {}
    """Days without delivery, by store."""

    def __iter__(self) -> Iterator[Store]:
        return iter(self.by_code.values())

    def of_market(self, market: str) -> tuple[Store, ...]:
        """The stores of a market, by code."""
        return tuple(store for store in self.by_code.values() if store.market == market)
