"""The pages for looking around in a real browser: accessible, whole at every width, usable without scripts."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect, sync_playwright

from argosy.storefront.assets import STATIC

CHROMIUM = os.environ.get("ARGOSY_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = [
    "/sg/en",
    "/ae/ar/c/bags",
    "/fr/fr/c/fashion?from=5&colour=black",
    "/sg/en/s?q=handbgs",
    "/sg/en/s?q=xqzzwvk",
    "/hk/zh-hant/brands",
    "/jp/ja/markets",
    "/sg/en/help/shipping",
    "/sg/en/help/test-cards",
    "/sg/en/nope",
]

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists() and not os.environ.get("CI"), reason="no chromium here"),
    pytest.mark.skipif(not (STATIC / "manifest.json").exists() and not os.environ.get("CI"), reason="assets not built"),
]


@pytest.fixture(scope="module")
def browser(shop_url: str) -> Iterator[Browser]:
    """A browser that is closed before the shop is: Playwright's loop runs in this thread as long as it is open."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def product(shop_url: str) -> str:
    """The address of a product with several variants, below an edition."""
    listed = httpx.get(
        f"{shop_url}/v1/products", params={"market": "SG", "category": "womens-clothing", "page_size": 50}
    )
    for one in listed.json()["products"]:
        body = httpx.get(f"{shop_url}/sg/en/p/{one['handle']}").text
        if one["available"] and body.count('class="pick') > 1:
            return f"/p/{one['handle']}"
    pytest.fail("no product with several variants in the stock of the tests")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_has_a_barrier_or_overflows(
    browser: Browser, shop_url: str, product: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    found = []
    for path in [*PAGES, f"/sg/en{product}", f"/ae/ar{product}"]:
        page = context.new_page()
        page.goto(shop_url + path)
        violations = Axe().run(page).response["violations"]
        found += [(path, one["id"], one["nodes"][0]["html"][:160]) for one in violations]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "overflow", ""))
        page.close()
    context.close()
    assert found == []


def test_the_policy_stops_nothing_that_a_page_has(browser: Browser, shop_url: str, product: str) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda wrong: said.append(str(wrong)))
    for path in ("/sg/en", "/sg/en/c/bags", f"/sg/en{product}", "/sg/en/brands"):
        page.goto(shop_url + path, wait_until="networkidle")
    page.close()
    assert said == []


def test_a_shopper_without_scripts_finds_a_variant(browser: Browser, shop_url: str, product: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{shop_url}/sg/en")
    page.get_by_label("Search", exact=True).fill("watch")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".card").first).to_be_visible()
    page.get_by_label("Sort by").select_option("price")
    page.get_by_role("button", name="Sort").click()
    expect(page).to_have_url(re.compile(r"sort=price"))
    page.goto(f"{shop_url}/sg/en{product}")
    page.locator("a.pick:not([aria-current])").first.click()
    expect(page).to_have_url(re.compile(r"\?v="))
    expect(page.locator("a.pick[aria-current]").first).to_be_visible()
    context.close()


def test_with_scripts_a_filter_changes_the_list_in_place(browser: Browser, shop_url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{shop_url}/sg/en/c/fashion")
    page.evaluate("window.stayed = true")
    before = page.locator("#tally").inner_text()
    brand = page.locator("input[name=brand]").first
    name = brand.locator("xpath=../span[1]").inner_text()
    brand.check()
    expect(page).to_have_url(re.compile(r"brand="))
    expect(page.locator("#tally")).not_to_have_text(before)
    expect(page.locator(".chips--on .chip").first).to_contain_text(name)
    assert page.evaluate("window.stayed") is True
    page.close()


def test_arabic_reads_from_the_right_and_amounts_keep_their_order(browser: Browser, shop_url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{shop_url}/ae/ar/c/bags")
    logo, basket = page.locator(".head .logo").bounding_box(), page.locator(".head__acts").bounding_box()
    assert logo is not None and basket is not None
    assert logo["x"] > basket["x"]
    assert page.locator(".card .price bdi").count() >= page.locator(".card .price--cut").count() > 0
    page.close()
