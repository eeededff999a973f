"""The API: markets, categories, products and search."""

from __future__ import annotations

from typing import Any

import pytest

from argosy.markets.model import LANGUAGES
from faces.buyer import Buyer, problem

HOSTILE = [
    "'; DROP TABLE products; --",
    "1 OR 1=1",
    "\x00",
    "%",
    "_%_",
    "\\",
    "$1",
    "{{7*7}}",
    "../../etc/passwd",
    "‮",
    "a" * 60,
]


@pytest.fixture(scope="module")
def buyer(shop_url: str) -> Buyer:
    """A program in France."""
    return Buyer(shop_url)


def listed(buyer: Buyer, **query: Any) -> dict[str, Any]:
    """A list of products in France."""
    answer = buyer.get("/v1/products", **{"market": "FR", **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_markets_are_told_the_home_market_first(buyer: Buyer) -> None:
    found = buyer.get("/v1/markets").json()
    assert len({one["country"] for one in found}) == len(found) >= 22
    assert [one["country"] for one in found if one["home"]] == ["CN"] == [found[0]["country"]]
    (abroad,) = [one for one in found if one["country"] == "HK"]
    assert (abroad["currency"], abroad["languages"][:2], abroad["home"]) == ("HKD", ["zh-Hant", "en"], False)
    assert "Hong Kong" in abroad["name"]


@pytest.mark.parametrize(
    ("country", "required", "choices"),
    [
        ("FR", {"name", "phone", "street", "city", "postal_code"}, None),
        ("us", {"country_area"}, "CA"),
        ("HK", {"country_area"}, None),
    ],
)
def test_a_market_tells_its_address_form(buyer: Buyer, country: str, required: set[str], choices: str | None) -> None:
    found = buyer.get(f"/v1/markets/{country}").json()
    fields = {field["name"]: field for field in found["address"]}
    assert found["country"] == country.upper()
    assert required <= {name for name, field in fields.items() if field["required"]}
    assert all(field["max_length"] > 0 for field in fields.values())
    assert not choices or choices in fields["country_area"]["choices"]


@pytest.mark.parametrize("country", ["ZZ", "F", "FRANCE", "%00", "..%2f"])
def test_there_is_no_other_market(buyer: Buyer, country: str) -> None:
    status, code, _ = problem(buyer.get(f"/v1/markets/{country}"))
    assert status == 404
    assert code in ("unknown_market", "unknown_address")


def test_categories_have_names_in_every_language_and_counts_that_add_up(buyer: Buyer) -> None:
    english = buyer.get("/v1/categories").json()
    assert len(english) == 243
    by_code = {one["code"]: one for one in english}
    assert by_code["handbags"]["name"] == "Handbags"
    assert by_code["handbags"]["parent"] == "bags"
    for language in LANGUAGES:
        assert all(one["name"] for one in buyer.get("/v1/categories", language=language).json())
    below = [one["products"] for one in english if one["parent"] == "bags"]
    assert by_code["bags"]["products"] >= max(below) > 0
    assert by_code["bags"]["products"] == sum(below)
    assert buyer.get("/v1/categories", language="tlh").json() == english


def test_a_list_has_prices_of_the_market_and_facets_with_names(buyer: Buyer) -> None:
    found = listed(buyer, category="shoes", language="fr")
    assert len(found["products"]) == 24 < found["total"]
    assert {one["price"]["currency"] for one in found["products"]} == {"EUR"}
    assert all(
        one["price"]["minor"] > 0 and one["url"].startswith(f"{buyer.base}/fr/fr/p/") for one in found["products"]
    )
    brands = {one["code"]: one["name"] for one in found["brands"]}
    assert brands["adidas"] == "ADIDAS"
    assert all(name != code for code, name in brands.items() if " " in name)
    assert {one["code"]: one["name"] for one in found["colours"]}["black"] == "Noir"
    assert {one["code"]: one["name"] for one in found["categories"]}["shoes"] == "Chaussures"
    for facets in (found["brands"], found["colours"], found["categories"]):
        assert [one["products"] for one in facets] == sorted((one["products"] for one in facets), reverse=True)


def test_the_facets_say_what_narrowing_leaves(buyer: Buyer) -> None:
    whole = listed(buyer, category="shoes")
    for name, facets in (("brand", whole["brands"]), ("colour", whole["colours"]), ("category", whole["categories"])):
        for one in facets[:3]:
            assert listed(buyer, **{"category": "shoes", name: one["code"]})["total"] == one["products"], one


@pytest.mark.parametrize("language", ["", "fr", "en", "tlh"])
def test_the_language_is_one_of_the_market(buyer: Buyer, language: str) -> None:
    found = listed(buyer, category="shoes", language=language, page_size=1)
    assert found["products"][0]["url"].split("/")[4] == (language if language in ("fr", "en") else "fr")


def test_prices_narrow_in_the_currency_of_the_market(buyer: Buyer) -> None:
    found = listed(buyer, category="shoes", min_price_minor=3_000, max_price_minor=5_000, sort="price", page_size=100)
    prices = [one["price"]["minor"] for one in found["products"]]
    assert found["total"] == len(prices) > 0
    assert listed(buyer, category="shoes", min_price_minor=10**9)["total"] == 0
    assert all(3_000 <= price <= 5_000 for price in prices)


def test_pages_follow_each_other(buyer: Buyer) -> None:
    pages = [
        listed(buyer, category="fashion", sort="popular", page=page, page_size=20)["products"] for page in (1, 2, 3)
    ]
    ids = [one["product_id"] for page in pages for one in page]
    assert len(set(ids)) == len(ids) == 60
    assert ids == [
        one["product_id"] for one in listed(buyer, category="fashion", sort="popular", page_size=60)["products"]
    ]


@pytest.mark.parametrize(
    "q", ["handbag", "handbg", "手袋", "ハンドバック", "กระเป๋าถือ", "حقيبة يد", "Handtasche", "핸드백", "हैंडबैग"]
)
def test_words_of_any_language_find(buyer: Buyer, q: str) -> None:
    found = listed(buyer, q=q)
    assert found["total"] >= 10
    assert {one["category"] for one in found["products"][:10]} == {"handbags"}


@pytest.mark.parametrize("q", ["qqqqxxxxzzzz", "%%%", "\x00", "  ", "…"])
def test_words_that_mean_nothing_find_nothing(buyer: Buyer, q: str) -> None:
    found = listed(buyer, q=q)
    assert (found["products"], found["total"], found["brands"]) == ([], 0, [])


def test_a_product_by_handle_and_by_id(buyer: Buyer) -> None:
    card = listed(buyer, q="nike shoes")["products"][0]
    found = buyer.get(f"/v1/products/{card['handle']}", market="FR", language="fr").json()
    assert found == buyer.get(f"/v1/products/{card['product_id']}", market="FR", language="fr").json()
    assert (found["brand"], found["category"], found["url"]) == ("Nike", card["category"], card["url"])
    variant = next(one for one in found["variants"] if one["variant_id"] == card["variant_id"])
    assert variant["price"] == card["price"]
    assert isinstance(variant["available"], int)
    assert len({one["sku"] for one in found["variants"]}) == len(found["variants"])
    assert set(found["made_up"]) >= {"price_minor"} or set(variant["made_up"]) >= {"price_minor"}


@pytest.mark.parametrize(
    "handle", ["no-such-thing", "00000000-0000-8000-8000-000000000000", "%00", "a" * 300, "%27%20OR%201%3D1"]
)
def test_there_is_no_such_product(buyer: Buyer, handle: str) -> None:
    assert problem(buyer.get(f"/v1/products/{handle}?market=FR")) == (404, "unknown_product", "handle")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"market": None}, (400, "invalid_request", "market")),
        ({"market": "FRA"}, (400, "invalid_request", "market")),
        ({"market": "ZZ"}, (400, "unknown_market", "market")),
        ({"category": "spaceships"}, (404, "unknown_category", "category")),
        ({"sort": "best; DROP TABLE x"}, (400, "invalid_request", "sort")),
        ({"sort": "cheapest"}, (400, "unknown_sort", "sort")),
        ({"page": "0"}, (400, "invalid_request", "page")),
        ({"page": "401"}, (400, "invalid_request", "page")),
        ({"page": "1.5"}, (400, "invalid_request", "page")),
        ({"page": "400"}, (200, "", None)),
        ({"page": "400", "page_size": "100"}, (400, "page_out_of_range", "page")),
        ({"page_size": "101"}, (400, "invalid_request", "page_size")),
        ({"page_size": "-1"}, (400, "invalid_request", "page_size")),
        ({"min_price_minor": "-1"}, (400, "invalid_request", "min_price_minor")),
        ({"max_price_minor": "9" * 30}, (400, "invalid_request", "max_price_minor")),
        ({"q": "x" * 201}, (400, "invalid_request", "q")),
        ({"category": "x" * 65}, (400, "invalid_request", "category")),
        ({"language": "x" * 36}, (400, "invalid_request", "language")),
        ({"brand": ["x"] * 21}, (400, "invalid_request", "brand")),
    ],
    ids=str,
)
def test_what_a_list_cannot_be_asked(
    buyer: Buyer, query: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    asked = {name: value for name, value in {"market": "FR", **query}.items() if value is not None}
    answer = buyer.get("/v1/products", **asked)
    if expected[0] == 200:
        assert (answer.status_code, answer.json()["products"]) == (200, [])
    else:
        assert problem(answer) == expected


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "name", ["market", "language", "q", "category", "brand", "colour", "sort", "page", "min_price_minor"]
)
def test_hostile_text_in_any_parameter_is_refused_or_finds_nothing(buyer: Buyer, name: str, text: str) -> None:
    before = listed(buyer, category="fashion", page_size=1)["total"]
    answer = buyer.get("/v1/products", **{"market": "FR", "category": "fashion", name: text})
    assert answer.status_code in (200, 400, 404)
    if answer.status_code == 200:
        # Words that stand in names are found, whatever else is typed around them.
        assert name in ("language", "q") or answer.json()["total"] == 0
    else:
        assert problem(answer)[2] == name
    assert listed(buyer, category="fashion", page_size=1)["total"] == before


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/nothing", (404, "unknown_address", None)),
        ("GET", "/v1/orders/not-an-id", (404, "unknown_address", None)),
        ("DELETE", "/v1/products", (405, "method_not_allowed", None)),
        ("GET", "/v1/quotes", (405, "method_not_allowed", None)),
        ("PUT", "/v1/orders", (405, "method_not_allowed", None)),
    ],
)
def test_addresses_and_methods_that_there_are_not(
    buyer: Buyer, method: str, path: str, expected: tuple[int, str, str | None]
) -> None:
    answer = buyer.client.request(method, path)
    assert problem(answer) == expected
    assert answer.status_code != 405 or answer.headers["allow"]
