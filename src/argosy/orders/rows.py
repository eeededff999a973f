"""Rows of orders and baskets as the database has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class OrderState(msgspec.Struct, frozen=True):
    """An order's row as far as decisions depend on it; locked while they are made."""

    order_id: UUID
    state: str
    market: str
    currency: str
    total_minor: int
    refunded_minor: int
    take_keys: list[str]
    take_counts: list[int]
    provider: str
    charge_reference: str
    charge_attempts: int
    paid_back_minor: int = 0
    """Given back without goods."""

    @property
    def left_minor(self) -> int:
        """What is left of what was paid."""
        return self.total_minor - self.refunded_minor - self.paid_back_minor


class LineState(msgspec.Struct, frozen=True):
    """A line's row as far as refunds depend on it."""

    order_id: UUID
    line: int
    variant_id: UUID
    quantity: int
    refunded_quantity: int
    take_keys: list[str]
    total_minor: int
    refunded_minor: int
    goods_minor: int
    """Less the discount."""
    shipping_minor: int
    duty_minor: int
    tax_minor: int
    fees_minor: int
    dropped_minor: int = 0
    """What went back for each piece because its price had fallen, or is about to."""


class StateOf(msgspec.Struct, frozen=True):
    """Whether a quote was placed before, and what became of it."""

    order_id: UUID
    state: str
    charge_attempts: int


class Expired(msgspec.Struct, frozen=True):
    """An unpaid order whose hold is over."""

    order_id: UUID
    provider: str
    charge_reference: str
    charge_attempts: int
    total_minor: int
    currency: str


class OpenRefund(msgspec.Struct, frozen=True):
    """A refund that the provider has not confirmed yet."""

    order_id: UUID
    refund_id: UUID
    amount_minor: int
    currency: str
    provider: str
    charge_reference: str
    tries: int
    """How often it was tried."""
    reference: str
    """The provider's number of it; empty while it has told none."""


class OrderRow(msgspec.Struct, frozen=True):
    """An order as shown to its shopper."""

    order_id: UUID
    state: str
    shopper_id: UUID
    market: str
    currency: str
    goods_minor: int
    shipping_minor: int
    duty_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    total_minor: int
    refunded_minor: int
    quote: dict[str, Any]
    contact: dict[str, Any]
    placed_at: datetime
    hold_until: datetime
    settled_at: datetime | None
    provider: str
    charge_reference: str
    charge_attempts: int
    """Payments that came to nothing: the number of the next one, counted from 0."""
    paid_back_minor: int
    """Given back without goods, beside what was refunded."""


class OrderListed(msgspec.Struct, frozen=True):
    """An order in a list."""

    order_id: UUID
    state: str
    market: str
    currency: str
    total_minor: int
    refunded_minor: int
    paid_back_minor: int
    placed_at: datetime
    quote: dict[str, Any]


class LineRow(msgspec.Struct, frozen=True):
    """What was given back of a line."""

    line: int
    quantity: int
    refunded_quantity: int
    total_minor: int
    refunded_minor: int


class HistoryRow(msgspec.Struct, frozen=True):
    """One entry of an order's audit trail."""

    at: datetime
    what: str
    who: str
    detail: dict[str, Any]


class RefundRow(msgspec.Struct, frozen=True):
    """A refund and how far it has come."""

    refund_id: UUID
    state: str
    amount_minor: int
    currency: str
    lines: list[Any]
    at: datetime
    why: str
    """Reason of money that went back without goods, one of `giving_back.model.WHY_PAID_BACK`; empty for all other refunds."""


class BasketRow(msgspec.Struct, frozen=True):
    """A line of a kept basket."""

    variant_id: UUID
    quantity: int
    kept_for_later: bool
