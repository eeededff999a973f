"""Handlers of parcels: where they are, for who holds the order's key, and what carriers tell of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get, post

from argosy.base.errors import Misconfigured, NotFound, Refused
from argosy.base.instants import utc
from argosy.delivery.parcels import look
from argosy.delivery.parcels.model import Code, Report
from argosy.delivery.parcels.note import note
from argosy.delivery.parcels.numbers import read_s10
from argosy.delivery.parcels.rules import CARRIERS_CODES
from argosy.outside import standard_webhooks
from argosy.platform.document import ORDER_KEY, problems
from argosy.platform.front import bearer, check_order_key, front_of
from argosy.platform.shapes.parcels import (
    EventAnswer,
    EventRequest,
    EventsRequest,
    ParcelAnswer,
    ParcelsAnswer,
    StageAnswer,
)

Keys = Mapping[str, tuple[str, ...]]
"""The secrets that a carrier's messages may be signed with, by its name."""


def read_keys(setting: str) -> Keys:
    """The carriers of `name=whsec_...,name=whsec_...`; a name may come twice while one secret replaces another.

    Another form raises Misconfigured.
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in setting.split(","))):
        name, _, secret = part.partition("=")
        try:
            standard_webhooks.sign(secret, "check", 0, b"")
        except ValueError:
            secret = ""
        if not name or not name.isidentifier() or not secret.startswith(standard_webhooks.PREFIX):
            raise Misconfigured("ARGOSY_CARRIER_SECRETS: write name=whsec_..., several of them separated by commas.")
        found[name] = (*found.get(name, ()), secret)
    return found


_read_message = msgspec.json.Decoder(EventsRequest).decode


def parcel_answer(tracked: look.Tracked) -> ParcelAnswer:
    """A parcel as the API tells it."""
    parcel, way = tracked.parcel, tracked.parcel.way()
    names = {stage.to: stage.name for stage in way}
    zones = {stage.to: stage.time_zone for stage in way} | {parcel.city: parcel.time_zone}
    return ParcelAnswer(
        number=parcel.number,
        order_id=parcel.order_id,
        state=parcel.state,
        city=parcel.city,
        country=parcel.country,
        channel=parcel.channel,
        weight_g=parcel.weight_g,
        lines={str(piece.line): piece.quantity for piece in parcel.pieces()},
        promised_day=parcel.promised_day.isoformat() if parcel.promised_day else None,
        expected_day=parcel.expected_day.isoformat() if parcel.expected_day else None,
        promise_broken=parcel.broken_at is not None,
        currency=parcel.currency,
        if_late_minor=parcel.if_late_minor,
        owed_minor=parcel.owed_minor,
        paid_back_minor=parcel.paid_back_minor,
        delivered_at=parcel.delivered_at,
        way=[
            StageAnswer(
                stage.step, stage.place, stage.to, stage.name, stage.mode, stage.usual_until, n < parcel.reached
            )
            for n, stage in enumerate(way)
        ],
        events=[
            EventAnswer(
                event.at,
                event.at.astimezone(ZoneInfo(zones.get(event.place, parcel.time_zone))).isoformat(),
                event.code,
                event.place,
                names.get(event.place, event.place),
                event.detail,
            )
            for event in tracked.events
        ],
    )


@get(
    "/v1/orders/{order_id:uuid}/parcels",
    operation_id="listParcels",
    tags=["Buying"],
    summary="See an order's parcels",
    security=[{ORDER_KEY: []}],
    responses=problems(400, 404),
)
async def order_parcels(order_id: UUID, request: Request[Any, Any, Any]) -> ParcelsAnswer:
    """The parcels of an order, none until it is paid; needs its order_key as bearer."""
    front = front_of(request)
    check_order_key(request, front, order_id)
    async with front.desk.database.read() as reader:
        found = await look.parcels(reader, front.desk.cell, order_id)
    return ParcelsAnswer([parcel_answer(one) for one in found])


@get(
    "/v1/parcels/{number:str}",
    operation_id="getParcel",
    tags=["Buying"],
    summary="See where a parcel is",
    security=[{ORDER_KEY: []}],
    responses=problems(400, 404),
)
async def one_parcel(number: str, request: Request[Any, Any, Any]) -> ParcelAnswer:
    """A parcel by the number on its label; needs the order_key of its order as bearer."""
    front = front_of(request)
    async with front.desk.database.read() as reader:
        found = await look.parcel(reader, front.desk.cell, number[:40])
    if not front.opens(bearer(request), found.parcel.order_id):
        raise look.unknown_parcel()
    return parcel_answer(found)


@post(
    "/v1/webhooks/carriers/{carrier:str}",
    operation_id="takeCarrierMessage",
    status_code=204,
    tags=["Providers"],
    summary="Take a carrier's message",
    responses=problems(400, 401, 404, 413, 503),
)
async def carrier_message(carrier: str, request: Request[Any, Any, Any]) -> Response[None]:
    """Nothing; all events of the message are noted, or none. It may come twice, and events in any order."""
    front = front_of(request)
    keys: Keys = request.app.state.carrier_keys
    if carrier not in keys:
        raise NotFound("unknown_carrier", "No carrier of that name brings parcels of this shop.", field="carrier")
    body = await request.body()
    now = front.desk.clock.now()
    standard_webhooks.verify(keys[carrier], request.headers, body, now)
    reports = _reports(body)
    async with front.desk.database.transaction() as tx:
        await note(tx, front.desk.cell, reports, carrier, now)
    return Response(None, status_code=204)


def _reports(body: bytes) -> list[Report]:
    try:
        told = _read_message(body).events
    except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
        where = str(wrong).rpartition("$.")[2].rstrip("`") if "$." in str(wrong) else "events"
        remedy = "docs/reference/carrier-webhook.md tells the shape of a message."
        raise Refused("invalid_request", f"{wrong}."[:300], field=where, remedy=remedy) from None
    return [_report(place, event) for place, event in enumerate(told)]


def _report(place: int, event: EventRequest) -> Report:
    if event.code not in CARRIERS_CODES:
        raise Refused(
            "unknown_event",
            f"{event.code!r} is nothing that happens to a parcel.",
            field=f"events[{place}].code",
            remedy=f"Send one of {', '.join(CARRIERS_CODES)}.",
        )
    try:
        number = read_s10(event.number)
    except Refused as wrong:
        field = f"events[{place}].number"
        raise Refused("bad_parcel_number", wrong.message, field=field, remedy=wrong.remedy) from None
    code: Code = event.code  # type: ignore[assignment]
    return Report(number=number, code=code, at=utc(event.at), place=event.place, detail=event.detail)


PARCELS = [order_parcels, one_parcel, carrier_message]
"""For the app to serve."""
