"""A market and the shapes that go with it: rounding steps, addresses, faults of a form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from argosy.base.errors import NotFound

LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ja", "ko", "th", "id", "vi", "hi", "ar", "fr", "de", "es", "it", "pt")
"""The languages of the interface (BCP 47), each open in every market. Portuguese is as written in Brazil."""

MAX_FIELD = 120
"""Characters that a field of an address may have."""

CountryCode = Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
CurrencyCode = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class TaxDisplay(StrEnum):
    """Whether the price on a card has the country's tax in it."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class PricePolicy(StrEnum):
    """What stays equal when two markets tax the same thing differently."""

    SAME_GROSS = "same_gross"
    SAME_NET = "same_net"


class Weekday(StrEnum):
    """A day of the week, Monday first as in ISO 8601."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """0 for Monday to 6 for Sunday, as `date.weekday()` counts."""
        return list(Weekday).index(self)


class RoundingStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to `up_to_minor` a good-looking price is a multiple of `step_minor` less `minus_minor`."""

    up_to_minor: Annotated[int, Meta(gt=0)] | None = None
    """The highest amount that the step is for; the last step has none and goes on for ever."""
    step_minor: Annotated[int, Meta(gt=0)]
    minus_minor: Annotated[int, Meta(ge=0)] = 0

    def first_above(self, minor: int) -> int:
        """The lowest price of this step's row that is above an amount and above zero."""
        floor = max(minor, 0)
        return (floor + self.minus_minor) // self.step_minor * self.step_minor + self.step_minor - self.minus_minor

    def last_up_to(self, minor: int) -> int:
        """The highest price of this step's row that is not above an amount."""
        return (minor + self.minus_minor) // self.step_minor * self.step_minor - self.minus_minor


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The business calendar of a market."""

    time_zone: str
    """IANA zone of the market's business day."""
    first_weekday: Weekday
    weekend: tuple[Weekday, ...]
    holidays: CountryCode
    """Country in the `holidays` package."""
    subdivision: str | None = None
    """Region in the `holidays` package whose days off count too."""


class Telephone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the market's telephone numbers look."""

    country: CountryCode
    calling_code: Annotated[int, Meta(gt=0, lt=1000)]


