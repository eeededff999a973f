"""Lists narrowed by price, over HTTP: what is asked is what the cards show, with duty and tax where they are on top."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from faces.buyer import Buyer
from faces.shopper import Shopper

MARKETS = ["FR", "US", "GB"]
CARD = re.compile(
    r'<h3 class="card__name"><a href="[^"]*/p/([^"?]+).*?<p class="price[^"]*"><b><bdi>([^<]*)</bdi>', re.S
)


@pytest.fixture(scope="module")
def buyer(shop_url: str) -> Buyer:
    """A program anywhere."""
    return Buyer(shop_url)


def walk(buyer: Buyer, market: str, size: int = 100, **query: Any) -> tuple[list[Any], dict[str, Any]]:
    """All products of a list, page by page, and the first page's answer."""
    asked = {"market": market, "category": "shoes", "page_size": size, **query}
    first: dict[str, Any] = buyer.get("/v1/products", **asked).json()
    found, page = list(first["products"]), 1
    while len(found) == page * size:
        page += 1
        found += buyer.get("/v1/products", **asked, page=page).json()["products"]
    return found, first


def third(products: list[Any]) -> tuple[int, int]:
    """Prices that a third of the products are between."""
    prices = sorted(one["price"]["minor"] for one in products)
    return prices[len(prices) // 3], prices[2 * len(prices) // 3]


@pytest.mark.parametrize("market", MARKETS)
def test_the_api_finds_just_what_its_prices_say(buyer: Buyer, market: str) -> None:
    every, _ = walk(buyer, market)
    least, most = third(every)
    within = {one["handle"] for one in every if least <= one["price"]["minor"] <= most}
    assert len(every) > len(within) > 10
    for sort in ("best", "popular", "price", "-price"):
        found, first = walk(buyer, market, 7, sort=sort, min_price_minor=least, max_price_minor=most)
        prices = [one["price"]["minor"] for one in found]
        assert all(least <= price <= most for price in prices), sort
        assert [one["handle"] for one in found if one["handle"] not in within] == []
        assert len(found) == len(within) == first["total"]
        assert first["total_is_minimum"] is False
        if "price" in sort:
            assert prices == sorted(prices, reverse=sort == "-price")
    for name, facets in (("brand", first["brands"]), ("colour", first["colours"])):
        for one in facets[:3]:
            narrowed = {name: one["code"], "min_price_minor": least, "max_price_minor": most}
            total = walk(buyer, market, **narrowed)[1]["total"]
            # A card in a colour may be of another variant, which costs something else.
            assert total == one["products"] or name == "colour", one


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("sort", ["best", "price", "-price"])
def test_pages_show_just_what_their_bounds_say(buyer: Buyer, shop_url: str, market: str, sort: str) -> None:
    every, _ = walk(buyer, market)
    least, most = third(every)
    within = {one["handle"] for one in every if least <= one["price"]["minor"] <= most}
    shopper = Shopper(shop_url, market.lower(), "en")
    cards: dict[str, int] = {}
    for page in range(1, 9):
        query = f"from={least / 100:.2f}&to={most / 100:.2f}&sort={sort}&page={page}"
        body = shopper.see(f"/c/shoes?{query}").text
        found = CARD.findall(body)
        cards |= {handle: int(re.sub(r"\D", "", html.unescape(price))) for handle, price in found}
        if len(found) < 24:
            break
    assert set(cards) == within
    assert all(least <= price <= most for price in cards.values())
    bars = re.findall(r"<rect( class=\"on\")?[^>]*>", re.findall(r'<svg class="hist".*?</svg>', body, re.S)[0])
    assert "" in bars, "bars of what is cheaper or dearer"
    assert ' class="on"' in bars, "bars of what is shown"


@pytest.mark.parametrize(
    "query", ["min_price_minor=1000000000", "max_price_minor=0", "min_price_minor=9&max_price_minor=8"]
)
def test_nothing_is_found_where_nothing_can_be(buyer: Buyer, query: str) -> None:
    found = buyer.get(f"/v1/products?market=US&category=shoes&{query}").json()
    assert (found["products"], found["total"], found["brands"]) == ([], 0, [])
