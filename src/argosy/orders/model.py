"""Baskets, quotes, orders, and the answers they get."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from argosy.catalogue.model import Product, Variant
from argosy.markets.model import Address, Markets
from argosy.pricing.model import Price, PriceRow, Rates
from argosy.quotas.model import Take

NOT_COMPUTED: Literal["not_computed"] = "not_computed"
"""State of a figure whose package does not exist yet: unknown, and said so; never zero."""

MAX_LINES = 50
MAX_QUANTITY = 999


class BasketLine(msgspec.Struct, frozen=True):
    """So many of a variant."""

    variant_id: UUID
    quantity: int


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where it goes, as far as prices depend on it; the full address comes with the order."""

    country: str
    """ISO 3166-1 alpha-2; also the market."""
    region: str = ""
    postal_code: str = ""
    city: str = ""


class ShelfItem(msgspec.Struct, frozen=True):
    """A variant with all that a quote needs to know of it."""

    product: Product
    variant: Variant
    prices: tuple[PriceRow, ...]


Shelf = Mapping[UUID, ShelfItem]
"""Shelf items by variant."""


class Charts(msgspec.Struct, frozen=True):
    """Frozen facts that quotes are made from; replaced as a whole when one of them changes."""

    markets: Markets
    rates: Rates
    hub: str
    """UN/LOCODE of the hub whose stock is sold."""
    quote_for: timedelta
    """How long a quote's price stands."""


class QuoteLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a quote, with the facts it was computed from."""

    variant_id: UUID
    product_id: UUID
    merchant: str
    sku: str
    name: str
    name_language: str
    quantity: int
    price: Price
    goods_minor: int
    discount_minor: int
    shipping_minor: int
    duty_minor: int | None
    tax_minor: int | None
    total_minor: int
    """Goods less discount, plus shipping and whatever of duty and tax is known."""
    hs6: str
    origin: str
    weight_g: int | None
    takes: tuple[Take, ...]


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A final price for a basket to a destination, valid until it expires; its id becomes the order's."""

    quote_id: UUID
    shopper_id: UUID
    market: str
    language: str
    currency: str
    destination: Destination
    lines: tuple[QuoteLine, ...]
    goods_minor: int
    discount_minor: int
    shipping_minor: int
    duty_minor: int | None
    tax_minor: int | None
    total_minor: int
    landed_cost: Literal["not_computed"]
    promise: Literal["not_computed"]
    made_at: datetime
    expires_at: datetime

    def takes(self) -> list[Take]:
        """All counters the order will take from."""
        return [take for line in self.lines for take in line.takes]


class NotForSale(msgspec.Struct, frozen=True):
    """Some lines cannot be bought in this market: no price or no exchange rate is known for them."""

    variants: tuple[UUID, ...]
    market: str


# Answers -----------------------------------------------------------------------------------------------------------


class Lack(msgspec.Struct, frozen=True):
    """A line that cannot be served as wished, and how many could be."""

    variant_id: UUID
    wanted: int
    left: int


class Placed(msgspec.Struct, frozen=True, tag=True):
    """The order stands and its goods are held; placing the same quote again gives the same order."""

    order_id: UUID
    state: str
    attempts: int = 0
    """Payments tried so far."""
    again: bool = False
    """It had been placed before."""


class SoldOut(msgspec.Struct, frozen=True, tag=True):
    """Nothing was taken: of some goods there are too few left."""

    lacks: tuple[Lack, ...]


class LimitReached(msgspec.Struct, frozen=True, tag=True):
    """Nothing was taken: the shopper's allowance of some goods is used up."""

    lacks: tuple[Lack, ...]


class QuoteExpired(msgspec.Struct, frozen=True, tag=True):
    """Nothing was taken: the quote's time was over."""

    expired_at: datetime


PlaceAnswer = Placed | SoldOut | LimitReached | QuoteExpired


class Changed(msgspec.Struct, frozen=True):
    """The order is in the state that was asked for."""

    order_id: UUID
    state: str
    again: bool = False
    """It had been so before; nothing was changed now."""


class TooLate(msgspec.Struct, frozen=True):
    """The order has gone another way and stays as it is."""

    order_id: UUID
    state: str


class NoOrder(msgspec.Struct, frozen=True):
    """There is no such order."""

    order_id: UUID


ChangeAnswer = Changed | TooLate | NoOrder

# What the intake is asked for --------------------------------------------------------------------------------------


class Place(msgspec.Struct, frozen=True):
    """Make this quote an order."""

    quote: Quote
    contact: Address
    provider: str
    now: datetime
    hold_until: datetime


class Pay(msgspec.Struct, frozen=True):
    """The money came: what was held is sold."""

    order_id: UUID
    provider: str
    reference: str
    now: datetime


class NoteCharge(msgspec.Struct, frozen=True):
    """A payment was tried and did not come to its end, or was declined."""

    order_id: UUID
    provider: str
    reference: str
    state: str
    reason: str
    now: datetime
    attempt: int | None = None
    """Which try to pay it was, counted from 0; None where a provider's message does not tell."""


class Release(msgspec.Struct, frozen=True):
    """An unpaid order ends: what was held is free again."""

    order_id: UUID
    state: Literal["cancelled", "expired"]
    who: str
    now: datetime


class RefundLine(msgspec.Struct, frozen=True):
    """So many pieces of a line go back."""

    line: int
    quantity: int


class Refund(msgspec.Struct, frozen=True):
    """Money goes back for some pieces, or for all that is left of the order (no lines)."""

    order_id: UUID
    refund_id: UUID
    lines: tuple[RefundLine, ...]
    restock: bool
    """Whether the pieces are to be sold again."""
    who: str
    now: datetime


Change = Pay | NoteCharge | Release | Refund
Command = Place | Change

# Rows --------------------------------------------------------------------------------------------------------------


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
    total_minor: int
    refunded_minor: int
    quote: dict[str, Any]
    contact: dict[str, Any]
    placed_at: datetime
    hold_until: datetime
    settled_at: datetime | None
    provider: str
    charge_reference: str


class OrderListed(msgspec.Struct, frozen=True):
    """An order in a list."""

    order_id: UUID
    state: str
    market: str
    currency: str
    total_minor: int
    refunded_minor: int
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


class BasketRow(msgspec.Struct, frozen=True):
    """A line of a kept basket."""

    variant_id: UUID
    quantity: int
    kept_for_later: bool
