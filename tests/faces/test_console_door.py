"""The console's door: nothing without the operator's key, forms of its own only, few tries."""

from __future__ import annotations

import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from markupsafe import Markup

from argosy.console import access
from argosy.console.access import COOKIE, SESSION_SECONDS, TRIES
from argosy.console.front import console_front
from argosy.console.routes import CONSOLE
from argosy.plumbing.config import Config
from conftest import OPERATOR, SECRET

PATHS = ["", "/campaigns", "/campaigns/618", "/preview", "/reach", "/reach/20260101T000000000000-abcdef"]
FORMS = ["/sign-out", "/reach", "/reach/20260101T000000000000-abcdef/stop"]


class Bare:
    """A shop without pages."""

    sheets = ()
    symbols = Markup()


def console(home: Path, **wishes: Any) -> TestClient[Litestar]:
    """A console without a shop behind it; sends no redirects on."""
    config = Config(
        home=home, secret=SECRET, **{"operator_key": OPERATOR, "base_url": "http://127.0.0.1:8618", **wishes}
    )
    desk: Any = SimpleNamespace()
    front = console_front(config, desk, desk, lambda: desk, Bare())  # type: ignore[arg-type]
    app = Litestar(route_handlers=[CONSOLE], openapi_config=None)
    app.state.console = front
    return TestClient(app, base_url=config.base_url, raise_server_exceptions=False)


def enter(client: TestClient[Litestar], key: str = OPERATOR) -> Any:
    """The answer to a key."""
    return client.post("/console/sign-in", data={"key": key}, follow_redirects=False)


def test_every_page_and_form_asks_for_the_key(tmp_path: Path) -> None:
    with console(tmp_path) as client:
        for path in PATHS:
            answer = client.get(f"/console{path}", follow_redirects=False)
            assert (answer.status_code, answer.headers.get("location")) == (303, "/console/sign-in"), path
        for path in FORMS:
            answer = client.post(f"/console{path}", data={"csrf": "x"}, follow_redirects=False)
            assert (answer.status_code, answer.headers.get("location")) == (303, "/console/sign-in"), path
        asked = {re.sub(r"20260101T000000000000-abcdef|(?<=campaigns/)618", "*", path) for path in (*PATHS, *FORMS)}
        there = {re.sub(r"\{.*?\}", "*", route.path).removeprefix("/console") for route in client.app.routes}
        assert asked == there - {"/sign-in"}, "a page that this test does not know"


def test_a_good_key_gives_a_session_that_only_the_browser_reads(tmp_path: Path) -> None:
    with console(tmp_path, base_url="https://shop.example") as client:
        answer = enter(client)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console")
        told = answer.headers["set-cookie"].lower()
        for part in ("httponly", "samesite=strict", "path=/console", "secure", f"max-age={SESSION_SECONDS}"):
            assert part in told
        assert OPERATOR not in answer.headers["set-cookie"]
        page = client.get("/console/sign-in", follow_redirects=False)
        assert page.headers["location"] == "/console"


@pytest.mark.parametrize("key", ["", "x", OPERATOR + "x", OPERATOR.upper()])
def test_another_key_is_refused_with_words(tmp_path: Path, key: str) -> None:
    with console(tmp_path) as client:
        answer = enter(client, key)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert "This is not the operator&#39;s key." in answer.text
        assert len(key) < 2 or key not in answer.text


def test_after_five_wrong_keys_the_right_one_waits_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with console(tmp_path) as client:
        for _ in range(TRIES):
            assert enter(client, "wrong").status_code == 403
        answer = enter(client)
        assert answer.status_code == 429
        assert "Try again in 15 min." in answer.text
        later = time.monotonic() + access.TRIES_SECONDS + 1
        monkeypatch.setattr(access.time, "monotonic", lambda: later)
        assert enter(client).status_code == 303


def test_a_session_ends_in_time_and_with_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with console(tmp_path) as client, console(tmp_path, operator_key="another key altogether") as other:
        cookie = enter(client).cookies[COOKIE]
        door, later = client.app.state.console.door, time.time() + SESSION_SECONDS
        asked: Any = SimpleNamespace(cookies={COOKIE: cookie})
        assert door.session(asked) is not None
        assert other.app.state.console.door.session(asked) is None
        assert door.session(SimpleNamespace(cookies={COOKIE: cookie[:-2] + "AA"})) is None
        monkeypatch.setattr(access.time, "time", lambda: later)
        assert door.session(asked) is None


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}),
        ({"csrf": "x"}, {}),
        ({"csrf": "good"}, {"origin": "https://elsewhere.example"}),
        ({"csrf": "good"}, {"sec-fetch-site": "cross-site"}),
        ({"csrf": "other"}, {}),
    ],
    ids=["no token", "bad token", "another origin", "another site", "another session's token"],
)
def test_a_form_from_elsewhere_is_refused(tmp_path: Path, fields: dict[str, str], headers: dict[str, str]) -> None:
    with console(tmp_path) as client:
        door = client.app.state.console.door
        tokens = {}
        for name in ("other", "good"):
            cookie = enter(client).cookies[COOKIE]
            tokens[name] = door.token(door.session(SimpleNamespace(cookies={COOKIE: cookie})))
        sent = {name: tokens.get(value, value) for name, value in fields.items()}
        answer = client.post("/console/sign-out", data=sent, headers=headers, follow_redirects=False)
        assert answer.status_code == 403
        good = client.post("/console/sign-out", data={"csrf": tokens["good"]}, follow_redirects=False)
        assert good.status_code == 303
        assert "max-age=0" in good.headers["set-cookie"].lower()


def test_without_a_key_the_console_is_closed_and_says_how_to_open_it(tmp_path: Path) -> None:
    with console(tmp_path, operator_key="") as client:
        page = client.get("/console/sign-in")
        assert page.status_code == 404
        assert "ARGOSY_OPERATOR_KEY" in page.text
        assert enter(client, "").status_code == 404
        assert client.get("/console", follow_redirects=False).headers["location"] == "/console/sign-in"


def test_pages_forbid_scripts_frames_and_caches(tmp_path: Path) -> None:
    with console(tmp_path) as client:
        headers = client.get("/console/sign-in").headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "private, no-store"
