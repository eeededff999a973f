"""Working days and public holidays of a market, from the `holidays` package."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from argosy.markets.model import Market


class Holiday(msgspec.Struct, frozen=True, kw_only=True):
    """A public holiday; one that two names share is named with both."""

    on: date
    name: str


class HolidayYear(msgspec.Struct, frozen=True, kw_only=True):
    """The public holidays of a year, and the weekend days that are worked in exchange for bridge days."""

    off: dict[date, str]
    worked: frozenset[date]


def is_working_day(market: Market, on: date) -> bool:
    """Whether offices work on a day: no weekend and no public holiday, or a weekend day worked in exchange."""
    calendar = market.calendar
    year = holiday_year(calendar.holidays, calendar.subdivision, on.year)
    if on in year.worked:
        return True
    return on.weekday() not in {weekday.number for weekday in calendar.weekend} and on not in year.off


def next_working_day(market: Market, on: date) -> date:
    """The day itself if it is worked, else the first one after it that is."""
    for ahead in range(60):
        candidate = on + timedelta(days=ahead)
        if is_working_day(market, candidate):
            return candidate
    raise AssertionError("no working day in two months")


def holidays_between(market: Market, first: date, last: date, language: str | None = None) -> tuple[Holiday, ...]:
    """The public holidays from `first` to `last`, both counted; named in the language, or else in English."""
    calendar = market.calendar
    found: list[Holiday] = []
    for year in range(first.year, last.year + 1):
        days = holiday_year(calendar.holidays, calendar.subdivision, year, language)
        found.extend(Holiday(on=on, name=name) for on, name in sorted(days.off.items()) if first <= on <= last)
    return tuple(found)


@lru_cache(maxsize=2048)
def holiday_year(country: str, subdivision: str | None, year: int, language: str | None = None) -> HolidayYear:
    """The holidays of any country in a year; `country` and `subdivision` as the `holidays` package has them.

    A country that the package lacks raises NotImplementedError.
    """
    import holidays

    known = holidays.country_holidays(country, years=year)
    names = _names_in(language, known.supported_languages, known.default_language)
    calendar = holidays.country_holidays(country, subdiv=subdivision, years=year, language=names)
    worked = frozenset(on for on in getattr(calendar, "weekend_workdays", ()) if on.year == year)
    return HolidayYear(off=dict(calendar.items()), worked=worked)


def _names_in(language: str | None, offered: Iterable[str], own: str | None) -> str | None:
    """The package's name of a language; English if it lacks that, and the country's own if none is asked for."""
    if language is None:
        return own
    wanted = {"zh-Hans": ("zh_CN",), "zh-Hant": ("zh_HK", "zh_TW")}.get(language, (language,))
    for prefix in (*wanted, "en"):
        for name in sorted(offered):
            if name == prefix or name.startswith(f"{prefix}_"):
                return name
    return own
