"""Lines whose price is protected."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class BoughtLine(msgspec.Struct, frozen=True):
    """A line of a paid order as far as its protection depends on it."""

    order_id: UUID
    line: int
    variant_id: UUID
    market: str
    quantity: int
    list_minor: int
    taken: list[Any]
    """What promotions took off, as the order keeps it."""
    bought_at: datetime


class Protected(msgspec.Struct, frozen=True):
    """A line under protection, written down when it was paid. Prices are of one piece after the item layer."""

    order_id: UUID
    line: int
    variant_id: UUID
    market: str
    days: int
    bought_at: datetime
    unit_minor: int
    next_check_at: datetime


class ToCheck(msgspec.Struct, frozen=True):
    """A protected line with what is left of it, to be compared with later prices."""

    order_id: UUID
    line: int
    variant_id: UUID
    market: str
    days: int
    bought_at: datetime
    delivered_at: datetime | None
    unit_minor: int
    settled_minor: int
    """The price down to which drops were paid back; at first `unit_minor`."""
    kept: int
    """Pieces that were not given back."""
    left_minor: int
    """What was paid for the line less what went back, with its pieces and for earlier drops."""
    price: dict[str, Any]
    """What the price was made from, as the order keeps it."""


class OrderLine(msgspec.Struct, frozen=True):
    """A line of an order under protection, as far as its end depends on it."""

    line: int
    days: int
    bought_at: datetime
    delivered_at: datetime | None


class Decided(msgspec.Struct, frozen=True):
    """What became of a check."""

    order_id: UUID
    line: int
    owed_minor: int | None
    """To be paid back; None: nothing."""
    owed_to_minor: int | None
    """The lower price that this brings it to."""
    next_check_at: datetime | None
    """None: the protection is over."""


class Owed(msgspec.Struct, frozen=True):
    """A drop that is to be paid back."""

    order_id: UUID
    line: int
    owed_minor: int
    owed_to_minor: int
