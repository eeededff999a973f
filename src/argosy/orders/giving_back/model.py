"""What the intake is asked for when money goes back without goods."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class PayBack(msgspec.Struct, frozen=True):
    """Money goes back without goods, once for each `refund_id`: the amount, or what is left of what was paid."""

    order_id: UUID
    refund_id: UUID
    amount_minor: int
    """In the order's currency, above 0."""
    why: str
    """Reason as a stable code, one of WHY_PAID_BACK."""
    who: str
    now: datetime


WHY_PAID_BACK = ("late", "price_protection", "deposit", "deposit_rest")
"""A broken promise; a price that fell; a deposit cancelled, or whose goods went back; what of one its goods did not cost."""
