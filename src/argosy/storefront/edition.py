"""The shop in one market and one language: everything about a page that does not depend on who reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound
from markupsafe import Markup

from argosy.catalogue.model import Product
from argosy.catalogue.reference import Reference
from argosy.markets import formats
from argosy.markets.model import Market
from argosy.markets.rules import direction, page_tag
from argosy.orders.model import Promise
from argosy.orders.showing.cards import Card
from argosy.pricing.model import Price
from argosy.storefront.keeping.parts_kept import PartsKept
from argosy.storefront.texts import Speech, texts_in

LOW = 0.2
"""Below this share of what came in, a page says how many are left."""
TEMPLATES = Path(__file__).resolve().parent / "templates"


class SharedTemplates(BaseLoader):
    """Compiles each template once for all editions; their texts and formats come from each environment's globals."""

    def __init__(self, folder: Path = TEMPLATES) -> None:
        self._folder = folder
        self._compiled: dict[str, CodeType] = {}

    def load(self, environment: Environment, name: str, globals: Any = None) -> Template:
        """The template under a name, in an edition's environment."""
        code = self._compiled.get(name)
        if code is None:
            path = self._folder / name
            if not path.is_file():
                raise TemplateNotFound(name)
            code = self._compiled[name] = environment.compile(path.read_text(encoding="utf-8"), name, str(path))
        # A plain dict: every rendering copies it, and a chain of maps copies slowly.
        return environment.template_class.from_code(environment, code, dict(environment.globals), None)


class Naming(msgspec.Struct, frozen=True):
    """A product's name as an edition shows it."""

    text: str
    lang: str
    """BCP 47 tag where it is another language than the page's; else empty."""

    @property
    def tag(self) -> str:
        """Short sign of a foreign language: `EN`."""
        return self.lang.partition("-")[0].upper()


