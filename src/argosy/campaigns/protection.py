"""Price protection: what is paid back when a price falls within some days of delivery. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec


class Cause(StrEnum):
    """Why a price was what it was."""

    PRICE = "price"
    """The price itself, or a price of the item layer that was open to everybody."""
    FLASH = "flash"
    COUPON = "coupon"
    MEMBER = "member"


PROTECTED = frozenset({Cause.PRICE})
"""A drop counts where everybody could have had it in any number: not what flash sales, coupons and levels caused."""


class LaterPrice(msgspec.Struct, frozen=True):
    """A price of one piece, in the currency of the order, and when it began."""

    since: datetime
    unit_minor: int
    cause: Cause


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of a line as they were bought."""

    unit_item_minor: int
    """Price of a piece after the item layer."""
    quantity: int
    """Pieces that were not given back."""
    payable_minor: int
    """What was paid for these pieces."""
    bought_at: datetime
    delivered_at: datetime | None
    paid_back_minor: int = 0
    """By earlier drops."""


def drop_to_pay_back(bought: Bought, prices: Sequence[LaterPrice], days: int, now: datetime) -> int:
    """What is to be paid back at `now`: the pieces times the fall to the lowest protected price, less what was paid back.

    Like is compared with like: prices after the item layer, then and later. Prices count that began after the purchase and
    no later than `days` times 24 hours after delivery; before delivery all count. Never more than was paid.
    """
    if days == 0:
        return 0
    until = now if bought.delivered_at is None else min(now, bought.delivered_at + timedelta(days=days))
    lowest = min(
        (price.unit_minor for price in prices if price.cause in PROTECTED and bought.bought_at < price.since <= until),
        default=bought.unit_item_minor,
    )
    fallen = max(bought.unit_item_minor - lowest, 0) * bought.quantity
    return max(min(fallen, bought.payable_minor) - bought.paid_back_minor, 0)
