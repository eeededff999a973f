"""The console's pages in a real browser: accessible, and whole at both widths."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from argosy.storefront.assets import STATIC
from conftest import OPERATOR
from faces.shopper import goods

CHROMIUM = os.environ.get("ARGOSY_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists() and not os.environ.get("CI"), reason="no chromium here"),
    pytest.mark.skipif(not (STATIC / "manifest.json").exists() and not os.environ.get("CI"), reason="assets not built"),
]


@pytest.fixture(scope="module")
def browser(shop_url: str) -> Iterator[Browser]:
    """A browser that is closed before the shop is."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_no_page_has_a_barrier_or_overflows(browser: Browser, shop_url: str, width: int, scheme: str) -> None:
    basket = f"{goods(shop_url)['variant_id']} x2"
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
        java_script_enabled=True,
    )
    page = context.new_page()
    found = []

    def judge(name: str) -> None:
        violations = Axe().run(page).response["violations"]
        found.extend(f"{name}: {one['id']}: {one['nodes'][0]['html'][:150]}" for one in violations)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{name}: {wide} wide")

    page.goto(f"{shop_url}/console")
    judge("sign-in")
    page.fill("#f-key", OPERATOR)
    page.click("button.btn--go")
    page.wait_for_url("**/console")
    query = f"?market=FR&language=ar&q=watch&basket={basket}&at=2026-06-17T10:00&coupon=618-coupon-5"
    for path in ("", "/campaigns", "/campaigns/618?market=SG", f"/preview{query}", "/preview?at=never", "/reach"):
        page.goto(f"{shop_url}/console{path}")
        judge(path)
    context.close()
    assert found == []


def test_the_policy_lets_the_page_place_its_bars(browser: Browser, shop_url: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=True)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda one: refused.append(one.text) if "Content Security Policy" in one.text else None)
    page.goto(f"{shop_url}/console/sign-in")
    page.fill("#f-key", OPERATOR)
    page.click("button.btn--go")
    page.goto(f"{shop_url}/console/campaigns/618?market=SG")
    bars = page.locator(".gantt .bar")
    boxes = [box for box in (bars.nth(n).bounding_box() for n in range(7)) if box]
    starts = [box["x"] for box in boxes]
    assert starts == sorted(starts)
    assert len({round(start) for start in starts}) >= 5
    assert refused == []
    context.close()
