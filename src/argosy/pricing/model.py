"""Prices, rates, and what a price was made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

import msgspec

SELLERS_PRICE = ""
"""Name of the list that holds the seller's own price; any other list has the name of a market."""


class PriceRow(msgspec.Struct, frozen=True):
    """A price that held in a period: the seller's own, or one set for a market."""

    variant_id: UUID
    list: str
    valid_from: datetime
    valid_to: datetime | None
    minor: int
    currency: str
    source: str


class PriceChange(msgspec.Struct, frozen=True):
    """When a variant's prices last changed."""

    variant_id: UUID
    changed_at: datetime


class RateRow(msgspec.Struct, frozen=True):
    """Units of a currency for one euro on a day, as the source published it."""

    currency: str
    day: date
    per_euro_numerator: int
    per_euro_denominator: int
    source: str
    as_of: date


class Rate(msgspec.Struct, frozen=True):
    """A rate of exchange that was used: `numerator/denominator` target units for one source unit."""

    source_currency: str
    target_currency: str
    numerator: int
    denominator: int
    day: date
    """The older of the days of the two published rates."""
    source: str

    @property
    def ratio(self) -> Fraction:
        """As an exact fraction."""
        return Fraction(self.numerator, self.denominator)


class Rates:
    """Dated exchange rates: the latest on or before a day, crossed through the euro."""

    def __init__(self, rows: Mapping[str, list[RateRow]]) -> None:
        self._rows = {currency: sorted(days, key=lambda row: row.day) for currency, days in rows.items()}
        self._known: dict[tuple[str, str, date], Rate | None] = {}
        self.converted: dict[tuple[str, str, int, date], int] = {}
        """Prices made with these rates so far, by market, currency, amount and day: `rules.price_in` keeps them here."""

    def currencies(self) -> frozenset[str]:
        """All currencies there is some rate of."""
        return frozenset(self._rows) | {"EUR"}

    def same_as(self, other: Rates) -> bool:
        """Whether both were made from equal rows."""
        return self._rows == other._rows

    def on(self, source: str, target: str, day: date) -> Rate | None:
        """The rate of a day; None where there is none on or before it: unknown, never 1."""
        key = (source, target, day)
        if key not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[key] = self._cross(source, target, day)
        return self._known[key]

    def _cross(self, source: str, target: str, day: date) -> Rate | None:
        if source == target:
            return Rate(source, target, 1, 1, day, "same currency")
        one, other = self._latest(source, day), self._latest(target, day)
        if one is None or other is None:
            return None
        ratio = Fraction(other.per_euro_numerator, other.per_euro_denominator) / Fraction(
            one.per_euro_numerator, one.per_euro_denominator
        )
        # The euro itself has no date and no publisher: the other side tells both.
        published = [row for row in (one, other) if row.currency != "EUR"]
        names = " and ".join(dict.fromkeys(row.source for row in published))
        oldest = min(row.day for row in published)
        return Rate(source, target, ratio.numerator, ratio.denominator, oldest, names)

    def _latest(self, currency: str, day: date) -> RateRow | None:
        if currency == "EUR":
            return RateRow("EUR", day, 1, 1, "", day)
        best = None
        rows = self._rows.get(currency, [])
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            if rows[middle].day <= day:
                best, low = rows[middle], middle + 1
            else:
                high = middle
        return best


class Price(msgspec.Struct, frozen=True):
    """A price in a market's currency and what it was made from."""

    minor: int
    currency: str
    seller_minor: int
    seller_currency: str
    rate: Rate | None
    """None where the price was set for this market and nothing was converted."""
    rule: str
    """`set` for this market, or `converted` from the seller's price."""
    lowest_30_days_minor: int | None = None
    """Lowest price of the 30 days before the present price began; None where the seller did not cut the price."""
