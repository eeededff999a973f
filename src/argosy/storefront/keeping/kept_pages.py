"""Pages and answers that are the same for all readers without a cookie are kept, packed, for a few seconds."""

from __future__ import annotations

import time
from collections import OrderedDict

import msgspec
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

SECONDS = 5.0
"""How old a kept page may be; what it says of stock is at most so much older than a page made anew."""
MOST_BYTES = 64 * 1024 * 1024
LARGEST = 512 * 1024

_Key = tuple[str, bytes, bool, bytes]


class _Page(msgspec.Struct, frozen=True):
    until: float
    start: HTTPResponseStartEvent
    body: bytes


class KeptPages:
    """An ASGI application around the shop's that answers a page again from memory, within bounds.

    Only answers are kept that say `Cache-Control: public`, set no cookie, and were given to a reader who sent none: on the
    opening second of a festival most readers are new, and ask for the same few pages.
    """

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds
        self._pages: OrderedDict[_Key, _Page] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and keep the answer."""
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        page = self._pages.get(key)
        if page is not None and page.until > time.monotonic():
            self._pages.move_to_end(key)
            await send(page.start)
            await send({"type": "http.response.body", "body": page.body, "more_body": False})
            return
        recorder = _Recorder(send)
        await self._app(scope, receive, recorder)
        if recorder.start is not None and recorder.whole and _may_be_kept(recorder.start, len(recorder.body)):
            self._keep(key, _Page(time.monotonic() + self._seconds, recorder.start, bytes(recorder.body)))

    def _keep(self, key: _Key, page: _Page) -> None:
        old = self._pages.pop(key, None)
        self._bytes += len(page.body) - (len(old.body) if old else 0)
        self._pages[key] = page
        while self._bytes > MOST_BYTES:
            _, dropped = self._pages.popitem(last=False)
            self._bytes -= len(dropped.body)


class _Recorder:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.start: HTTPResponseStartEvent | None = None
        self.body = bytearray()
        self.whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body" and len(self.body) <= LARGEST:
            self.body += message["body"]
            self.whole = not message["more_body"]
        await self._send(message)


def _key(scope: Scope) -> _Key | None:
    """What a page is kept under; None for requests whose answer is somebody's own."""
    if scope.get("method") != "GET":
        return None
    path = scope["path"]
    # The first step from the bare address goes by the reader's language; files are kept by whoever serves them.
    if path.startswith("/static/") or path.count("/") < (2 if path.startswith("/v1/") else 3):
        return None
    packed, language = False, b""
    for name, value in scope["headers"]:
        if name in (b"cookie", b"authorization", b"range") or name.startswith(b"hx-"):
            return None
        if name == b"accept-encoding":
            packed = b"gzip" in value
        elif name == b"accept-language":
            language = value
    # A page's address names its language; the API goes by what the reader prefers.
    return path, scope["query_string"], packed, language if path.startswith("/v1/") else b""


def _may_be_kept(start: HTTPResponseStartEvent, size: int) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    public = b"public" in headers.get(b"cache-control", b"").replace(b" ", b"").split(b",")
    return start["status"] == 200 and public and b"set-cookie" not in headers and size <= LARGEST
