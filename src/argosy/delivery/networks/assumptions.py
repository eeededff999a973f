"""The shape of `assumptions.toml`: what the demo network assumes, each group with the reason for its figures."""

from __future__ import annotations

from pathlib import Path

import msgspec

from argosy.base.errors import Misconfigured
from argosy.delivery.model import Spread


def clock_minutes(text: str) -> int:
    """Minutes after midnight of a time like `09:30`; up to `24:00`. Another text raises ValueError."""
    hours, _, minutes = text.partition(":")
    if not (len(hours) == 2 and len(minutes) == 2 and hours.isdigit() and minutes.isdigit()):
        raise ValueError(f"{text!r} is not a time like 09:30")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > 1440:
        raise ValueError(f"{text!r} is not a time like 09:30")
    return total


def weekday_set(text: str) -> frozenset[int]:
    """The ISO weekdays of a text such as `12345`; another text raises ValueError."""
    days = frozenset(int(sign) for sign in text if sign in "1234567")
    if not days or len(days) != len(text):
        raise ValueError(f"{text!r} is not a set of weekdays like 12345, 1 is Monday")
    return days


class _Reasoned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    why: str


class Duration(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log-normal duration."""

    p50_minutes: int
    p95_minutes: int

    @property
    def spread(self) -> Spread:
        """The duration as the network has it."""
        return Spread(self.p50_minutes, self.p95_minutes)


class Customs(Duration, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long clearing takes in some zones, and when their offices work."""

    opens: str
    closes: str
    weekdays: str
    zones: tuple[str, ...] = ()

    @property
    def opens_at(self) -> int:
        """The opening minute of the day."""
        return clock_minutes(self.opens)

    @property
    def closes_at(self) -> int:
        """The closing minute of the day."""
        return clock_minutes(self.closes)

    @property
    def days(self) -> frozenset[int]:
        """The weekdays worked."""
        return weekday_set(self.weekdays)


class Waves(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often a stock hub releases orders to its pickers."""

    every_minutes: int


class Flight(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How flights go."""

    kilometres_per_hour: int
    taxi_and_climb_minutes: int
    cutoff_minutes: int
    most_departures_a_day: int
    first_leaves: str
    last_leaves: str
    late_share: float
    late_mean_minutes: int
    bumped_share: float

    @property
    def first(self) -> int:
        """The minute of the day from which flights leave."""
        return clock_minutes(self.first_leaves)

    @property
    def last(self) -> int:
        """The minute of the day until which flights leave."""
        return clock_minutes(self.last_leaves)


class FlightLoad(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Room for parcels on one departure."""

    wide_body_kg: int
    narrow_body_kg: int
    small_kg: int
    kg_per_parcel: float


class FlightPrice(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What room on a flight costs, in minor units."""

    currency: str
    per_kg_minor: int
    per_kg_and_1000_km_minor: int
    kg_per_m3: int


class Feeder(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Trucks from a stock hub to airports."""

    gateway_km: int
    gateway_lanes: int
    kilometres_per_hour: int
    loading_minutes: int
    cutoff_minutes: int
    every_minutes: int
    late_share: float
    late_mean_minutes: int
    capacity_kg: int
    per_kg_minor: int
    currency: str


class LastMile(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Delivery from the last airport to the door."""

    max_km: int
    kilometres_per_hour: int
    depot_by: str
    door_from: str
    door_until: str
    weekdays: str
    price_minor: int
    currency: str

    @property
    def depot(self) -> int:
        """The minute of the day by which a parcel must be in the depot."""
        return clock_minutes(self.depot_by)

    @property
    def opens_at(self) -> int:
        """The minute from which parcels are at the door."""
        return clock_minutes(self.door_from)

    @property
    def closes_at(self) -> int:
        """The minute until which parcels are at the door."""
        return clock_minutes(self.door_until)

    @property
    def days(self) -> frozenset[int]:
        """The weekdays on which is delivered."""
        return weekday_set(self.weekdays)


class Countries(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Countries of which something holds."""

    countries: tuple[str, ...]


class ReachHubs(_Reasoned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hubs with stock that reach is told for, and the first instant of the week it is told for."""

    hubs: tuple[str, ...]
    home: str
    week: str


class Assumptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file; `zones` lists the countries of customs zones that are not one country."""

    picking: Duration
    waves: Waves
    transfer: Duration
    flight: Flight
    flight_load: FlightLoad
    flight_price: FlightPrice
    feeder: Feeder
    customs_fast: Customs
    customs_slow: Customs
    break_bulk: Duration
    last_mile: LastMile
    every_day: Countries
    friday_off: Countries
    works_holidays: Countries
    zones: dict[str, tuple[str, ...]]
    reach: ReachHubs


def read_assumptions(file: Path) -> Assumptions:
    """The file's figures; a missing, unknown or wrong one raises Misconfigured with its name."""
    try:
        read = msgspec.toml.decode(file.read_bytes())
        read.get("zones", {}).pop("why", None)
        assumed = msgspec.convert(read, Assumptions)
        for customs in (assumed.customs_fast, assumed.customs_slow):
            assert customs.opens_at < customs.closes_at, "customs: closes before it opens"  # noqa: S101
            weekday_set(customs.weekdays)
        assumed.flight.first, assumed.flight.last, assumed.last_mile.depot, assumed.last_mile.opens_at  # noqa: B018
        assumed.last_mile.closes_at, assumed.last_mile.days  # noqa: B018
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError, AssertionError, OSError) as wrong:
        raise Misconfigured(f"{file}: {wrong}. Every figure stands there with its reason.") from None
    return assumed
