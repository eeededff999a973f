"""Stripe's objects read as ours: states, reasons, and amounts in Stripe's own idea of minor units. Pure.

Sources: https://docs.stripe.com/currencies (as of 2026), https://docs.stripe.com/payments/paymentintents/lifecycle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.orders.ports import Charge, ChargeState, RefundAnswer, RefundState

# Currencies whose minor unit at Stripe is not ISO 4217's, as (times, divided by).
# ISK and UGX lost their decimals and kept two places in the API; MGA has none there and two in ISO.
_SCALE = {"ISK": (100, 1), "UGX": (100, 1), "MGA": (1, 100)}
# Three places, of which the last must be 0.
_LAST_DIGIT_ZERO = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

_STATES = {
    "succeeded": ChargeState.CAPTURED,
    "processing": ChargeState.PENDING,
    "requires_action": ChargeState.NEEDS_ACTION,
    "requires_confirmation": ChargeState.PENDING,
    "requires_capture": ChargeState.PENDING,
    "requires_payment_method": ChargeState.DECLINED,
    "canceled": ChargeState.VOIDED,
}
_REASONS = {
    "insufficient_funds": "insufficient_funds",
    "expired_card": "expired_card",
    "authentication_required": "authentication_failed",
    "authentication_not_handled": "authentication_failed",
    "payment_intent_authentication_failure": "authentication_failed",
}
_REFUND_STATES = {
    "succeeded": RefundState.DONE,
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}


class _Fault(msgspec.Struct, frozen=True):
    code: str | None = None
    decline_code: str | None = None


class Intent(msgspec.Struct, frozen=True):
    """What is used of Stripe's PaymentIntent."""

    id: str
    status: str
    amount: int
    currency: str
    amount_received: int | None = None
    metadata: dict[str, str] | None = None
    last_payment_error: _Fault | None = None
    next_action: dict[str, Any] | None = None

    def belongs_to(self, order_id: UUID) -> bool:
        """Whether it was made for this order."""
        return (self.metadata or {}).get("order_id") == str(order_id)


class _Refund(msgspec.Struct, frozen=True):
    id: str
    status: str | None = None
    failure_reason: str | None = None
    metadata: dict[str, str] | None = None


def to_stripe(amount: Money) -> int:
    """The number that Stripe takes for an amount; `Refused` with `amount_not_chargeable` where it has none."""
    times, divided = _SCALE.get(amount.currency, (1, 1))
    whole, rest = divmod(amount.minor * times, divided)
    if rest or whole <= 0 or (amount.currency in _LAST_DIGIT_ZERO and whole % 10):
        raise Refused(
            "amount_not_chargeable",
            f"Stripe cannot move {amount.minor} minor units of {amount.currency}.",
            field="amount",
            remedy="Round to a unit that is in use; see https://docs.stripe.com/currencies.",
            status=422,
        )
    return whole


def from_stripe(number: int, currency: str) -> Money:
    """The amount that a number of Stripe's means. `currency` may be in lower case."""
    code = currency.upper()
    times, divided = _SCALE.get(code, (1, 1))
    return Money(number * divided // times, code)


def read_intent(raw: Mapping[str, Any]) -> Intent:
    """The parts of a PaymentIntent that are used."""
    return msgspec.convert(raw, Intent)


def charge_of(intent: Intent) -> Charge:
    """A PaymentIntent as a charge."""
    state = _STATES.get(intent.status, ChargeState.PENDING)
    number = intent.amount
    if state is ChargeState.CAPTURED and intent.amount_received is not None:
        number = intent.amount_received
    return Charge(
        reference=intent.id,
        state=state,
        amount=from_stripe(number, intent.currency),
        reason=reason_of(intent.last_payment_error) if state is ChargeState.DECLINED else None,
        next_url=_next_url(intent.next_action) if state is ChargeState.NEEDS_ACTION else None,
    )


def declined_charge(error: Mapping[str, Any], amount: Money) -> Charge:
    """The charge told by the body of a card error."""
    fault = msgspec.convert(error, _Fault)
    reference = (error.get("payment_intent") or {}).get("id", "")
    return Charge(reference=reference, state=ChargeState.DECLINED, amount=amount, reason=reason_of(fault))


def reason_of(fault: _Fault | None) -> str:
    """Stripe's many codes as the port's few; what is not among them is `card_declined`."""
    if fault is None:
        return "card_declined"
    return _REASONS.get(fault.decline_code or "") or _REASONS.get(fault.code or "") or "card_declined"


def refund_of(raw: Mapping[str, Any]) -> RefundAnswer:
    """A Refund as the port's answer."""
    refund = msgspec.convert(raw, _Refund)
    state = _REFUND_STATES.get(refund.status or "", RefundState.PENDING)
    return RefundAnswer(
        reference=refund.id,
        state=state,
        reason=(refund.failure_reason or "refund_failed") if state is RefundState.FAILED else None,
    )


def refund_key(raw: Mapping[str, Any]) -> str:
    """The key that a Refund was made with; empty if it is none of ours."""
    return (msgspec.convert(raw, _Refund).metadata or {}).get("key", "")


def _next_url(action: Mapping[str, Any] | None) -> str | None:
    """The page that the shopper has to visit; None for a step that only Stripe's script in the browser can take."""
    inner = (action or {}).get((action or {}).get("type", ""))
    if not isinstance(inner, Mapping):
        return None
    for name in ("url", "hosted_voucher_url", "hosted_instructions_url"):
        if isinstance(inner.get(name), str):
            return str(inner[name])
    return None
