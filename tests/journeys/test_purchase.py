"""From the list to the refund, as a program buys: over HTTP, with nothing but what the API tells."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from journeys.counter import ADDRESS, APPROVED, DECLINED, Counter, order, wish

STEP = "4000002500003155"
TWICE = "4000000000002222"


def buy(shop: Counter, quote: dict[str, Any], card: str | None = APPROVED) -> dict[str, Any]:
    with shop.client() as client:
        answer = client.post("/v1/orders", json=order(quote, card))
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def seen(shop: Counter, bought: dict[str, Any]) -> dict[str, Any]:
    """The order as its key shows it."""
    with shop.client(bought["order_key"]) as client:
        answer = client.get(f"/v1/orders/{bought['order_id']}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_from_the_list_to_the_refund(shop: Counter) -> None:
    with shop.client() as client:
        listed = client.get("/v1/products", params={"market": "FR", "language": "fr"}).json()["products"]
        handle = next(one["handle"] for one in listed if one["available"] and one["price"])
        product = client.get(f"/v1/products/{handle}", params={"market": "FR", "language": "fr"}).json()
    variant = next(one for one in product["variants"] if one["price"] and (one["available"] or 0) >= 2)
    shop.set_stock(variant["variant_id"], 10)
    quote = shop.quote((variant["variant_id"], 2))
    (line,) = quote["lines"]
    assert line["goods_minor"] == 2 * line["unit_minor"]
    charged = sum(line[f"{part}_minor"] for part in ("duty", "tax", "fees"))
    goods = line["goods_minor"] - line["discount_minor"]
    assert quote["total_minor"] == line["total_minor"] == goods + line["shipping_minor"] + charged
    assert (quote["terms"], quote["landed"]["reasons"]) == ("DDP", None)
    assert quote["landed"]["state"] in ("known", "conditional", "estimate")
    assert quote["currency"] == "EUR"

    bought = buy(shop, quote)
    assert (bought["order_id"], bought["state"], bought["payment"]["state"]) == (quote["quote_id"], "paid", "captured")
    assert bought["total_minor"] == quote["total_minor"]
    view = seen(shop, bought)
    assert [entry["what"] for entry in view["history"]] == ["order.placed", "order.paid"]
    assert view["lines"][0]["quantity"] == 2

    with shop.operator() as operator:
        path = f"/v1/operator/orders/{bought['order_id']}/refunds"
        part = operator.post(path, json={"lines": [{"line": 1, "quantity": 1}], "restock": True})
        assert (part.status_code, part.json()["state"]) == (201, "paid")
        rest = operator.post(path, json={"restock": True})
        assert (rest.status_code, rest.json()["state"]) == (201, "refunded")
        again = operator.post(path, json={})
        assert (again.status_code, again.json()["code"]) == (409, "order_not_paid")
    told = seen(shop, bought)
    assert told["refunded_minor"] == told["total_minor"] == sum(one["amount_minor"] for one in told["refunds"])
    assert shop.counters(variant["variant_id"]) == (10, 0, 0)


def test_the_same_order_sent_again_is_the_same_order(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    free = shop.counters(variant)[0]
    quote = shop.quote((variant, 1))
    first = buy(shop, quote)
    with shop.client() as client:
        again = client.post("/v1/orders", json=order(quote))
        other_card = client.post("/v1/orders", json=order(quote, DECLINED))
    assert again.status_code == other_card.status_code == 200
    assert again.json() == other_card.json() == first
    assert shop.counters(variant) == (free - 1, 0, 1)


def test_a_key_makes_a_repeated_request_one(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    headers = {"Idempotency-Key": uuid4().hex}
    with shop.client() as client:
        first = client.post("/v1/quotes", json=wish((variant, 1)), headers=headers)
        again = client.post("/v1/quotes", json=wish((variant, 1)), headers=headers)
        other = client.post("/v1/quotes", json=wish((variant, 2)), headers=headers)
    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_declined_then_paid_with_another_card(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    bought = buy(shop, shop.quote((variant, 1)), DECLINED)
    assert (bought["state"], bought["payment"]) == (
        "placed", {"state": "declined", "reason": "card_declined", "next_url": None},
    )  # fmt: skip
    with shop.client(bought["order_key"]) as client:
        path = f"/v1/orders/{bought['order_id']}/payments"
        assert client.post(path, json={"payment": {"card_number": DECLINED}}).json()["state"] == "declined"
        assert client.post(path, json={"payment": {"card_number": APPROVED}}).json()["state"] == "captured"
        late = client.post(path, json={"payment": {"card_number": APPROVED}})
    assert (late.status_code, late.json()["code"]) == (409, "order_not_open")
    told = [entry["what"] for entry in seen(shop, bought)["history"]]
    assert told == ["order.placed", "payment.declined", "payment.declined", "order.paid"]


def test_a_webhook_that_comes_twice_pays_once(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    bought = buy(shop, shop.quote((variant, 1)), TWICE)
    assert (bought["state"], bought["payment"]["state"]) == ("placed", "pending")
    until = time.monotonic() + 20
    while seen(shop, bought)["state"] != "paid":
        assert time.monotonic() < until
        time.sleep(0.1)
    # The second message comes within the second after the first.
    time.sleep(1.5)
    told = [entry["what"] for entry in seen(shop, bought)["history"]]
    assert told == ["order.placed", "payment.pending", "order.paid"]


def test_a_step_is_offered_and_an_order_is_cancelled(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    free = shop.counters(variant)[0]
    bought = buy(shop, shop.quote((variant, 1)), STEP)
    assert bought["payment"]["state"] == "needs_action"
    assert bought["payment"]["next_url"].startswith(f"{shop.url}/pay/simulated/")
    assert shop.counters(variant) == (free - 1, 1, 0)
    with shop.client(bought["order_key"]) as client:
        done = client.post(f"/v1/orders/{bought['order_id']}/cancel")
    assert (done.status_code, done.json()["state"]) == (200, "cancelled")
    assert shop.counters(variant) == (free, 0, 0)


def test_an_order_opens_to_its_key_only(shop: Counter) -> None:
    (variant,) = shop.variants(1)
    one, other = buy(shop, shop.quote((variant, 1))), buy(shop, shop.quote((variant, 1)))
    for key in ("", "wrong", other["order_key"]):
        with shop.client(key) as client:
            path = f"/v1/orders/{one['order_id']}"
            answers = [client.get(path), client.post(f"{path}/cancel")]
            answers.append(client.post(f"{path}/payments", json={"payment": {"card_number": APPROVED}}))
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "unknown_order")}
    with shop.client(one["order_key"]) as client:
        assert client.post(f"/v1/operator/orders/{one['order_id']}/refunds", json={}).status_code == 401


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    return answer.status_code, told["code"], told.get("field")


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        pytest.param({"quote": "nonsense"}, (400, "bad_quote", "quote"), id="no-quote"),
        pytest.param(
            {"address": {**ADDRESS, "country": "DE", "postal_code": "10117"}},
            (400, "destination_changed", "address.country"),
            id="another-country",
        ),
        pytest.param(
            {"address": {**ADDRESS, "postal_code": "ABC"}},
            (400, "invalid_address", "address.postal_code"),
            id="no-such-code",
        ),
        pytest.param(
            {"payment": {"card_number": "4111111111111111"}},
            (400, "unknown_test_card", "payment.card_number"),
            id="no-test-card",
        ),
    ],
)
def test_what_is_wrong_with_an_order_is_told(shop: Counter, change: dict[str, Any], wanted: tuple) -> None:
    (variant,) = shop.variants(1)
    with shop.client() as client:
        answer = client.post("/v1/orders", json=order(shop.quote((variant, 1))) | change)
    assert refusal(answer) == wanted


def test_the_books_are_right(shop: Counter) -> None:
    buy(shop, shop.quote((shop.variants(1)[0], 3)))
    assert shop.wrong_books() == []
