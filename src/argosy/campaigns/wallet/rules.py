"""When a coupon or red packet can be claimed, how long it is good, and what comes out of a claim. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from argosy.base.errors import NotFound
from argosy.campaigns.claims import budget_key, claim_key, claim_takes, draw_packet
from argosy.campaigns.plan import Festival, Plan, Promotion, RedPacket, windows
from argosy.campaigns.wallet.model import NotHere, Over, OwnLimit, TooEarly, UsedUp
from argosy.campaigns.worth import terms_in
from argosy.quotas.model import Take


def promotion_of(plans: Iterable[Plan], code: str) -> tuple[Promotion, Festival]:
    """A promotion that is claimed, and its festival; refuses (`unknown_coupon`) what is none."""
    for plan in plans:
        for promotion in plan.promotions:
            if promotion.code == code and promotion.claim is not None:
                return promotion, plan.festival
    raise NotFound("unknown_coupon", "There is no such coupon.", field="promotion", remedy="See what can be claimed.")


def is_for(promotion: Promotion, festival: Festival, market: str) -> bool:
    """Whether a promotion takes place in a market and has amounts for it."""
    if market not in (promotion.markets or festival.markets):
        return False
    effect = promotion.effect
    if isinstance(effect, RedPacket):
        return market in effect.low_minor and market in effect.high_minor and market in effect.budget_minor
    return effect.__struct_config__.tag == "shipping" or terms_in(effect, market) is not None


def good_until(
    promotion: Promotion, festival: Festival, market: str, zone: tzinfo, now: datetime
) -> datetime | TooEarly | Over | NotHere:
    """Until when it is good if it is claimed now, in a market whose clock is `zone`; or why it cannot be claimed.

    It is claimed while it is live, and good until the last time that it is.
    """
    if not is_for(promotion, festival, market):
        return NotHere()
    times = sorted((start.astimezone(UTC), end.astimezone(UTC)) for start, end in windows(promotion, festival, zone))
    if not times:
        return NotHere()
    last = max(end for _, end in times)
    if any(start <= now < end for start, end in times):
        return last
    coming = [start for start, _ in times if start > now]
    return TooEarly(min(coming)) if coming else Over(last)


def most_takes(promotion: Promotion, shopper: str, market: str) -> list[Take]:
    """All counters that a claim may take from, a red packet's amount being the highest there is: to lock them."""
    effect = promotion.effect
    return claim_takes(promotion, shopper, market, effect.high_minor[market] if isinstance(effect, RedPacket) else None)


def granted(
    promotion: Promotion, shopper: str, market: str, free: Mapping[str, int], seed: bytes
) -> tuple[int | None, Sequence[Take]] | UsedUp | OwnLimit:
    """What a claim is worth and takes, given what its counters have left; or why it gets nothing.

    A red packet is worth what was drawn, or what is left of the budget where that is less but not below the least amount.
    """
    claim = promotion.claim
    assert claim is not None, "not claimed at all"  # noqa: S101
    own = free.get(claim_key(promotion.code, shopper), 0)
    if own < 1:
        return OwnLimit(claim.per_shopper)
    if free.get(claim_key(promotion.code), 0) < 1:
        return UsedUp()
    if not isinstance(promotion.effect, RedPacket):
        return None, claim_takes(promotion, shopper, market)
    budget = free.get(budget_key(promotion.code, market), 0)
    if budget < promotion.effect.low_minor[market]:
        return UsedUp()
    number = claim.per_shopper - own + 1
    minor = min(draw_packet(promotion, market, shopper, number, seed), budget)
    return minor, claim_takes(promotion, shopper, market, minor)
