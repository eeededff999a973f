"""Pages as HTTP answers: rendered in the visit's edition, with the headers that every page carries."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.datastructures import Cookie
from markupsafe import Markup, escape

from argosy.plumbing.clock import PacedClock
from argosy.storefront.front import Front
from argosy.storefront.visit import Visit

_STRIPE = "https://js.stripe.com https://hooks.stripe.com"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Vary": "Cookie, HX-Request, Accept-Encoding",
}
_PUBLIC = "public, max-age=15, stale-while-revalidate=60"
_PRIVATE = "private, no-cache"
_NEVER = "private, no-store"
REST, COUNT, QUESTION = "\ue000rest\ue000", "\ue000count\ue000", "\ue000question\ue000"
"""Stand for what differs from page to page in a frame that was rendered once."""


def render(visit: Visit, template: str, *, status: int = 200, kept: bool = True, **context: Any) -> Response[bytes]:
    """A page. `kept=False` for pages that nobody may keep, such as those of an order or account."""
    clock = clock_marks(visit.front, fresh=not kept)
    return reply(visit, html(visit, template, **context, clock=clock).encode(), status=status, kept=kept)


def reply(visit: Visit, body: bytes, *, status: int = 200, kept: bool = True) -> Response[bytes]:
    """A rendered page as an answer, which others may keep if it is good for all."""
    cache = _PUBLIC if kept and status == 200 and not visit.known and not visit.cookies else _PRIVATE
    return answer(visit, body, status=status, cache=cache if kept else _NEVER)


def clock_marks(front: Front, *, fresh: bool) -> Markup:
    """Attributes of a page that let countdowns follow the shop's clock: how it runs, and what it says now on `fresh` pages.

    A page that is kept is read later than it was made: it tells no time.
    """
    clock = front.desk.clock
    pace = clock.pace if isinstance(clock, PacedClock) else None
    runs = Markup("")
    if pace is not None:
        origin, real = (int(at.timestamp() * 1000) for at in (pace.origin, pace.real_origin))
        runs = Markup(' data-pace="{},{},{}"').format(origin, real, pace.speed)
    return runs + (Markup(' data-now="{}"').format(clock.now().isoformat(timespec="milliseconds")) if fresh else "")


def html(visit: Visit, template: str, **context: Any) -> str:
    """A template rendered for a visit: a page, or a part of one for a script to put in place."""
    context["visit"] = visit
    context["frame"] = frame
    context.setdefault("promise", visit.promise)
    return visit.edition.render(template, context)


def answer(visit: Visit, body: bytes, *, status: int = 200, cache: str = _PRIVATE) -> Response[bytes]:
    """HTML as an answer, with the visit's new cookies."""
    headers = _HEADERS | {
        "Content-Security-Policy": policy(visit.front),
        "Content-Language": visit.edition.tag,
        "Cache-Control": cache,
    }
    response = Response(body, status_code=status, media_type="text/html", headers=headers)
    return _with_cookies(response, visit.cookies)


def redirect(visit: Visit, to: str, *, status: int = 303) -> Response[bytes]:
    """Send the reader on to an address of this shop, with the visit's new cookies."""
    headers = {"Location": to, "Cache-Control": _NEVER, "Vary": "Cookie, Accept-Language"}
    return _with_cookies(Response(b"", status_code=status, media_type="text/plain", headers=headers), visit.cookies)


def _with_cookies(response: Response[bytes], cookies: list[Cookie]) -> Response[bytes]:
    for cookie in cookies:
        response.set_cookie(cookie)
    return response


def policy(front: Front) -> str:
    """The content security policy: everything from here, pictures from any shop's https address."""
    stripe = f" {_STRIPE}" if front.payments.name == "stripe" else ""
    return (
        f"default-src 'self'; script-src 'self'{stripe}; style-src 'self'; img-src 'self' https: data:; "
        f"frame-src 'self'{stripe}; form-action 'self'{stripe}; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def frame(visit: Visit, part: str, **values: Any) -> Markup:
    """A part of the frame (`header`, `footer`, `alternates`) for this page, rendered once per edition and values."""
    edition = visit.edition
    key = (part, *values.values())
    pattern = edition.frames.get(key)
    if pattern is None:
        made = edition.render(f"frame/{part}.html", {**values, "REST": REST, "COUNT": COUNT, "QUESTION": QUESTION})
        pattern = edition.frames[key] = _pieces(made)
    filled = {REST: quote(visit.rest), COUNT: _count(visit), QUESTION: str(escape(visit.question))}
    return Markup("".join(filled.get(piece, piece) for piece in pattern))  # noqa: S704


def _pieces(text: str) -> list[str]:
    """The text cut at its stand-ins, which stay as pieces of their own."""
    pieces = [text]
    for mark in (REST, COUNT, QUESTION):
        cut: list[str] = []
        for piece in pieces:
            parts = piece.split(mark) if piece not in (REST, COUNT, QUESTION) else [piece]
            for place, part in enumerate(parts):
                cut.extend([mark, part] if place else [part])
        pieces = cut
    return pieces


def _count(visit: Visit) -> str:
    return f'<b class="count">{visit.basket_count}</b>' if visit.basket_count else ""
