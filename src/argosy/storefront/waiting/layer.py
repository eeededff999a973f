"""The ASGI application in front of the shop's."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Litestar
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from argosy.base.errors import Refused
from argosy.campaigns.waiting.line import Line
from argosy.campaigns.waiting.model import Pass, Phase, Standing, Ticket
from argosy.campaigns.waiting.rooms import Rooms
from argosy.campaigns.waiting.rules import pause, to_us
from argosy.campaigns.waiting.tokens import due_for_renewal, read_token, still_good, write_pass, write_ticket
from argosy.plumbing.secrets import Signer
from argosy.storefront.edition import Edition
from argosy.storefront.front import Front
from argosy.storefront.page import policy
from argosy.storefront.visit import SESSION, Visit, _session
from argosy.storefront.waiting.cookies import PLACE, VISITOR, Headers, cookie, cookies_of, hidden
from argosy.storefront.waiting.page import LAPSED, REFUSED, WaitingPages

_CALL = "/v1/"
_SLASHES = re.compile("/{2,}")
_READS = ("GET", "HEAD")
_WITH_SESSION, _MADE_HERE = b"s", b"m"


class _Asking(msgspec.Struct):
    """One request to a guarded path."""

    line: Line
    edition: Edition | None
    """None for a call of the API."""
    method: str
    cookies: dict[str, str]
    now_us: int
    holder: bytes = b""
    made_here: bool = False
    """The holder was nobody's session when she came: what she does first becomes that shopper's."""
    referer: str = ""
    script: bool = False
    """A script asked for a part of a page."""
    set: Headers = []
    note: str = ""

    @property
    def sends(self) -> bool:
        """Whether it is a form of a page."""
        return self.edition is not None and self.method not in _READS


class WaitingRoom:
    """Lets requests to guarded paths through with a good pass, and answers the others itself.

    With no room open it costs one look at an attribute. An answer that waits needs no query and no template.
    """

    def __init__(self, shop: Litestar, rest: ASGIApp, signer: Signer) -> None:
        self._shop = shop
        self._rest = rest
        self._rooms: Rooms = shop.state.waiting
        self._signer = signer
        self._pages = WaitingPages()
        self._page_head: Headers = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if not self._rooms.open or scope.get("method") is None:
            await self._rest(scope, receive, send)
            return
        asking = self._asking(scope)
        if asking is None:
            scope["headers"] = hidden(scope["headers"])
            await self._rest(scope, receive, send)
            return
        standing = self._judged(asking)
        if standing is None:
            await self._pass_on(asking, scope, receive, send)
        else:
            await self._answer(asking, standing, send)

    @property
    def _front(self) -> Front:
        front: Front = self._shop.state.storefront
        return front

    def _asking(self, scope: Any) -> _Asking | None:
        """The request, if what it wants is guarded."""
        path: str = scope["path"]
        if "//" in path:
            # The router takes several slashes for one; so must a guard.
            path = _SLASHES.sub("/", path)
        edition = None
        if not path.startswith(_CALL):
            steps = path.split("/", 3)
            if len(steps) < 3 or (edition := self._front.edition(steps[1], steps[2])) is None:
                return None
            path = f"/{steps[3].rstrip('/')}" if len(steps) > 3 else "/"
        line = self._rooms.line_for(path)
        if line is None:
            return None
        asking = _Asking(line, edition, scope["method"], cookies_of(scope["headers"]), to_us(self._front.now))
        for name, value in scope["headers"]:
            if name == b"hx-request":
                asking.script = True
            elif name == b"referer":
                asking.referer = value.decode("latin-1")
        return asking

    def _judged(self, asking: _Asking) -> Standing | None:
        """None for who may go in; else how it stands with her. What she is to keep is in `asking.set`."""
        room = asking.line.room
        text = asking.cookies.get(PLACE + room.name)
        told = asking.cookies.get(VISITOR)
        visitor = self._signer.open(told[:60]) if told else None
        token: Ticket | Pass | None = None
        if visitor is not None and len(visitor) == 17:
            asking.holder, asking.made_here = visitor[:16], visitor[16:] == _MADE_HERE
            token = read_token(self._signer, text, room, asking.holder) if text else None
        if isinstance(token, Pass):
            if still_good(room, token, asking.now_us):
                if due_for_renewal(room, token, asking.now_us):
                    self._give_pass(asking, token.admitted_us)
                return None
            token = None
        elif isinstance(token, Ticket):
            standing = asking.line.standing(token, asking.now_us)
            if standing.phase is Phase.TURN:
                self._give_pass(asking, asking.now_us)
                return None
            if standing.phase is not Phase.LAPSED:
                asking.set.append(self._seconds(standing, asking.now_us, token.ordinal))
                return standing
            asking.note = LAPSED
        elif text:
            asking.note = REFUSED
        return self._newcomer(asking)

    def _newcomer(self, asking: _Asking) -> Standing | None:
        """Give the last place to somebody who has none, unless it is no visit: a form, or a script's request."""
        if asking.edition is not None and (asking.method != "GET" or asking.script):
            asking.set.append(_again_after(1))
            return Standing(Phase.WAITING, 0, None, asking.now_us)
        if not asking.holder:
            self._give_visitor(asking)
        ticket = asking.line.arrive(asking.holder, asking.now_us)
        if asking.line.goes_straight_in(ticket, asking.now_us):
            self._give_pass(asking, asking.now_us)
            return None
        standing = asking.line.standing(ticket, asking.now_us)
        asking.set.append(self._cookie(PLACE + asking.line.room.name, write_ticket(self._signer, ticket)))
        asking.set.append(self._seconds(standing, asking.now_us, ticket.ordinal))
        return standing

    def _give_visitor(self, asking: _Asking) -> None:
        """Let her be the shopper of her session, or one made now."""
        told = asking.cookies.get(SESSION)
        session = _session(self._front, told) if told else None
        asking.made_here = session is None
        asking.holder = session.shopper if session is not None else self._front.desk.new_id().bytes
        mark = _MADE_HERE if asking.made_here else _WITH_SESSION
        asking.set.append(self._cookie(VISITOR, self._signer.sign(asking.holder + mark)))

    def _give_pass(self, asking: _Asking, admitted_us: int) -> None:
        admitted = Pass(asking.line.room.key, asking.holder, admitted_us, asking.now_us)
        asking.set.append(self._cookie(PLACE + asking.line.room.name, write_pass(self._signer, admitted)))

    def _cookie(self, name: str, value: str) -> tuple[bytes, bytes]:
        return cookie(name, value, secure=self._front.base_url.startswith("https:"))

    @staticmethod
    def _seconds(standing: Standing, now_us: int, salt: int) -> tuple[bytes, bytes]:
        return _again_after(pause(standing, now_us, salt))

    async def _pass_on(self, asking: _Asking, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on without our cookies; a form of somebody without a session as that of the pass's holder.

        So a pass is one shopper's: who shares it shares her basket, her limits and her claims.
        """
        session = ""
        if asking.sends and asking.made_here and asking.edition is not None:
            front = self._front
            if _session(front, asking.cookies.get(SESSION, "")) is None:
                visit = Visit(front, asking.edition, "", "")
                visit.remember(UUID(bytes=asking.holder), None)
                session = f"{SESSION}={visit.cookies[-1].value}"
                asking.set.append((b"set-cookie", visit.cookies[-1].to_header(header="").strip().encode()))
        scope["headers"] = hidden(scope["headers"], session)
        await self._rest(scope, receive, _Sending(send, asking.set, bool(session)))

    async def _answer(self, asking: _Asking, standing: Standing, send: Send) -> None:
        """Tell her how it stands; nothing of it may be kept by anybody."""
        if asking.edition is not None and asking.sends and not asking.script:
            await _see(_page_of_form(asking.referer, asking.edition.prefix), asking.set, send)
            return
        seconds = next(value for name, value in asking.set if name == b"retry-after")
        head: Headers = [*asking.set, (b"cache-control", b"private, no-store")]
        if asking.edition is None:
            body = _problem(standing, int(seconds))
            head.append((b"content-type", b"application/problem+json"))
        else:
            body = self._pages.page(asking.edition, standing, asking.now_us, int(seconds), asking.note)
            head += self._head_of_pages()
            head += [(b"content-language", asking.edition.tag.encode()), (b"refresh", seconds)]
        head.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": 503, "headers": head})
        await send({"type": "http.response.body", "body": b"" if asking.method == "HEAD" else body, "more_body": False})

    def _head_of_pages(self) -> Headers:
        """The headers that all pages have."""
        if not self._page_head:
            self._page_head = [
                (b"content-type", b"text/html; charset=utf-8"),
                # A part that a script asked for cannot show a whole page: let it load that.
                (b"hx-refresh", b"true"),
                (b"content-security-policy", policy(self._front).encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"strict-origin-when-cross-origin"),
            ]
        return self._page_head


class _Sending:
    """Sends an answer on with our cookies, and not for others to keep: who has no pass must not get it from them."""

    def __init__(self, send: Send, more: Headers, session: bool) -> None:
        self._send = send
        self._more = more
        self._session = session

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._changed(message)
        await self._send(message)

    def _changed(self, message: HTTPResponseStartEvent) -> HTTPResponseStartEvent:
        headers: Headers = []
        own_session = False
        for name, value in message["headers"]:
            low = name.lower()
            if low == b"cache-control" and b"public" in value:
                value = b"private, no-cache"
            own_session = own_session or (low == b"set-cookie" and value.startswith(f"{SESSION}=".encode()))
            headers.append((name, value))
        ours = self._more if not (self._session and own_session) else self._more[:-1]
        return {**message, "headers": [*headers, *ours]}


async def _see(path: str, more: Headers, send: Send) -> None:
    """Send her to a page: what a form was to do is not done, and its page tells her of the wait."""
    head = [
        *more,
        (b"location", path.encode("latin-1")),
        (b"cache-control", b"private, no-store"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 303, "headers": head})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _page_of_form(referer: str, prefix: str) -> str:
    """The path of the page that a form stood on, if it is of this edition; else the edition's first page."""
    try:
        path = urlsplit(referer).path
    except ValueError:
        path = ""
    return path if path.startswith(f"{prefix}/") and path.isascii() and path.isprintable() else f"{prefix}/"


def _again_after(seconds: int) -> tuple[bytes, bytes]:
    return b"retry-after", b"%d" % seconds


def _problem(standing: Standing, seconds: int) -> bytes:
    """The answer of a call that has to wait, as problem details (RFC 9457)."""
    wrong = Refused(
        "waiting_room",
        "It is not your turn yet.",
        remedy="Send the call again after the seconds of Retry-After, with the cookies of this answer.",
        status=503,
    )
    told = {
        "type": f"https://argosy.example/problems/{wrong.code}",
        "title": "Not now",
        "status": wrong.status,
        "detail": wrong.message,
        "code": wrong.code,
        "remedy": wrong.remedy,
        "before": standing.before,
        "retry_after_seconds": seconds,
    }
    return msgspec.json.encode(told)
