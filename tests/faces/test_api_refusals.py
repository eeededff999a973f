"""The API: requests of the wrong shape are refused by the name of the field, with a remedy, and cost nothing."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from faces.buyer import ADDRESSES, APPROVED, Buyer, problem


@pytest.fixture(scope="module")
def buyer(shop_url: str) -> Buyer:
    """A program in France."""
    return Buyer(shop_url)


def put(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with something else at a path like `lines.0.quantity`; `None` takes it away."""
    whole = json.loads(json.dumps(body))
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    place = whole
    for step in steps:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return whole  # type: ignore[no-any-return]


QUOTES = [
    ("lines.0.quantity", 1.5, "lines[0].quantity"), ("lines.0.quantity", 0, "lines[0].quantity"),
    ("lines.0.quantity", -1, "lines[0].quantity"), ("lines.0.quantity", 1000, "lines[0].quantity"),
    ("lines.1.quantity", 10**30, "lines[1].quantity"), ("lines.0.quantity", "1", "lines[0].quantity"),
    ("lines.0.quantity", True, "lines[0].quantity"), ("lines.0.quantity", None, "lines[0].quantity"),
    ("lines.0.quantity", [], "lines[0].quantity"), ("lines.1.variant_id", "x", "lines[1].variant_id"),
    ("lines.1.variant_id", 7, "lines[1].variant_id"), ("lines.1.variant_id", None, "lines[1].variant_id"),
    ("lines.1.price_minor", 1, "lines[1].price_minor"), ("lines", [], "lines"), ("lines", {}, "lines"),
    ("lines", None, "lines"),
    ("destination", None, "destination"), ("destination", "FR", "destination"),
    ("destination.country", None, "destination.country"),
    ("destination.country", "FRA", "destination.country"), ("destination.country", "F1", "destination.country"),
    ("destination.planet", "Earth", "destination.planet"), ("destination.city", "x" * 121, "destination.city"),
    ("destination.city", "a\u0000b", "destination.city"), ("destination.postal_code", "7\n5", "destination.postal_code"),
    ("language", 1, "language"), ("language", "fr;DROP", "language"), ("coupon", "FREE", "coupon"),
]  # fmt: skip
ORDERS = [
    ("quote", None, "quote"), ("quote", 1, "quote"), ("quote", "x" * 70_000, "quote"), ("quote", "a b", "quote"),
    ("address", None, "address"), ("address.country", None, "address.country"), ("address.name", None, "address.name"),
    ("address.name", "x" * 121, "address.name"), ("address.name", "a\u0000", "address.name"),
    ("address.phone", None, "address.phone"),
    ("address.street", "12 rue", "address.street"), ("address.street", ["a", "b", "c"], "address.street"),
    ("address.street.0", 7, "address.street[0]"), ("address.planet", "Earth", "address.planet"),
    ("payment.card_number", 4242424242424242, "payment.card_number"), ("payment.card_number", "4" * 33, "payment.card_number"),
    ("payment.card_number", "4242x", "payment.card_number"), ("payment.cvc", "123", "payment.cvc"),
    ("payment.return_url", "javascript:alert(1)", "payment.return_url"), ("payment", "cash", "payment"),
    ("payment.token", "tok en", "payment.token"), ("shopper_id", "me", "shopper_id"), ("total_minor", 1, "total_minor"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "field"), QUOTES, ids=[f"{path}={str(value)[:12]!r}" for path, value, _ in QUOTES]
)
def test_a_quote_of_the_wrong_shape(buyer: Buyer, path: str, value: Any, field: str) -> None:
    body = put(buyer.asked([(buyer.goods[0], 1), (buyer.goods[1], 1)]), path, value)
    answer = buyer.post("/v1/quotes", body)
    assert problem(answer) == (400, "invalid_request", field)
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    ("path", "value", "field"), ORDERS, ids=[f"{path}={str(value)[:12]!r}" for path, value, _ in ORDERS]
)
def test_an_order_of_the_wrong_shape(buyer: Buyer, path: str, value: Any, field: str) -> None:
    body = put(buyer.ordered("some-quote", APPROVED), path, value)
    assert problem(buyer.post("/v1/orders", body)) == (400, "invalid_request", field)


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/orders"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"1",
        b"\xff\xfe",
        b"{}",
        b"<xml/>",
        b"a=1&b=2",
        b'{"quote": NaN}',
        b"[" * 5_000,
    ],
    ids=str,
)
def test_a_body_that_is_no_such_object(buyer: Buyer, path: str, content: bytes) -> None:
    answer = buyer.client.post(path, content=content, headers={"content-type": "application/json"})
    assert problem(answer)[:2] == (400, "invalid_request")


