"""The pages for looking around, through real HTTP."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import httpx
import pytest

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(scope="module")
def client(shop_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shop_url, timeout=30) as made:
        yield made


@pytest.fixture(scope="module")
def goods(client: httpx.Client) -> list[dict[str, object]]:
    """Some products that are for sale, as the API lists them."""
    found = client.get("/v1/products", params={"market": "FR", "language": "fr", "page_size": 50, "sort": "popular"})
    return [one for one in found.json()["products"] if one["available"]]


def page(client: httpx.Client, path: str, **more: object) -> str:
    answer = client.get(path, **more)  # type: ignore[arg-type]
    assert answer.status_code == 200, (path, answer.text[:500])
    return answer.text


def prices(body: str) -> list[int]:
    """The prices of a page's cards in digits only."""
    found = re.findall(r'<h3 class="card__name">.*?<p class="price[^"]*"><b><bdi>([^<]*)</bdi>', body, re.S)
    return [int(re.sub(r"\D", "", html.unescape(one))) for one in found]


@pytest.mark.parametrize(
    ("accepts", "goes_to"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "/fr/fr/"),
        ("zh-HK,zh;q=0.9", "/hk/zh-hant/"),
        ("ja", "/jp/ja/"),
        ("ar", "/ae/ar/"),
        ("en-GB,en;q=0.9", "/gb/en/"),
        ("", "/sg/en/"),
        ("xx;q=what,,;", "/sg/en/"),
    ],
)
def test_the_front_door_leads_to_the_readers_market(client: httpx.Client, accepts: str, goes_to: str) -> None:
    answer = client.get("/", headers={"accept-language": accepts})
    assert (answer.status_code, answer.headers["location"]) == (302, goes_to)


