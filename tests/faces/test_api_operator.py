"""The API: what the operator may do, and what payment providers may say."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from argosy.outside.sealing import derived_key
from argosy.outside.standard_webhooks import secret_of, signed_headers
from conftest import OPERATOR, SECRET
from faces.buyer import APPROVED, DECLINED, REFUND_FAILS, SILENT, Buyer, problem

WEBHOOKS = "/v1/webhooks/payments/simulated"
KEY = secret_of(derived_key(SECRET, "simulated payment webhooks"))


@pytest.fixture(scope="module")
def buyer(shop_url: str) -> Buyer:
    """A program in France."""
    return Buyer(shop_url)


@pytest.fixture
def paid(buyer: Buyer) -> dict[str, Any]:
    """A paid order of two lines, three pieces and one."""
    return buyer.order(buyer.quote([(buyer.goods[0], 3), (buyer.goods[1], 1)]), APPROVED)


def refunds(order: dict[str, Any]) -> str:
    """Where an order is refunded."""
    return f"/v1/operator/orders/{order['order_id']}/refunds"


@pytest.mark.parametrize("key", ["", "wrong", OPERATOR[:-1], OPERATOR.upper(), "\u00e9"], ids=str)
def test_these_calls_are_the_operator_s(buyer: Buyer, key: str) -> None:
    order = buyer.order(buyer.quote([(buyer.goods[2], 1)]), APPROVED)
    headers = [(b"authorization", f"Bearer {key}".encode("latin-1"))] if key else []
    seen = buyer.client.get(f"/v1/operator/orders/{order['order_id']}", headers=headers)
    done = buyer.client.post(refunds(order), json={}, headers=headers)
    assert problem(seen) == problem(done) == (401, "operator_only", "Authorization")
    assert problem(buyer.post(refunds(order), {}, order["order_key"])) == (401, "operator_only", "Authorization")
    assert buyer.look(order)["refunds"] == []


def test_the_operator_sees_any_order_as_its_buyer_does(buyer: Buyer, paid: dict[str, Any]) -> None:
    seen = buyer.get(f"/v1/operator/orders/{paid['order_id']}", OPERATOR)
    assert (seen.status_code, seen.json()) == (200, buyer.look(paid))
    assert problem(buyer.get(f"/v1/operator/orders/{uuid.uuid4()}", OPERATOR)) == (404, "unknown_order", "order_id")


def test_a_refund_of_parts_and_then_of_the_rest_gives_everything_back(buyer: Buyer, paid: dict[str, Any]) -> None:
    part = buyer.post(refunds(paid), {"lines": [{"line": 1, "quantity": 2}]}, OPERATOR).json()
    assert [line["refunded_quantity"] for line in part["lines"]] == [2, 0]
    assert 0 < part["refunded_minor"] == part["lines"][0]["refunded_minor"] < part["lines"][0]["total_minor"]
    whole = buyer.post(refunds(paid), {}, OPERATOR).json()
    assert whole["state"] == "refunded"
    assert whole["refunded_minor"] == whole["total_minor"] == sum(one["amount_minor"] for one in whole["refunds"])
    assert [one["state"] for one in whole["refunds"]] == ["done", "done"]
    assert problem(buyer.post(refunds(paid), {}, OPERATOR))[0] == 409


def test_duty_and_tax_go_back_by_scheme_and_reason(buyer: Buyer, paid: dict[str, Any]) -> None:
    (early,) = buyer.post(refunds(paid), {"lines": [{"line": 2, "quantity": 1}]}, OPERATOR).json()["refunds"]
    (told,) = early["lines"]
    assert (told["line"], told["reason"]) == (2, "changed_mind")
    assert {one["answer"] for one in told["charges"]} == {"not_imported"}
    body = {"lines": [{"line": 1, "quantity": 2}], "reason": "defective", "sent": True}
    answer = buyer.post(refunds(paid), body, OPERATOR)
    late = answer.json()["refunds"][-1]
    (told,) = late["lines"]
    law = {one["charge"]: one for one in told["charges"]}
    assert told["reason"] == "defective"
    assert (law["tax"]["answer"], law["tax"]["scheme"], law["tax"]["goes_back"]) == ("corrected", "IOSS", True)
    assert law["tax"]["source"]
    assert law["fees"]["answer"] == "claim"
    assert law["fees"]["claim_by"] > late["at"]
    parts = ("goods_minor", "shipping_minor", "duty_minor", "tax_minor", "fees_minor")
    assert late["amount_minor"] == told["amount_minor"] == sum(told[name] for name in parts)
    page = buyer.client.get(f"/fr/en/orders/{paid['order_id']}", params={"key": paid["order_key"]}).text
    assert "What went back, and why" in page
    assert "the shop corrects its tax return" in page
    assert "nothing was imported, so nothing was due" in page


@pytest.mark.parametrize("restock", [True, False])
def test_goods_come_back_to_the_shelf_if_they_are_to(buyer: Buyer, restock: bool) -> None:
    good = buyer.goods[4]
    order = buyer.order(buyer.quote([(good, 2)]), APPROVED)
    left = stock(buyer, good)
    assert buyer.post(refunds(order), {"restock": restock}, OPERATOR).status_code == 201
    assert stock(buyer, good) == left + (2 if restock else 0)


def stock(buyer: Buyer, good: dict[str, Any]) -> int:
    """Pieces left, by the answer of an order of too many: it comes from the counters themselves."""
    wanted = buyer.ordered(buyer.quote([(good, 999)]), APPROVED)
    left: int = buyer.post("/v1/orders", wanted).json()["lacks"][0]["left"]
    return left


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"lines": [{"line": 3, "quantity": 1}]}, (400, "unknown_line")),
        ({"lines": [{"line": 1, "quantity": 1}, {"line": 1, "quantity": 1}]}, (400, "unknown_line")),
        ({"lines": [{"line": 1, "quantity": 4}]}, (400, "refund_out_of_range")),
        ({"lines": [{"line": 0, "quantity": 1}]}, (400, "invalid_request")),
        ({"lines": [{"line": 1, "quantity": 0}]}, (400, "invalid_request")),
        ({"lines": [{"line": 1, "quantity": 0.5}]}, (400, "invalid_request")),
        ({"amount_minor": 1}, (400, "invalid_request")),
        ({"restock": "yes"}, (400, "invalid_request")),
        ({"reason": "tired"}, (400, "invalid_request")),
        ({"sent": "no"}, (400, "invalid_request")),
    ],
    ids=str,
)
def test_what_cannot_be_refunded(
    buyer: Buyer, paid: dict[str, Any], body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert problem(buyer.post(refunds(paid), body, OPERATOR))[:2] == expected
    assert buyer.look(paid)["refunded_minor"] == 0


def test_only_what_is_paid_is_refunded(buyer: Buyer) -> None:
    order = buyer.order(buyer.quote([(buyer.goods[0], 1)]), DECLINED)
    assert problem(buyer.post(refunds(order), {}, OPERATOR)) == (409, "order_not_paid", "order_id")
    assert problem(buyer.post(refunds({"order_id": uuid.uuid4()}), {}, OPERATOR)) == (404, "unknown_order", "order_id")


def test_a_refund_that_the_provider_cannot_do_is_kept_open(buyer: Buyer) -> None:
    order = buyer.order(buyer.quote([(buyer.goods[0], 1)]), REFUND_FAILS)
    done = buyer.post(refunds(order), {}, OPERATOR)
    assert done.status_code == 201
    assert [one["state"] for one in done.json()["refunds"]] != ["done"]


def message(order: dict[str, Any], kind: str = "charge.captured", **more: Any) -> bytes:
    """What the provider says of an order's charge."""
    data = {
        "order_id": order["order_id"], "reference": f"sim_{uuid.uuid4().hex}", "amount_minor": order["total_minor"],
        "currency": order["currency"], "reason": None, **more,
    }  # fmt: skip
    return json.dumps({"type": kind, "timestamp": "2026-06-18T12:00:00Z", "data": data}).encode()


