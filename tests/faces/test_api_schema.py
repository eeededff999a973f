"""The OpenAPI document is whole, and any request made from it, right or wrong, is answered as it says."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error, status_code_conformance
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
)

from conftest import OPERATOR
from faces.buyer import APPROVED, Buyer

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    negative_data_rejection,
]
OPERATIONS = {
    "listMarkets": "GET /v1/markets",
    "getMarket": "GET /v1/markets/{country}",
    "listCategories": "GET /v1/categories",
    "searchProducts": "GET /v1/products",
    "getProduct": "GET /v1/products/{handle}",
    "listCampaigns": "GET /v1/campaigns",
    "listStores": "GET /v1/stores",
    "listSlots": "GET /v1/stores/{store}/slots",
    "listParcels": "GET /v1/orders/{order_id}/parcels",
    "getParcel": "GET /v1/parcels/{number}",
    "takeCarrierMessage": "POST /v1/webhooks/carriers/{carrier}",
    "createShopper": "POST /v1/shoppers",
    "getWallet": "GET /v1/wallet",
    "claim": "POST /v1/wallet/claims",
    "createDepositQuote": "POST /v1/deposits/quotes",
    "createBalanceQuote": "POST /v1/deposits/{deposit_id}/balance",
    "listDeposits": "GET /v1/deposits",
    "cancelDeposit": "POST /v1/deposits/{deposit_id}/cancel",
    "createQuote": "POST /v1/quotes",
    "placeOrder": "POST /v1/orders",
    "getOrder": "GET /v1/orders/{order_id}",
    "payOrder": "POST /v1/orders/{order_id}/payments",
    "cancelOrder": "POST /v1/orders/{order_id}/cancel",
    "getAnyOrder": "GET /v1/operator/orders/{order_id}",
    "refundOrder": "POST /v1/operator/orders/{order_id}/refunds",
    "takeProviderMessage": "POST /v1/webhooks/payments/{provider}",
}
NOTHING_TO_MISTAKE = {
    "listMarkets", "listStores", "listSlots", "getMarket", "getProduct", "takeProviderMessage", "takeCarrierMessage",
    "createShopper", "getWallet", "listDeposits",
}  # fmt: skip
OF_SHOPPERS = {
    "getWallet", "claim", "createQuote", "createDepositQuote", "createBalanceQuote", "listDeposits", "cancelDeposit",
}  # fmt: skip


@pytest.fixture(scope="module")
def buyer(shop_url: str) -> Buyer:
    """Somebody who has bought something."""
    buyer = Buyer(shop_url)
    buyer.shopper_key = buyer.post("/v1/shoppers").json()["shopper_key"]
    buyer.paid = buyer.order(buyer.quote([(buyer.goods[0], 1)]), card=APPROVED)["order_id"]
    return buyer


@pytest.fixture(scope="module")
def document(shop_url: str) -> dict[str, Any]:
    """The document as it is served."""
    answer = httpx.get(f"{shop_url}/schema/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def described(shop_url: str) -> Any:
    """The document as it is tested by."""
    return schemathesis.openapi.from_url(f"{shop_url}/schema/openapi.json")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=[mode.value for mode in GenerationMode])
@pytest.mark.parametrize("name", OPERATIONS)
def test_any_request_is_answered_as_described(described: Any, buyer: Buyer, name: str, mode: GenerationMode) -> None:
    method, path = OPERATIONS[name].split()
    operation = described[path][method]
    if mode is GenerationMode.NEGATIVE and name in NOTHING_TO_MISTAKE:
        assert "requestBody" not in operation.definition.raw
        return

    @settings(
        max_examples=16, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def answered(case: Any, real: bool) -> None:
        if real and mode is GenerationMode.POSITIVE:
            made_real(case, buyer)
        key = buyer.shopper_key if name in OF_SHOPPERS else OPERATOR
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

    answered()


def made_real(case: Any, buyer: Buyer) -> None:
    """Put names of things that there are where a request has made up some."""
    names = {
        "country": "FR",
        "handle": buyer.goods[0]["handle"],
        "order_id": buyer.paid,
        "provider": "simulated",
        "store": "hk",
    }
    case.path_parameters = {name: names.get(name, value) for name, value in (case.path_parameters or {}).items()}
    if "market" in (case.query or {}):
        case.query = {**case.query, "market": "FR", "category": ""}
    if isinstance(case.body, dict) and "destination" in case.body:
        lines = case.body.get("lines", [case.body["line"]] if "line" in case.body else [])
        for line, good in zip(lines, buyer.goods, strict=False):
            line["variant_id"] = good["variant_id"]
        case.body["destination"]["country"] = "FR"


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_described(document: dict[str, Any], name: str) -> None:
    method, path = OPERATIONS[name].split()
    operation = document["paths"][path][method.lower()]
    assert operation["operationId"] == name
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            assert list(response["content"]) == ["application/problem+json"]
            assert response["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert response["description"]


def test_nothing_else_is_described(document: dict[str, Any]) -> None:
    there = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert there == set(OPERATIONS.values())
    assert document["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    ("names", "scheme"),
    [
        (["getOrder", "payOrder", "cancelOrder"], "orderKey"),
        (["getAnyOrder", "refundOrder"], "operatorKey"),
        (["getWallet", "claim", "listDeposits"], "shopperKey"),
        (["searchProducts", "createShopper", "placeOrder"], None),
    ],
)
def test_who_needs_which_key(document: dict[str, Any], names: list[str], scheme: str | None) -> None:
    for name in names:
        method, path = OPERATIONS[name].split()
        assert document["paths"][path][method.lower()].get("security") == ([{scheme: []}] if scheme else None)
    assert document["paths"]["/v1/quotes"]["post"]["security"] == [{}, {"shopperKey": []}]
    if scheme:
        assert document["components"]["securitySchemes"][scheme]["scheme"] == "bearer"


def test_what_changes_something_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    for name, operation in OPERATIONS.items():
        method, path = operation.split()
        told = document["paths"][path][method.lower()]
        headers = [one["name"] for one in told.get("parameters", []) if one["in"] == "header"]
        assert headers == (["Idempotency-Key"] if method == "POST" and not name.endswith("Message") else [])


def test_requests_take_no_unknown_fields_and_have_examples(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    requests = {name: shape for name, shape in shapes.items() if name.endswith("Request") or name.startswith("Wished")}
    assert len(requests) == 12
    assert {name for name, shape in requests.items() if shape.get("additionalProperties") is not False} == set()
    assert all(shape["description"] for shape in shapes.values())
    assert shapes["AddressRequest"]["properties"]["street"]["examples"] == [["12 rue de Rivoli"]]
    assert shapes["PaymentRequest"]["properties"]["card_number"]["examples"] == ["4242 4242 4242 4242"]


def test_the_document_can_be_read_by_people(shop_url: str) -> None:
    page = httpx.get(f"{shop_url}/schema/", follow_redirects=True)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
