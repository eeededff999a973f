"""What orders needs of the outside: somebody who moves money."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from argosy.base.money import Money


class ChargeState(StrEnum):
    """How far a charge has come, as the provider tells it."""

    CAPTURED = "captured"
    """The money is taken."""
    DECLINED = "declined"
    """The shopper's bank refused; nothing was taken."""
    NEEDS_ACTION = "needs_action"
    """The shopper has to confirm at `next_url`."""
    PENDING = "pending"
    """The provider did not answer in time or has not decided; it will say so by webhook, or when asked again."""
    VOIDED = "voided"
    """Given up before anything was taken."""


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's answer about one charge."""

    reference: str
    """The provider's number of it; empty if there is none yet."""
    state: ChargeState
    amount: Money
    reason: str | None = None
    """Stable code of a decline: `card_declined`, `insufficient_funds`, `expired_card`, `authentication_failed`."""
    next_url: str | None = None


class RefundState(StrEnum):
    """How far a refund has come."""

    DONE = "done"
    PENDING = "pending"
    FAILED = "failed"


class RefundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's answer about one refund."""

    reference: str
    """The provider's number of it; empty if there is none yet."""
    state: RefundState
    reason: str | None = None


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper pays with. Never logged, never stored."""

    card_number: str = ""
    """Simulated provider only: one of its test numbers."""
    token: str = ""
    """Stripe only: id of a payment method made by Stripe's own form in the shopper's browser."""


class WebhookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's message, verified: what happened to which order's charge."""

    event_id: str
    """The provider's number of the message: the same message may come twice."""
    order_id: UUID
    charge: Charge


class Payments(Protocol):
    """A payment provider. Every call may be repeated with the same `key` and then has the effect of one."""

    name: str

    async def charge(self, order_id: UUID, key: str, amount: Money, means: Means, return_url: str) -> Charge:
        """Take the amount for an order. Never raises for a decline or a time-out: both are states."""
        ...

    async def look_up(self, order_id: UUID, key: str, reference: str) -> Charge | None:
        """What became of a charge; None if the provider never got it."""
        ...

    async def void(self, order_id: UUID, reference: str) -> None:
        """Give up a charge that took nothing yet; nothing happens if it is too late for that."""
        ...

    async def refund(self, order_id: UUID, key: str, reference: str, amount: Money, refunded: str = "") -> RefundAnswer:
        """Give back a part or all of a captured charge.

        Repeated, however much later, it tells what became of the refund with this key, and makes another only where that
        failed. `refunded` is the refund's reference where one was told before.
        """
        ...

    def read_webhook(self, body: bytes, headers: dict[str, str]) -> WebhookEvent | None:
        """The event in a webhook's body; None for events of no interest. Raises `Refused` if the signature is wrong."""
        ...