def sent(buyer: Buyer, body: bytes, secret: str = KEY, at: datetime | None = None, **headers: str) -> httpx.Response:
    """A signed message of the provider."""
    signed = signed_headers([secret], f"msg_{uuid.uuid4().hex}", at or datetime.now(UTC), body)
    return buyer.client.post(WEBHOOKS, content=body, headers={**signed, **headers})


@pytest.fixture
def waiting(buyer: Buyer) -> dict[str, Any]:
    """An order whose payment the provider has not decided."""
    order = buyer.order(buyer.quote([(buyer.goods[3], 1)]), SILENT)
    assert (order["state"], order["payment"]["state"]) == ("placed", "pending")
    return order


def test_a_signed_message_settles_an_order_once_however_often_it_comes(buyer: Buyer, waiting: dict[str, Any]) -> None:
    body = message(waiting)
    assert [sent(buyer, body).status_code for _ in range(3)] == [204, 204, 204]
    seen = buyer.look(waiting)
    assert seen["state"] == "paid"
    assert [entry["what"] for entry in seen["history"]].count("order.paid") <= 1
    assert seen["refunds"] == []


def test_a_message_that_the_charge_was_declined_leaves_the_order_open(buyer: Buyer, waiting: dict[str, Any]) -> None:
    assert sent(buyer, message(waiting, "charge.declined", reason="card_declined")).status_code == 204
    assert buyer.look(waiting)["state"] == "placed"
    again = buyer.post(
        f"/v1/orders/{waiting['order_id']}/payments", {"payment": {"card_number": APPROVED}}, waiting["order_key"]
    )
    assert again.json()["state"] == "captured"


