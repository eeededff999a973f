"""Pages put together from patterns: the same for all but what is a reader's own."""

from __future__ import annotations

import re
from typing import Any, cast

import httpx
import pytest

from argosy.storefront.keeping import patterns
from argosy.storefront.keeping.parts_kept import PartsKept

CSRF = re.compile(r'name="csrf" value="([^"]*)"')


@pytest.fixture(scope="module")
def handle(shop_url: str) -> str:
    found = httpx.get(f"{shop_url}/v1/products?market=FR&language=fr&sort=popular&page_size=50", timeout=30).json()
    return next(str(one["handle"]) for one in found["products"] if one["available"])


def test_what_is_a_readers_own_is_in_nobody_elses_page(shop_url: str, handle: str) -> None:
    path = f"/fr/fr/p/{handle}"
    with httpx.Client(base_url=shop_url, timeout=30) as first, httpx.Client(base_url=shop_url, timeout=30) as second:
        new = first.get(path).text
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', new))
        added = first.post("/fr/fr/basket/add", data={**form, "quantity": "2"}, headers={"origin": shop_url})
        assert added.status_code in (200, 303)
        hers, others = first.get(path).text, second.get(path).text
        again = first.get(path).text
    assert '<b class="count">2</b>' in hers
    assert '<b class="count">' not in others
    assert CSRF.findall(hers) != CSRF.findall(others)
    assert CSRF.findall(hers) == CSRF.findall(again)
    assert CSRF.sub("", hers).replace('<b class="count">2</b>', "") == CSRF.sub("", others)


@pytest.mark.parametrize(
    "path", ["/fr/fr/c/bags", "/fr/fr/c/bags?sort=price&page=2", "/fr/fr/s?q=sac", "/us/en/c/bags"]
)
def test_no_gap_is_left_open(shop_url: str, path: str) -> None:
    with httpx.Client(base_url=shop_url, timeout=30, cookies={"argosy": "somebody"}) as reader:
        pages = [reader.get(path).text for _ in range(3)]
    for page in pages:
        assert page.count('<article class="card') >= 5
        assert "<header" in page
        assert "<footer" in page
        assert not re.search(r"\b[0-9a-f]{24}\b", re.sub(r'="[^"]*"', "", page)), "a mark was left"


def test_a_list_follows_the_region_and_a_short_one_is_wholly_in_order(shop_url: str) -> None:
    with httpx.Client(base_url=shop_url, timeout=30) as reader:
        assert "Final prices are in order" not in reader.get("/us/en/c/bags?sort=price").text
        assert "California" in reader.get("/us/en/c/bags", headers={"cookie": "argosy_region_us=CA"}).text
        assert "Texas" in reader.get("/us/en/c/bags", headers={"cookie": "argosy_region_us=TX"}).text


def test_a_part_with_other_facts_is_another_one() -> None:
    parts = PartsKept()
    parts.keep("a", (1, "x"), "one", 3)
    assert parts.get("a", (1, "x")) == "one"
    assert parts.get("a", (2, "x")) is None
    assert parts.get("b", (1, "x")) is None


def test_parts_are_bounded_and_those_not_used_go_first() -> None:
    parts = PartsKept(most_bytes=10)
    for name in "abc":
        parts.keep(name, (), name, 4)
        parts.get("a", ())
    assert [parts.get(name, ()) for name in "abc"] == ["a", None, "c"]
    parts.keep("c", (), "C", 2)
    parts.keep("d", (), "d", 4)
    assert [parts.get(name, ()) for name in "acd"] == ["a", "C", "d"]


def test_a_template_that_asks_for_more_of_its_reader_fails() -> None:
    nobody: Any = patterns._Nobody(cast(Any, None), False, "France")
    for name in ("shopper_id", "account_id", "basket_count", "question", "cookies"):
        assert not hasattr(nobody, name)
