"""Pages for readers without a cookie are kept for seconds; nobody ever gets what was somebody's own."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from argosy.storefront.keeping import kept_pages
from argosy.storefront.keeping.kept_pages import KeptPages

PUBLIC = [(b"content-type", b"text/html"), (b"cache-control", b"max-age=15, public")]


class Page:
    """An application that counts how often it was asked."""

    def __init__(self, headers: list[tuple[bytes, bytes]], status: int = 200, size: int = 10) -> None:
        self.headers, self.status, self.size, self.asked = headers, status, size, 0

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"a" * self.size, "more_body": True})
        await send({"type": "http.response.body", "body": b"%d" % self.asked, "more_body": False})


def ask(
    app: KeptPages, path: str = "/fr/fr/", query: bytes = b"", method: str = "GET", *headers: tuple[bytes, bytes]
) -> bytes:
    """The body of an answer."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "http", "method": method, "path": path, "query_string": query, "headers": list(headers)}
    asyncio.run(app(scope, None, send))  # type: ignore[arg-type]
    return b"".join(message.get("body", b"") for message in sent)


def test_a_public_page_is_made_once() -> None:
    page = Page(PUBLIC)
    app = KeptPages(page, seconds=60)
    assert ask(app) == ask(app) == b"a" * 10 + b"1"
    assert page.asked == 1


def test_an_old_page_is_made_anew() -> None:
    page = Page(PUBLIC)
    app = KeptPages(page, seconds=0)
    ask(app)
    ask(app)
    assert page.asked == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [(b"cookie", b"argosy=x"), (b"authorization", b"Bearer x"), (b"range", b"bytes=0-1"), (b"hx-request", b"true")],
    ids=lambda part: part.decode(),
)
def test_a_request_of_somebodys_own_is_neither_kept_nor_answered_from_memory(name: bytes, value: bytes) -> None:
    page = Page(PUBLIC)
    app = KeptPages(page, seconds=60)
    ask(app)
    assert ask(app, "/fr/fr/", b"", "GET", (name, value)).endswith(b"2")
    assert ask(app).endswith(b"1")


@pytest.mark.parametrize(
    "page",
    [
        Page([(b"cache-control", b"private, no-store")]),
        Page([*PUBLIC, (b"set-cookie", b"a=b")]),
        Page(PUBLIC, status=404),
        Page(PUBLIC, size=kept_pages.LARGEST + 1),
    ],
    ids=["private", "sets a cookie", "not found", "too large"],
)
def test_what_may_not_be_kept_is_not(page: Page) -> None:
    app = KeptPages(page, seconds=60)
    ask(app)
    ask(app)
    assert page.asked == 2


def test_query_packing_and_address_tell_pages_apart() -> None:
    page = Page(PUBLIC)
    app = KeptPages(page, seconds=60)
    asked = [
        ask(app),
        ask(app, query=b"page=2"),
        ask(app, "/fr/en/"),
        ask(app, "/fr/fr/", b"", "GET", (b"accept-encoding", b"gzip")),
    ]
    assert len(set(asked)) == 4
    assert ask(app, method="POST").endswith(b"5")
    assert ask(app, "/").endswith(b"6") and ask(app, "/").endswith(b"7")


def test_the_api_is_told_apart_by_the_language_preferred() -> None:
    page = Page(PUBLIC)
    app = KeptPages(page, seconds=60)
    asked = [ask(app, "/v1/products", b"", "GET", (b"accept-language", tag)) for tag in (b"fr", b"de", b"fr")]
    assert asked[0] == asked[2] != asked[1]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "MOST_BYTES", 10_000)
    page = Page(PUBLIC, size=1_000)
    app = KeptPages(page, seconds=60)
    for number in range(50):
        ask(app, query=b"page=%d" % number)
    assert app._bytes <= 10_000
    assert ask(app, query=b"page=49").endswith(b"50")
    assert ask(app, query=b"page=0").endswith(b"51")


def test_the_shop_keeps_pages_of_new_readers_only(shop_url: str) -> None:
    new = httpx.get(f"{shop_url}/fr/fr/")
    again = httpx.get(f"{shop_url}/fr/fr/")
    known = httpx.get(f"{shop_url}/fr/fr/", headers={"cookie": "argosy=forged"})
    assert new.status_code == again.status_code == known.status_code == 200
    assert new.headers["cache-control"].startswith("public") and "set-cookie" not in new.headers
    assert again.content == new.content and again.headers["date"]
