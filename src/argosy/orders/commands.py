"""What the intake is asked for, and the answers it gives."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from argosy.delivery.stores.model import Slot
from argosy.landed.returns import ChargeBack, ReturnReason
from argosy.markets.model import Address
from argosy.orders.deposits.model import EndDeposit
from argosy.orders.giving_back.model import PayBack
from argosy.orders.model import Quote
from argosy.quotas.model import Short, Take

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


class OfferGone(msgspec.Struct, frozen=True, tag=True):
    """Nothing was taken: a promotion of the price has run out, or a coupon was used elsewhere; a new quote does without."""

    lacks: tuple[Lack, ...]
    """Lines whose limited price has run out, and how many pieces there still are at it."""
    promotions: tuple[str, ...]
    """Codes of promotions that ran out; a coupon that was used in another order has none here."""


class QuoteExpired(msgspec.Struct, frozen=True, tag=True):
    """Nothing was taken: the quote's time was over."""

    expired_at: datetime


class WayGone(msgspec.Struct, frozen=True, tag=True):
    """Nothing was taken: what the date relied on is gone, while other ways are left; a new quote takes one of them."""

    why: Literal["hub_sold_out", "departure_full"]
    departures: tuple[Short, ...] = ()
    """What the counters of the departures that are full have left."""


class SlotFull(msgspec.Struct, frozen=True, tag=True):
    """Nothing was taken: the slot's last place went to somebody else."""

    slot: Slot
    others: tuple[Slot, ...] = ()
    """The next slots with a place left, the soonest first."""


PlaceAnswer = Placed | SoldOut | LimitReached | OfferGone | SlotFull | QuoteExpired | WayGone


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


class LineCharges(msgspec.Struct, frozen=True):
    """What becomes of duty, tax and fees of a line when its pieces go back."""

    line: int
    charges: tuple[ChargeBack, ...]


class Refund(msgspec.Struct, frozen=True):
    """Money goes back for some pieces, or for all that is left of the order (no lines)."""

    order_id: UUID
    refund_id: UUID
    lines: tuple[RefundLine, ...]
    restock: bool
    """Whether the pieces are to be sold again."""
    who: str
    now: datetime
    reason: ReturnReason = "changed_mind"
    charges: tuple[LineCharges, ...] = ()
    """Of lines that bear any; a line that is not named gets all of it back."""
    room: tuple[Take, ...] = ()
    """Of departures that the order's parcels have not left by: free again if nothing of the order is left."""


Change = Pay | NoteCharge | Release | Refund | PayBack | EndDeposit
Command = Place | Change
