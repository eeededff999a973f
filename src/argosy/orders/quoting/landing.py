"""What goods cost at the shopper's door: a market's price and its border put together. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from argosy.landed.explain import explain
from argosy.landed.model import Channel, Consignment, Landed, LandedLine
from argosy.landed.rules import land
from argosy.markets.model import Market, PricePolicy
from argosy.orders.model import Charts, ShelfItem, Terms

CHANNELS: tuple[Channel, ...] = ("courier", "post")
"""Who may carry a consignment, the quickest first."""
_KEPT = 500_000
_TRIES = 12


class Border(msgspec.Struct, frozen=True):
    """How a consignment crosses the border, and what that costs."""

    channel: Channel
    landed: Landed


class Doorstep(msgspec.Struct, frozen=True, kw_only=True):
    """One piece delivered to a market's door: what it is charged at, what is paid in all, and why."""

    unit_minor: int
    """What the piece itself is charged at, without taxes and duties of the destination."""
    total_minor: int
    """All that is paid to the shop for one piece: with duty, tax and fees under DDP, the piece alone under DAP."""
    terms: Terms
    channel: Channel
    landed: Landed

    @property
    def all_in(self) -> bool:
        """Whether nothing more will be asked for at the door."""
        return self.terms == "DDP"

    @property
    def banned(self) -> bool:
        """Whether it may not be sold there."""
        return self.landed.state == "banned"


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def business_date(market: Market, now: datetime) -> date:
    """The day in the market: it decides rates, thresholds and rules."""
    return now.astimezone(_zone(market.calendar.time_zone)).date()


def region_in(market: Market, region: str) -> str:
    """The state or province that decides the tax: the one named, else the market's; empty where none decides it."""
    return (region.upper() or market.region) if market.region else ""


def why(landed: Landed) -> tuple[str, ...]:
    """Why the law forbids what it forbids, a sentence each."""
    return tuple(f"{told.text}." for told in explain(landed) if told.code.startswith("ban."))


def customs_line(
    charts: Charts, market: Market, item: ShelfItem, number: str, quantity: int, goods_minor: int, at: date
) -> LandedLine:
    """A line as customs sees it, with the HS heading that an operator or else the feed gave it.

    What nobody has classified for sure has no heading, so that nothing is known of its duty; unless the likely one is
    forbidden in the market: then it is not sold there.
    """
    variant = item.variant
    facts = charts.goods.get(item.product.category)
    sure = LandedLine(
        line=number,
        hs=charts.headings.get(variant.variant_id, variant.hs6),
        origin=variant.origin,
        quantity=quantity,
        goods_minor=goods_minor,
        # Left out where nothing asks for it: goods that differ in nothing else are then computed once.
        weight_g=variant.weight_g and variant.weight_g * quantity if charts.by_weight else None,
        battery=facts.battery if facts else "none",
        blade_mm=facts.blade_mm if facts else None,
    )
    if variant.variant_id not in charts.unsure or variant.variant_id in charts.headings:
        return sure
    key = ("forbidden", market.code, charts.ships_from, at, sure.hs, sure.origin, sure.battery, sure.blade_mm)
    forbidden = charts.doorsteps.get(key)
    if forbidden is None:
        one = replace(sure, quantity=1, goods_minor=100)
        forbidden = land_basket(charts, market, market.region, [one], 0, at).landed.state == "banned"
        charts.doorsteps[key] = forbidden
    return sure if forbidden else replace(sure, hs="")


def land_basket(
    charts: Charts, market: Market, region: str, lines: Sequence[LandedLine], shipping_minor: int, at: date
) -> Border:
    """Duty, tax and fees of a consignment from the hub to a market, with their reasons.

    It goes by courier; what couriers may not carry there goes by post, if the post may.
    """
    wanted = Consignment(
        at=at,
        to=market.code,
        region=region,
        ship_from=charts.ships_from,
        channel=CHANNELS[0],
        terms=market.terms,
        seller_collects=market.terms == "DDP",
        currency=market.currency,
        shipping_minor=shipping_minor,
        lines=tuple(lines),
    )
    first = Border(CHANNELS[0], land(charts.tables, wanted))
    if first.landed.state == "banned":
        for channel in CHANNELS[1:]:
            landed = land(charts.tables, replace(wanted, channel=channel))
            if landed.state != "banned":
                return Border(channel, landed)
    return first


