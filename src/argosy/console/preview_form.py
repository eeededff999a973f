"""The preview's form: market, instant, language, coupons in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

import msgspec

from argosy.base.money import exponent
from argosy.campaigns.model import Held, Wallet
from argosy.campaigns.plan import Plan, Promotion, RedPacket
from argosy.console.timeline import clock
from argosy.markets.model import LANGUAGES, Market, Markets

_MOST_TEXT = 200


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon or red packet that can be claimed in a market."""

    code: str
    name: str
    festival: str
    packet: tuple[int, int] | None
    """The least and the highest amount of a red packet, in minor units; None for a coupon."""
    held: bool
    amount: str
    """What a red packet is taken to be worth, as typed."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it was filled in. `at` is None for now."""

    market: Market
    language: str
    region: str
    at: datetime | None
    written_at: str
    basket: str
    words: str
    coupons: tuple[Coupon, ...]
    faults: dict[str, str]

    def wallet(self, now: datetime) -> Wallet:
        """What the shopper of the preview brings along."""
        later = now + timedelta(days=1)
        held = []
        for one in self.coupons:
            if one.held:
                minor = amount_of(one.amount, self.market.currency) if one.packet else None
                held.append(Held(f"preview-{one.code}", one.code, later, minor))
        return Wallet(shopper="", held=tuple(held))


def read(sent: Mapping[str, str], held: Sequence[str], markets: Markets, plans: Sequence[Plan]) -> Asked:
    """The form's question; each fault names the remedy. An unknown market is taken for the home market and told."""
    faults: dict[str, str] = {}
    code = sent.get("market", "")[:2]
    market = markets.get(code) if code else markets.home
    if market is None or not market.launched:
        faults["market"], market = "Choose one of the list.", markets.home
    language = sent.get("language", "") or "en"
    if language not in LANGUAGES:
        faults["language"], language = "Choose one of the list.", "en"
    written = sent.get("at", "").strip()[:_MOST_TEXT]
    at = _instant(written, market, faults) if written else None
    coupons = tuple(
        _coupon(plan, one, market, sent, held, faults)
        for plan in plans
        for one in plan.promotions
        if one.claim is not None and market.code in (one.markets or plan.festival.markets)
    )
    return Asked(
        market=market, language=language, region=sent.get("region", "").strip().upper()[:10], at=at, written_at=written,
        basket=sent.get("basket", ""), words=sent.get("q", "").replace("\x00", "").strip()[:_MOST_TEXT],
        coupons=coupons, faults=faults,
    )  # fmt: skip


def _instant(written: str, market: Market, faults: dict[str, str]) -> datetime | None:
    """An instant; one without an offset is on the market's clock."""
    try:
        told = datetime.fromisoformat(written)
    except ValueError:
        faults["at"] = "Write 2026-06-18T20:00 for the market's clock, or with an offset: 2026-06-18T20:00+08:00."
        return None
    if not 2000 <= told.year <= 2100:
        faults["at"] = "Take a year from 2000 to 2100."
        return None
    return (told if told.tzinfo is not None else told.replace(tzinfo=clock(market))).astimezone(UTC)


def _coupon(
    plan: Plan, one: Promotion, market: Market, sent: Mapping[str, str], held: Sequence[str], faults: dict[str, str]
) -> Coupon:
    packet = None
    amount = sent.get(f"worth-{one.code}", "").strip()[:20]
    if isinstance(one.effect, RedPacket) and market.code in one.effect.low_minor:
        packet = one.effect.low_minor[market.code], one.effect.high_minor[market.code]
        if one.code in held:
            minor = amount_of(amount, market.currency)
            if minor is None or not packet[0] <= minor <= packet[1]:
                faults[f"worth-{one.code}"] = "Enter what the packet is worth, within the limits."
    return Coupon(
        code=one.code, name=one.names.get("en", one.code), festival=plan.festival.names["en"], packet=packet,
        held=one.code in held, amount=amount,
    )  # fmt: skip


def amount_of(text: str, currency: str) -> int | None:
    """An amount in minor units of a currency; None for what is none."""
    try:
        minor = Decimal(text) * 10 ** exponent(currency)
        return int(minor) if minor == minor.to_integral_value() and 0 <= minor < 10**12 else None
    except (InvalidOperation, ValueError):
        return None
