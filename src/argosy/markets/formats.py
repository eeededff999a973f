"""Amounts, dates and names as a reader's language writes them: CLDR through Babel, compiled once and then cheap.

`locale` is a CLDR locale (`zh_Hant_HK`, as `Market.locale` gives it) or one of our languages (`zh-Hant`). Digits are
Latin everywhere, in Arabic too; minus is U+2212. Arabic amounts carry the marks that keep them in order; put them into
`<bdi>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_interval
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_name
from babel.units import format_unit

from argosy.base.instants import utc
from argosy.base.money import exponent, round_half_up
from argosy.markets.model import Market
from argosy.markets.patterns import Pattern, amount_pattern, cldr, percent_pattern, plain_pattern

_amounts: dict[tuple[str, str], Pattern] = {}
_numbers: dict[str, Pattern] = {}


def price(minor: int, currency: str, locale: str) -> str:
    """An amount with its currency: `S$53.90`, `53,90 €`, `−￥1,980`.

    All minor digits are shown, except in a currency whose coins end at the whole unit (CLDR's cash digits, such as TWD
    and IDR): there a whole amount has none. A dollar other than the US one always names its country.
    """
    pattern = _amounts.get((currency, locale))
    if pattern is None:
        pattern = _amounts[currency, locale] = amount_pattern(locale, currency)
    return pattern.write(minor)


def plain_amount(minor: int, currency: str) -> str:
    """An amount for machines: `53.90`, a point and no grouping; for feeds, schema.org and forms."""
    digits = exponent(currency)
    whole, part = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def number(value: int | Decimal, locale: str) -> str:
    """A number grouped by the locale: `18,207`, `18.207`, `12,34,567`; a decimal keeps up to three digits."""
    if isinstance(value, int):
        pattern = _numbers.get(locale)
        if pattern is None:
            pattern = _numbers[locale] = plain_pattern(locale)
        return pattern.write(value)
    text: str = format_decimal(value, locale=cldr(locale))
    return text.replace("-", plain_pattern(locale).minus) if value < 0 else text


@lru_cache(maxsize=4096)
def percent(ratio: Fraction | Decimal | float, locale: str, digits: int = 0) -> str:
    """A ratio as a percentage, halves rounded away from zero: `−14%` for -0.14, `98.4%` with one digit."""
    scaled = round_half_up(Fraction(ratio) * 100 * 10**digits)
    return percent_pattern(locale, digits).write(scaled)


@lru_cache(maxsize=4096)
def day(of: date, locale: str, *, year: bool = False) -> str:
    """A date with its weekday, short: `Wed 25 Nov`, `11月25日 周三`; with `year` that instead of the weekday."""
    from babel.dates import format_date

    return format_date(of, _day_pattern(locale, "yMMMd" if year else "MMMEd"), locale=cldr(locale))


@lru_cache(maxsize=512)
def _day_pattern(locale: str, skeleton: str) -> str:
    name = cldr(locale)
    pattern = str(name.datetime_skeletons[skeleton].pattern)
    if skeleton != "MMMEd":
        return pattern
    if name.language == "ar" or (name.language == "en" and pattern.startswith("E")):
        # A label, not a sentence: the weekday stands before the day without a comma, unless the month parts them.
        pattern = pattern.replace("، ", " ").replace(", d", " d")
    if name.language == "zh":
        pattern = pattern.replace("日E", "日 E")
    return pattern


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, locale: str) -> str:
    from babel.dates import format_time

    name = cldr(locale)
    of = datetime(2000, 1, 1, hour, minute, tzinfo=ZoneInfo("UTC"))
    return format_time(of, str(name.datetime_skeletons["Hm"].pattern), tzinfo=of.tzinfo, locale=name)


def instant(at: datetime, zone: str, locale: str, *, named: bool = True) -> str:
    """An instant on the wall of a place, 24 hours: `Tue 24 Nov, 02:00 GMT+8`; unless `named`, without the offset.

    `at` is aware; `zone` an IANA zone such as a market's `calendar.time_zone`. Leave the offset out where the text
    names the place.
    """
    local = utc(at).astimezone(_zone(zone))
    clock = _clock(local.hour, local.minute, locale)
    offset = local.utcoffset()
    if named and offset is not None:
        clock = f"{clock} {_offset(int(offset.total_seconds()) // 60, locale)}"
    return _joiner(locale).format(clock, day(local.date(), locale))


@lru_cache(maxsize=256)
def _joiner(locale: str) -> str:
    name = cldr(locale)
    return "{1} {0}" if name.language == "ar" else str(name.datetime_formats["medium"])


@lru_cache(maxsize=1024)
def _offset(minutes: int, locale: str) -> str:
    formats = cldr(locale).zone_formats
    hours, rest = divmod(abs(minutes), 60)
    sign = "\N{MINUS SIGN}" if minutes < 0 else "+"
    told = f"{sign}{hours}" + (f":{rest:02d}" if rest else "")
    return str(formats["gmt"]).replace("%s", told if minutes else "")


@lru_cache(maxsize=64)
def _zone(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)


def hours(starts: datetime, ends: datetime, zone: str, locale: str) -> str:
    """Two instants of a day as hours on the clock of a place: `18:00–20:00`."""
    return format_interval(starts, ends, "Hm", tzinfo=_zone(zone), locale=locale)


def list_of(
    items: Sequence[str],
    locale: str,
    style: Literal["standard", "standard-short", "or", "or-short", "unit"] = "standard",
) -> str:
    """Items joined as in a sentence: `bags, shoes and watches`; nothing for none."""
    return format_list(items, style=style, locale=cldr(locale)) if items else ""


@lru_cache(maxsize=4096)
def country_name(code: str, locale: str) -> str:
    """A country in the reader's language: `Japan`, `日本`; the code itself if CLDR has no name."""
    return str(cldr(locale).territories.get(code.upper(), code.upper()))


@lru_cache(maxsize=256)
def language_name(language: str, locale: str | None = None) -> str:
    """A language by its own name (`Deutsch`, `繁體中文`), or in another language; with a capital as menus have it."""
    name = cldr(language)
    tag = "_".join(filter(None, (name.language, name.script)))
    names = cldr(locale).languages if locale else name.languages
    found = str(names.get(tag) or names.get(name.language) or language)
    return found[:1].upper() + found[1:]


@lru_cache(maxsize=4096)
def currency_name(currency: str, locale: str) -> str:
    """A currency in the reader's language: `Singapore Dollar`."""
    return get_currency_name(currency, locale=cldr(locale))


@lru_cache(maxsize=4096)
def weight(grams: int, locale: str) -> str:
    """A weight: grams below two kilograms (`1,120 g`), from there kilograms with at most one digit (`2.4 kg`)."""
    if grams < 2000:
        return format_unit(grams, "mass-gram", length="short", locale=cldr(locale))
    kilograms = Decimal(round_half_up(Fraction(grams, 100))) / 10
    return format_unit(kilograms.normalize() + 0, "mass-kilogram", length="short", locale=cldr(locale))


def market_name(market: Market, language: str) -> str:
    """A market in one of our languages: its own short name, else CLDR's name of the country."""
    return market.names.get(language) or country_name(market.code, language)
