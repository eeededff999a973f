"""What a plan's promotions have set aside, used and cost: read from counters, wallets and orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from argosy.base.money import convert
from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.candidates import uses_key
from argosy.campaigns.claims import budget_key, claim_key
from argosy.campaigns.exposure import exposure
from argosy.campaigns.extras import gift_key
from argosy.campaigns.items import flash_key
from argosy.campaigns.live import kind_of
from argosy.campaigns.plan import Flash, Gift, Layer, Plan, PreSale, Promotion, RedPacket, windows
from argosy.campaigns.presale import presale_key
from argosy.campaigns.wallet.tally import used as used_coupons
from argosy.console.front import Front
from argosy.console.timeline import clock
from argosy.orders.limits import goods_of
from argosy.orders.model import Charts
from argosy.orders.oversight.given import Given, given
from argosy.plumbing.database import Reader
from argosy.quotas.look import look
from argosy.quotas.model import Counter

MOST_PRODUCTS = 500
"""Products of one flash sale or pre-sale that are counted, the most popular ones."""
LAYERS = {
    Layer.ITEM: "Item",
    Layer.SHOP: "Shop",
    Layer.SHOP_COUPON: "Shop coupon",
    Layer.PLATFORM: "Platform",
    Layer.PLATFORM_COUPON: "Coupon",
    Layer.RED_PACKET: "Packet",
    Layer.GIFT: "Gift",
    Layer.SHIPPING: "Shipping",
}


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a limit is taken."""

    what: str
    """What is counted: `units`, `claimed`, `orders`, or a market's budget."""
    taken: int
    of: int
    currency: str = ""
    """Of budgets: the amounts are minor units of it."""

    @property
    def per_mille(self) -> int:
        """The part that is taken."""
        return 1000 * self.taken // self.of if self.of else 0


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion with what is known of it. Amounts are minor units of the home market's currency."""

    promotion: Promotion
    layer: str
    kind: str
    uses: tuple[Use, ...]
    coupons_used: int | None
    """Of those claimed; None where it is no coupon, or there are too many to count."""
    most_minor: int | None
    """What it can cost at most; None without a limit of its own, or without a rate of exchange."""
    seller_per_mille: int
    cost_minor: int
    """What paid orders had off by it."""
    seller_minor: int
    orders: int

    @property
    def platform_minor(self) -> int:
        """The platform's part of the cost so far."""
        return self.cost_minor - self.seller_minor


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """A plan's promotions, in the order of application."""

    rows: tuple[Row, ...]
    whole: bool
    """Whether all orders were looked at for the cost, not the newest only."""
    unconverted: tuple[str, ...]
    """Currencies without a rate of exchange: what was given in them is not in the cost."""
    counted_at: datetime

    @property
    def cost_minor(self) -> int:
        """What all of them cost so far."""
        return sum(row.cost_minor for row in self.rows)

    @property
    def seller_minor(self) -> int:
        """The sellers' part of it."""
        return sum(row.seller_minor for row in self.rows)

    @property
    def most_minor(self) -> int:
        """What those with a limit of their own can cost at most."""
        return sum(row.most_minor or 0 for row in self.rows)

    @property
    def limited(self) -> int:
        """How many have one."""
        return sum(row.most_minor is not None for row in self.rows)


async def ledger(front: Front, plan: Plan) -> Ledger:
    """All that is known of a plan's promotions at this moment."""
    desk, now = front.desk, front.now
    charts = desk.charts
    goods = {one.code: await _goods(front, plan, one) for one in plan.promotions if _by_goods(one)}
    async with desk.database.read() as reader:
        counters = await _counters(reader, desk.cell, plan, goods)
        coupons = [one.code for one in plan.promotions if one.claim is not None]
        used = await used_coupons(reader, desk.cell, coupons) if coupons else {}
        cost = await _given(reader, front, plan, now)
    costs, unconverted = _home(charts, cost, now)
    rows = [
        _row(charts, plan, one, _uses(charts, plan, one, goods.get(one.code, []), counters), used, costs, now)
        for one in sorted(plan.promotions, key=lambda one: list(LAYERS).index(one.layer))
    ]
    return Ledger(rows=tuple(rows), whole=cost.whole, unconverted=unconverted, counted_at=now)


def _by_goods(promotion: Promotion) -> bool:
    """Whether each of its goods has units of its own."""
    return isinstance(promotion.effect, Flash | PreSale)


async def _goods(front: Front, plan: Plan, promotion: Promotion) -> list[str]:
    """The variants of a promotion that has units for each."""
    charts = front.desk.charts
    board = CampaignBoard([plan])
    for code in promotion.markets or plan.festival.markets:
        market = charts.markets.get(code)
        for starts, _ in windows(promotion, plan.festival, clock(market)) if market else ():
            one = board.live(market, starts).by_code.get(promotion.code) if market else None
            if one is not None:
                return [str(item.variant.variant_id) for item in await goods_of(front.desk, one, MOST_PRODUCTS)]
    return []


