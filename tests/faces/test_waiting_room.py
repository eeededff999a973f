"""In front of the shop: who waits is told so, who has a pass goes in, and neither can be forged, shared or skipped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from argosy.plumbing.clock import HeldClock
from argosy.plumbing.secrets import Signer
from argosy.storefront.front import Front, storefront_front
from argosy.storefront.visit import SESSION
from argosy.storefront.waiting.cookies import VISITOR
from conftest import opened
from faces.waiting_gate import OPENS, PAGE, PLACE, Browser, Gate


@pytest.fixture(scope="module")
def shop_front(module_dsn: str, home: Path) -> Iterator[tuple[Front, HeldClock]]:
    """The storefront of an open shop, on a clock of the tests."""
    clock = HeldClock(OPENS)
    with asyncio.Runner() as runner:
        context = opened(module_dsn, home, clock)
        shop = runner.run(context.__aenter__())
        parts = (shop.config, shop.desk, shop.showcase, shop.reference, lambda: shop.vocabulary, shop.payments)
        yield storefront_front(*parts), clock
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture
def gate(shop_front: tuple[Front, HeldClock]) -> Gate:
    """A room of ten a second that opened ten seconds ago."""
    front, clock = shop_front
    clock.move(OPENS + timedelta(seconds=10) - clock.now())
    return Gate(front, clock)


def test_without_a_room_all_is_as_it_was(gate: Gate) -> None:
    gate.rooms.show([])
    browser = Browser(gate).ask()
    assert browser.is_in and browser.cookies == {} and browser.headers["cache-control"].startswith("public")


@pytest.mark.parametrize(
    "path", ["/", "/fr", "/fr/fr/", "/fr/fr/p/bag", "/xx/yy/festival", "/healthz", "/v1/products", "/static/a.css"]
)
def test_what_is_not_guarded_is_open(gate: Gate, path: str) -> None:
    gate.crowd(100)
    assert Browser(gate).ask(path).is_in


@pytest.mark.parametrize(
    "path",
    ["/fr/fr/festival", "/fr/fr/festival/", "//fr//fr///festival", "/v1//quotes", PAGE, "/us/es/festival/618/flash"],
)
def test_what_is_guarded_is_not(gate: Gate, path: str) -> None:
    gate.crowd(100)
    assert Browser(gate).ask(path).status == 503
    assert gate.inside.asked == []


def test_on_a_quiet_moment_nobody_waits(gate: Gate) -> None:
    browser = Browser(gate).ask()
    assert browser.is_in
    assert browser.headers["cache-control"] == "private, no-cache"
    assert set(browser.cookies) == {VISITOR, PLACE}
    assert browser.ask().is_in


def test_who_waits_is_told_where_and_until_when_and_gets_in_then(gate: Gate) -> None:
    gate.crowd(100)
    browser = Browser(gate).ask(accept_language="fr")
    assert browser.status == 503
    assert (browser.headers["retry-after"], browser.headers["refresh"]) == (browser.headers["refresh"],) * 2
    assert f'http-equiv="refresh" content="{browser.headers["refresh"]}"' in browser.body.decode()
    assert browser.headers["cache-control"] == "private, no-store"
    assert browser.headers["content-language"].startswith("fr")
    # 100 stand before her at ten a second since 14:00:10 in Paris.
    assert "100" in browser.words and "14:00:21" in browser.words
    assert '<time datetime="2026-06-18T12:00:21Z">' in browser.body.decode()
    assert "<script" not in browser.body.decode()
    ticket = browser.cookies[PLACE]
    gate.to(15)
    assert browser.ask().status == 503 and "14:00:21" in browser.words
    assert browser.cookies[PLACE] == ticket
    assert 'value="49"' in browser.body.decode()
    gate.to(20)
    assert browser.ask().status == 503
    gate.to(20.2)
    assert browser.ask().is_in
    assert browser.cookies[PLACE] != ticket
    assert browser.ask().is_in


def test_pages_ask_again_the_sooner_the_nearer_the_turn(gate: Gate) -> None:
    gate.crowd(600)
    browser = Browser(gate).ask()
    asked = []
    at = 10.0
    while browser.status == 503:
        asked.append(int(browser.headers["refresh"]))
        at += asked[-1]
        gate.to(at)
        browser.ask()
    assert browser.is_in
    assert len(asked) <= 10
    assert asked[0] > asked[-1]
    assert at < 10 + 61 + 2


def test_a_client_that_keeps_no_cookies_never_gets_in(gate: Gate) -> None:
    gate.crowd(60)
    for second in range(10, 40):
        gate.to(second)
        if second < 15:
            assert Browser(gate).ask().status == 503
    gate.crowd(60)
    for second in range(41, 44):
        gate.to(second)
        assert Browser(gate).ask().status == 503


def in_the_line(gate: Gate) -> Browser:
    """Somebody with a place behind a hundred."""
    gate.crowd(100)
    browser = Browser(gate).ask()
    assert browser.status == 503
    return browser


def admitted(gate: Gate) -> Browser:
    """Somebody with a pass, while a crowd waits."""
    browser = Browser(gate).ask()
    assert browser.is_in
    gate.crowd(1_000)
    return browser


@pytest.mark.parametrize("someone", [in_the_line, admitted])
def test_a_place_or_pass_of_another_browser_is_refused(gate: Gate, someone: Any) -> None:
    owner = someone(gate)
    text = owner.cookies[PLACE]
    friend = Browser(gate).ask()
    assert friend.status == 503
    own = friend.cookies[PLACE]
    gate.to(30)
    gate.crowd(1_000)
    for cookies in ({PLACE: text}, {**friend.cookies, PLACE: text}, {PLACE: text, VISITOR: "forged"}):
        thief = Browser(gate)
        thief.cookies = dict(cookies)
        thief.ask()
        assert thief.status == 503
        assert thief.cookies[PLACE] not in (text, own)
        assert 'class="note"' in thief.body.decode()
    assert owner.ask().is_in


def test_a_forged_or_changed_token_is_refused(gate: Gate) -> None:
    owner = admitted(gate)
    good = owner.cookies[PLACE]
    forger = Signer("f" * 32, "waiting")
    body = Signer("s" * 32, "waiting").open(good)
    assert body is not None
    for text in (forger.sign(body), good[:-1], good + "A", good[::-1], "", "x" * 5_000, "é"):
        thief = Browser(gate)
        thief.cookies = {VISITOR: owner.cookies[VISITOR], PLACE: text}
        assert thief.ask().status == 503
    forged = Browser(gate)
    forged.cookies = {VISITOR: forger.sign(body[9:25] + b"m"), PLACE: good}
    assert forged.ask().status == 503


def test_a_pass_ends_and_is_renewed_while_it_is_used(gate: Gate) -> None:
    owner, other = admitted(gate), Browser(gate)
    other.cookies = dict(owner.cookies)
    written = owner.cookies[PLACE]
    gate.to(10 + 10 * 60)
    assert owner.ask().is_in and owner.cookies[PLACE] == written
    gate.to(10 + 20 * 60)
    assert owner.ask().is_in and owner.cookies[PLACE] != written
    gate.to(10 + 45 * 60)
    gate.crowd(100)
    assert owner.ask().is_in
    assert other.ask().status == 503
    gate.to(11 + 4 * 3600)
    gate.crowd(100)
    assert owner.ask().status == 503


def test_who_comes_too_late_for_the_turn_stands_at_the_end_and_is_told(gate: Gate) -> None:
    browser = in_the_line(gate)
    ticket = browser.cookies[PLACE]
    gate.to(10 + 660)
    gate.crowd(100)
    browser.ask()
    assert browser.status == 503 and browser.cookies[PLACE] != ticket
    assert 'class="note"' in browser.body.decode() and "100" in browser.words


def test_what_is_answered_inside_is_kept_for_nobody_without_a_pass(gate: Gate) -> None:
    """Pages are still made once for all who are in; no cookie of ours reaches the shop, and no cache outside may keep them."""
    first = Browser(gate).ask()
    second = Browser(gate).ask()
    assert first.is_in and second.is_in
    assert len(gate.inside.asked) == 1
    assert all(name != b"cookie" for name, _ in gate.inside.asked[0]["headers"])
    assert first.headers["cache-control"] == second.headers["cache-control"] == "private, no-cache"
    first.cookies["theme"] = "dark"
    first.ask()
    assert dict(gate.inside.asked[-1]["headers"])[b"cookie"] == b"theme=dark"


def session_of(gate: Gate, text: str) -> UUID:
    """The shopper of a session's cookie."""
    body = gate.front.sessions.open(text)
    assert body is not None
    return UUID(bytes=msgspec.msgpack.decode(body)[0])


