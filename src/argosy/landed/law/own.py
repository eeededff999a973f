"""The operator's rows, found by country and heading however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from argosy.landed.tariff_rows import ANY, TariffRow

LENGTHS = (8, 6, 4, 2)


class OwnRows:
    """Rows by kind, country and heading; a national tariff has some ten thousand."""

    __slots__ = ("_by_heading", "_limits")

    def __init__(self, rows: Iterable[TariffRow] = ()) -> None:
        self._by_heading: dict[tuple[str, str, str], list[TariffRow]] = {}
        self._limits: dict[str, list[TariffRow]] = {}
        for row in rows:
            if row.kind == "threshold":
                self._limits.setdefault(row.country, []).append(row)
            else:
                self._by_heading.setdefault((row.kind, row.country, row.hs), []).append(row)

    def same_as(self, other: OwnRows) -> bool:
        """Whether both are made of equal rows."""
        return self._by_heading == other._by_heading and self._limits == other._limits

    def limits(self, countries: Iterable[str], at: date) -> list[TariffRow]:
        """Thresholds in force."""
        return [row for country in countries for row in self._limits.get(country, ()) if _holds(row, at)]

    def duty(self, countries: Iterable[str], hs: str, origin: str, at: date) -> TariffRow | None:
        """The row of the longest heading; of its rows the one that names the origin."""
        for rows in self._headings("duty", countries, hs, at):
            fit = [row for row in rows if row.origin in (ANY, origin)]
            if fit:
                return max(fit, key=lambda row: row.origin != ANY)
        return None

    def tax(self, country: str, region: str, hs: str, at: date) -> TariffRow | None:
        """The row of the longest heading; of its rows the one that names the region."""
        for rows in self._headings("tax", (country,), hs, at):
            fit = [row for row in rows if row.region in ("", region)]
            if fit:
                return max(fit, key=lambda row: row.region != "")
        return None

    def _headings(self, kind: str, countries: Iterable[str], hs: str, at: date) -> Iterator[list[TariffRow]]:
        if not self._by_heading:
            return
        countries = tuple(countries)
        for prefix in (*(hs[:length] for length in LENGTHS if len(hs) >= length), ANY):
            for country in countries:
                rows = [row for row in self._by_heading.get((kind, country, prefix), ()) if _holds(row, at)]
                if rows:
                    yield rows


def _holds(row: TariffRow, at: date) -> bool:
    return row.valid_from <= at and (row.valid_to is None or at <= row.valid_to)
