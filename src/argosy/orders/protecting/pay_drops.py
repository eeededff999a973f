"""Find prices that fell after a purchase, and pay the drops back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import structlog

from argosy.base.errors import Refused
from argosy.campaigns.live import Live, make_live
from argosy.campaigns.plan import Plan
from argosy.delivery.parcels import look
from argosy.markets.model import Market
from argosy.orders.desk import Desk
from argosy.orders.giving_back.model import PayBack
from argosy.orders.model import ShelfItem
from argosy.orders.protecting import store
from argosy.orders.protecting.model import Decided, Owed, ToCheck
from argosy.orders.protecting.rules import checked, ends_at, later_prices, open_plans, plan_edges
from argosy.orders.quoting.offers import priced
from argosy.orders.refund import carry_out_open
from argosy.orders.store import lock_orders
from argosy.plumbing.database import Tx
from argosy.plumbing.ids import derived_id
from argosy.plumbing.jobs import alone
from argosy.pricing.look_up import look_up
from argosy.pricing.model import Price, PriceRow

MOST = 200
"""Lines of one round."""
WHO = "price protection"
# Finding and paying are one duty: paying waits for the intake, which would wait for orders that finding has locked.
_DUTY = "price protection"
_log = structlog.get_logger()


async def protect(desk: Desk) -> int:
    """Compare what is due with later prices and pay back what fell; of how many lines. One process does it at a time."""
    return await decide(desk) + await pay_drops(desk)


async def decide(desk: Desk) -> int:
    """Write down what is owed for lines that are to be compared; how many were. Nothing is paid yet.

    What is owed is committed before it is paid, so that a payment that was cut off is repeated as it was, never anew.
    The orders are locked meanwhile, so that a refund of goods comes before it, with fewer pieces, or knows of it.
    """

    async def work(tx: Tx) -> int:
        now = desk.clock.now()
        orders = await store.due(tx, desk.cell, now, MOST)
        await lock_orders(tx, desk.cell, orders)
        await store.delivered(tx, desk.cell, await look.arrived(tx, desk.cell, orders))
        due = await store.to_check(tx, desk.cell, orders, now)
        if due:
            rows = await look_up(tx, list({one.variant_id for one in due}), min(one.bought_at for one in due))
            shelf = await desk.shelf.items({one.variant_id for one in due})
            await store.decide(tx, desk.cell, _compared(desk, due, rows, shelf, now))
        return len(due)

    return await alone(desk.database, desk.cell, _DUTY, work)


def _compared(
    desk: Desk,
    due: Sequence[ToCheck],
    rows: dict[UUID, tuple[PriceRow, ...]],
    shelf: dict[UUID, ShelfItem],
    now: datetime,
) -> list[Decided]:
    plans = open_plans(desk.charts.campaigns.plans)
    boards: dict[str, tuple[Market, list[datetime], Callable[[datetime], Live]]] = {}
    found = []
    for one in due:
        market, item = desk.charts.markets.get(one.market), shelf.get(one.variant_id)
        if market is None or item is None:
            # What is no longer sold has no later price; its protection goes on until it is over.
            found.append(checked(one, (), now))
            continue
        if one.market not in boards:
            zone = ZoneInfo(market.calendar.time_zone)
            boards[one.market] = (market, plan_edges(plans, one.market, zone), _board(plans, market, zone))
        _, edges, live_at = boards[one.market]
        prices = later_prices(
            market,
            rows.get(one.variant_id, ()),
            desk.charts.rates,
            msgspec.convert(one.price, Price).rate,
            priced(desk.charts, "1", item, 1, 0),
            live_at,
            edges,
            one.bought_at,
            min(now, ends_at(one)),
        )
        found.append(checked(one, prices, now))
    return found


def _board(plans: Sequence[Plan], market: Market, zone: ZoneInfo) -> Callable[[datetime], Live]:
    """What is live in a market at an instant, made once for each span in which nothing begins or ends."""
    known: list[Live] = []

    def live_at(at: datetime) -> Live:
        for live in known:
            if live.since <= at < live.until:
                return live
        known.append(make_live(plans, market, zone, at))
        return known[-1]

    return live_at


async def pay_drops(desk: Desk) -> int:
    """Pay back what was found to be owed, each drop once whatever dies in between; of how many lines."""

    async def work(tx: Tx) -> int:
        due = await store.owed(tx, desk.cell, MOST)
        for one in due:
            await _pay(desk, one)
            await store.settle(tx, desk.cell, one)
        await store.forget_over(tx, desk.cell, [one.order_id for one in due])
        return len(due)

    done = await alone(desk.database, desk.cell, _DUTY, work)
    if done:
        await carry_out_open(desk, timedelta(0))
    return done


async def _pay(desk: Desk, one: Owed) -> None:
    """Write the refund of a drop down, through the intake; its id is that of the line and the price it comes to."""
    refund_id = derived_id("price protection", str(one.order_id), str(one.line), str(one.owed_to_minor))
    try:
        await desk.intake.submit(
            PayBack(one.order_id, refund_id, one.owed_minor, "price_protection", WHO, desk.clock.now())
        )
    except Refused as wrong:
        if wrong.code != "nothing_to_pay_back":
            raise
        _log.info("nothing_left_to_pay_back", order=str(one.order_id), line=one.line)
