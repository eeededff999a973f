"""What promotions gave."""

from __future__ import annotations

import msgspec


class GivenRow(msgspec.Struct, frozen=True):
    """What a promotion took off orders of a currency."""

    promotion: str
    currency: str
    orders: int
    off_minor: int
    seller_minor: int
    """The sellers' part of it; the platform bears the rest."""
