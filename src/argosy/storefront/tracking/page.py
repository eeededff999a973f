"""Handlers of a parcel's page: where it is, what happened, and whether its promise holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_skeleton
from litestar import Request, Response, get
from litestar.params import FromPath

from argosy.base.errors import Refused
from argosy.delivery.parcels import look as parcels
from argosy.delivery.parcels.look import Tracked
from argosy.delivery.parcels.model import Noted, Parcel, Stage
from argosy.delivery.parcels.withdraw import in_the_house
from argosy.markets import formats
from argosy.orders import look as orders
from argosy.orders.look import OrderView
from argosy.storefront.page import redirect, render
from argosy.storefront.tracking.chart import chart, short
from argosy.storefront.tracking.words import EVENTS, HEADINGS, STEPS
from argosy.storefront.tracking.world import World
from argosy.storefront.visit import Visit, visit_of

_BAD = frozenset({"failed_attempt", "delayed", "returned", "recalled"})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the story: something that happened, or is still to come."""

    at: datetime | None
    """None: nobody can tell when."""
    clock: str
    day: str
    title: str
    text: str
    kind: str
    """Empty for what is done, `bad`, `now` or `next`."""


class Pennant(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of the promise."""

    kind: str
    """`held`, `late`, `unknown` (late, and no day can be told), `kept`, `broken` or `none`."""
    promised: str
    expected: str
    if_late_minor: int | None
    owed_minor: int | None
    paid_back_minor: int | None
    currency: str


class ParcelCard(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel in short, for the page of its order."""

    number: str
    heading: str
    pennant: Pennant
    url: str
    in_house: bool
    """No carrier has it yet: the order may still be cancelled."""


def world_of(request: Request[Any, Any, Any]) -> World:
    """The world that charts are drawn from."""
    world: World = request.app.state.world
    return world


async def parcel_cards(visit: Visit, order_id: UUID) -> list[ParcelCard]:
    """An order's parcels in short, with links that open them; none before it is paid."""
    front = visit.front
    async with front.desk.database.read() as reader:
        found = await parcels.parcels(reader, front.desk.cell, order_id)
    key = front.order_key(order_id)
    return [
        ParcelCard(
            number=one.parcel.number,
            heading=heading(visit, one),
            pennant=pennant(visit, one.parcel),
            url=visit.edition.url("track", one.parcel.number, key=key),
            in_house=in_the_house([one.parcel]),
        )
        for one in found
    ]


@get("/{market:str}/{language:str}/track", include_in_schema=False)
async def find_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Where a parcel's number is asked for; with one it goes on to the parcel."""
    visit = visit_of(request)
    number = request.query_params.get("number", "")[:40].strip()
    if number:
        return redirect(visit, visit.edition.url("track", number))
    return render(visit, "tracking/find.html", kept=False, number="", lost="")


@get("/{market:str}/{language:str}/track/{number:str}", include_in_schema=False)
async def parcel_page(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[bytes]:
    """One parcel, for its shopper or whoever has its order's link."""
    visit = visit_of(request)
    try:
        tracked, view = await _opened(visit, number[:40], request.query_params.get("key", "")[:200])
    except Refused as wrong:
        lost = "bad" if wrong.code == "bad_parcel_number" else "unknown"
        return render(visit, "tracking/find.html", status=404, kept=False, number=number[:40], lost=lost)
    return await _page(visit, world_of(request), tracked, view)


async def _opened(visit: Visit, number: str, key: str) -> tuple[Tracked, OrderView]:
    """A parcel and its order, if the key opens it or it is the reader's own; else refused as if there were none."""
    desk = visit.front.desk
    async with desk.database.read() as reader:
        tracked = await parcels.parcel(reader, desk.cell, number)
    order_id = tracked.parcel.order_id
    if key and visit.front.opens(key, order_id):
        return tracked, await orders.order(desk, order_id, None)
    if visit.shopper_id is None:
        raise parcels.unknown_parcel()
    return tracked, await orders.order(desk, order_id, visit.shopper_id)


async def _page(visit: Visit, world: World, tracked: Tracked, view: OrderView) -> Response[bytes]:
    parcel = tracked.parcel
    way = parcel.way()
    under_way = bool(tracked.events) and _last(tracked).code == "departed"
    reached = len(way) if parcel.state == "delivered" else parcel.reached
    drawn = chart(way, reached, under_way)
    lines = view.order.quote["lines"]
    shelf = await visit.front.desk.shelf.items([UUID(line["variant_id"]) for line in lines])
    return render(
        visit,
        "tracking/parcel.html",
        kept=False,
        parcel=parcel,
        order=view.order,
        heading=heading(visit, tracked),
        pennant=pennant(visit, parcel),
        chart=drawn,
        land=world.draw(drawn.window) if drawn else None,
        told=[_entry(visit, parcel, way, event, _last(tracked)) for event in tracked.events],
        ahead=_ahead(visit, parcel, way),
        pieces=[(lines[piece.line - 1], piece.quantity) for piece in parcel.pieces() if piece.line <= len(lines)],
        shelf={str(key): item for key, item in shelf.items()},
        postal=spaced(parcel.number),
        order_url=visit.edition.url("orders", str(parcel.order_id), key=visit.front.order_key(parcel.order_id)),
    )


def spaced(number: str) -> str:
    """A postal number as it is printed: `LP 000 000 005 CN`."""
    return " ".join((number[:2], number[2:5], number[5:8], number[8:11], number[11:]))


def _last(tracked: Tracked) -> Noted:
    return next((event for event in reversed(tracked.events) if event.code != "recalled"), tracked.events[-1])


def heading(visit: Visit, tracked: Tracked) -> str:
    """Where a parcel is, in a few words."""
    text = HEADINGS[tracked.parcel.state]
    if "%(place)s" not in text:
        return visit.gettext(text)
    place = _place_name(visit, tracked.parcel, tracked.parcel.way(), _last(tracked).place or tracked.parcel.hub)
    return visit.gettext(text, place=place)


def pennant(visit: Visit, parcel: Parcel) -> Pennant:
    """Whether a parcel's promise holds."""
    kind = "held"
    if parcel.promised_day is None or parcel.state in ("withdrawn", "returned"):
        kind = "none"
    elif parcel.broken_at is not None and parcel.at_door_at is not None:
        kind = "broken"
    elif parcel.at_door_at is not None:
        kind = "kept"
    elif parcel.expected_day is not None:
        kind = "late"
    elif parcel.broken_at is not None:
        kind = "unknown"
    return Pennant(
        kind=kind,
        promised=_day(visit, parcel.promised_day),
        expected=_day(visit, parcel.expected_day),
        if_late_minor=parcel.if_late_minor,
        owed_minor=parcel.owed_minor,
        paid_back_minor=parcel.paid_back_minor,
        currency=parcel.currency,
    )


def _day(visit: Visit, day: date | None) -> str:
    return formats.day(day, visit.locale) if day else ""


def _place_name(visit: Visit, parcel: Parcel, way: Sequence[Stage], place: str) -> str:
    """A place as its stage names it; a hub that no stage names by its country."""
    named = next((stage.name for stage in way if stage.to == place), "")
    if not named and place == parcel.hub:
        return formats.country_name(parcel.hub[:2], visit.locale)
    return short(named or place)


def _zone(parcel: Parcel, way: Sequence[Stage], place: str) -> str:
    return next((stage.time_zone for stage in way if stage.to == place), parcel.time_zone)


def _entry(visit: Visit, parcel: Parcel, way: Sequence[Stage], event: Noted, last: Noted) -> Entry:
    title, text = EVENTS.get(event.code, EVENTS["delayed"])
    place = _place_name(visit, parcel, way, event.place or parcel.hub)
    # She paid where she is; all else happens where the parcel is.
    zone = parcel.time_zone if event.code == "announced" else _zone(parcel, way, event.place or parcel.hub)
    clock, day = _wall(visit, event.at, zone)
    over = parcel.state in ("delivered", "returned", "withdrawn")
    kind = "bad" if event.code in _BAD else "now" if event is last and not over else ""
    return Entry(
        at=event.at, clock=clock, day=day, title=_told(visit, title, place), text=_told(visit, text, place), kind=kind
    )


def _told(visit: Visit, text: str, place: str) -> str:
    if not text:
        return ""
    return visit.gettext(text, place=place) if "%(place)s" in text else visit.gettext(text)


def _ahead(visit: Visit, parcel: Parcel, way: Sequence[Stage]) -> list[Entry]:
    """What is still to come; the time of a step that should be over by now is not told."""
    if parcel.state in ("delivered", "returned", "withdrawn", "failed_attempt"):
        return []
    found = []
    for stage in way[parcel.reached :]:
        name = STEPS[stage.mode if stage.step == "lane" else stage.step]
        clock, day = _wall(visit, stage.usual_until, stage.time_zone)
        at: datetime | None = stage.usual_until
        if stage.step == "door":
            clock, day, at = "", _day(visit, parcel.expected_day or parcel.promised_day), None
        elif stage.usual_until < visit.front.now or parcel.expected_day is not None:
            clock, day, at = "", "", None
        place = parcel.city if stage.step == "door" else short(stage.name)
        found.append(Entry(at=at, clock=clock, day=day, title=_told(visit, name, place), text="", kind="next"))
    return found


def _wall(visit: Visit, at: datetime, zone: str) -> tuple[str, str]:
    """An instant on the wall of a place: time of day and date."""
    local = at.astimezone(ZoneInfo(zone))
    clock = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=visit.locale)
    return clock, formats.day(local.date(), visit.locale)


TRACKING = [find_page, parcel_page]
"""For the app to serve."""
