"""What becomes of an order whose way is gone: another hub may have the goods, another departure the room."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from argosy.orders.commands import Lack, SoldOut, WayGone
from argosy.orders.desk import Desk
from argosy.orders.model import Destination, Promise, Quote, QuoteParcel
from argosy.orders.quoting.landing import business_date, doorstep
from argosy.orders.quoting.together import latest
from argosy.orders.sourcing.model import may_send
from argosy.orders.sourcing.room import is_too_heavy
from argosy.orders.sourcing.rules import at_hub


def dated(desk: Desk, quote: Quote, destination: Destination, now: datetime) -> Quote:
    """The quote with the dates of where it goes, each parcel's from its own hub.

    Where a date was told, whether its departures still have room is for the order to see; where none was told because they
    had none, none is promised now.
    """
    dates = [_date(desk, quote, parcel, destination, now) for parcel in quote.parcels]
    if not quote.split:
        return replace(quote, promise=dates[0])
    parcels = tuple(replace(one, promise=date) for one, date in zip(quote.split, dates, strict=True))
    return replace(quote, split=parcels, promise=latest(dates))


def _date(desk: Desk, quote: Quote, parcel: QuoteParcel, destination: Destination, now: datetime) -> Promise | None:
    told = parcel.promise is not None
    if not told and is_too_heavy(desk, quote, parcel, destination, now):
        return None
    return desk.promise(destination, now, parcel.hub or None, even_refused=told)


def sold_out(desk: Desk, quote: Quote, answer: SoldOut) -> SoldOut | WayGone:
    """What a shopper is told of goods that a hub had too few of: whether a new quote finds them elsewhere, else how many.

    Quotes know at once what the hub has left.
    """
    elsewhere = desk.charts.elsewhere
    wanted: dict[UUID, int] = {}
    for line in quote.lines:
        key = line.variant_id
        wanted[key] = wanted.get(key, 0) + line.quantity
        for lack in answer.lacks:
            if (lack.variant_id, lack.wanted) == (key, line.quantity):
                elsewhere.note(key, line.takes[0].key.rpartition("/")[2], lack.left)
    lacks = {
        one.variant_id: Lack(one.variant_id, wanted[one.variant_id], _left(desk, one.variant_id, quote))
        if one.variant_id in elsewhere.free
        else one
        for one in answer.lacks
    }
    if all(one.left >= one.wanted for one in lacks.values()):
        return WayGone("hub_sold_out")
    return SoldOut(tuple(lacks.values()))


def _left(desk: Desk, variant_id: UUID, quote: Quote) -> int:
    """Pieces at all hubs that may send them to the quote's market."""
    charts = desk.charts
    item, market = desk.shelf.item(variant_id), charts.markets[quote.market]
    minor = next(line.price.minor for line in quote.lines if line.variant_id == variant_id)
    left = 0
    for hub, free in charts.elsewhere.free[variant_id].items():
        if free > 0 and (hub == charts.hub or may_send(hub, market.code)):
            facts, at = at_hub(charts, hub), business_date(market, quote.made_at)
            banned = item and doorstep(facts, market, quote.destination.region, item, minor, at).banned
            left += 0 if banned else free
    return left
