"""Price protection as shoppers are told of it: at the festival, beside goods, and in an order; only while it applies."""

from __future__ import annotations

from datetime import datetime

import msgspec

from argosy.campaigns.plan import Festival, phase_at
from argosy.orders.look import OrderView
from argosy.orders.protecting.look import protections
from argosy.orders.protecting.rules import days_of
from argosy.storefront.festival.timetable import zone_of
from argosy.storefront.visit import Visit


class Protected(msgspec.Struct, frozen=True):
    """Goods whose price is protected."""

    days: int
    """After delivery."""
    names: tuple[str, ...] = ()
    """The brands or lines that it is for; empty: all."""
    until: datetime | None = None
    """The last instant; None before delivery."""


def protected_at(visit: Visit, festival: Festival) -> Protected | None:
    """What a festival protects of what is bought now; None between its phases, before and after."""
    if not festival.protect_days or phase_at(festival, zone_of(visit.market), visit.front.now) is None:
        return None
    return Protected(festival.protect_days, tuple(one.replace("-", " ").title() for one in festival.brands))


def protected_days(visit: Visit, brand: str) -> int:
    """Days after delivery for which goods of a brand are protected that are bought now; 0: they are not."""
    market, front = visit.market, visit.front
    plans = [plan for plan in front.desk.charts.campaigns.plans if plan.festival.protect_days]
    return days_of(plans, market.code, zone_of(market), brand, front.now) if plans else 0


async def protected_in(visit: Visit, view: OrderView) -> list[Protected]:
    """What is protected of an order's pieces that were kept, by days; lines are named where it is not all of them."""
    if view.order.state != "paid":
        return []
    bought = list(zip(view.lines, view.order.quote["lines"], strict=True))
    kept = {
        row.line: str(line["name"])
        for row, line in bought
        if row.quantity > row.refunded_quantity and not line.get("gift")
    }
    found = [one for one in await protections(visit.front.desk, view.order.order_id) if one.line in kept]
    spans = dict.fromkeys((one.days, one.until) for one in found)
    whole = len(spans) == 1 and len(found) == len(kept)
    return [
        Protected(
            days,
            () if whole else tuple(kept[one.line] for one in found if (one.days, one.until) == (days, until)),
            until,
        )
        for days, until in spans
    ]
