"""The API: a request sent again with its `Idempotency-Key` is answered as before, and carried out once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conftest import OPERATOR
from faces.buyer import APPROVED, Buyer, problem


@pytest.fixture(scope="module")
def buyer(shop_url: str) -> Buyer:
    """A program in France."""
    return Buyer(shop_url)


def key() -> str:
    """A new key."""
    return str(uuid.uuid4())


def test_a_replay_is_the_same_to_the_byte_and_says_so(buyer: Buyer) -> None:
    body, one = buyer.asked([(buyer.goods[0], 1)]), key()
    first, second = (buyer.post("/v1/quotes", body, idempotency_key=one) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    assert second.headers["content-type"] == first.headers["content-type"] == "application/json"
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert buyer.post("/v1/quotes", body, idempotency_key=key()).content != first.content


def test_an_order_replayed_keeps_its_first_status(buyer: Buyer) -> None:
    body, one = buyer.ordered(buyer.quote([(buyer.goods[0], 1)]), APPROVED), key()
    first, second = (buyer.post("/v1/orders", body, idempotency_key=one) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    # Without the key the same quote is known as well, and the answer says that it is not new.
    assert buyer.post("/v1/orders", body).status_code == 200


def test_a_refusal_is_replayed_as_well(buyer: Buyer) -> None:
    body, one = buyer.asked([(buyer.goods[0], 1)]) | {"destination": {"country": "ZZ"}}, key()
    first, second = (buyer.post("/v1/quotes", body, idempotency_key=one) for _ in range(2))
    assert problem(first) == problem(second) == (400, "unknown_market", "destination.country")
    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"


def test_a_key_with_another_body_is_refused(buyer: Buyer) -> None:
    one = key()
    assert buyer.post("/v1/quotes", buyer.asked([(buyer.goods[0], 1)]), idempotency_key=one).status_code == 200
    other = buyer.post("/v1/quotes", buyer.asked([(buyer.goods[0], 2)]), idempotency_key=one)
    assert problem(other) == (422, "idempotency_key_reused", "Idempotency-Key")


def test_a_key_is_of_one_address_and_one_caller(buyer: Buyer) -> None:
    one = key()
    quote = buyer.quote([(buyer.goods[0], 1)])
    orders = [buyer.order(buyer.quote([(buyer.goods[0], 1)])) for _ in range(2)]
    assert buyer.post("/v1/orders", buyer.ordered(quote), idempotency_key=one).status_code == 201
    for order in orders:
        path = f"/v1/orders/{order['order_id']}/cancel"
        assert problem(buyer.post(path, idempotency_key=one))[0] == 404
        done = buyer.post(path, key=order["order_key"], idempotency_key=one)
        assert (done.status_code, done.json()["order_id"]) == (200, order["order_id"])


@pytest.mark.parametrize("bad", ["", "a b", "x" * 256, "ключ".encode().decode("latin-1"), "tab\tbed"])
def test_a_key_of_strange_letters_is_refused(buyer: Buyer, bad: str) -> None:
    answer = buyer.client.post(
        "/v1/quotes",
        json=buyer.asked([(buyer.goods[0], 1)]),
        headers=[(b"idempotency-key", bad.encode("latin-1"))],
    )
    assert problem(answer) == (400, "bad_idempotency_key", "Idempotency-Key")


def at_once(buyer: Buyer, path: str, bodies: list[dict[str, Any]], **more: Any) -> list[Any]:
    """The answers to requests that are all under way at the same time."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(lambda body: buyer.post(path, body, **more), bodies))


def test_of_the_same_request_at_once_one_is_carried_out(buyer: Buyer) -> None:
    answers = at_once(buyer, "/v1/quotes", [buyer.asked([(buyer.goods[0], 1)])] * 8, idempotency_key=key())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1


def test_of_other_requests_with_one_key_at_once_one_is_carried_out(buyer: Buyer) -> None:
    bodies = [buyer.asked([(buyer.goods[0], quantity)]) for quantity in range(1, 7)]
    answers = at_once(buyer, "/v1/quotes", bodies, idempotency_key=key())
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422, 422, 422]


def test_a_part_is_refunded_once_however_often_it_is_asked_for(buyer: Buyer) -> None:
    order = buyer.order(buyer.quote([(buyer.goods[0], 5)]), APPROVED)
    path = f"/v1/operator/orders/{order['order_id']}/refunds"
    body = {"lines": [{"line": 1, "quantity": 1}]}
    answers = at_once(buyer, path, [body] * 6, key=OPERATOR, idempotency_key=key())
    assert {answer.status_code for answer in answers} == {201}
    # Long enough to be packed: what is replayed can be read by whoever asks for it plain, too.
    assert len({answer.json()["refunded_minor"] for answer in answers}) == 1
    assert [line["refunded_quantity"] for line in buyer.look(order)["lines"]] == [1]
    assert buyer.post(path, body, OPERATOR, idempotency_key=key()).status_code == 201
    assert [line["refunded_quantity"] for line in buyer.look(order)["lines"]] == [2]


def test_a_shoppers_key_is_given_to_nobody_twice(buyer: Buyer) -> None:
    told = [buyer.post("/v1/shoppers", {}, idempotency_key="1").json()["shopper_key"] for _ in range(2)]
    assert len(set(told)) == 2
