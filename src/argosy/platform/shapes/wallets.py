"""Shapes of the API's requests and answers about shoppers and what they claimed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from argosy.platform.requests import Country


class ShopperAnswer(msgspec.Struct, frozen=True):
    """A shopper without an account; `shopper_key` is she to whoever has it, keep it like a password."""

    shopper_id: UUID
    shopper_key: str


class ClaimRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A coupon or red packet to be claimed, in a market."""

    promotion: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=100,
            description="Code of a promotion whose `claimed` is true in `GET /v1/campaigns`.",
            extra_json_schema={"examples": ["618-red-packet"]},
        ),
    ]
    market: Country


class HeldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon or red packet in a shopper's wallet, good for one order."""

    held_id: UUID
    promotion: str
    names: dict[str, str]
    """By language; empty for a promotion that the shop no longer has."""
    market: str
    """Where it was claimed. A red packet is good there, a coupon wherever its promotion is."""
    amount_minor: int | None
    """What a red packet is worth; null for a coupon, whose terms are its promotion's."""
    currency: str | None
    claimed_at: datetime
    expires_at: datetime
    used: bool
    """An order has it; a cancelled order gives it back."""
