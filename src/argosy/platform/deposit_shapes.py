"""Shapes of the API about deposits. Amounts are for all pieces, whole minor units of the currency beside them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from argosy.platform.model import QuoteAnswer
from argosy.platform.requests import Language, WishedDestination, WishedLine


class DepositQuoteRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods of a pre-sale that a deposit is to be paid for."""

    line: WishedLine
    destination: WishedDestination
    language: Language = ""


class DepositQuoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit, valid until it expires; send `quote` to `POST /v1/orders` unchanged to pay it. The order's id is the deposit's."""

    quote_id: UUID
    quote: str
    promotion: str
    variant_id: UUID
    quantity: int
    currency: str
    total_minor: int
    """What is paid now."""
    counts_minor: int
    """What that counts for when the balance is paid."""
    price_minor: int
    """What the pieces cost now without it. The balance is worked out from the price of its own day, with duty and tax."""
    balance_from: datetime
    balance_until: datetime
    """First instant at which it is forfeited."""
    expires_at: datetime


class BalanceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the goods of a deposit are to go, in the market that it was paid in."""

    destination: WishedDestination
    language: Language = ""
    explain: bool = False


class BalanceAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is still due for a deposit's goods, as a quote to order with."""

    deposit_id: UUID
    promotion: str
    paid_minor: int
    counts_minor: int
    credit_minor: int
    """What was paid ahead of the price: part of the quote's `discount_minor`, and not of `saved_minor`."""
    quote: QuoteAnswer


class DepositAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit that was paid."""

    deposit_id: UUID
    """Also the id of the order it was paid with."""
    standing: str
    """`coming`, `due`, `in_use`, `missed`, `used`, `forfeited` or `returned`."""
    promotion: str
    variant_id: UUID
    quantity: int
    market: str
    currency: str
    paid_minor: int
    counts_minor: int
    balance_from: datetime
    balance_until: datetime
    paid_at: datetime
    balance_order_id: UUID | None
    """The order that it was used for."""
