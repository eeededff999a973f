"""The most that a limited promotion can cost, per market, and the split between sellers and platform. Pure."""

from __future__ import annotations

import msgspec

from argosy.campaigns.plan import Amounts, Every, Percent, Promotion, RedPacket, Tiers


class Exposure(msgspec.Struct, frozen=True):
    """What a promotion can cost at most, in minor units of each market's currency.

    With `uses` the amounts are those of one use, and all markets share the uses; without, they are those of all uses together.
    """

    minor: dict[str, int]
    uses: int | None


def exposure(promotion: Promotion, markets: tuple[str, ...]) -> Exposure | None:
    """The most it can cost in these markets; None where the plan sets no limit: its goods' prices or its orders do.

    A limit is a number of uses with a highest amount of each, or a budget.
    """
    effect = promotion.effect
    if isinstance(effect, RedPacket):
        return Exposure({code: effect.budget_minor[code] for code in markets if code in effect.budget_minor}, None)
    uses = promotion.claim.uses if promotion.claim else promotion.uses
    highest = _highest(effect)
    if uses is None or not highest:
        return None
    here = {code: minor for code, minor in highest.items() if code in markets}
    return Exposure(here, uses) if here else None


def _highest(effect: object) -> Amounts:
    """The most that one use takes off, by market; empty where the basket's size sets it."""
    match effect:
        case Every(off_minor=off, repeated=False):
            return off
        case Every(at_most_minor=most) | Percent(at_most_minor=most):
            return most
        case Tiers(tiers=tiers) if not any(tier.per_mille for tier in tiers):
            codes = {code for tier in tiers for code in tier.off_minor}
            return {code: max(tier.off_minor.get(code, 0) for tier in tiers) for code in codes}
    return {}
