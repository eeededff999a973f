"""Buying in a real browser: with scripts, on a phone, in the dark, right to left; and no accessibility fault on any page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from faces.shopper import ADDRESS, STEP, goods

CHROMIUM = os.environ.get("ARGOSY_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
PASSWORD = "four unrelated words"

if not os.path.exists(CHROMIUM) and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def browser(shop_url: str) -> Iterator[Browser]:
    """One browser for the module, open while the shop is: its loop stands in the way of any other."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def good(shop_url: str) -> dict[str, Any]:
    """Something of which there is plenty."""
    return goods(shop_url, least=60)


@pytest.fixture(params=["wide", "phone", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser, shop_url: str) -> Iterator[Page]:
    """A new reader's page: on a desk, on a phone, in the dark. An error of a script fails the test."""
    width = 390 if request.param == "phone" else 1280
    scheme = "dark" if request.param == "dark" else "light"
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        base_url=shop_url,
        reduced_motion="reduce",
    )
    broken: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    context.close()
    assert not broken


def look(page: Page) -> None:
    """Refuse a page that axe finds fault with, or that is wider than its window."""
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{page.url} is too wide"


def put_in(page: Page, good: dict[str, Any], edition: str = "/fr/en") -> None:
    """The good from its own page into the basket."""
    page.goto(f"{edition}/p/{good['handle']}?v={good['variant_id']}")
    page.locator("#add").click()
    page.wait_for_url("**/basket*")


def fill_in(page: Page) -> None:
    """The address typed."""
    for name, value in ADDRESS.items():
        page.locator(f"#f-{name}").fill(value)


def test_every_page_of_buying_can_be_used_by_everybody(page: Page, good: dict[str, Any]) -> None:
    page.goto("/fr/en/basket")
    look(page)
    put_in(page, good)
    look(page)
    page.goto("/fr/en/checkout")
    look(page)
    page.locator("#order").evaluate("form => form.noValidate = true")
    page.locator(".till .btn--go").click()
    expect(page.locator(".field__why").first).to_be_visible()
    look(page)
    fill_in(page)
    page.locator(f"input[name=card][value='{STEP}']").check(force=True)
    page.locator(".till .btn--go").click()
    page.wait_for_url("**/pay/simulated/**")
    look(page)
    page.get_by_role("button", name="No, refuse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bank said no")
    look(page)
    page.locator("main .btn--go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. It is yours")
    look(page)
    page.goto("/fr/en/orders")
    look(page)


def test_every_page_of_an_account_can_be_used_by_everybody(page: Page, request: pytest.FixtureRequest) -> None:
    page.goto("/fr/en/account")
    look(page)
    page.get_by_role("link", name="Open an account").click()
    look(page)
    page.locator("#f-name").fill("Aoife Byrne")
    page.locator("#f-email").fill(f"{abs(hash(request.node.name))}@example.com")
    page.locator("#f-password").fill(PASSWORD)
    page.locator(".door .btn--go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Good to see you, Aoife Byrne")
    look(page)
    page.goto("/fr/en/account/addresses/new")
    look(page)
    fill_in(page)
    page.get_by_role("button", name="Keep the address").click()
    expect(page.locator("address")).to_contain_text("14 rue Bleue")
    look(page)
    page.goto("/fr/en/account/password")
    look(page)


def test_a_script_changes_the_quantity_in_place(page: Page, good: dict[str, Any]) -> None:
    put_in(page, good)
    page.evaluate("window.stayed = true")
    more = page.get_by_role("button", name="One more of")
    more.click()
    expect(page.locator("#basket-count")).to_have_text("2")
    expect(more).to_be_focused()
    more.click()
    more.click()
    expect(page.locator("#basket-count")).to_have_text("4")
    expect(page.locator(".till")).to_contain_text("Goods, 4 pieces")
    page.locator(".qty input[type=number]").fill("7")
    page.locator(".qty input[type=number]").blur()
    expect(page.locator("#basket-count")).to_have_text("7")
    assert page.evaluate("window.stayed"), "the page was loaded anew"
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("Your basket is empty")


def test_a_late_payment_shows_by_itself(page: Page, good: dict[str, Any]) -> None:
    put_in(page, good)
    page.goto("/fr/en/checkout")
    fill_in(page)
    page.locator("#f-card_number").fill("4000 0000 0000 4087")
    page.locator(".till .btn--go").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bank is deciding")
    look(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Paid. It is yours", timeout=20_000)


@pytest.mark.parametrize("edition", ["/ae/ar", "/jp/ja", "/hk/zh-hant", "/th/th", "/in/hi", "/us/en", "/br/pt"])
def test_the_checkout_fits_in_every_script(browser: Browser, shop_url: str, edition: str) -> None:
    one = goods(shop_url, market=edition[1:3].upper(), least=20)
    context = browser.new_context(viewport={"width": 390, "height": 900}, base_url=shop_url)
    page = context.new_page()
    put_in(page, one, edition)
    look(page)
    page.goto(f"{edition}/checkout")
    look(page)
    assert page.locator("html").get_attribute("dir") == ("rtl" if edition == "/ae/ar" else "ltr")
    context.close()