def test_what_is_done_with_one_pass_is_done_by_one_shopper(gate: Gate) -> None:
    owner = admitted(gate)
    friend = Browser(gate)
    friend.cookies = dict(owner.cookies)
    shoppers = set()
    for browser in (owner, friend):
        assert browser.ask("/fr/fr/festival/claim", "POST").is_in
        inside = dict(gate.inside.asked[-1]["headers"])[b"cookie"].decode()
        assert inside == f"{SESSION}={browser.cookies[SESSION]}"
        shoppers.add(session_of(gate, browser.cookies[SESSION]))
    assert len(shoppers) == 1
    session = owner.cookies[SESSION]
    owner.ask("/fr/fr/festival/claim", "POST")
    assert owner.cookies[SESSION] == session


def test_a_session_that_the_shop_sets_itself_stands(gate: Gate) -> None:
    owner = admitted(gate)
    gate.inside.headers = [(b"set-cookie", b"argosy=of-the-shop; Path=/; HttpOnly; SameSite=lax")]
    owner.ask("/fr/fr/festival/claim", "POST")
    assert owner.cookies[SESSION] == "of-the-shop"


def test_who_has_a_session_waits_as_that_shopper(gate: Gate) -> None:
    session = gate.front.sessions.sign(msgspec.msgpack.encode([b"shopper-shopper-", None, int(OPENS.timestamp())]))
    browser = Browser(gate)
    browser.cookies[SESSION] = session
    assert browser.ask().is_in
    body = Signer("s" * 32, "waiting").open(browser.cookies[VISITOR])
    assert body == b"shopper-shopper-s"
    browser.ask("/fr/fr/festival/claim", "POST")
    assert dict(gate.inside.asked[-1]["headers"])[b"cookie"].decode() == f"{SESSION}={session}"