class Edition:
    """One market in one language: its address, formats, texts, templates."""

    def __init__(
        self,
        market: Market,
        language: str,
        loader: SharedTemplates,
        reference: Reference,
        parts: PartsKept | None = None,
        **shared: Any,
    ) -> None:
        self.market = market
        self.language = language
        self.prefix = f"/{market.path}/{language.lower()}"
        self.locale = market.locale(language)
        self.tag = page_tag(market, language)
        self.direction = direction(language)
        self.offered = language in market.languages
        """Whether the market offers this language first; the others are open, but not for search engines."""
        self.speech = Speech(texts_in(language), self.locale)
        self.market_name = formats.market_name(market, language)
        self.frames: dict[tuple[Any, ...], Any] = {}
        """Parts of the frame that were rendered, by what they depend on; emptied by whoever changes that."""
        self._parts = parts or PartsKept()
        self._reference = reference
        self.environment = Environment(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.environment.globals.update(self._globals(shared))

    def _globals(self, shared: dict[str, Any]) -> dict[str, Any]:
        return {
            "_": self.speech.gettext,
            "ngettext": self.speech.ngettext,
            "edition": self,
            "price": self.price,
            "number": partial(formats.number, locale=self.locale),
            "day": self.day,
            "instant": self.instant,
            "instant_in": self.instant_in,
            "percent": self.percent,
            "weight": partial(formats.weight, locale=self.locale),
            "url": self.url,
            "naming": self.naming,
            "country": partial(formats.country_name, locale=self.locale),
            "language_name": formats.language_name,
            "query": query,
            "pairs": pairs,
            "without": without,
            "market_name": formats.market_name,
            "cut_of": cut_of,
            "low": LOW,
            **shared,
        }

    def gettext(self, text: str, **values: Any) -> str:
        """A text in this edition's language."""
        return self.speech.gettext(text, **values)

    def price(self, minor: int, currency: str = "") -> Markup:
        """An amount, isolated so that it keeps its order in Arabic; the market's currency unless another is named."""
        told = formats.price(minor, currency or self.market.currency, self.locale)
        return Markup(f"<bdi>{told}</bdi>")  # noqa: S704

    def day(self, of: date | datetime, year: bool = False) -> str:
        """A date on the market's calendar; of an instant also the time of day, unless the year is asked for."""
        if isinstance(of, datetime) and year:
            of = of.astimezone(ZoneInfo(self.market.calendar.time_zone)).date()
        if isinstance(of, datetime):
            return formats.instant(of, self.market.calendar.time_zone, self.locale, named=False)
        return formats.day(of, self.locale, year=year)

    def instant(self, at: datetime) -> str:
        """An instant on the market's clock, with its offset."""
        return formats.instant(at, self.market.calendar.time_zone, self.locale)

    def instant_in(self, at: datetime, zone: str) -> str:
        """An instant on the clock of a place."""
        return formats.instant(at, zone, self.locale)

    def percent(self, ratio: Fraction | float, digits: int = 0) -> str:
        """A ratio as a percentage."""
        return formats.percent(ratio, self.locale, digits)

    def url(self, *steps: str, **asked: Any) -> str:
        """An address within this edition: `url('p', handle, v=variant)`; empty values are left out."""
        path = "/".join([self.prefix, *(quote(step, safe="") for step in steps)]) if steps else f"{self.prefix}/"
        told = query(**asked)
        return f"{path}?{told}" if told else path

    def naming(self, product: Product) -> Naming:
        """A product's name, and its language where that is not the page's."""
        name, language = product.named(self.language)
        return Naming(name, language if language and language != self.language else "")

    def card(self, one: Card, promise: Promise | None = None) -> Markup:
        """A product's card with the date by which it is there, rendered once for what it shows."""
        offer, amount = one.offer, one.offer.price
        if promise is not None and offer.elsewhere:
            promise = offer.promise
        seen = (amount.minor, amount.lowest_30_days_minor) if amount else None
        low = offer.free if offer.share_left < LOW else bool(offer.free)
        key = (
            self.prefix,
            offer.variant.variant_id,
            one.product.changed_at,
            seen,
            low,
            offer.all_in,
            offer.banned,
            promise and (promise.day, promise.mode),
        )
        made: Markup | None = self._parts.get(key, (self,))
        if made is None:
            shape: Any = self.environment.get_template("macros/goods.html").module
            made = Markup(shape.card(one, promise))  # noqa: S704
            self._parts.keep(key, (self,), made, len(made))
        return made

    def cards(self, cards: Iterable[Card], promise: Promise | None = None) -> Markup:
        """The cards of products, one behind the other."""
        return Markup("".join([self.card(one, promise) for one in cards]))  # noqa: S704

    def category(self, code: str) -> str:
        """The name of a category; its code where the tree lost it."""
        one = self._reference.tree.by_code.get(code)
        return one.names.get(self.language) or one.names["en"] if one else code

    def colour(self, code: str) -> str:
        """The name of a colour."""
        one = self._reference.colours.get(code)
        return one.names.get(self.language) or one.names["en"] if one else code

    def attribute(self, code: str, value: str = "") -> str:
        """The name of an attribute, or of its value."""
        return self._reference.attribute(code, value, self.language)

    def render(self, template: str, values: dict[str, Any]) -> str:
        """A template with its values, as HTML."""
        return self.environment.get_template(template).render(values)


def cut_of(amount: Price) -> Fraction:
    """A cut as a ratio below zero, measured against the lowest price of the 30 days before it."""
    return Fraction(amount.minor, amount.lowest_30_days_minor or amount.minor) - 1


def without(values: tuple[str, ...], one: str) -> tuple[str, ...]:
    """The values but for one."""
    return tuple(value for value in values if value != one)


def query(**asked: Any) -> str:
    """Values as the query of an address; lists are repeated, empty ones left out."""
    return urlencode(pairs(asked))


def pairs(asked: dict[str, Any]) -> list[tuple[str, str]]:
    """Values as fields of a form; lists are repeated, empty ones left out."""
    found: list[tuple[str, str]] = []
    for name, value in asked.items():
        values: Iterable[Any] = value if isinstance(value, (list, tuple)) else [value]
        found.extend((name.rstrip("_"), str(one)) for one in values if one not in (None, "", False))
    return found