def test_news_of_another_kind_are_taken_and_change_nothing(buyer: Buyer, waiting: dict[str, Any]) -> None:
    assert sent(buyer, message(waiting, "charge.painted_blue")).status_code == 204
    assert buyer.look(waiting)["state"] == "placed"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("unsigned", (400, "webhook_headers_missing")),
        ("other secret", (401, "webhook_signature_invalid")),
        ("other body", (401, "webhook_signature_invalid")),
        ("nonsense", (401, "webhook_signature_invalid")),
        ("old", (401, "webhook_too_old")),
        ("from the future", (401, "webhook_too_old")),
        ("no stamp", (401, "webhook_signature_invalid")),
        ("signed nonsense", (400, "webhook_malformed")),
    ],
)
def test_what_is_not_rightly_signed_changes_nothing(
    buyer: Buyer, waiting: dict[str, Any], how: str, expected: tuple[int, str]
) -> None:
    body, now = message(waiting), datetime.now(UTC)
    answers = {
        "unsigned": lambda: buyer.client.post(WEBHOOKS, content=body),
        "other secret": lambda: sent(buyer, body, secret_of(b"another secret of thirty-two bytes")),
        "other body": lambda: buyer.client.post(
            WEBHOOKS, content=body, headers=signed_headers([KEY], "msg_1", now, body + b" ")
        ),
        "nonsense": lambda: sent(buyer, body, **{"webhook-signature": "v1,bm9uc2Vuc2U="}),
        "old": lambda: sent(buyer, body, at=now - timedelta(hours=1)),
        "from the future": lambda: sent(buyer, body, at=now + timedelta(hours=1)),
        "no stamp": lambda: sent(buyer, body, **{"webhook-timestamp": "yesterday"}),
        "signed nonsense": lambda: sent(buyer, b'{"type": 7}'),
    }
    assert problem(answers[how]())[:2] == expected
    assert buyer.look(waiting)["state"] == "placed"


def test_a_provider_that_is_not_used_is_not_heard(buyer: Buyer) -> None:
    assert problem(buyer.client.post("/v1/webhooks/payments/stripe", content=b"{}")) == (
        404,
        "unknown_provider",
        "provider",
    )


def test_a_message_about_no_order_is_taken_and_changes_nothing(buyer: Buyer, waiting: dict[str, Any]) -> None:
    body = message(waiting | {"order_id": str(uuid.uuid4())}, "charge.declined", reason="card_declined")
    assert sent(buyer, body).status_code == 204
    assert buyer.look(waiting)["state"] == "placed"
