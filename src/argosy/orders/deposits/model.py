"""Deposits as quotes, commands and rows have them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

import msgspec


class DepositOf(msgspec.Struct, frozen=True, kw_only=True):
    """What a deposit that is quoted counts for later; amounts for all its pieces, in minor units of the quote's currency."""

    promotion: str
    variant_id: UUID
    quantity: int
    paid_minor: int
    counts_minor: int
    seller_per_mille: int
    """Part of what it counts for beyond what is paid that the seller bears."""
    balance_from: datetime
    balance_until: datetime
    """First instant at which it is forfeited."""
    price_minor: int
    """What all pieces cost now without it: the balance is worked out from the price of its own day."""


class BalanceOf(msgspec.Struct, frozen=True, kw_only=True):
    """The deposit that a quote uses up; amounts in minor units of the quote's currency."""

    deposit_id: UUID
    promotion: str
    paid_minor: int
    counts_minor: int
    credit_minor: int
    """What was paid ahead of the price: it is taken off what is due now."""
    balance_until: datetime


class EndDeposit(msgspec.Struct, frozen=True):
    """A deposit ends without a balance: what it held comes free."""

    order_id: UUID
    """The order that it was paid with."""
    how: Literal["forfeited", "returned"]
    """`returned`: its money goes back."""
    refund_id: UUID
    who: str
    now: datetime


class DepositRow(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit that was paid."""

    deposit_id: UUID
    shopper_id: UUID
    promotion: str
    variant_id: UUID
    market: str
    currency: str
    quantity: int
    paid_minor: int
    counts_minor: int
    seller_per_mille: int
    balance_from: datetime
    balance_until: datetime
    take_keys: list[str]
    take_counts: list[int]
    state: str
    balance_order_id: UUID | None
    paid_at: datetime


class Standing(StrEnum):
    """Where a deposit stands for its shopper."""

    COMING = "coming"
    """Its window opens later."""
    DUE = "due"
    """The balance can be paid now."""
    IN_USE = "in_use"
    """A balance order waits for its payment."""
    MISSED = "missed"
    """The window is over; it is forfeited any moment."""
    USED = "used"
    FORFEITED = "forfeited"
    RETURNED = "returned"


class ShownDeposit(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit in its shopper's list."""

    row: DepositRow
    standing: Standing


class Owed(msgspec.Struct, frozen=True):
    """Pieces of a used deposit that went back with its balance order, and whose share of it has not yet; and its rest."""

    deposit_id: UUID
    quantity: int
    used_minor: int
    """What of it paid for goods."""
    rest_minor: int
    """What it was beyond the price of the goods, as far as that has not gone back."""
    owed_pieces: int
    returned_pieces: int
