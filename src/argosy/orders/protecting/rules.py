"""Which prices are protected, and what later prices there were. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from msgspec.structs import replace

from argosy.base.money import convert
from argosy.campaigns.live import Live
from argosy.campaigns.model import PricedLine
from argosy.campaigns.plan import Layer, Off, Percent, Plan, Price, Promotion, phase_at, windows
from argosy.campaigns.protection import Bought, Cause, LaterPrice, drop_to_pay_back
from argosy.markets.model import Market
from argosy.markets.rules import charm
from argosy.orders.protecting.model import Decided, ToCheck
from argosy.pricing.model import SELLERS_PRICE, PriceRow, Rate, Rates

EVERY = timedelta(hours=24)
"""So often a line is compared with later prices; a price that came and went in between is found all the same."""
LOST_AFTER = timedelta(days=180)
"""What is not delivered so long after the purchase is protected no more."""


def days_of(plans: Iterable[Plan], market: str, zone: tzinfo, brand: str, at: datetime) -> int:
    """Days after delivery for which goods of a brand are protected that were bought at an instant; 0: they are not.

    Protected is what is bought in a phase of a festival that the market and the brand take part in, promotion or not.
    """
    return max(
        (
            plan.festival.protect_days
            for plan in plans
            if market in plan.festival.markets
            and (not plan.festival.brands or brand in plan.festival.brands)
            and phase_at(plan.festival, zone, at) is not None
        ),
        default=0,
    )


def item_unit(list_minor: int, taken: Sequence[dict[str, Any]], quantity: int) -> int:
    """What a piece of a line cost after the item layer, on average where pieces differ, fractions dropped."""
    off: int = sum(one["off_minor"] for one in taken if one["layer"] == Layer.ITEM)
    return (list_minor - off) // quantity


def for_everybody(promotion: Promotion) -> bool:
    """Whether everybody can have its price for any number of pieces: not flash sales, deposits, levels, limited uses."""
    return (
        promotion.layer is Layer.ITEM
        and isinstance(promotion.effect, Price | Off | Percent)
        and not promotion.levels
        and promotion.uses is None
        and promotion.per_shopper is None
    )


def open_plans(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans with the prices that a protected price is compared with."""
    return tuple(
        replace(plan, promotions=tuple(one for one in plan.promotions if for_everybody(one))) for plan in plans
    )


def plan_edges(plans: Iterable[Plan], market: str, zone: tzinfo) -> list[datetime]:
    """Instants at which a price of these plans begins or ends in a market."""
    return [
        edge
        for plan in plans
        if market in plan.festival.markets
        for promotion in plan.promotions
        for window in windows(promotion, plan.festival, zone)
        for edge in window
    ]


def later_prices(
    market: Market,
    rows: Sequence[PriceRow],
    rates: Rates,
    rate: Rate | None,
    line: PricedLine,
    live_at: Callable[[datetime], Live],
    edges: Iterable[datetime],
    bought_at: datetime,
    until: datetime,
) -> list[LaterPrice]:
    """The prices of one piece after `bought_at` up to `until`, one where each began, in the market's currency.

    A seller's price is exchanged at the order's own rate, so that a movement of currencies is no drop. `edges` are those
    of the plans that `live_at` reads; `line` names the goods.
    """
    ends = [at for row in rows for at in (row.valid_from, row.valid_to) if at is not None]
    found = []
    for at in sorted({edge for edge in (*ends, *edges) if bought_at < edge <= until}):
        minor = _base(market, rows, rates, rate, bought_at, at)
        if minor is not None:
            options = live_at(at).profile(line)[0]
            lowest = min((option.price(minor) for option in options), default=minor)
            found.append(LaterPrice(at, min(lowest, minor), Cause.PRICE))
    return found


def _base(
    market: Market, rows: Sequence[PriceRow], rates: Rates, rate: Rate | None, bought_at: datetime, at: datetime
) -> int | None:
    """The price before promotions at an instant; None where there was none, or none that can be exchanged."""
    row = _in_force(rows, market.code, at) or _in_force(rows, SELLERS_PRICE, at)
    if row is None:
        return None
    if row.currency == market.currency:
        return row.minor
    if rate is None or (rate.source_currency, rate.target_currency) != (row.currency, market.currency):
        rate = rates.on(row.currency, market.currency, bought_at.date())
    if rate is None:
        return None
    return charm(max(convert(row.minor, rate.ratio, row.currency, market.currency), 1), market)


def _in_force(rows: Sequence[PriceRow], name: str, at: datetime) -> PriceRow | None:
    for row in rows:
        if row.list == name and row.valid_from <= at and (row.valid_to is None or at < row.valid_to):
            return row
    return None


def ends_at(one: ToCheck) -> datetime:
    """The last instant that a lower price counts for a line: some days of 24 hours after delivery."""
    return last_instant(one.days, one.bought_at, one.delivered_at)


def last_instant(days: int, bought_at: datetime, delivered_at: datetime | None) -> datetime:
    """The same from its figures; what was not delivered counts until it is taken to be lost."""
    return bought_at + LOST_AFTER if delivered_at is None else delivered_at + timedelta(days=days)


def checked(one: ToCheck, prices: Sequence[LaterPrice], now: datetime) -> Decided:
    """What is owed for a line at `now`, what it was paid back before taken into account, and when to look again."""
    last = ends_at(one)
    over = now >= last or not one.kept
    # Of pieces that went back since, their part of an earlier drop is theirs no more.
    before = (one.unit_minor - one.settled_minor) * one.kept
    bought = Bought(
        unit_item_minor=one.unit_minor,
        quantity=one.kept,
        payable_minor=one.left_minor + before,
        bought_at=one.bought_at,
        delivered_at=one.delivered_at,
        paid_back_minor=before,
    )
    owed = drop_to_pay_back(bought, prices, one.days, min(now, last))
    next_check = None if over else min(now + EVERY, last)
    if not owed:
        return Decided(one.order_id, one.line, None, None, next_check)
    lowest = min(price.unit_minor for price in prices if one.bought_at < price.since <= min(now, last))
    return Decided(one.order_id, one.line, owed, lowest, next_check)