class Market(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A country that Argosy sells to, as its file in `data/markets` has it."""

    code: CountryCode
    """ISO 3166-1, upper case."""
    home: bool = False
    """Where the shop itself is; exactly one market is."""
    launched: bool = True
    currency: CurrencyCode
    languages: Annotated[tuple[str, ...], Meta(min_length=1)]
    """The languages offered first; the first one is the default. The others stay open through the switch."""
    locales: dict[str, str] = {}
    """CLDR locale of each language of the interface; complete after loading, a file names only those that differ."""
    names: dict[str, str] = {}
    """Names of the market that are shorter than CLDR's, by language."""
    rounding: Annotated[tuple[RoundingStep, ...], Meta(min_length=1)]
    tax_display: TaxDisplay
    price_policy: PricePolicy
    terms: Literal["DDP", "DAP"] = "DDP"
    """Who pays duty and tax: the shop in advance, out of the price, or the shopper at her door."""
    region: str = ""
    """State or province that prices are shown for until the address is known, where tax differs between them."""
    city: str = ""
    """City that delivery dates are shown for until the address is known; empty: the largest one."""
    calendar: Calendar
    telephone: Telephone
    address_country: CountryCode
    """Country whose address form is used."""
    payment_methods: Annotated[tuple[Slug, ...], Meta(min_length=1)]
    festivals: tuple[Slug, ...] = ()
    hreflang_regions: Annotated[tuple[CountryCode, ...], Meta(min_length=1)]
    """Regions whose searchers are sent to this market."""

    @property
    def path(self) -> str:
        """The market's part of an address: `hk`."""
        return self.code.lower()

    @property
    def language(self) -> str:
        """The default language."""
        return self.languages[0]

    def locale(self, language: str) -> str:
        """The CLDR locale that amounts and dates are written in for one of our languages: `zh_Hant_HK`."""
        return self.locales.get(language) or language.replace("-", "_")

    def switch(self) -> tuple[str, ...]:
        """Every language of the interface, the market's own first."""
        return (*self.languages, *(other for other in LANGUAGES if other not in self.languages))


class Markets(Mapping[str, Market]):
    """The markets by code in either case; the home market comes first, then by code."""

    def __init__(self, markets: Iterable[Market]) -> None:
        ordered = sorted(markets, key=lambda market: (not market.home, market.code))
        self._by_code = {market.code: market for market in ordered}
        homes = [market for market in ordered if market.home]
        if len(homes) != 1 or len(self._by_code) != len(ordered):
            raise ValueError("exactly one market is the home market, and each has a code of its own")
        self._home = homes[0]
        self._by_either = self._by_code | {market.path: market for market in ordered}

    @property
    def home(self) -> Market:
        """The market that the shop sells from."""
        return self._home

    def __getitem__(self, code: str) -> Market:
        return self._by_either[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_either

    def find(self, code: str) -> Market:
        """The market with a code in either case; refuses with `unknown_market` if there is none."""
        market = self._by_either.get(code)
        if market is None:
            raise NotFound("unknown_market", f"There is no market {code[:8]!r}.", remedy="GET /v1/markets lists them.")
        return market

    def launched(self) -> tuple[Market, ...]:
        """The markets open to shoppers, home first."""
        return tuple(market for market in self.values() if market.launched)

    def languages(self) -> tuple[str, ...]:
        """The languages that some market offers first, in the interface's order."""
        offered = {language for market in self.values() for language in market.languages}
        return tuple(language for language in LANGUAGES if language in offered)

    def currencies(self) -> tuple[str, ...]:
        """The currencies that some market charges in, by code."""
        return tuple(sorted({market.currency for market in self.values()}))


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field of a form, in words that name the way on."""

    field: str
    code: str
    """Stable: `required`, `invalid`, `unknown`, `mismatch`, `too_long`, `control_character`."""
    remedy: str
    """What to enter instead, in English; a face translates by `code`."""
    example: str | None = None


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A place that a parcel can go to, checked and normalised for its country."""

    country: str
    """ISO 3166-1, upper case."""
    name: str
    phone: str
    """E.164: `+6591234567`."""
    email: str = ""
    company: str = ""
    street: tuple[str, ...]
    """One or two lines."""
    city: str = ""
    """Filled in where the country's form does not ask for it: Singapore, or the emirate."""
    city_area: str = ""
    country_area: str = ""
    """Code of the state, province or prefecture: the part of ISO 3166-2 after the hyphen, where there is one."""
    postal_code: str = ""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a closed list and its name in the reader's language."""

    code: str
    name: str


class AddressField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a country's address form."""

    name: str
    kind: str
    """What to call it: `prefecture`, `emirate`, `zip`, `pin`, `post_town`, ...; mostly the field's own name."""
    required: bool
    autocomplete: str
    """The `autocomplete` token of HTML."""
    max_length: int = MAX_FIELD
    choices: tuple[Choice, ...] = ()
    """Empty: any text."""
    example: str | None = None


class AddressForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a country's address in the order that its people write them."""

    country: str
    language: str
    fields: tuple[AddressField, ...]
    postal_example: str | None = None


def worst_move(rounding: tuple[RoundingStep, ...]) -> Fraction:
    """The largest part of a price by which rounding can change it, for amounts above the first step's limit.

    The first step is for amounts too small to matter, where even the smallest coin is a large part.
    Raises ValueError with the reason if the steps do not follow one another or one of them holds no price.
    """
    worst, low, before = Fraction(0), 0, 0
    for place, step in enumerate(rounding):
        if step.minus_minor >= step.step_minor:
            raise ValueError(f"rounding[{place}].minus_minor is not smaller than its step_minor")
        if (step.up_to_minor is None) != (place == len(rounding) - 1):
            raise ValueError(f"rounding[{place}].up_to_minor: every step but the last one has it")
        first = step.first_above(low)
        if step.up_to_minor is not None and (step.up_to_minor <= low or first > step.up_to_minor):
            raise ValueError(f"rounding[{place}].up_to_minor leaves no price after {low}")
        if before:
            worst = max(worst, Fraction(first - before, 2 * before), Fraction(step.step_minor, 2 * first))
        if step.up_to_minor is not None:
            low, before = step.up_to_minor, step.last_up_to(step.up_to_minor)
    return worst
