"""The API: who a shopper is, what she claims, and what her quotes make of it."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from faces.buyer import Buyer, problem
from faces.festival_plan import served


@pytest.fixture(scope="module")
def buyer(server: str, stocked: str, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buyer]:
    """A program in France while a festival runs there."""
    for url in served(server, stocked, home, tmp_path_factory.mktemp("api_wallet")):
        yield Buyer(url)


def shopper(buyer: Buyer) -> str:
    """The key of a new shopper."""
    told = buyer.post("/v1/shoppers")
    assert told.status_code == 201
    key: str = told.json()["shopper_key"]
    return key


def claim(buyer: Buyer, key: str, code: str, market: str = "FR") -> httpx.Response:
    return buyer.post("/v1/wallet/claims", {"promotion": code, "market": market}, key)


def quote(buyer: Buyer, key: str = "") -> dict[str, Any]:
    """A quote for one piece of what is dearer than five euros."""
    good = next(one for one in buyer.goods if one["price"]["minor"] > 2_000)
    told = buyer.post("/v1/quotes", buyer.asked([(good, 1)]), key)
    assert told.status_code == 200, told.text
    made: dict[str, Any] = told.json()
    return made


def test_a_shopper_claims_and_her_quote_uses_it(buyer: Buyer) -> None:
    key = shopper(buyer)
    nobody = quote(buyer)
    assert nobody["used"] == []
    got = claim(buyer, key, "packet")
    assert got.status_code == 201
    held = got.json()
    assert (held["promotion"], held["market"], held["currency"], held["used"]) == ("packet", "FR", "EUR", False)
    assert 20 <= held["amount_minor"] <= 90
    hers = quote(buyer, key)
    assert hers["used"] == [held["held_id"]]
    assert hers["saved_minor"] == nobody["saved_minor"] + held["amount_minor"]
    assert hers["total_minor"] < nobody["total_minor"]
    assert buyer.post("/v1/orders", buyer.ordered(hers, "4242424242424242")).status_code == 201
    (now,) = buyer.get("/v1/wallet", key).json()
    assert now == {**held, "used": True}
    assert quote(buyer, key)["used"] == []


def test_nobody_reads_or_claims_for_another(buyer: Buyer) -> None:
    key, other = shopper(buyer), shopper(buyer)
    assert claim(buyer, key, "packet").status_code == 201
    assert buyer.get("/v1/wallet", other).json() == []
    assert len(buyer.get("/v1/wallet", key).json()) == 1
    order = buyer.order(buyer.quote([(buyer.goods[0], 1)]), "4242424242424242")
    flipped = key[:-1] + ("A" if key[-1] != "A" else "B")
    good = buyer.asked([(buyer.goods[0], 1)])
    for wrong in ("", "x", flipped, order["order_key"], key + "A"):
        expected = (401, "shopper_only", "Authorization")
        assert problem(buyer.get("/v1/wallet", wrong)) == expected
        assert problem(claim(buyer, wrong, "packet")) == expected
        if wrong:
            assert problem(buyer.post("/v1/quotes", good, wrong)) == expected
    assert problem(buyer.get(f"/v1/orders/{order['order_id']}", key))[:2] == (404, "unknown_order")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"promotion": "later", "market": "FR"}, (409, "claim_too_early", "promotion")),
        ({"promotion": "packet", "market": "SG"}, (409, "claim_elsewhere", "market")),
        ({"promotion": "cross", "market": "FR"}, (404, "unknown_coupon", "promotion")),
        ({"promotion": "none", "market": "FR"}, (404, "unknown_coupon", "promotion")),
        ({"promotion": "packet", "market": "ZZ"}, (400, "unknown_market", "market")),
        ({"promotion": "", "market": "FR"}, (400, "invalid_request", "promotion")),
        ({"promotion": "packet"}, (400, "invalid_request", None)),
        ({"promotion": "packet", "market": "FR", "shopper_id": "0"}, (400, "invalid_request", None)),
    ],
    ids=str,
)
def test_what_cannot_be_claimed(buyer: Buyer, body: dict[str, Any], expected: tuple[int, str, str | None]) -> None:
    key = shopper(buyer)
    told = problem(buyer.post("/v1/wallet/claims", body, key))
    assert told[: 3 if expected[2] else 2] == (expected if expected[2] else expected[:2])
    assert buyer.get("/v1/wallet", key).json() == []


def test_her_own_limit_is_kept(buyer: Buyer) -> None:
    key = shopper(buyer)
    assert [claim(buyer, key, "packet").status_code for _ in range(2)] == [201, 201]
    assert problem(claim(buyer, key, "packet")) == (409, "claim_limit_reached", "promotion")
    assert len(buyer.get("/v1/wallet", key).json()) == 2


def test_the_same_claim_sent_again_is_one(buyer: Buyer) -> None:
    key = shopper(buyer)
    body = {"promotion": "packet", "market": "FR"}
    first, again = (buyer.post("/v1/wallet/claims", body, key, idempotency_key="the-same") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert len(buyer.get("/v1/wallet", key).json()) == 1


def test_more_claimants_than_coupons_at_once(buyer: Buyer) -> None:
    keys = [shopper(buyer) for _ in range(40)]

    def rush(key: str) -> tuple[int, str]:
        with httpx.Client(base_url=buyer.base, timeout=30) as own:
            headers = {"Authorization": f"Bearer {key}"}
            told = own.post("/v1/wallet/claims", json={"promotion": "rush", "market": "FR"}, headers=headers)
            return told.status_code, told.json().get("code", "")

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(rush, keys))
    assert Tally(answers) == {(201, ""): 5, (409, "claims_used_up"): 35}
    held = [len(buyer.get("/v1/wallet", key).json()) for key in keys]
    assert held == [int(status == 201) for status, _ in answers]


def test_one_shopper_from_forty_connections_gets_what_one_may(buyer: Buyer) -> None:
    key = shopper(buyer)

    def rush(_: int) -> int:
        with httpx.Client(base_url=buyer.base, timeout=30) as own:
            headers = {"Authorization": f"Bearer {key}"}
            return own.post(
                "/v1/wallet/claims", json={"promotion": "packet", "market": "FR"}, headers=headers
            ).status_code

    with ThreadPoolExecutor(40) as pool:
        assert Tally(pool.map(rush, range(40))) == {201: 2, 409: 38}
