"""Shapes of the API's answers about festivals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class SpanAnswer(msgspec.Struct, frozen=True):
    """A time: from the first instant up to, not including, the second; UTC."""

    starts: datetime
    ends: datetime


class PhaseAnswer(msgspec.Struct, frozen=True):
    """A part of a festival in a market."""

    kind: str
    """`teaser`, `deposit`, `balance`, `opening`, `main`, `return` or `encore`."""
    starts: datetime
    ends: datetime


class PromotionAnswer(msgspec.Struct, frozen=True):
    """A promotion in a market."""

    code: str
    names: dict[str, str]
    """By language."""
    layer: str
    kind: str
    live: bool
    """Whether it applies now; of a pre-sale whether it takes deposits now."""
    times: list[SpanAnswer]
    terms: dict[str, Any]
    """Its figures; fields that end in `_minor` are minor units of the market's currency.

    A pre-sale's are those of one piece: `deposit_minor`, `counts_minor`, `balance_from`, `balance_until` (instants, UTC).
    """
    scope: dict[str, Any]
    """Goods that it is for: lists that all have to fit; none: all goods."""
    shop: str
    levels: list[str]
    """Levels of membership that it is for; empty: everybody."""
    not_with: list[str]
    claimed: bool
    """It has to be claimed first, with `POST /v1/wallet/claims`."""


class FestivalAnswer(msgspec.Struct, frozen=True):
    """A festival in a market with its promotions."""

    code: str
    names: dict[str, str]
    currency: str
    phase: str
    """The phase of now; empty where none runs."""
    phases: list[PhaseAnswer]
    protect_days: int
    """Days after delivery within which a later drop of the price is paid back; 0: none."""
    level_names: dict[str, dict[str, str]]
    """What the levels of `levels` are called, by language; one that is missing is called by its code."""
    promotions: list[PromotionAnswer]
