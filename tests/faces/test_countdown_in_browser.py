"""Countdowns follow the shop's clock, whatever the browser's says and however fast the shop's runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from argosy.plumbing.clock import Clock, HeldClock, Pace, PacedClock, SystemClock
from argosy.storefront.assets import STATIC, load_assets
from argosy.storefront.front import Front
from argosy.storefront.page import clock_marks

CHROMIUM = os.environ.get("ARGOSY_TEST_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
EVE = datetime(2026, 6, 18, 11, 0, tzinfo=UTC)
SHOP = "http://shop.example"


def front(clock: Clock) -> Front:
    return cast("Front", SimpleNamespace(desk=SimpleNamespace(clock=clock)))


def test_what_a_page_tells_of_the_clock() -> None:
    assert clock_marks(front(SystemClock()), fresh=False) == ""
    assert clock_marks(front(PacedClock()), fresh=False) == ""
    real = datetime(2026, 1, 1, tzinfo=UTC)
    marks = clock_marks(front(PacedClock(Pace(EVE, real, 144.0))), fresh=False)
    assert marks == f' data-pace="{int(EVE.timestamp() * 1000)},{int(real.timestamp() * 1000)},144.0"'
    assert clock_marks(front(HeldClock(EVE)), fresh=True) == ' data-now="2026-06-18T11:00:00.000+00:00"'


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if not os.path.exists(CHROMIUM) and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser.new_page()
        browser.close()


def left(page: Page, marks: str, deadline: datetime) -> int:
    """Seconds that a countdown to an instant shows on a page with these marks."""
    script = (STATIC / load_assets().script.rpartition("/")[2]).read_text(encoding="utf-8")
    html = (
        f'<!doctype html><html lang="en"{marks}><body><time data-deadline="{deadline.isoformat()}">'
        f'<b data-unit="h"></b><b data-unit="m"></b><b data-unit="s"></b></time><script type="module">{script}</script>'
    )

    def answer(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html")

    page.route(f"{SHOP}/", answer)
    page.goto(f"{SHOP}/")
    page.wait_for_selector("b:not(:empty)")
    hours, minutes, seconds = (int(text) for text in page.locator("time b").all_inner_texts())
    page.unroute(f"{SHOP}/")
    return hours * 3600 + minutes * 60 + seconds


def test_a_fast_clock_counts_its_own_seconds(page: Page) -> None:
    real = datetime.now(UTC)
    marks = clock_marks(front(PacedClock(Pace(EVE, real, 144.0))), fresh=False)
    shown = left(page, marks, EVE + timedelta(hours=5))
    passed = (datetime.now(UTC) - real).total_seconds() * 144
    assert 0 <= shown - (5 * 3600 - passed) <= 144 * 2
    page.wait_for_timeout(2_500)
    hours, minutes, seconds = (int(text) for text in page.locator("time b").all_inner_texts())
    # More than two of its ticks went by: minutes of the shop's time.
    assert 144 <= shown - (hours * 3600 + minutes * 60 + seconds) <= 144 * 6


def test_a_page_of_now_corrects_the_browsers_clock(page: Page) -> None:
    marks = clock_marks(front(HeldClock(EVE)), fresh=True)
    assert 3600 - 20 <= left(page, marks, EVE + timedelta(hours=1)) <= 3600


def test_a_page_that_is_kept_counts_by_the_browsers_clock(page: Page) -> None:
    assert 3600 - 20 <= left(page, "", datetime.now(UTC) + timedelta(hours=1)) <= 3600
