"""What the API tells of a refund, line by line. Amounts are whole minor units of the order's currency."""

from __future__ import annotations

import msgspec

from argosy.landed.returns import Answer, Bearer, Charge, ReturnReason


class ChargeBackAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the duty, tax or fees of refunded pieces."""

    charge: Charge
    amount_minor: int
    goes_back: bool
    """Whether the shopper has it back."""
    answer: Answer
    """The authority's: `not_imported`: nothing was due; `corrected`: in the seller's return; `claim`: on application;
    `no`; `unknown`."""
    borne_by: Bearer
    """Who has paid it in the end."""
    owed: bool | None
    """Whether the law makes the seller pay it back, whoever has it; null: not told."""
    scheme: str = ""
    """Under which it was collected at the sale; empty: at the border."""
    claim_by: str | None = None
    """Last day of a claim, as a date."""
    how: str = ""
    source: str = ""
    as_of: str = ""


class RefundedLineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Refunded pieces of a line; the parts that went back add up to the amount."""

    line: int
    quantity: int
    amount_minor: int
    goods_minor: int = 0
    shipping_minor: int = 0
    duty_minor: int = 0
    tax_minor: int = 0
    fees_minor: int = 0
    reason: ReturnReason | None = None
    """Null for refunds of before reasons were kept."""
    charges: list[ChargeBackAnswer] = []
