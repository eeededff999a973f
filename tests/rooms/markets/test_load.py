"""The market files: each agrees with the registers it refers to, and a broken one is refused by name."""

from __future__ import annotations

from pathlib import Path

import babel
import holidays
import phonenumbers
import pytest
from babel.numbers import get_currency_precision, get_territory_currencies

from argosy.base.errors import Misconfigured, NotFound
from argosy.base.money import exponent
from argosy.markets.formats import market_name
from argosy.markets.load import load_markets
from argosy.markets.model import LANGUAGES, Markets
from argosy.plumbing.config import ROOT

FOLDER = ROOT / "data" / "markets"
MARKETS = load_markets(FOLDER)
CODES = ["CN", "HK", "SG", "MY", "TH", "ID", "VN", "PH", "IN", "JP", "KR", "TW"]
CODES += ["US", "CA", "BR", "FR", "DE", "ES", "IT", "GB", "AU", "AE", "SA"]


def test_the_markets() -> None:
    assert sorted(MARKETS) == sorted(CODES)
    assert MARKETS.home.code == "CN"
    assert next(iter(MARKETS)) == "CN"
    assert MARKETS["hk"] is MARKETS["HK"]
    assert "hk" in MARKETS
    assert "xx" not in MARKETS
    assert MARKETS.get("xx") is None
    assert len(MARKETS.launched()) == len(MARKETS) == 23
    assert set(MARKETS.languages()) == set(LANGUAGES)
    assert "EUR" in MARKETS.currencies()


def test_an_unknown_market_is_refused() -> None:
    with pytest.raises(NotFound) as refused:
        MARKETS.find("zz" * 500)
    assert refused.value.code == "unknown_market"
    assert refused.value.status == 404


@pytest.mark.parametrize("code", CODES)
def test_a_market_agrees_with_the_registers(code: str) -> None:
    market = MARKETS[code]
    local = next(
        babel.Locale.parse(name)
        for name in (*market.locales.values(), "fil_PH", "ms_MY")
        if babel.Locale.parse(name).territory == code
    )
    assert market.currency in get_territory_currencies(code)
    assert exponent(market.currency) == get_currency_precision(market.currency)
    assert market.calendar.first_weekday.number == local.first_week_day
    assert {day.number for day in market.calendar.weekend} == set(range(local.weekend_start, local.weekend_end + 1))
    assert market.telephone.calling_code == phonenumbers.country_code_for_region(market.telephone.country)
    offered = holidays.list_supported_countries()
    assert market.calendar.holidays in offered
    assert market.calendar.subdivision is None or market.calendar.subdivision in offered[market.calendar.holidays]
    assert set(market.locales) == set(LANGUAGES)
    assert market.payment_methods
    assert "card" in market.payment_methods


def test_taxes_are_left_out_only_where_they_are_added_at_the_till() -> None:
    assert {market.code for market in MARKETS.values() if market.tax_display == "excluded"} == {"US", "CA"}


def test_the_locale_of_a_market_is_regional_where_cldr_has_it() -> None:
    assert MARKETS["hk"].locale("zh-Hant") == "zh_Hant_HK"
    assert MARKETS["sg"].locale("en") == "en_SG"
    assert MARKETS["ca"].locale("fr") == "fr_CA"
    assert MARKETS["jp"].locale("en") == "en_001"
    assert MARKETS["jp"].locale("th") == "th"


def test_names_of_markets() -> None:
    assert market_name(MARKETS["hk"], "en") == "Hong Kong"
    assert market_name(MARKETS["hk"], "zh-Hant") == "香港"
    assert market_name(MARKETS["jp"], "de") == "Japan"
    assert market_name(MARKETS["ae"], "ar") == "الإمارات العربية المتحدة"


def test_two_home_markets_are_refused_in_code_too() -> None:
    with pytest.raises(ValueError, match="home"):
        Markets([MARKETS["cn"], MARKETS["cn"]])
    with pytest.raises(ValueError, match="home"):
        Markets([MARKETS["hk"]])


