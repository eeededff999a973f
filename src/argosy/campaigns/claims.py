"""Claiming a coupon or a red packet: what it takes of which counters, and how a red packet's amount is drawn. Pure."""

from __future__ import annotations

import hashlib

from argosy.base.errors import Refused
from argosy.campaigns.plan import Promotion, RedPacket
from argosy.quotas.model import Take


def claim_key(code: str, shopper: str = "") -> str:
    """The counter of a coupon's claims, in all or by one shopper."""
    return f"claim/{code}/{shopper}" if shopper else f"claim/{code}"


def budget_key(code: str, market: str) -> str:
    """The counter of a red packet's budget in a market; its units are minor units of the market's currency."""
    return f"packets/{code}/{market}"


def claim_takes(promotion: Promotion, shopper: str, market: str, minor: int | None = None) -> list[Take]:
    """The counters that a claim takes from, all or none: one use, one of the shopper's, and a red packet's amount."""
    claim = promotion.claim
    if claim is None:
        raise Refused(
            "not_claimable", f"{promotion.code} is not claimed.", field="promotion", remedy="It applies by itself."
        )
    takes = [
        Take(claim_key(promotion.code), 1, claim.uses),
        Take(claim_key(promotion.code, shopper), 1, claim.per_shopper),
    ]
    if isinstance(promotion.effect, RedPacket) and minor is not None:
        takes.append(Take(budget_key(promotion.code, market), minor, promotion.effect.budget_minor[market]))
    return takes


def draw_packet(promotion: Promotion, market: str, shopper: str, number: int, seed: bytes) -> int:
    """The amount of a shopper's `number`-th red packet: between the limits, the same for the same seed, all amounts alike likely.

    The seed is secret until the festival is over; told then, everybody can check every draw.
    """
    effect = promotion.effect
    assert isinstance(effect, RedPacket), "no red packet"  # noqa: S101
    low, high = effect.low_minor[market], effect.high_minor[market]
    text = f"{promotion.code}\n{market}\n{shopper}\n{number}".encode()
    drawn = int.from_bytes(hashlib.blake2b(text, key=seed[:64], digest_size=16).digest(), "big")
    return low + drawn % (high - low + 1)
