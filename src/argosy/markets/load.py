"""Markets from their files: read strictly, completed from CLDR, refused with the file and the field named."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel.localedata import exists
from babel.numbers import UnknownCurrencyError, validate_currency

from argosy.base.errors import Misconfigured
from argosy.markets.model import LANGUAGES, Market, Markets, worst_move

MAX_MOVE = Fraction(1, 20)
"""The part of a price that rounding may change at most."""

# English where CLDR has none for the country: day before month, dollars named.
_ELSEWHERE = {"en": "en_001", "pt": "pt_BR"}


def load_markets(folder: Path) -> Markets:
    """Every market of a folder, one TOML file each, named after its code: `hk.toml`.

    `Misconfigured` names the file, the field and what to do: an unknown or missing field, a value that does not fit, a
    rounding that moves a price too far, no market or not exactly one home market.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise Misconfigured(
            f"{folder} has no market. Put a file such as hk.toml there; see docs/how-to/add-a-market.md."
        )
    markets = [read_market(file) for file in files]
    homes = [market.path + ".toml" for market in markets if market.home]
    if len(homes) != 1:
        found = " and ".join(homes) or "no file"
        raise Misconfigured(f"{folder}: home: {found} says `home = true`. Exactly one market is the home market.")
    return Markets(markets)


def read_market(file: Path) -> Market:
    """The market of one file, complete: its locales cover every language of the interface."""
    try:
        market = msgspec.toml.decode(file.read_bytes(), type=Market)
    except msgspec.ValidationError as wrong:
        raise Misconfigured(f"{file}: {_told(wrong)}. See docs/how-to/add-a-market.md.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as wrong:
        raise Misconfigured(f"{file}: is not TOML: {wrong}.") from None
    fault = _fault(file, market)
    if fault is not None:
        raise Misconfigured(f"{file}: {fault}")
    locales = {language: market.locales.get(language) or _locale(language, market.code) for language in LANGUAGES}
    return msgspec.structs.replace(market, locales=locales)


def _told(wrong: msgspec.ValidationError) -> str:
    message, _, where = str(wrong).partition(" - at `$.")
    return f"{where.rstrip('`')}: {message}" if where else message


def _fault(file: Path, market: Market) -> str | None:
    if file.stem != market.code.lower():
        return f"code: is {market.code}, so the file has to be called {market.code.lower()}.toml."
    for field, languages in (("languages", market.languages), ("locales", market.locales), ("names", market.names)):
        strange = [language for language in languages if language not in LANGUAGES]
        if strange:
            return f"{field}: {strange[0]!r} is no language of the interface. There are {', '.join(LANGUAGES)}."
    if len(set(market.languages)) != len(market.languages):
        return "languages: one is named twice."
    return _unknown_name(market) or _bad_rounding(market)


def _unknown_name(market: Market) -> str | None:
    try:
        validate_currency(market.currency)
    except UnknownCurrencyError:
        return f"currency: {market.currency} is no currency of ISO 4217."
    try:
        ZoneInfo(market.calendar.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"calendar.time_zone: {market.calendar.time_zone!r} is no IANA zone, such as Asia/Hong_Kong."
    for language, name in market.locales.items():
        if not exists(name):
            return f"locales.{language}: {name!r} is no locale of CLDR, such as zh_Hant_HK."
    return None


def _bad_rounding(market: Market) -> str | None:
    try:
        worst = worst_move(market.rounding)
    except ValueError as wrong:
        return f"{wrong}."
    if worst > MAX_MOVE:
        percent = float(worst * 100)
        return (
            f"rounding: moves a price by up to {percent:.1f}%, and 5% is the most. Take smaller steps for small prices."
        )
    return None


@cache
def _locale(language: str, country: str) -> str:
    # To see whether there is a locale, all names of CLDR are gone through.
    plain = language.replace("-", "_")
    regional = f"{plain}_{country}"
    return regional if exists(regional) else _ELSEWHERE.get(language, plain)
