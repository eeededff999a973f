"""What the best lawful price costs: CPU time of one offer, in process, warm.

Each basket is drawn by seed from a shop of a festival's kind: 20 live promotions, 6 coupons in the wallet, 5 exclusions.
The time of a basket is the median of several batches; percentiles are over baskets.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from argosy.campaigns.live import Live, make_live
from argosy.campaigns.model import Held, PricedLine, Wallet
from argosy.campaigns.plan import Festival, Phase, PhaseKind, Plan, Promotion
from argosy.campaigns.rules import best_offer
from argosy.markets.load import load_markets
from argosy.plumbing.config import Config

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SEED = 618
BASKETS = 120
REPEATS = 7
CATEGORIES = ("phones", "bags", "shoes", "food")
GOODS = 400

Row = tuple[str, str, dict[str, Any], dict[str, Any]]


def _sg(minor: int) -> dict[str, int]:
    return {"SG": minor}


def _every(over: int, off: int, **fields: Any) -> dict[str, Any]:
    return {"kind": "every", "over_minor": _sg(over), "off_minor": _sg(off), **fields}


def _percent(per_mille: int, over: int = 0, cap: int | None = None) -> dict[str, Any]:
    most = {} if cap is None else _sg(cap)
    return {"kind": "percent", "per_mille": per_mille, "over_minor": _sg(over), "at_most_minor": most}


def _packet() -> dict[str, Any]:
    return {"kind": "red_packet", "low_minor": _sg(100), "high_minor": _sg(900), "budget_minor": _sg(10**9)}


def _rows(shops: int) -> list[Row]:
    """20 promotions that apply by themselves, 6 coupons, and 5 exclusions among them."""
    shop = [f"shop-{number}" for number in range(shops)]
    return [
        ("i-phones", "item", {"kind": "percent", "per_mille": 80}, {"scope": {"categories": ["phones"]}}),
        ("i-bags", "item", {"kind": "off", "off_minor": _sg(150)}, {"scope": {"categories": ["bags"]}}),
        ("i-flash", "item", {"kind": "flash", "unit_minor": _sg(990), "units": 500, "per_shopper": 2},
         {"scope": {"categories": ["food"]}}),
        ("i-member", "item", {"kind": "percent", "per_mille": 30}, {"levels": ["gold"]}),
        ("i-shoes", "item", {"kind": "percent", "per_mille": 50}, {"scope": {"categories": ["shoes"]}}),
        ("i-brand", "item", {"kind": "percent", "per_mille": 70}, {"scope": {"brands": ["brand-3"]}}),
        ("s-0", "shop", _every(5_000, 500, repeated=True), {"shop": shop[0]}),
        ("s-0-ladder", "shop", {"kind": "tiers", "tiers": [
            {"over_minor": _sg(over), "off_minor": _sg(off)} for over, off in ((8_000, 900), (16_000, 2_200))]},
         {"shop": shop[0]}),
        ("s-1", "shop", _percent(70, 6_000), {"shop": shop[1], "not_with": ["c-shop-1"]}),
        ("s-1-three", "shop", {"kind": "n_for_m", "take": 3, "pay": 2}, {"shop": shop[1]}),
        ("s-2", "shop", _every(9_000, 1_000), {"shop": shop[2 % shops]}),
        ("s-2-brand", "shop", _percent(90, 3_000), {"shop": shop[2 % shops], "scope": {"brands": ["brand-1"]}}),
        ("s-3", "shop", _every(7_000, 700, repeated=True), {"shop": shop[3 % shops]}),
        ("p-cross", "platform", _every(6_000, 800, repeated=True), {"not_with": ["c-five"]}),
        ("p-bags", "platform", _every(4_000, 700), {"scope": {"categories": ["bags"]}}),
        ("p-shoes", "platform", _percent(60, 5_000, 3_000), {"scope": {"categories": ["shoes"]}}),
        ("p-brand", "platform", _every(6_000, 600), {"scope": {"brands": ["brand-5"]}}),
        ("p-phones", "platform", _every(9_000, 900), {"scope": {"categories": ["phones"]}}),
        ("x-gift", "gift", {"kind": "gift", "variant": "tote", "units": 900, "over_minor": _sg(20_000)}, {}),
        ("x-ship", "shipping", {"kind": "shipping", "over_minor": _sg(15_000)}, {}),
        ("c-shop-0", "shop_coupon", _every(4_000, 400), {"shop": shop[0], "not_with": ["s-0"]}),
        ("c-shop-1", "shop_coupon", _percent(50, 3_000, 1_200), {"shop": shop[1]}),
        ("c-twelve", "platform_coupon", _every(10_000, 1_200), {"not_with": ["@flash"]}),
        ("c-five", "platform_coupon", _percent(50, 8_000, 2_000), {}),
        ("c-bags", "platform_coupon", _every(5_000, 650), {"scope": {"categories": ["bags"]}}),
        ("r-packet", "red_packet", _packet(), {"not_with": ["c-bags"]}),
    ]  # fmt: skip


def _live(config: Config, rows: list[Row]) -> Live:
    promotions = [
        msgspec.convert({"code": code, "layer": layer, "effect": what, "phases": ["main"], **more}, Promotion)
        for code, layer, what, more in rows
    ]
    festival = Festival(
        code="bench",
        names={"en": "Bench"},
        markets=("SG",),
        phases=(Phase(kind=PhaseKind.MAIN, starts=NOW - DAY, ends=NOW + DAY),),
    )
    market = load_markets(config.data / "markets")["SG"]
    plan = Plan(festival=festival, promotions=tuple(promotions))
    return make_live([plan], market, ZoneInfo(market.calendar.time_zone), NOW)


def _basket(chance: random.Random, count: int, shops: int) -> list[PricedLine]:
    lines = []
    for place, number in enumerate(chance.sample(range(GOODS), count)):
        category = CATEGORIES[number % len(CATEGORIES)]
        price = 990 + number * 7919 % 9_000
        goods = UUID(int=number + 1)
        lines.append(
            PricedLine(
                str(place), goods, goods, f"shop-{number * 31 % shops}", f"brand-{number % 9}",
                ("all", category), chance.choice((1, 1, 1, 2, 3)), price,
            )
        )  # fmt: skip
    return lines


def _wallet(rows: list[Row]) -> Wallet:
    held = tuple(
        Held(f"h-{code}", code, NOW + DAY, 640 if layer == "red_packet" else None)
        for code, layer, _, _ in rows
        if "coupon" in layer or layer == "red_packet"
    )
    return Wallet(shopper="shopper", held=held)


def _cost_us(live: Live, basket: list[PricedLine], wallet: Wallet, rounds: int) -> float:
    """CPU microseconds of one offer: the median of several batches."""
    best_offer(live, basket, wallet, NOW)
    costs = []
    for _ in range(REPEATS):
        before = time.process_time()
        for _ in range(rounds):
            best_offer(live, basket, wallet, NOW)
        costs.append((time.process_time() - before) / rounds)
    return statistics.median(costs) * 1e6


def _costs(live: Live, wallet: Wallet, lines: int, shops: int, rounds: int, seconds: float) -> list[float]:
    """Costs of different baskets of so many lines, ascending; as many as fit the time, 20 at least."""
    chance = random.Random(f"{SEED}/{lines}")  # noqa: S311
    until = time.monotonic() + seconds
    costs: list[float] = []
    while len(costs) < BASKETS and (len(costs) < 20 or time.monotonic() < until):
        costs.append(_cost_us(live, _basket(chance, lines, shops), wallet, rounds))
    return sorted(costs)


def measure(config: Config, given: argparse.Namespace) -> dict[str, Any]:
    """CPU microseconds of an offer, by size of the basket; `ordinary_day_us` is 2 lines on a day without promotions.

    `p50_us` and `p99_us` are of 10 lines from 4 shops, `two_lines_us` and `hundred_lines_us` (from 10 shops) medians.
    """
    seconds = float(getattr(given, "seconds", 10.0)) / 4
    rows, many = _rows(4), _rows(10)
    live, large, wallet = _live(config, rows), _live(config, many), _wallet(rows)
    ten = _costs(live, wallet, 10, 4, 20, seconds)
    two = _costs(live, wallet, 2, 4, 60, seconds)
    hundred = _costs(large, wallet, 100, 10, 4, seconds)
    ordinary = _costs(_live(config, []), wallet, 2, 4, 300, seconds)
    return {
        "promotions": len(rows) - len(wallet.held),
        "coupons": len(wallet.held),
        "baskets": len(ten),
        "p50_us": round(statistics.median(ten), 1),
        "p99_us": round(ten[int(len(ten) * 0.99)], 1),
        "two_lines_us": round(statistics.median(two), 1),
        "hundred_lines_us": round(statistics.median(hundred), 1),
        "hundred_lines_p99_us": round(hundred[int(len(hundred) * 0.99)], 1),
        "ordinary_day_us": round(statistics.median(ordinary), 2),
    }
