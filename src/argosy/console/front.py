"""What the console's handlers work with, and how its pages become answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from babel.numbers import get_currency_symbol
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException
from markupsafe import Markup

from argosy.base.money import exponent
from argosy.catalogue.vocabulary import Vocabulary
from argosy.console.access import Doorkeeper, Session
from argosy.console.kept import Kept
from argosy.console.ports import Shopfront
from argosy.console.reaching.jobs import Jobs
from argosy.markets import formats
from argosy.orders.desk import Desk
from argosy.orders.showing.showcase import Showcase
from argosy.plumbing.config import Config

LOCALE = "en_GB"
_TEMPLATES = Path(__file__).resolve().parent / "templates"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


class Front(msgspec.Struct):
    """The shop as its operator sees it."""

    config: Config
    desk: Desk
    showcase: Showcase
    vocabulary: Callable[[], Vocabulary]
    shopfront: Shopfront
    door: Doorkeeper
    jobs: Jobs
    templates: Environment
    kept: Kept = msgspec.field(default_factory=Kept)

    @property
    def now(self) -> datetime:
        """The instant on the shop's clock."""
        return self.desk.clock.now()


def console_front(
    config: Config, desk: Desk, showcase: Showcase, vocabulary: Callable[[], Vocabulary], shopfront: Shopfront
) -> Front:
    """The console of an open shop; `config` has its secret filled in."""
    door = Doorkeeper(config.secret, config.operator_key, config.base_url)
    jobs = Jobs(config.home / "console" / "reach")
    return Front(config, desk, showcase, vocabulary, shopfront, door, jobs, _environment())


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        number=partial(formats.number, locale=LOCALE),
        percent=percent,
        price=price,
        sum_of=sum_of,
        country=partial(formats.country_name, locale=LOCALE),
        language_name=formats.language_name,
        instant=partial(formats.instant, locale=LOCALE),
        day=day,
        people=people,
    )
    return environment


def price(minor: int, currency: str) -> Markup:
    """An amount with its currency."""
    return Markup("<bdi>%s</bdi>") % formats.price(minor, currency, LOCALE)


def sum_of(minor: int, currency: str) -> Markup:
    """A large amount in short: `CN¥112.1 m`."""
    if abs(minor) < 10 ** (6 + exponent(currency)):
        return price(minor, currency)
    whole = Decimal(minor).scaleb(-exponent(currency))
    millions = (whole / 10**6).quantize(Decimal("0.1"))
    return Markup("<bdi>%s%s\N{NO-BREAK SPACE}m</bdi>") % (
        get_currency_symbol(currency, locale=LOCALE),
        f"{millions:,}",
    )


def percent(ratio: float, digits: int = 0) -> str:
    """A ratio as a percentage."""
    return formats.percent(ratio, LOCALE, digits)


def day(of: date) -> str:
    """A date with its weekday."""
    return formats.day(of, LOCALE)


def people(count: int) -> str:
    """A number of people to three figures: `2.13 bn`, `41.2 m`, `830,000`."""
    for unit, size in (("bn", 10**9), ("m", 10**6)):
        if abs(count) >= size:
            digits = 2 if abs(count) < 10 * size else 1
            return f"{count / size:.{digits}f} {unit}".replace("-", "\N{MINUS SIGN}")
    return formats.number(count, LOCALE)


def front_of(request: Request[Any, Any, Any]) -> Front:
    """The console of the app that serves this request."""
    front: Front = request.app.state.console
    return front


def admitted(request: Request[Any, Any, Any]) -> tuple[Front, Session]:
    """The console and the operator's session; without one the reader is sent to sign in."""
    front = front_of(request)
    session = front.door.session(request)
    if session is None:
        raise NotAuthorizedException("Sign in first.")
    return front, session


class Sheet:
    """A page's own little style sheet: places on a grid and shares of bars, as classes, since no inline styles are allowed."""

    def __init__(self) -> None:
        self.nonce = secrets.token_urlsafe(16)
        self._rules: dict[str, str] = {}

    def at(self, column: int, span: int) -> str:
        """A class that stands in these columns of the first row."""
        name = f"c{column}s{span}"
        self._rules[name] = f"grid-row:1;grid-column:{column}/span {span}"
        return name

    def days(self, columns: int) -> str:
        """A class for a calendar of so many columns."""
        self._rules[f"n{columns}"] = f"--days:{columns}"
        return f"n{columns}"

    def part(self, per_mille: int) -> str:
        """A class for a bar that is filled so far, or for a line that stands so far along."""
        kept = max(0, min(1000, per_mille))
        self._rules[f"p{kept}"] = f"--p:{kept / 10:g};--at:{kept / 1000:g};--n:{kept}"
        return f"p{kept}"

    def text(self) -> Markup:
        """All rules that were asked for."""
        return Markup("".join(f".{name}{{{rule}}}" for name, rule in self._rules.items()))  # noqa: S704


def render(
    front: Front,
    template: str,
    *,
    session: Session | None = None,
    status: int = 200,
    refresh: int = 0,
    cookies: tuple[Cookie, ...] = (),
    **context: Any,
) -> Response[bytes]:
    """A page of the console; with `refresh` the browser asks again after so many seconds."""
    sheet = Sheet()
    values = context | {
        "front": front,
        "sheet": sheet,
        "csrf": front.door.token(session) if session else "",
        "signed_in": session is not None,
        "here": context.get("here", ""),
    }
    main = Markup(front.templates.get_template(template).render(values))  # noqa: S704
    body = front.templates.get_template("frame.html").render(values | {"main": main})
    headers = _HEADERS | {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'self' 'nonce-{sheet.nonce}'; img-src 'self' data:; font-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }
    if refresh:
        headers["Refresh"] = str(refresh)
    response = Response(body.encode(), status_code=status, media_type="text/html", headers=headers)
    for cookie in cookies:
        response.set_cookie(cookie)
    return response


def redirect(to: str, *cookies: Cookie) -> Response[bytes]:
    """Send the reader on to a page of the console."""
    response = Response(
        b"", status_code=303, media_type="text/plain", headers={"Location": to, "Cache-Control": "no-store"}
    )
    for cookie in cookies:
        response.set_cookie(cookie)
    return response
