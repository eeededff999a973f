"""Stripe's objects, in the SDK's own types, read as ours: what the local imitation of Stripe cannot show."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as some

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.orders.ports import ChargeState, RefundState, WebhookEvent
from argosy.outside.stripe import StripePayments
from argosy.outside.stripe_shapes import (
    charge_of,
    declined_charge,
    from_stripe,
    read_intent,
    refund_of,
    to_stripe,
)

ORDER = UUID("01977f2e-4c00-7001-8000-3f2a9d1c5b7e")
SECRET = "whsec_of_this_shop"


def intent(**more: Any) -> dict[str, Any]:
    return {
        "id": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
        "object": "payment_intent",
        "amount": 12900,
        "amount_received": 0,
        "currency": "eur",
        "status": "succeeded",
        "metadata": {"order_id": str(ORDER), "key": "k1"},
        "next_action": None,
        "last_payment_error": None,
    } | more


@pytest.mark.parametrize(
    ("more", "state", "reason", "next_url"),
    [
        ({"status": "succeeded", "amount_received": 12900}, ChargeState.CAPTURED, None, None),
        ({"status": "processing"}, ChargeState.PENDING, None, None),
        ({"status": "requires_capture"}, ChargeState.PENDING, None, None),
        ({"status": "requires_confirmation"}, ChargeState.PENDING, None, None),
        ({"status": "a_state_of_the_future"}, ChargeState.PENDING, None, None),
        ({"status": "canceled"}, ChargeState.VOIDED, None, None),
        ({"status": "requires_payment_method"}, ChargeState.DECLINED, "card_declined", None),
        (
            {
                "status": "requires_payment_method",
                "last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds"},
            },
            ChargeState.DECLINED,
            "insufficient_funds",
            None,
        ),
        (
            {"status": "requires_payment_method", "last_payment_error": {"code": "expired_card"}},
            ChargeState.DECLINED,
            "expired_card",
            None,
        ),
        (
            {
                "status": "requires_payment_method",
                "last_payment_error": {"code": "payment_intent_authentication_failure"},
            },
            ChargeState.DECLINED,
            "authentication_failed",
            None,
        ),
        (
            {"status": "requires_payment_method", "last_payment_error": {"code": "incorrect_cvc"}},
            ChargeState.DECLINED,
            "card_declined",
            None,
        ),
        (
            {
                "status": "requires_action",
                "next_action": {
                    "type": "redirect_to_url",
                    "redirect_to_url": {"url": "https://hooks.stripe.com/3d", "return_url": "https://shop.example"},
                },
            },
            ChargeState.NEEDS_ACTION,
            None,
            "https://hooks.stripe.com/3d",
        ),
        (
            {
                "status": "requires_action",
                "next_action": {
                    "type": "konbini_display_details",
                    "konbini_display_details": {"hosted_voucher_url": "https://payments.stripe.com/konbini"},
                },
            },
            ChargeState.NEEDS_ACTION,
            None,
            "https://payments.stripe.com/konbini",
        ),
        (
            {"status": "requires_action", "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}},
            ChargeState.NEEDS_ACTION,
            None,
            None,
        ),
    ],
)
def test_states(more: dict[str, Any], state: ChargeState, reason: str | None, next_url: str | None) -> None:
    raw = stripe.PaymentIntent.construct_from(intent(**more), None)
    charge = charge_of(read_intent(raw.to_dict()))
    assert (charge.state, charge.reason, charge.next_url) == (state, reason, next_url)
    assert charge.amount == Money(12900, "EUR")


def test_a_captured_charge_has_the_amount_that_was_taken() -> None:
    raw = stripe.PaymentIntent.construct_from(intent(amount_received=12000), None)
    assert charge_of(read_intent(raw.to_dict())).amount == Money(12000, "EUR")


def test_a_card_error_names_its_payment_intent() -> None:
    error = {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "payment_intent": intent(status="requires_payment_method"),
    }
    charge = declined_charge(error, Money(12900, "EUR"))
    assert (charge.state, charge.reason) == (ChargeState.DECLINED, "insufficient_funds")
    assert charge.reference == "pi_3MtwBwLkdIwHu7ix28a3tqPa"


@pytest.mark.parametrize(
    ("amount", "number"),
    [
        (Money(12900, "EUR"), 12900),
        (Money(1200, "JPY"), 1200),
        (Money(250000, "VND"), 250000),
        (Money(5, "ISK"), 500),
        (Money(5, "UGX"), 500),
        (Money(500, "MGA"), 5),
        (Money(5120, "KWD"), 5120),
        (Money(1999, "TWD"), 1999),
        (Money(1045, "HUF"), 1045),
    ],
)
def test_amounts(amount: Money, number: int) -> None:
    assert to_stripe(amount) == number
    assert from_stripe(number, amount.currency.lower()) == amount


@pytest.mark.parametrize("amount", [Money(5124, "KWD"), Money(501, "MGA"), Money(0, "EUR"), Money(-1, "EUR")])
def test_amounts_that_stripe_cannot_move(amount: Money) -> None:
    with pytest.raises(Refused) as refused:
        to_stripe(amount)
    assert refused.value.code == "amount_not_chargeable"


@given(minor=some.integers(1, 10**12), currency=some.sampled_from(["EUR", "JPY", "ISK", "UGX", "MGA", "BHD", "TND"]))
def test_what_is_sent_comes_back(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    try:
        number = to_stripe(amount)
    except Refused:
        assert currency in ("MGA", "BHD", "TND")
    else:
        assert from_stripe(number, currency) == amount


@pytest.mark.parametrize(
    ("status", "failure", "state", "reason"),
    [
        ("succeeded", None, RefundState.DONE, None),
        ("pending", None, RefundState.PENDING, None),
        ("requires_action", None, RefundState.PENDING, None),
        (None, None, RefundState.PENDING, None),
        ("failed", "expired_or_canceled_card", RefundState.FAILED, "expired_or_canceled_card"),
        ("canceled", None, RefundState.FAILED, "refund_failed"),
    ],
)
def test_refunds(status: str | None, failure: str | None, state: RefundState, reason: str | None) -> None:
    raw = stripe.Refund.construct_from(
        {"id": "re_1", "object": "refund", "status": status, "failure_reason": failure}, None
    )
    answer = refund_of(raw.to_dict())
    assert (answer.reference, answer.state, answer.reason) == ("re_1", state, reason)


def delivered(event_type: str, **more: Any) -> WebhookEvent | None:
    event = {"id": "evt_1", "object": "event", "type": event_type, "data": {"object": intent(**more)}}
    body = json.dumps(event)
    signature = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    payments = StripePayments("sk_test_of_this_shop", SECRET)
    return payments.read_webhook(body.encode(), {"stripe-signature": signature})


@pytest.mark.parametrize(
    ("event_type", "status", "state"),
    [
        ("payment_intent.succeeded", "succeeded", ChargeState.CAPTURED),
        ("payment_intent.payment_failed", "requires_payment_method", ChargeState.DECLINED),
        ("payment_intent.canceled", "canceled", ChargeState.VOIDED),
        ("payment_intent.processing", "processing", ChargeState.PENDING),
    ],
)
def test_events(event_type: str, status: str, state: ChargeState) -> None:
    event = delivered(event_type, status=status)
    assert event is not None
    assert (event.event_id, event.order_id, event.charge.state) == ("evt_1", ORDER, state)


@pytest.mark.parametrize(
    ("event_type", "metadata"),
    [
        ("payment_intent.created", {"order_id": str(ORDER)}),
        ("charge.refunded", {"order_id": str(ORDER)}),
        ("payment_intent.succeeded", {}),
        ("payment_intent.succeeded", {"order_id": "1001"}),
    ],
)
def test_events_of_no_interest(event_type: str, metadata: dict[str, str]) -> None:
    assert delivered(event_type, metadata=metadata) is None
