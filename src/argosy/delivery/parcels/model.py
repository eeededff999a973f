"""Parcels, their way as planned, what carriers tell of them. Places are hub codes of the network or, at the door, a city."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from argosy.delivery.ledger import Promise

State = Literal[
    "announced",
    "picked",
    "packed",
    "handed_over",
    "in_transit",
    "customs",
    "out_for_delivery",
    "delivered",
    "failed_attempt",
    "returned",
    "withdrawn",
]
Code = Literal[
    "announced",
    "picked",
    "packed",
    "handed_over",
    "departed",
    "arrived",
    "customs",
    "cleared",
    "delayed",
    "out_for_delivery",
    "failed_attempt",
    "delivered",
    "returned",
    "withdrawn",
    "recalled",
]
"""What can happen to a parcel, in the order in which things of the same instant happened."""
Step = Literal["pick", "lane", "customs", "sort", "door"]

NUMBER_LENGTH = 13


class Stage(msgspec.Struct, frozen=True, array_like=True):
    """One step of a parcel's way as planned: when a usual parcel begins and ends it, and one at the edge of its promise ends it."""

    step: Step
    place: str
    to: str
    """Hub where a lane ends, or the city of the door; else the same as `place`."""
    carrier: str
    mode: str
    departure: str
    """Name of the departure (`delivery.rules.departure_key`); empty but for lanes."""
    usual_from: datetime
    usual_until: datetime
    slow_until: datetime
    name: str
    """What people call the place where it ends, and where that is."""
    time_zone: str
    latitude: float
    longitude: float


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """So many pieces of an order's line in a parcel."""

    line: int
    """From 1, as in the order."""
    quantity: int


class NewParcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel to be announced."""

    parcel_id: UUID
    order_id: UUID
    hub: str
    country: str
    city: str
    geonames: int | None
    """GeoNames number of the city that its date was computed for."""
    time_zone: str
    channel: str
    weight_g: int | None
    lines: tuple[Piece, ...]
    value_minor: int
    """Paid for the goods in it."""
    currency: str
    stages: tuple[Stage, ...]
    departure: str
    promise: Promise | None
    """For the ledger; None where nothing is promised."""
    promised_day: date | None
    promised_at: datetime | None
    """The end of that day."""
    if_late_minor: int | None
    """What is paid if the promise is broken; None where nothing is promised."""
    announced_at: datetime
    due_at: datetime | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a carrier tells of one parcel."""

    number: str
    code: Code
    at: datetime
    place: str = ""
    detail: str = ""
    """Of a hand-over or departure its name, else a sentence for people."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel as it stands."""

    parcel_id: UUID
    number: str
    order_id: UUID
    state: str
    hub: str
    country: str
    city: str
    geonames: int | None
    time_zone: str
    channel: str
    weight_g: int | None
    lines: list[Any]
    value_minor: int
    currency: str
    stages: list[Any]
    reached: int
    """Stages that are over."""
    departure: str
    bag: str
    """SSCC of its bag; empty: it is in none."""
    promise: dict[str, Any] | None
    promised_day: date | None
    promised_at: datetime | None
    expected_day: date | None
    """The day told since it is known to be late; None while the promise holds."""
    unforeseen: bool
    """A leg was missed, and what that means for its day has yet to be found out."""
    due_at: datetime | None
    """If nothing was heard of it by then, silence itself says that a leg was missed."""
    if_late_minor: int | None
    owed_minor: int | None
    """What is owed for the broken promise."""
    paid_back_minor: int | None = None
    """What was paid back for it; less where less was left of the order's money, None: nothing was yet."""
    broken_at: datetime | None
    announced_at: datetime
    at_door_at: datetime | None
    """When it was first at the door, whether or not somebody was there."""
    delivered_at: datetime | None

    def way(self) -> tuple[Stage, ...]:
        """The way as planned; empty where none was known."""
        return msgspec.convert(self.stages, tuple[Stage, ...])

    def pieces(self) -> tuple[Piece, ...]:
        """What is in it."""
        return msgspec.convert(self.lines, tuple[Piece, ...])


class Arrived(msgspec.Struct, frozen=True):
    """When an order was delivered."""

    order_id: UUID
    at: datetime


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a parcel as it was noted."""

    parcel_id: UUID
    at: datetime
    code: str
    place: str
    carrier: str
    detail: str


class Bag(msgspec.Struct, frozen=True):
    """A bag of parcels for one departure."""

    number: str
    departure: str
    parcels: int


class DepartureRow(msgspec.Struct, frozen=True):
    """A departure that parcels wait for or have left with."""

    departure: str
    bags: int
    parcels: int
    weight_g: int | None
    """None where that of a parcel is unknown."""


class ManifestRow(msgspec.Struct, frozen=True):
    """A parcel on the manifest of its departure."""

    bag: str
    number: str
    order_id: UUID
    country: str
    city: str
    pieces: int
    weight_g: int | None
    value_minor: int
    currency: str
    channel: str
    state: str


class OwedRow(msgspec.Struct, frozen=True):
    """What is owed for a broken promise."""

    number: str
    order_id: UUID
    promised_day: date
    broken_at: datetime
    owed_minor: int
    paid_back_minor: int | None
    """None: it is not paid yet."""
    currency: str


class ToCompensate(msgspec.Struct, frozen=True):
    """A broken promise that is to be paid for."""

    parcel_id: UUID
    number: str
    order_id: UUID
    owed_minor: int


class RunRow(msgspec.Struct, frozen=True):
    """A parcel of the simulated carrier that something is due to be told of."""

    parcel_id: UUID
    number: str
    events: list[Any]


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a parcel after new events."""

    parcel_id: UUID
    state: str
    reached: int
    departure: str
    bag: str
    expected_day: date | None
    unforeseen: bool
    due_at: datetime | None
    owed_minor: int | None
    broken_at: datetime | None
    at_door_at: datetime | None
    delivered_at: datetime | None


class Counted(msgspec.Struct, frozen=True):
    """The first of the serials that were taken."""

    first_parcel: int
    first_bag: int