@pytest.mark.parametrize("key", ["", "some-key"], ids=["plain", "with a key"])
@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/orders"])
def test_a_body_that_is_too_long(buyer: Buyer, path: str, key: str) -> None:
    headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
    whole = b'{"lines":"' + b"x" * 128 * 1024 + b'"}'
    pieces = (b"x" * 10_000 for _ in range(14))
    for content in (whole, pieces):
        # A connection for each: what is not read of one request cannot be followed by another.
        answer = httpx.post(f"{buyer.base}{path}", content=content, headers=headers)
        assert problem(answer)[:2] == (413, "body_too_large")


@pytest.mark.parametrize(
    ("path", "field", "remedy"),
    [
        ("/v1/products?market=FR&max_price=5000", "max_price", "Did you mean max_price_minor?"),
        ("/v1/products/some-handle?market=FR&handle=x", "handle", "It has explain, language, market, region."),
        ("/v1/markets?country=FR", "country", "It has none."),
        ("/v1/products?market=FR&" + "x" * 500 + "=1", "x" * 200, None),
    ],
    ids=["misspelt", "of the path", "none", "long"],
)
def test_a_parameter_that_is_unknown(buyer: Buyer, path: str, field: str, remedy: str | None) -> None:
    answer = buyer.client.get(path)
    assert problem(answer) == (400, "unknown_parameter", field)
    assert answer.json()["remedy"] == (remedy or answer.json()["remedy"])


def test_more_lines_than_a_parcel_holds(buyer: Buyer) -> None:
    body = buyer.asked([(buyer.goods[0], 1)])
    body["lines"] *= 51
    assert problem(buyer.post("/v1/quotes", body)) == (400, "invalid_request", "lines")
    body["lines"] = [{**body["lines"][0], "quantity": 999}] * 2
    assert problem(buyer.post("/v1/quotes", body))[:2] == (400, "quantity_out_of_range")


ADDRESS_FAULTS = [
    ("FR", {"postal_code": "7500"}, "postal_code"), ("FR", {"postal_code": "ABCDE"}, "postal_code"), ("FR", {"city": ""}, "city"),
    ("FR", {"street": []}, "street"), ("FR", {"name": ""}, "name"),
    ("FR", {"phone": "12"}, "phone"), ("FR", {"phone": "call me"}, "phone"),
    ("FR", {"email": "not an address"}, "email"),
    ("US", {"country_area": "ZZ"}, "country_area"), ("US", {"country_area": ""}, "country_area"),
    ("US", {"postal_code": "1"}, "postal_code"),
    ("US", {"postal_code": "90210"}, "postal_code"), ("HK", {"country_area": ""}, "country_area"), ("HK", {"phone": "1"}, "phone"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "fault", "field"), ADDRESS_FAULTS, ids=[f"{c} {f}" for c, f, _ in ADDRESS_FAULTS])
def test_an_address_that_does_not_fit_its_country(
    shop_url: str, country: str, fault: dict[str, Any], field: str
) -> None:
    buyer = Buyer(shop_url, country)
    quote = buyer.quote([(buyer.goods[0], 1)])
    answer = buyer.post("/v1/orders", buyer.ordered(quote, APPROVED, **fault))
    assert problem(answer) == (400, "invalid_address", f"address.{field}")
    assert answer.json()["remedy"]
    good = buyer.post("/v1/orders", buyer.ordered(quote, **ADDRESSES[country]))
    assert good.status_code == 201, good.text


@pytest.mark.parametrize(
    ("accept", "kind"), [("text/html", "application/problem+json"), ("*/*", "application/problem+json")]
)
def test_programs_are_told_problems_whatever_they_accept(buyer: Buyer, accept: str, kind: str) -> None:
    answer = buyer.client.get("/v1/products?market=ZZ", headers={"accept": accept})
    assert answer.headers["content-type"] == kind