def test_a_chosen_place_is_remembered_and_keeps_the_page(client: httpx.Client) -> None:
    with httpx.Client(base_url=client.base_url) as reader:
        answer = reader.get("/place/de/de", params={"to": "c/bags"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/de/de/c/bags")
        assert reader.get("/", headers={"accept-language": "ja"}).headers["location"] == "/de/de/"


@pytest.mark.parametrize("to", ["//evil.example/x", "https://evil.example", "/\\evil.example", "../../../v1/markets"])
def test_the_switch_never_leads_to_another_site(client: httpx.Client, to: str) -> None:
    assert client.get("/place/de/de", params={"to": to}).headers["location"].startswith("/de/de/")


@pytest.mark.parametrize(
    "path",
    ["", "/c/bags", "/c/handbags", "/s?q=watch", "/brands", "/markets", "/help", "/help/shipping", "/help/returns"],
)
@pytest.mark.parametrize("edition", ["sg/en", "ae/ar", "hk/zh-hant", "jp/ja", "br/pt", "in/hi"])
def test_every_page_stands_in_every_script(client: httpx.Client, edition: str, path: str) -> None:
    answer = client.get(f"/{edition}{path}")
    assert answer.status_code == 200
    market, language = edition.split("/")
    tag = re.search(r'<html lang="([^"]*)" dir="([^"]*)"', answer.text)
    assert tag is not None
    assert tag[1].lower().startswith(language)
    assert tag[1].endswith(market.upper())
    assert tag[2] == ("rtl" if language == "ar" else "ltr")
    assert answer.headers["content-language"] == tag[1]


def test_pages_of_strangers_may_be_kept_and_set_no_cookie(client: httpx.Client) -> None:
    answer = client.get("/sg/en/c/bags")
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"].startswith("public")
    assert "Cookie" in answer.headers["vary"]


def test_every_page_carries_the_headers_that_protect_it(client: httpx.Client) -> None:
    for path in ("/sg/en", "/sg/en/c/bags", "/sg/en/nothing-here"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_has_what_the_policy_would_stop(client: httpx.Client, goods: list[dict[str, object]]) -> None:
    for path in ("/sg/en", "/sg/en/c/bags", f"/sg/en/p/{goods[0]['handle']}", "/sg/en/brands", "/sg/en/nope"):
        body = client.get(path).text
        assert " style=" not in body
        assert not re.search(r"\son[a-z]+=", body)
        for attributes in re.findall(r"<script([^>]*)>", body):
            assert "src=" in attributes or "application/ld+json" in attributes


def test_a_list_sorted_by_price_rises(client: httpx.Client) -> None:
    shown = prices(page(client, "/hk/en/c/bags?sort=price"))
    assert len(shown) > 3
    assert shown == sorted(shown)


def test_narrowing_a_list_leaves_what_fits(client: httpx.Client) -> None:
    all_goods = page(client, "/sg/en/c/bags")
    slug = re.search(r'name="brand" value="([^"]+)"><span>([^<]+)</span><span class="n">(\d+)', all_goods)
    assert slug is not None
    body = page(client, f"/sg/en/c/bags?brand={slug[1]}")
    brands = set(re.findall(r'<p class="card__brand"><span dir="auto">([^<]*)</span>', body))
    assert brands == {slug[2]}
    assert len(prices(body)) == min(int(slug[3]), 24)
    assert f'value="{slug[1]}" checked' in body
    others = re.findall(r'name="brand" value="([^"]+)"', body)
    assert len(others) > 1, "another brand can be added"


def test_a_price_range_is_in_the_markets_currency(client: httpx.Client) -> None:
    shown = prices(page(client, "/fr/fr/c/fashion?from=20&to=60"))
    assert shown
    assert all(20_00 <= minor <= 60_00 for minor in shown)


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=99999", "page=abc", "sort=;drop", "from=-3", "from=1e9", "brand=" + "x" * 500, "colour=%00"],
)
def test_a_garbled_address_still_shows_a_list(client: httpx.Client, query: str) -> None:
    assert client.get(f"/sg/en/c/bags?{query}").status_code == 200


def test_pages_of_a_list_do_not_repeat_goods(client: httpx.Client) -> None:
    first, second = (
        re.findall(r'<h3 class="card__name"><a href="([^"]*)"', page(client, f"/sg/en/c/fashion?page={n}"))
        for n in (1, 2)
    )
    assert len(first) == 24 and second
    assert not set(first) & set(second)


def test_a_search_finds_in_another_language(client: httpx.Client) -> None:
    assert "Watch" in page(client, "/sg/en/s?q=手表") or "watch" in page(client, "/sg/en/s?q=手表")


def test_a_slip_of_the_pen_is_told(client: httpx.Client) -> None:
    body = html.unescape(page(client, "/sg/en/s?q=handbgs"))
    assert "“handbags”" in body
    assert prices(body)


def test_finding_nothing_offers_a_way_on(client: httpx.Client) -> None:
    body = html.unescape(page(client, "/sg/en/s?q=xqzzwvk"))
    assert "No “xqzzwvk” here yet" in body
    assert "/sg/en/c/fashion" in body


def test_what_was_typed_is_never_markup(client: httpx.Client) -> None:
    body = page(client, "/sg/en/s", params={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_a_product_tells_the_price_that_the_api_has(client: httpx.Client, goods: list[dict[str, object]]) -> None:
    for one in goods[:8]:
        body = page(client, f"/fr/fr/p/{one['handle']}?v={one['variant_id']}")
        found = re.search(r"price--lg[^>]*><b><bdi>([^<]*)", body)
        assert found is not None
        price = one["price"]
        assert isinstance(price, dict)
        assert int(re.sub(r"\D", "", found[1])) == price["minor"]


def test_the_bill_adds_up_to_the_price(client: httpx.Client, goods: list[dict[str, object]]) -> None:
    for one in goods[:8]:
        body = page(client, f"/fr/fr/p/{one['handle']}")
        bill = re.search(r'<dl class="sum">(.*?)</dl>', body, re.S)
        assert bill is not None
        figures = re.findall(r"<dd><bdi>([^<]*)</bdi>", bill[1])
        minors = [int(re.sub(r"\D", "", f)) * (-1 if "\N{MINUS SIGN}" in f else 1) for f in figures]
        assert len(minors) > 1
        assert sum(minors[:-1]) == minors[-1]
        assert "European Central Bank" in bill[1]


def test_structured_data_says_what_the_page_says(client: httpx.Client, goods: list[dict[str, object]]) -> None:
    body = page(client, f"/fr/fr/p/{goods[0]['handle']}")
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.S)
    assert script is not None
    product, crumbs = json.loads(script[1])
    price = goods[0]["price"]
    assert isinstance(price, dict)
    assert product["@type"] == "Product"
    assert {offer["priceCurrency"] for offer in product["offers"]} == {"EUR"}
    assert f"{price['minor'] / 100:.2f}" in {offer["price"] for offer in product["offers"]}
    assert crumbs["itemListElement"][0]["position"] == 1


def test_a_variant_has_an_address_of_its_own(client: httpx.Client) -> None:
    listed = client.get("/v1/products", params={"market": "SG", "category": "womens-clothing", "page_size": 50}).json()
    for one in listed["products"]:
        whole = client.get(f"/v1/products/{one['handle']}", params={"market": "SG"}).json()
        if len(whole["variants"]) > 1:
            break
    else:
        pytest.fail("no product with several variants in the stock of the tests")
    other = whole["variants"][-1]
    body = page(client, f"/sg/en/p/{one['handle']}?v={other['variant_id']}")
    assert other["sku"] in body
    assert f"v={whole['variants'][0]['variant_id']}" in body


def test_an_unknown_variant_leads_to_the_product(client: httpx.Client, goods: list[dict[str, object]]) -> None:
    answer = client.get(f"/fr/fr/p/{goods[0]['handle']}?v=nonsense")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/fr/fr/p/{goods[0]['handle']}")


def test_a_name_nobody_translated_says_its_language(client: httpx.Client, goods: list[dict[str, object]]) -> None:
    product = client.get(f"/v1/products/{goods[0]['handle']}", params={"market": "JP", "language": "th"}).json()
    assert product["name_language"] == "en"
    body = page(client, f"/jp/th/p/{goods[0]['handle']}")
    assert re.search(r'<h1><span lang="en">', body)


def test_addresses_in_other_languages_are_named_in_the_head(client: httpx.Client) -> None:
    body = page(client, "/hk/zh-hant/c/bags")
    found = dict(re.findall(r'hreflang="([^"]*)" href="([^"]*)"', body.split("</head>")[0]))
    assert found["zh-Hant-HK"].endswith("/hk/zh-hant/c/bags")
    assert found["fr-FR"].endswith("/fr/fr/c/bags")
    assert f'<link rel="canonical" href="{found["zh-Hant-HK"]}">' in body


def test_a_language_the_market_does_not_offer_is_open_but_not_indexed(client: httpx.Client) -> None:
    assert 'name="robots" content="noindex"' in page(client, "/fr/ko/c/bags")
    assert 'name="robots"' not in page(client, "/fr/fr/c/bags")


def test_the_sitemap_leads_to_pages_that_are_there(client: httpx.Client) -> None:
    parts = [loc.text or "" for loc in ElementTree.fromstring(client.get("/sitemap.xml").content).iter(SITEMAP)]  # noqa: S314
    assert any("/sitemap/fr/fr/p-" in part for part in parts)
    for part in (one for one in parts if "/sitemap/sg/en/" in one):
        found = [loc.text or "" for loc in ElementTree.fromstring(client.get(part).content).iter(SITEMAP)]  # noqa: S314
        assert found
        for address in (found[0], found[-1]):
            assert client.get(address).status_code in (200, 307, 308)


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/sg/en/nope",
        "/sg/en/p/nope",
        "/sg/en/c/nope",
        "/sg/en/b/nope",
        "/sg/en/p/%00",
        "/sg/en/b/%00",
        "/sg/en/c/%00",
        "/xx/en/",
        "/sg/xx/",
    ],
)
def test_what_is_not_there_is_told_on_a_page(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert 'id="main"' in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


def test_programs_still_get_problem_details(client: httpx.Client) -> None:
    answer = client.get("/v1/products/nope", params={"market": "SG"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_following_a_brand_needs_our_own_form(client: httpx.Client, shop_url: str) -> None:
    slug = re.search(r'/sg/en/b/([^"]+)"', page(client, "/sg/en/brands"))
    assert slug is not None
    with httpx.Client(base_url=shop_url) as reader:
        path = f"/sg/en/b/{slug[1]}"
        assert reader.post(f"{path}/follow", data={"follow": "yes"}).status_code == 403
        token = re.search(r'name="csrf" value="([^"]+)"', reader.get(path).text)
        assert token is not None
        form = {"follow": "yes", "csrf": token[1]}
        assert reader.post(f"{path}/follow", data=form, headers={"origin": "https://evil.example"}).status_code == 403
        assert reader.post(f"{path}/follow", data=form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
        assert reader.post(f"{path}/follow", data=form, headers={"origin": shop_url}).status_code == 303
        cookie = reader.cookies.jar
        assert any(one.name == "argosy" and one.has_nonstandard_attr("HttpOnly") for one in cookie)
        assert "You follow this house" in reader.get(path).text
        # A page from before the cookie still works, but only where the browser says that it is ours.
        assert reader.post(f"{path}/follow", data=form).status_code == 403
        assert (
            reader.post(f"{path}/follow", data=form | {"follow": "no"}, headers={"origin": shop_url}).status_code == 303
        )
        assert "Follow this house" in reader.get(path).text


def test_a_strangers_cookie_is_taken_for_none(client: httpx.Client) -> None:
    for cookie in ("nonsense", "A" * 400, ""):
        answer = client.get("/sg/en", headers={"cookie": f"argosy={cookie}; argosy_basket=-5; argosy_place=.."})
        assert answer.status_code == 200
        assert 'class="count"' not in answer.text


def test_the_first_view_of_a_product_is_light(client: httpx.Client, goods: list[dict[str, object]]) -> None:
    """Page, sheet and script together, packed, without pictures: less than 60 kB."""
    headers = {"accept-encoding": "gzip"}
    with client.stream("GET", f"/fr/fr/p/{goods[0]['handle']}", headers=headers) as answer:
        weight = sum(len(part) for part in answer.iter_raw())
        packed = answer.headers.get("content-encoding")
    body = page(client, f"/fr/fr/p/{goods[0]['handle']}")
    files = re.findall(r'(?:<link rel="stylesheet" href|<script type="module" src)="([^"]+)"', body)
    for file in files:
        with client.stream("GET", file, headers=headers) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
            weight += sum(len(part) for part in answer.iter_raw())
    assert packed == "gzip"
    assert weight < 60_000


def test_no_name_leads_out_of_the_folder_of_files(client: httpx.Client) -> None:
    for name in ("../front.py", "..%2ffront.py", "%2e%2e/front.py", "art/../../front.py", "nope.css"):
        assert client.get(f"/static/{name}").status_code == 404
