"""Note which lines of paid orders are protected, from what the outbox tells."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from argosy.orders.desk import Desk
from argosy.orders.protecting import store
from argosy.orders.protecting.model import BoughtLine, Protected
from argosy.orders.protecting.rules import EVERY, days_of, item_unit
from argosy.plumbing import outbox
from argosy.plumbing.database import Tx
from argosy.plumbing.model import OutboxRow

CONSUMER = "price protection"


async def follow(desk: Desk) -> int:
    """Take what happened to orders since the last time; the number of events."""

    async def take(tx: Tx, events: Sequence[OutboxRow]) -> None:
        await take_in(desk, tx, events)

    return await outbox.deliver(desk.database, desk.cell, CONSUMER, take)


async def take_in(desk: Desk, tx: Tx, events: Sequence[OutboxRow]) -> None:
    """The effect of some events, in their transaction: taking them again changes nothing."""
    if not any(plan.festival.protect_days for plan in desk.charts.campaigns.plans):
        return
    paid = sorted({event.subject for event in events if event.topic == "order.paid"})
    if paid:
        lines = await store.bought_lines(tx, desk.cell, paid)
        protected = await _protected(desk, lines)
        if protected:
            await store.add(tx, desk.cell, protected)


async def _protected(desk: Desk, lines: Sequence[BoughtLine]) -> list[Protected]:
    plans, markets = desk.charts.campaigns.plans, desk.charts.markets
    shelf = await desk.shelf.items({line.variant_id for line in lines})
    found = []
    for line in lines:
        market, item = markets.get(line.market), shelf.get(line.variant_id)
        unit = item_unit(line.list_minor, line.taken, line.quantity)
        if market is None or item is None or unit <= 0:
            continue
        zone = ZoneInfo(market.calendar.time_zone)
        days = days_of(plans, market.code, zone, item.product.brand_slug, line.bought_at)
        if days:
            first = line.bought_at + EVERY
            found.append(
                Protected(line.order_id, line.line, line.variant_id, line.market, days, line.bought_at, unit, first)
            )
    return found
