"""What a logistics network is made of, and what it says about one parcel. Times of day are minutes after local midnight."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

HubKind = Literal["fulfilment_centre", "bonded_warehouse", "ehub", "airport", "port", "customs", "sort_centre", "depot"]
Mode = Literal["air", "road", "rail", "sea"]
ClosureKind = Literal["hub", "lane", "country"]

CONFIDENCES = (0.5, 0.9, 0.95, 0.98)
"""The confidences that promise tables hold, in the order of their columns."""
EVERY_DAY = frozenset(range(1, 8))
"""Weekdays as ISO 8601 numbers them: 1 is Monday."""


class Spread(msgspec.Struct, frozen=True):
    """A duration that is never twice the same: log-normal, told by its median and its 95th percentile in minutes."""

    p50_minutes: int
    p95_minutes: int


class Hub(msgspec.Struct, frozen=True, kw_only=True):
    """A place that parcels pass through.

    `waves` are the local times at which a place with stock releases the orders paid so far to its pickers; a place
    without stock has none. `handling` is the time from arrival (with stock: from the wave) until a parcel is ready for the next
    lane; `sorting` the time until it is on a delivery van.
    """

    code: str
    kind: HubKind
    name: str
    country: str
    customs_zone: str
    latitude: float
    longitude: float
    time_zone: str
    handling: Spread
    sorting: Spread
    waves: tuple[int, ...] = ()
    clears: bool = False
    """Whether goods from outside the customs zone can be cleared here."""
    delivers: bool = False
    """Whether delivery vans start here."""


class Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """A firm that moves parcels."""

    code: str
    name: str


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's way from one hub to another.

    Transit takes `transit_minutes`, and of a share `late_share` of the departures an exponential delay of
    `late_mean_minutes` on average longer; a share `bumped_share` of the parcels is left behind for the next departure.
    Capacity is that of one departure; None is unknown. Prices are minor units of `currency`, None is unknown.
    """

    code: str
    carrier: str
    origin: str
    destination: str
    mode: Mode
    transit_minutes: int
    late_share: float = 0.0
    late_mean_minutes: int = 0
    bumped_share: float = 0.0
    capacity_parcels: int | None = None
    capacity_g: int | None = None
    price_per_kg_minor: int | None = None
    price_per_m3_minor: int | None = None
    currency: str | None = None


class Room(msgspec.Struct, frozen=True, array_like=True):
    """What one departure takes; None is not stated."""

    parcels: int | None
    grams: int | None


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """A lane leaves on these weekdays at this local time of its origin; parcels must be ready `cutoff_minutes` before."""

    lane: str
    weekdays: frozenset[int]
    leaves: int
    cutoff_minutes: int


class Border(msgspec.Struct, frozen=True, kw_only=True):
    """How goods enter a customs zone: the time it takes, and the hours in which an office releases them."""

    customs_zone: str
    clearance: Spread
    opens: int
    closes: int
    weekdays: frozenset[int]


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """A country's customs zone and the calendar of public holidays that its couriers keep (None: they keep none)."""

    code: str
    customs_zone: str
    holidays: str | None


class ServiceArea(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a last-mile carrier delivers: a whole country, or one city of it (a GeoNames number), which then goes first.

    A parcel sorted and driven to the city's depot by `depot_by` is at the door between `door_from` and `door_until` of the
    same delivery day. `max_km` 0: nobody delivers there.
    """

    carrier: str
    country: str
    city: int | None
    max_km: int
    km_per_hour: int
    depot_by: int
    door_from: int
    door_until: int
    weekdays: frozenset[int]
    price_minor: int | None = None
    currency: str | None = None


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """Days (local, both counted, None is open-ended) on which a hub or lane does not work, or a country's couriers do not."""

    kind: ClosureKind
    code: str
    first: date | None
    last: date | None
    reason: str


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """A whole network. Codes are unique; every reference leads somewhere (`rules.faults` says where one does not)."""

    hubs: tuple[Hub, ...]
    carriers: tuple[Carrier, ...]
    lanes: tuple[Lane, ...]
    departures: tuple[Departure, ...]
    borders: tuple[Border, ...]
    countries: tuple[Country, ...]
    service_areas: tuple[ServiceArea, ...]
    closures: tuple[Closure, ...] = ()


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What has happened since the network was drawn up.

    Departures are named by `rules.departure_key`: those in `full` take no more parcels, those in `cancelled` do not leave, those in
    `late` leave and land so many minutes later.
    """

    full: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()
    late: tuple[tuple[str, int], ...] = ()
    closures: tuple[Closure, ...] = ()


class City(msgspec.Struct, frozen=True, kw_only=True):
    """A city of GeoNames; `index` is its place in every promise table."""

    index: int
    number: int
    name: str
    country: str
    region: str
    latitude: float
    longitude: float
    time_zone: str
    population: int


class Promised(msgspec.Struct, frozen=True):
    """By when a parcel is at the door.

    `day` is local to the shopper, `by` the instant within it; orders up to `valid_until` get the same day. `leaves_at` is when the
    first carrier leaves on a usual day.
    """

    day: date
    by: datetime
    valid_until: datetime
    mode: Mode
    leaves_at: datetime
    within_72h: bool


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a parcel's way; `waited_minutes` is the time between being ready and leaving (or being released)."""

    step: Literal["pick", "lane", "customs", "sort", "door"]
    place: str
    to: str | None
    carrier: str | None
    mode: Mode | None
    ready_at: datetime
    cutoff: datetime | None
    leaves_at: datetime
    arrives_at: datetime
    waited_minutes: int
    missed: int
    """Departures of the lane that left without the parcel: it was not ready, or was left behind."""


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """How a promise comes about: `usual` is a middling parcel, `slow` the one at the edge of the promise."""

    hub: str
    city: City
    confidence: float
    ordered_at: datetime
    promised: Promised
    usual_day: date
    usual: tuple[Leg, ...]
    slow: tuple[Leg, ...]
