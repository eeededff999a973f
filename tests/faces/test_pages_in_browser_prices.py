"""One price all the way, in a real browser: card, product page, basket and checkout of a single piece."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("ARGOSY_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"

if not os.path.exists(CHROMIUM) and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def browser(shop_url: str) -> Iterator[Browser]:
    """One browser for the module, open while the shop is."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, shop_url: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=shop_url)
    yield context.new_page()
    context.close()


def price(page: Page, selector: str) -> str:
    """The price that stands there, without what stands beside it."""
    return re.sub(r"\s+", " ", page.locator(selector).first.inner_text()).strip()


# The tax is in the price in France, above it in the United States, and there is none in Hong Kong.
@pytest.mark.parametrize("edition", ["/fr/en", "/us/en", "/hk/en"])
@pytest.mark.parametrize("department", ["bags", "shoes"])
def test_the_price_of_one_piece_is_the_same_on_every_page(page: Page, edition: str, department: str) -> None:
    page.goto(f"{edition}/c/{department}?sort=popular")
    card = page.locator(".card:has(.price)", has_text="all in").first
    shown = re.sub(r"\s+", " ", card.locator(".price b").inner_text()).strip()
    card.locator("a").first.click()
    page.wait_for_url("**/p/**")
    assert price(page, ".price--lg b") == shown
    # The bill opens without scripts, and its last line is the price.
    assert price(page, "details.bill .total dd") == shown
    page.locator("#add").click()
    page.wait_for_url("**/basket*")
    assert price(page, ".till .total dd") == shown
    page.goto(f"{edition}/checkout")
    assert price(page, ".till .total dd") == shown