def broken(folder: Path, before: str, after: str) -> str:
    """What loading says of France with one passage changed; China stays beside it as the home market."""
    text = (FOLDER / "fr.toml").read_text(encoding="utf-8")
    assert text.count(before) >= 1, before
    (folder / "fr.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
    (folder / "cn.toml").write_bytes((FOLDER / "cn.toml").read_bytes())
    with pytest.raises(Misconfigured) as refused:
        load_markets(folder)
    return str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ('code = "FR"', 'code = "fr"', "code"),
        ('code = "FR"', 'code = "BE"', "code: is BE, so the file has to be called be.toml"),
        ('currency = "EUR"', 'currency = "EUX"', "currency: EUX"),
        ('currency = "EUR"', "", "currency"),
        ('currency = "EUR"', 'currency = "EUR"\ncolour = "blue"', "colour"),
        ('languages = ["fr", "en"]', "languages = []", "languages"),
        ('languages = ["fr", "en"]', 'languages = ["fr", "br"]', "languages: 'br'"),
        ('languages = ["fr", "en"]', 'languages = ["fr", "fr"]', "languages: one is named twice"),
        ('tax_display = "included"', 'tax_display = "maybe"', "tax_display"),
        ('price_policy = "same_gross"', 'price_policy = "cheap"', "price_policy"),
        ('time_zone = "Europe/Paris"', 'time_zone = "Europe/Lutetia"', "calendar.time_zone"),
        ('time_zone = "Europe/Paris"', 'time_zone = "../../etc/passwd"', "calendar.time_zone"),
        ('weekend = ["sat", "sun"]', 'weekend = ["sat", "dim"]', "calendar.weekend[1]"),
        ("calling_code = 33", 'calling_code = "33"', "telephone.calling_code"),
        ("[calendar]", '[locales]\nfr = "fr_Gaul"\n\n[calendar]', "locales.fr"),
        ("[calendar]", '[names]\nla = "Gallia"\n\n[calendar]', "names: 'la'"),
        ("step_minor = 1\n", "step_minor = 0\n", "rounding[0].step_minor"),
        ("step_minor = 1\n", "step_minor = 1.5\n", "rounding[0].step_minor"),
        ("up_to_minor = 1000\n", "up_to_minor = 99\n", "rounding[1].up_to_minor leaves no price after 100"),
        ("step_minor = 10\n", "step_minor = 50\n", "rounding: moves a price by up to"),
        ("up_to_minor = 1000\n", "", "rounding[1].up_to_minor: every step but the last one"),
        ("minus_minor = 10\n", "minus_minor = 50\n", "rounding[2].minus_minor"),
        ('code = "FR"', 'code = "FR"\nhome = true', "home: cn.toml and fr.toml"),
        ('code = "FR"', 'code = "FR', "is not TOML"),
    ],
)
def test_a_broken_file_is_refused_by_name_and_field(tmp_path: Path, before: str, after: str, field: str) -> None:
    said = broken(tmp_path, before, after)
    assert field in said
    assert "fr.toml" in said


def test_a_file_that_is_not_text_and_a_folder_without_markets(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="has no market"):
        load_markets(tmp_path)
    (tmp_path / "fr.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Misconfigured, match=r"fr\.toml: is not TOML"):
        load_markets(tmp_path)


def test_no_home_market_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fr.toml").write_bytes((FOLDER / "fr.toml").read_bytes())
    with pytest.raises(Misconfigured, match="no file says"):
        load_markets(tmp_path)


def test_a_new_market_needs_one_file_and_no_code(tmp_path: Path) -> None:
    for file in FOLDER.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (FOLDER / "de.toml").read_text(encoding="utf-8")
    for before, after in (
        ('"DE"', '"AT"'),
        ("Europe/Berlin", "Europe/Vienna"),
        ("calling_code = 49", "calling_code = 43"),
    ):
        text = text.replace(before, after)
    (tmp_path / "at.toml").write_text(text, encoding="utf-8")
    grown = load_markets(tmp_path)
    assert grown["at"].locale("de") == "de_AT"
    assert market_name(grown["at"], "ja") == "オーストリア"