def test_a_form_without_a_pass_is_sent_back_to_its_page(gate: Gate) -> None:
    browser = in_the_line(gate)
    came = gate.line.end()
    browser.ask("/fr/fr/festival/claim", "POST", referer=f"https://shop.example{PAGE}?a=b")
    assert (browser.status, browser.headers["location"]) == (303, PAGE)
    for referer in ("", "https://evil.example/x", "https://x.example/fr/fr\r\n", "https://[", "/fr/frx"):
        stranger = Browser(gate).ask("/fr/fr/festival/claim", "POST", referer=referer)
        assert (stranger.status, stranger.headers["location"]) == (303, "/fr/fr/")
    assert gate.line.end() == came
    assert gate.inside.asked == []


def test_a_scripts_request_loads_the_waiting_page_and_takes_no_place(gate: Gate) -> None:
    gate.crowd(100)
    came = gate.line.end()
    browser = Browser(gate).ask(hx_request="true")
    assert (browser.status, browser.headers["hx-refresh"], browser.cookies) == (503, "true", {})
    assert Browser(gate).ask(method="HEAD").body == b""
    assert gate.line.end() == came


def test_a_call_of_the_api_waits_too(gate: Gate) -> None:
    gate.crowd(100)
    client = Browser(gate).ask("/v1/quotes", "POST", content_type="application/json")
    told = msgspec.json.decode(client.body)
    assert (client.status, client.headers["content-type"]) == (503, "application/problem+json")
    assert (told["code"], told["before"], told["status"]) == ("waiting_room", 100, 503)
    assert client.headers["retry-after"] == str(told["retry_after_seconds"])
    gate.to(22)
    assert client.ask("/v1/quotes", "POST").is_in


def test_before_the_opening_and_in_a_pause_pages_say_so(gate: Gate, shop_front: tuple[Front, HeldClock]) -> None:
    gate.room = gate.room_at(0)
    gate.follow()
    gate.crowd(5)
    paused = Browser(gate).ask()
    assert paused.status == 503 and "5" in paused.words and "<progress" not in paused.body.decode()
    front, clock = shop_front
    clock.move(OPENS - timedelta(minutes=5) - clock.now())
    early = Gate(front, clock)
    early.room = msgspec.structs.replace(early.room, drawn=False)
    early.line = early.rooms.line_of_new(early.room, "secret")
    early.rooms.show([early.line])
    early.crowd(41)
    browser = Browser(early).ask("/gb/en/festival")
    assert "Opens at 13:00:00" in browser.words and "42 shoppers are here so far." in browser.words
    clock.move(timedelta(seconds=10))
    assert browser.ask("/gb/en/festival").status == 503
    assert early.inside.asked == []


def test_the_page_speaks_the_editions_language_and_direction(gate: Gate) -> None:
    gate.crowd(1_500)
    page = Browser(gate).ask("/ae/ar/festival").body.decode()
    assert 'dir="rtl"' in page and "1,500" in page
    assert "1.501" in Browser(gate).ask("/de/de/festival").body.decode()


def test_a_page_is_small(gate: Gate) -> None:
    gate.crowd(100)
    assert len(Browser(gate).ask().body) < 3_000
