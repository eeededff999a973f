"""Limits in the consignment's currency, and on which side of one it stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from argosy.base.money import exponent
from argosy.landed.law.facts import Facts, Scheme, Threshold
from argosy.landed.model import ExchangeTable, Fact

WITHIN = 1
ABOVE = 2
UNDECIDED = 3
"""Either: what is needed to tell is missing. The three add up as bits."""


class Route(msgspec.Struct, frozen=True):
    """Where a consignment goes from and to, when and how, and in which currency it is counted."""

    at: date
    to: str
    region: str
    ship_from: str
    channel: str
    mode: str
    seller_collects: bool
    currency: str


class Bound(msgspec.Struct, frozen=True):
    """A limit, comparable with minor units of the consignment's currency."""

    zero: bool = False
    """Liable from the first cent: nothing is compared."""
    minor: int | None = None
    """Highest amount within it; None: unknown, see `why`."""
    ratio: tuple[int, int] | None = None
    """The exact limit in minor units."""
    basis: str = ""
    strict: bool = False
    words: tuple[str, str, str] = ("", "", "")
    """Limit in whole units, its currency, its basis."""
    why: str = ""
    source: tuple[str, str] = ("", "")
    """Who says so, and of which day."""
    replaced: bool = False
    """Within it a flat charge takes the place of the duty."""

    def side(self, goods: int, shipping: int, missing: bool) -> int:
        """WITHIN, ABOVE or UNDECIDED; `missing`: there are goods without a customs value, so `goods` is the least it can be."""
        if self.zero:
            return ABOVE
        if self.minor is None:
            return UNDECIDED
        low = goods + shipping if self.basis == "goods_and_shipping" else goods
        high = goods if self.basis == "goods" else goods + shipping
        if low > self.minor:
            return ABOVE
        return WITHIN if high <= self.minor and not missing else UNDECIDED

    def piece_side(self, goods: int, quantity: int) -> int:
        """The same for one piece of a line whose goods are worth `goods` together; 0: the value is missing."""
        if self.ratio is None or not goods:
            return UNDECIDED
        value, limit = goods * self.ratio[1], self.ratio[0] * quantity
        return WITHIN if value < limit or (value == limit and not self.strict) else ABOVE


class Exchange:
    """The caller's rates on one day into one currency, and which of them were asked for."""

    def __init__(self, rates: ExchangeTable, target: str, at: date) -> None:
        self._rates = rates
        self._target = target
        self._at = at
        self.used: dict[str, Fact] = {}

    def minor(self, amount: Fraction, currency: str) -> Fraction | None:
        """An amount of whole units as exact minor units of the target currency; None without a rate."""
        shift: int = 10 ** exponent(self._target)
        if currency == self._target:
            return amount * shift
        rate = self._rates.units(currency, self._target, self._at)
        if rate is None:
            self.used[currency] = Fact("exchange.unknown", (currency, self._target))
            return None
        over, under, source, day = rate
        self.used[currency] = Fact(
            "exchange", (currency, self._target, over, under, day.isoformat()), source, day.isoformat()
        )
        return amount * Fraction(over, under) * shift


def bound(amount: Fraction | None, currency: str, basis: str, exchange: Exchange, strict: bool = False) -> Bound:
    """A limit made comparable."""
    if amount is None:
        return Bound(why="limit")
    words = (plain(amount), currency, basis)
    if amount == 0:
        return Bound(zero=True, words=words)
    exact = exchange.minor(amount, currency)
    if exact is None:
        return Bound(basis=basis, words=words, why="exchange")
    highest = exact.numerator // exact.denominator
    if strict and highest == exact:
        highest -= 1
    return Bound(
        minor=highest, ratio=(exact.numerator, exact.denominator), basis=basis, strict=strict, words=words,
        why="" if basis else "basis",
    )  # fmt: skip


def threshold_of(facts: Facts, route: Route, importer: str) -> Threshold | None:
    """The first row in force that the route meets; None: the tables do not cover the country on this day."""
    for row in (*facts.thresholds.get(route.to, ()), *facts.thresholds.get(importer, ())):
        if (
            row.holds(route.at)
            and (not row.ship_from or route.ship_from in row.ship_from)
            and (not row.channels or route.channel in row.channels)
        ):
            return row
    return None


def scheme_of(facts: Facts, route: Route, importer: str) -> Scheme | None:
    """The scheme of collection at the sale that the seller takes part in."""
    if not route.seller_collects:
        return None
    return next((row for row in facts.schemes.get(importer, ()) if row.holds(route.at)), None)


def plain(amount: Fraction) -> str:
    """An amount without an exponent and without needless zeros: 995434.08, 150."""
    text = format(Decimal(amount.numerator) / Decimal(amount.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
