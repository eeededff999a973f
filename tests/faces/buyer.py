"""A program that buys over the API, as a client would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

APPROVED, DECLINED, STEP, SILENT = "4242424242424242", "4000000000000002", "4000002500003155", "4000000000004046"
REFUND_FAILS = "4000000000005126"
ADDRESSES: dict[str, dict[str, Any]] = {
    "FR": {"name": "Ana Souza", "phone": "+33 1 42 34 56 78", "street": ["12 rue de Rivoli"], "city": "Paris",
           "postal_code": "75004"},
    "HK": {"name": "Chan Tai Man", "phone": "+852 2345 6789", "street": ["1 Queen's Road"], "city": "Central",
           "country_area": "Hong Kong Island"},
    "US": {"name": "Jo March", "phone": "+1 617 495 1000", "street": ["1 Brattle Street"], "city": "Cambridge",
           "country_area": "MA", "postal_code": "02138"},
}  # fmt: skip


class Buyer:
    """One client of one shop in one market; keys and ids it gets are in what it is answered."""

    paid = ""
    shopper_key = ""

    def __init__(self, base: str, market: str = "FR") -> None:
        self.base = base
        self.market = market
        self.client = httpx.Client(base_url=base, timeout=30)
        self._goods: list[dict[str, Any]] = []

    def get(self, path: str, key: str = "", **query: Any) -> httpx.Response:
        """An answer to GET."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.client.get(path, params=query or None, headers=headers)

    def post(self, path: str, body: Any = None, key: str = "", **headers: str) -> httpx.Response:
        """An answer to POST with a JSON body; `idempotency_key="..."` sends the header of that name."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            named["Authorization"] = f"Bearer {key}"
        return (
            self.client.post(path, json=body, headers=named)
            if body is not None
            else self.client.post(path, headers=named)
        )

    @property
    def goods(self) -> list[dict[str, Any]]:
        """Some goods that can be had here, as a list tells them."""
        if not self._goods:
            found = self.get(
                "/v1/products", market=self.market, category="fashion", sort="popular", page_size=50
            ).json()
            self._goods = [one for one in found["products"] if one["available"]]
        return self._goods

    def available(self, good: dict[str, Any]) -> int:
        """How many pieces of a listed good there are."""
        product = self.get(f"/v1/products/{good['handle']}", market=self.market).json()
        return next(one["available"] for one in product["variants"] if one["variant_id"] == good["variant_id"])

    def asked(self, basket: Sequence[tuple[dict[str, Any], int]], **destination: str) -> dict[str, Any]:
        """The body that asks for a quote."""
        lines = [{"variant_id": good["variant_id"], "quantity": quantity} for good, quantity in basket]
        place = {"country": self.market, "region": str(ADDRESSES.get(self.market, {}).get("country_area", ""))}
        return {"lines": lines, "destination": {**place, **destination}}

    def quote(self, basket: Sequence[tuple[dict[str, Any], int]]) -> dict[str, Any]:
        """A quote."""
        answer = self.post("/v1/quotes", self.asked(basket))
        assert answer.status_code == 200, answer.text
        quoted: dict[str, Any] = answer.json()
        return quoted

    def ordered(self, quote: dict[str, Any] | str, card: str = "", **address: Any) -> dict[str, Any]:
        """The body that orders a quote."""
        token = quote if isinstance(quote, str) else quote["quote"]
        body = {"quote": token, "address": {"country": self.market, **ADDRESSES[self.market], **address}}
        return {**body, "payment": {"card_number": card}} if card else body

    def order(self, quote: dict[str, Any], card: str = "") -> dict[str, Any]:
        """An order, paid if a card is given."""
        answer = self.post("/v1/orders", self.ordered(quote, card))
        assert answer.status_code == 201, answer.text
        placed: dict[str, Any] = answer.json()
        return placed

    def look(self, order: dict[str, Any]) -> dict[str, Any]:
        """An order as it stands now."""
        answer = self.get(f"/v1/orders/{order['order_id']}", order["order_key"])
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and field of a problem, which has all its other parts too."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"] == f"https://argosy.example/problems/{told['code']}"
    assert told["title"]
    assert told["detail"]
    return told["status"], told["code"], told["field"]
