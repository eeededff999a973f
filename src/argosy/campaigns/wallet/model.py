"""Claims and their answers, and what lies in a wallet."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class ClaimWish(msgspec.Struct, frozen=True, kw_only=True):
    """A shopper's wish for a coupon or red packet of a promotion."""

    shopper_id: UUID
    promotion: str
    market: str
    """Country of the market that she claims it in."""
    now: datetime


class WalletRow(msgspec.Struct, frozen=True):
    """A claimed coupon or red packet."""

    shopper_id: UUID
    held_id: UUID
    promotion: str
    market: str
    minor: int | None
    """What a red packet is worth, in minor units of its market's currency; None for a coupon."""
    claimed_at: datetime
    expires_at: datetime


class Tally(msgspec.Struct, frozen=True):
    """How many of a promotion were claimed, and how many of them an order has."""

    promotion: str
    claims: int
    used: int


class InWallet(msgspec.Struct, frozen=True):
    """A claimed coupon or red packet as its shopper sees it."""

    row: WalletRow
    used: bool
    """An order has it."""


class Claimed(msgspec.Struct, frozen=True):
    """It lies in her wallet."""

    row: WalletRow


class TooEarly(msgspec.Struct, frozen=True):
    """It can be claimed from this instant on."""

    opens_at: datetime


class Over(msgspec.Struct, frozen=True):
    """It can no longer be claimed."""

    since: datetime


class UsedUp(msgspec.Struct, frozen=True):
    """All there were are claimed, or a red packet's budget is spent."""


class OwnLimit(msgspec.Struct, frozen=True):
    """She has claimed as many as one shopper may."""

    limit: int


class NotHere(msgspec.Struct, frozen=True):
    """It is not for this market."""


ClaimAnswer = Claimed | TooEarly | Over | UsedUp | OwnLimit | NotHere
