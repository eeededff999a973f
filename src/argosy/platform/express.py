"""The express lane: quoting and ordering without the framework's general way of reading a request and writing an answer.

On the shop's biggest day these two requests are nearly all of its work, and half of what they cost was the general way
(`docs/decisions/0009-express-lane.md`). Whatever is not plain (another content type, an `Idempotency-Key`, a shopper's key,
a body that does not fit) is handed to the ordinary handlers, untouched; both ways call the same functions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar import Litestar
from litestar.types import ASGIApp, Receive, Scope, Send

from argosy.base.errors import Refused
from argosy.platform.bodies import UNREADABLE, given_again
from argosy.platform.buying import order_for, quote_for
from argosy.platform.front import Front
from argosy.platform.model import Problem
from argosy.platform.problems import broken, told
from argosy.platform.requests import OrderRequest, QuoteRequest

MAX_BODY = 128 * 1024

_quote_request = msgspec.json.Decoder(QuoteRequest)
_order_request = msgspec.json.Decoder(OrderRequest)
_encoder = msgspec.json.Encoder()


async def _quote(front: Front, data: Any, accept_language: str | None) -> tuple[int, Any]:
    return 200, await quote_for(front, data, accept_language)


async def _order(front: Front, data: Any, _accept_language: str | None) -> tuple[int, Any]:
    return await order_for(front, data)


_Lane = tuple[msgspec.json.Decoder[Any], Callable[[Front, Any, str | None], Awaitable[tuple[int, Any]]]]
_LANES: dict[str, _Lane] = {"/v1/quotes": (_quote_request, _quote), "/v1/orders": (_order_request, _order)}


class Express:
    """An ASGI application that answers plain quotes and orders of a shop itself and hands the rest on."""

    def __init__(self, shop: Litestar, rest: ASGIApp) -> None:
        self._shop = shop
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on as it came."""
        lane = _LANES.get(scope["path"]) if scope.get("method") == "POST" else None
        headers = _plain(scope["headers"]) if lane else None
        if lane is None or headers is None or (b"authorization" in headers and scope["path"] == "/v1/quotes"):
            await self._rest(scope, receive, send)
            return
        body = await _body(receive)
        try:
            data = lane[0].decode(body)
        except UNREADABLE:
            # The ordinary handler says what is wrong and where.
            await self._rest(scope, given_again(body, receive), send)
            return
        status, said = await self._said(lane, data, headers)
        answer = _encoder.encode(said)
        kind = b"application/problem+json" if isinstance(said, Problem) else b"application/json"
        head = [(b"content-type", kind), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": answer, "more_body": False})

    async def _said(self, lane: _Lane, data: Any, headers: dict[bytes, bytes]) -> tuple[int, Any]:
        language = headers.get(b"accept-language")
        try:
            return await lane[1](self._shop.state.front, data, language.decode("latin-1") if language else None)
        except Refused as wrong:
            return wrong.status, told(wrong)
        except Exception as wrong:
            return 500, broken("POST", type(data).__name__, wrong)


def _plain(raw: Any) -> dict[bytes, bytes] | None:
    """The headers, if the request is plain: JSON of a known length within bounds, without a key of idempotency."""
    headers = dict(raw)
    length = headers.get(b"content-length", b"")
    if not length.isdigit() or int(length) > MAX_BODY or b"idempotency-key" in headers:
        return None
    return headers if headers.get(b"content-type", b"application/json").startswith(b"application/json") else None


async def _body(receive: Receive) -> bytes:
    parts = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message["body"])
        more = message["more_body"]
    return b"".join(parts)