def terms_of(market: Market, landed: Landed) -> Terms:
    """DDP where the market is served so and every figure is there to be charged; else the rest is paid at the door."""
    return "DDP" if market.terms == "DDP" and landed.total_minor is not None else "DAP"


def doorstep(charts: Charts, market: Market, region: str, item: ShelfItem, minor: int, at: date) -> Doorstep:
    """What one piece costs at the door of a market at a price in its currency.

    Same-net markets add duty, tax and fees to the price. In same-gross markets the price is what is paid in all: the piece is
    charged at the most that does not exceed it once everything is added; where a threshold jumps over the price, less is paid.
    A seller bears half of her price at most: where charges take more, they are added to it.
    """
    variant = item.variant
    # What nobody is sure of, and what is weighed, is a case of its own; all else is told apart by what customs looks at.
    own = charts.by_weight or variant.variant_id in charts.unsure or variant.variant_id in charts.headings
    key = (
        market.code, region, variant.hs6, variant.origin, item.product.category, minor, at,
        variant.variant_id if own else None, charts.ships_from,
    )  # fmt: skip
    kept = charts.doorsteps.get(key)
    if kept is None:
        kept = _gross(charts, market, region, customs_line(charts, market, item, "1", 1, minor, at), at)
        if len(charts.doorsteps) >= _KEPT:
            charts.doorsteps.clear()
        charts.doorsteps[key] = kept
    found: Doorstep = kept
    return found


def _gross(charts: Charts, market: Market, region: str, line: LandedLine, at: date) -> Doorstep:
    wanted = line.goods_minor
    border = land_basket(charts, market, region, [line], 0, at)
    terms, total = terms_of(market, border.landed), border.landed.total_minor
    if terms == "DAP" or total is None:
        total = wanted
    found = Doorstep(unit_minor=wanted, total_minor=total, terms=terms, channel=border.channel, landed=border.landed)
    if market.price_policy is PricePolicy.SAME_NET or total == wanted:
        return found
    return _within(charts, market, region, line, at, found)


def _within(charts: Charts, market: Market, region: str, line: LandedLine, at: date, above: Doorstep) -> Doorstep:
    """The dearest charge whose sum does not exceed the price; `above` exceeds it."""
    wanted = line.goods_minor

    def charged(minor: int) -> Doorstep | None:
        border = land_basket(charts, market, region, [replace(line, goods_minor=minor)], 0, at)
        total = border.landed.total_minor
        if total is None:
            return None
        return Doorstep(unit_minor=minor, total_minor=total, terms="DDP", channel=border.channel, landed=border.landed)

    best = _dearest(charged, above, wanted)
    if best is not None and 2 * best.unit_minor >= wanted:
        return best
    # Flat charges would eat up most of a cheap piece: its seller gets half, and the rest comes on top.
    return charged((wanted + 1) // 2) or above


def _dearest(charged: Callable[[int], Doorstep | None], above: Doorstep, wanted: int) -> Doorstep | None:
    """The last charge whose sum is within the price, found along the line through the last two; halving where it is none."""
    best = None
    low, high = 1, above.unit_minor
    before, guess = above, high * wanted // above.total_minor
    for _ in range(_TRIES + high.bit_length()):
        if not low <= guess < high:
            guess = (low + high) // 2
        tried = charged(guess)
        if tried is None:
            break
        rise, run = tried.total_minor - before.total_minor, tried.unit_minor - before.unit_minor
        if tried.total_minor <= wanted:
            best, low = tried, guess + 1
        else:
            high = guess
        if tried.total_minor == wanted or low >= high:
            break
        before, step = tried, (wanted - tried.total_minor) * run // rise if rise and run else 0
        guess += step or (1 if tried.total_minor < wanted else -1)
    return best


def lowest_at_door(
    charts: Charts, market: Market, region: str, item: ShelfItem, minor: int, step: Doorstep, at: date
) -> int | None:
    """An earlier price in the same terms as the one beside it, at the door; None unless it was higher there."""
    before = doorstep(charts, market, region, item, minor, at)
    return before.total_minor if before.terms == step.terms and before.total_minor > step.total_minor else None