async def _counters(reader: Reader, cell: int, plan: Plan, goods: dict[str, list[str]]) -> dict[str, Counter]:
    keys: list[str] = []
    for one in plan.promotions:
        keys += [claim_key(one.code), uses_key(one.code), gift_key(one.code)]
        keys += [budget_key(one.code, market) for market in plan.festival.markets]
        keys += [_unit_key(one, variant) for variant in goods.get(one.code, ())]
    found: dict[str, Counter] = {}
    for start in range(0, len(keys), 10_000):
        found |= await look(reader, cell, keys[start : start + 10_000])
    return found


def _unit_key(promotion: Promotion, variant: str) -> str:
    made: Any = flash_key if isinstance(promotion.effect, Flash) else presale_key
    return str(made(promotion.code, variant))


async def _given(reader: Reader, front: Front, plan: Plan, now: datetime) -> Given:
    """What orders had off by it since the first of its windows opened anywhere."""
    opened = [
        starts
        for code in plan.festival.markets
        if (market := front.desk.charts.markets.get(code))
        for one in plan.promotions
        for starts, _ in windows(one, plan.festival, clock(market))
    ]
    if not opened or min(opened) > now:
        return Given((), True)
    return await given(reader, front.desk.cell, min(opened), now)


def _home(charts: Charts, cost: Given, now: datetime) -> tuple[dict[str, tuple[int, int, int]], tuple[str, ...]]:
    """By promotion the cost, the sellers' part and the orders, at the rates of today; and currencies without a rate."""
    costs: dict[str, tuple[int, int, int]] = {}
    unconverted = set()
    for row in cost.rows:
        whole = _converted(charts, row.off_minor, row.currency, now)
        sellers = _converted(charts, row.seller_minor, row.currency, now)
        if whole is None or sellers is None:
            unconverted.add(row.currency)
            continue
        before = costs.get(row.promotion, (0, 0, 0))
        costs[row.promotion] = (before[0] + whole, before[1] + sellers, before[2] + row.orders)
    return costs, tuple(sorted(unconverted))


def _converted(charts: Charts, minor: int, currency: str, now: datetime) -> int | None:
    home = charts.markets.home.currency
    rate = charts.rates.on(currency, home, now.date())
    return convert(minor, rate.ratio, currency, home) if rate else None


def _uses(
    charts: Charts, plan: Plan, promotion: Promotion, goods: Sequence[str], counters: dict[str, Counter]
) -> tuple[Use, ...]:
    """What is taken of each limit; a counter that nobody has taken from yet does not exist, and has nothing taken."""

    def taken(key: str) -> int:
        counter = counters.get(key)
        return counter.held + counter.sold if counter else 0

    found: list[Use] = []
    effect = promotion.effect
    if isinstance(effect, Flash | PreSale) and goods:
        units = sum(taken(_unit_key(promotion, variant)) for variant in goods)
        found.append(Use(what="units", taken=units, of=effect.units * len(goods)))
    elif isinstance(effect, Gift):
        found.append(Use(what="units", taken=taken(gift_key(promotion.code)), of=effect.units))
    elif isinstance(effect, RedPacket):
        for code, budget in effect.budget_minor.items():
            if code in (promotion.markets or plan.festival.markets) and code in charts.markets:
                minor = taken(budget_key(promotion.code, code))
                found.append(Use(what=code, taken=minor, of=budget, currency=charts.markets[code].currency))
    if promotion.claim is not None:
        found.append(Use(what="claimed", taken=taken(claim_key(promotion.code)), of=promotion.claim.uses))
    if promotion.uses is not None:
        found.append(Use(what="orders", taken=taken(uses_key(promotion.code)), of=promotion.uses))
    return tuple(found)


def _row(
    charts: Charts,
    plan: Plan,
    promotion: Promotion,
    uses: tuple[Use, ...],
    used: dict[str, int] | None,
    costs: dict[str, tuple[int, int, int]],
    now: datetime,
) -> Row:
    cost, sellers, orders = costs.get(promotion.code, (0, 0, 0))
    coupon = promotion.claim is not None and used is not None
    return Row(
        promotion=promotion,
        layer=LAYERS[promotion.layer],
        kind=kind_of(promotion),
        uses=uses,
        coupons_used=used.get(promotion.code, 0) if coupon and used is not None else None,
        most_minor=_most(charts, plan, promotion, now),
        seller_per_mille=promotion.seller_part(),
        cost_minor=cost,
        seller_minor=sellers,
        orders=orders,
    )


def _most(charts: Charts, plan: Plan, promotion: Promotion, now: datetime) -> int | None:
    """What it can cost at most in the home market's currency: uses in the dearest market, or all budgets together."""
    found = exposure(promotion, promotion.markets or plan.festival.markets)
    if found is None:
        return None
    amounts = [
        _converted(charts, minor, charts.markets[code].currency, now)
        for code, minor in found.minor.items()
        if code in charts.markets
    ]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts):
        return None
    return sum(known) if found.uses is None else found.uses * max(known)
