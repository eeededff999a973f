"""The API: a pre-sale's deposit is quoted, paid, listed, cancelled, and its balance is for its window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from faces.buyer import APPROVED, Buyer, problem
from faces.festival_plan import served


@pytest.fixture(scope="module")
def buyer(server: str, stocked: str, home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buyer]:
    """A program in France while deposits are taken there."""
    for url in served(server, stocked, home, tmp_path_factory.mktemp("api_deposits")):
        yield Buyer(url)


def asked(buyer: Buyer, pieces: int = 1, **other: Any) -> dict[str, Any]:
    good = next(one for one in buyer.goods if one["price"]["minor"] > 2_000)
    return {
        "line": {"variant_id": good["variant_id"], "quantity": pieces},
        "destination": {"country": buyer.market},
        **other,
    }


def test_a_shoppers_deposit(buyer: Buyer) -> None:
    key = buyer.post("/v1/shoppers").json()["shopper_key"]
    made = buyer.post("/v1/deposits/quotes", asked(buyer, 2), key)
    assert made.status_code == 200, made.text
    quote = made.json()
    assert (quote["promotion"], quote["total_minor"], quote["counts_minor"]) == ("early", 200, 400)
    assert quote["currency"] == "EUR"
    assert datetime.fromisoformat(quote["balance_from"]) < datetime.fromisoformat(quote["balance_until"])
    order = buyer.order(quote, APPROVED)
    assert (order["order_id"], order["state"], order["total_minor"]) == (quote["quote_id"], "paid", 200)
    told = buyer.look(order)
    assert (told["duty_minor"], told["tax_minor"], told["promise"]) == (None, None, None)

    (listed,) = buyer.get("/v1/deposits", key).json()
    assert (listed["deposit_id"], listed["standing"], listed["quantity"]) == (order["order_id"], "coming", 2)
    assert (listed["paid_minor"], listed["counts_minor"], listed["balance_order_id"]) == (200, 400, None)

    where = f"/v1/deposits/{order['order_id']}"
    early = buyer.post(f"{where}/balance", {"destination": {"country": "FR"}}, key)
    assert problem(early) == (409, "deposit_not_due", "balance_of")
    for stranger in ("", "nobody", buyer.post("/v1/shoppers").json()["shopper_key"]):
        for call in ("balance", "cancel"):
            body = {"destination": {"country": "FR"}} if call == "balance" else None
            assert problem(buyer.post(f"{where}/{call}", body, stranger))[:2] == (404, "unknown_deposit")

    done = buyer.post(f"{where}/cancel", key=key)
    assert (done.status_code, done.json()["standing"]) == (200, "returned")
    assert problem(buyer.post(f"{where}/cancel", key=key))[:2] == (409, "deposit_not_open")
    told = buyer.look(order)
    assert (told["state"], told["paid_back_minor"]) == ("refunded", 200)
    assert [one["why"] for one in told["refunds"]] == ["deposit"]


def test_a_guest_has_the_orders_key(buyer: Buyer) -> None:
    order = buyer.order(buyer.post("/v1/deposits/quotes", asked(buyer)).json(), APPROVED)
    done = buyer.post(f"/v1/deposits/{order['order_id']}/cancel", key=order["order_key"])
    assert (done.status_code, done.json()["standing"]) == (200, "returned")


def test_refusals(buyer: Buyer) -> None:
    elsewhere = asked(buyer)
    elsewhere["destination"] = {"country": "JP"}
    assert problem(buyer.post("/v1/deposits/quotes", elsewhere))[:2] == (409, "no_presale")
    unknown = asked(buyer)
    unknown["line"] = {"variant_id": "00000000-0000-0000-0000-000000000000", "quantity": 1}
    assert problem(buyer.post("/v1/deposits/quotes", unknown))[:2] == (404, "unknown_variant")
    assert problem(buyer.post("/v1/deposits/quotes", asked(buyer), "nobody"))[:2] == (401, "shopper_only")
    assert problem(buyer.get("/v1/deposits"))[:2] == (401, "shopper_only")
    too_many = buyer.order(buyer.post("/v1/deposits/quotes", asked(buyer, 10)).json(), APPROVED)
    sold_out = buyer.post("/v1/orders", buyer.ordered(buyer.post("/v1/deposits/quotes", asked(buyer)).json(), APPROVED))
    assert problem(sold_out)[:2] in ((409, "sold_out"), (409, "limit_reached"), (409, "offer_gone"))
    assert too_many["state"] == "paid"
