"""Rows of the fact tables as rules read them: every row with its period, its source and its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import msgspec


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """A row that holds in a period; both days are inclusive, None is open."""

    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    """Who says so, with its confidence where it is less than seen."""
    as_of: str = ""

    def holds(self, at: date) -> bool:
        """Whether it is in force on a day."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at <= self.valid_to)


class Threshold(Dated, frozen=True, kw_only=True):
    """Limits up to which a consignment bears no duty or no tax."""

    destination: str
    ship_from: frozenset[str]
    channels: frozenset[str]
    """Empty sets: any."""
    duty_up_to: Fraction | None
    tax_up_to: Fraction | None
    """In whole units of `currency`; 0: liable from the first cent; None: unknown."""
    currency: str
    basis: str
    """`goods`, `goods_and_shipping`, `piece`, `tax_due`; empty: not told."""
    instead: str = ""
    """`flat_charge`: up to the limit a flat charge takes the place of the duty."""


class Exclusion(Dated, frozen=True, kw_only=True):
    """Goods that a relief of duty leaves out."""

    destination: str
    origins: frozenset[str]
    hs: tuple[str, ...]


class Scheme(Dated, frozen=True, kw_only=True):
    """Tax collected at the sale up to a limit."""

    destination: str
    name: str
    up_to: Fraction
    currency: str
    basis: str
    strict: bool
    """Less than the limit, not up to it."""
    price_only: bool


class FlatCharge(Dated, frozen=True, kw_only=True):
    """A charge fixed by law on consignments up to a value of goods."""

    destination: str
    amount: Fraction
    currency: str
    per_heading: bool
    goods_up_to: Fraction


class Band(Dated, frozen=True, kw_only=True):
    """A simplified rate of duty on parcels whose customs value lies in a band."""

    destination: str
    channels: frozenset[str]
    not_from: frozenset[str]
    hs_not: tuple[str, ...]
    over: Fraction | None
    up_to: Fraction | None
    currency: str
    rate: int
    less: Fraction
    tax_missing: bool = False
    """Whether the tax is part of the rate is not told."""


class Free(Dated, frozen=True, kw_only=True):
    """Headings that bear no duty at a destination."""

    destination: str
    hs: tuple[str, ...]


class Duty(msgspec.Struct, frozen=True):
    """The base rates of the national lines below a heading, in millionths; None: no line is purely ad valorem."""

    low: int | None
    mean: int | None
    high: int | None
    lines: int
    not_ad_valorem: int


class Tariff(msgspec.Struct, frozen=True):
    """One importer's base rates by 6-digit heading."""

    edition: str
    source: str
    as_of: str
    rates: Mapping[str, Duty]


class Added(Dated, frozen=True, kw_only=True):
    """A duty on top of the base rate for goods of an origin; rows of one action never add up."""

    importer: str
    origin: str
    heading: str
    rate: int | None
    action: str
    by_line: bool
    """Only for the lines of a list."""
    counts: bool
    """False: suspended, or its first day is missing."""


class AddedPeriod(Dated, frozen=True, kw_only=True):
    """A period in which all that is added for an origin is in the tables."""

    importer: str
    origin: str


class Tax(Dated, frozen=True, kw_only=True):
    """A country's standard rate; None: unknown."""

    rate: int | None
    reduced: bool = False
    """The source names reduced rates without their goods."""


class Reduced(Dated, frozen=True, kw_only=True):
    """Goods at another rate than the standard one; `rate` None: it is not told which, so the standard rate is an estimate."""

    country: str
    hs: tuple[str, ...]
    rate: int | None


class Regional(Dated, frozen=True, kw_only=True):
    """The part of the tax that a state or province adds."""

    rate: int
    name: str


class Restriction(Dated, frozen=True, kw_only=True):
    """Goods that may not go somewhere, or not this way, or only under a condition. Empty sets: any."""

    subject: str
    banned: bool
    destination: str
    ship_from: str
    origin: str
    hs: tuple[str, ...]
    hs_not: tuple[str, ...]
    battery: frozenset[str]
    blade: str
    """`220`: longer than this; `unknown`: the length is not given; empty: does not matter."""
    channels: frozenset[str]
    modes: frozenset[str]


class Repayment(Dated, frozen=True, kw_only=True):
    """Whether an authority gives back what was charged on goods that go back, and how."""

    charges: frozenset[str]
    """`duty`, `tax`, `fees`."""
    collected: str
    """`sale`: by the seller, under a scheme; `border`: when the goods came in."""
    reasons: frozenset[str]
    """Empty: any."""
    back: str
    """`corrected`: in the seller's return; `claim`: on application; `no`; `unknown`: the sources do not agree."""
    within_days: int | None
    """How long after the order a claim may be made; None: not told."""
    how: str


class Owed(Dated, frozen=True, kw_only=True):
    """Whether the law makes the seller pay back what the shopper paid for duty and tax, whoever has it now."""

    reasons: frozenset[str]
    owed: bool
    how: str


class RefundLaw(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for duty and tax of goods that go back, by destination; `EU` for its members, `*` for all."""

    repayments: Mapping[str, tuple[Repayment, ...]] = {}
    owed: Mapping[str, tuple[Owed, ...]] = {}
    union: frozenset[str] = frozenset()


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All tables, as shipped."""

    tariffs: Mapping[str, Tariff]
    moved: Mapping[str, tuple[str, ...]]
    """Heading of HS 2022: the headings of HS 2017 it came from."""
    listed: Mapping[str, Mapping[str, tuple[str, ...]]]
    """First 6 digits: national 8-digit lines: headings of the added duties that list it."""
    thresholds: Mapping[str, tuple[Threshold, ...]]
    exclusions: tuple[Exclusion, ...]
    schemes: Mapping[str, tuple[Scheme, ...]]
    charges: Mapping[str, tuple[FlatCharge, ...]]
    bands: Mapping[str, tuple[Band, ...]]
    free: Mapping[str, tuple[Free, ...]]
    excise: Mapping[str, tuple[Free, ...]]
    added: Mapping[str, tuple[Added, ...]]
    added_periods: tuple[AddedPeriod, ...]
    taxes: Mapping[str, tuple[Tax, ...]]
    reduced: Mapping[str, tuple[Reduced, ...]]
    regional: Mapping[str, Mapping[str, Regional]]
    restrictions: tuple[Restriction, ...]
    union: frozenset[str]
    """Members of the European customs union's table, which are the EU's."""
    refunds: RefundLaw = RefundLaw()
