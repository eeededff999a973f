"""Shapes of parcels in the API: what is told of them, and what carriers tell."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from argosy.delivery.parcels.rules import CARRIERS_CODES

MOST_EVENTS = 500
_PRINTED = r"^[^\x00-\x1f\x7f]*$"


class StageAnswer(msgspec.Struct, frozen=True):
    """A step of the way as planned."""

    step: str
    place: str
    to: str
    name: str
    mode: str
    usual_until: datetime
    """When a usual parcel is through with it."""
    over: bool


class EventAnswer(msgspec.Struct, frozen=True):
    """Something that happened to a parcel."""

    at: datetime
    local: str
    """The same instant on the wall of its place."""
    code: str
    place: str
    name: str
    detail: str


class ParcelAnswer(msgspec.Struct, frozen=True):
    """A parcel and all that happened to it."""

    number: str
    order_id: UUID
    state: str
    city: str
    country: str
    channel: str
    weight_g: int | None
    """None: not known."""
    lines: dict[str, int]
    """Pieces by line of the order, the first being 1."""
    promised_day: str | None
    """None: nothing was promised."""
    expected_day: str | None
    """The new day of a parcel that will be late; None while the promise holds, or where no day can be told."""
    promise_broken: bool
    currency: str
    if_late_minor: int | None
    """What a broken promise costs the shop."""
    owed_minor: int | None
    """What is owed for the broken promise."""
    paid_back_minor: int | None
    """What was paid back for it, as the order's refunds tell; null: nothing was yet."""
    delivered_at: datetime | None
    way: list[StageAnswer]
    events: list[EventAnswer]


class ParcelsAnswer(msgspec.Struct, frozen=True):
    """An order's parcels."""

    parcels: list[ParcelAnswer]


class EventRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a carrier tells of one parcel."""

    number: Annotated[str, Meta(max_length=30, extra_json_schema={"examples": ["LP000000005CN"]})]
    code: Annotated[str, Meta(max_length=30, extra_json_schema={"enum": list(CARRIERS_CODES)})]
    at: Annotated[datetime, Meta(tz=True, description="When it happened, with an offset from UTC.")]
    place: Annotated[
        str, Meta(max_length=80, pattern=_PRINTED, description="A hub's code of the network, or a town.")
    ] = ""
    detail: Annotated[str, Meta(max_length=200, pattern=_PRINTED)] = ""


class EventsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A carrier's message."""

    events: Annotated[list[EventRequest], Meta(min_length=1, max_length=MOST_EVENTS)]
