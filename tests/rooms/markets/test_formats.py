"""Amounts, dates and names: equal to Babel's where Babel has the whole of CLDR, and as the house writes them elsewhere."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.core import Locale
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.money import exponent
from argosy.markets import formats
from argosy.markets.load import load_markets
from argosy.markets.model import LANGUAGES
from argosy.plumbing.config import ROOT

MARKETS = load_markets(ROOT / "data" / "markets")
AMOUNTS = [0, 1, 5, 50, 99, 100, 101, 990, 999, 1000, 1001, 5390, 12_345, 99_900, 99_999, 100_000, 123_456, 1_234_567]
AMOUNTS += [99_999_999, 100_000_000, 123_456_789_000]
WITHOUT_COINS = {"IDR", "TWD"}
DOLLARS = {"AUD": "A$", "CAD": "CA$", "SGD": "S$", "TWD": "NT$", "HKD": "HK$"}


def as_babel_has_it(minor: int, currency: str, name: str) -> str:
    """Babel's text with our differences: the minus, a dollar's country, coins that do not exist, CLDR's currency spacing."""
    locale = Locale.parse(name)
    scale = 10 ** exponent(currency)
    amount = Decimal(minor) / scale
    if currency in WITHOUT_COINS and minor % scale == 0:
        pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
        text = format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    else:
        text = format_currency(amount, currency, locale=locale)
    symbol = get_currency_symbol(currency, locale=locale)
    if currency != "USD" and symbol == "$":
        text = text.replace("$", DOLLARS[currency])
    if symbol[-1].isalpha():
        text = re.sub(f"{symbol}(?=[0-9])", f"{symbol}\xa0", text)
    return text.replace("-", "\u200e\u2212" if locale.language == "ar" else "\u2212")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(MARKETS))
def test_prices_agree_with_babel(code: str, language: str) -> None:
    market = MARKETS[code]
    name = market.locale(language)
    for minor in (*AMOUNTS, *(-amount for amount in AMOUNTS[1:])):
        ours = formats.price(minor, market.currency, name)
        assert ours == as_babel_has_it(minor, market.currency, name)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (5390, "EUR", "fr_FR", "53,90\xa0€"),
        (1_234_567, "EUR", "fr_FR", "12\u202f345,67\xa0€"),
        (5390, "EUR", "de_DE", "53,90\xa0€"),
        (5375, "EUR", "en", "€53.75"),
        (6613, "SGD", "zh_Hans_SG", "S$66.13"),
        (-1071, "SGD", "zh_Hans_SG", "\u2212S$10.71"),
        (6613, "SGD", "en_SG", "S$66.13"),
        (1890, "HKD", "zh_Hant_HK", "HK$18.90"),
        (38_900, "CNY", "zh_Hans_CN", "¥389.00"),
        (5395, "AUD", "en_AU", "A$53.95"),
        (5399, "CAD", "fr_CA", "53,99\xa0CA$"),
        (5399, "USD", "en_US", "$53.99"),
        (5399, "USD", "es_US", "$53.99"),
        (129_000, "TWD", "zh_Hant_TW", "NT$1,290"),
        (129_050, "TWD", "zh_Hant_TW", "NT$1,290.50"),
        (19_900_000, "IDR", "id_ID", "Rp\xa0199.000"),
        (129_000, "VND", "vi_VN", "129.000\xa0₫"),
        (1980, "JPY", "ja_JP", "￥1,980"),
        (45_900, "KRW", "ko_KR", "₩45,900"),
        (12_345_678, "INR", "en_IN", "₹1,23,456.78"),
        (12_345_678, "INR", "hi_IN", "₹1,23,456.78"),
        (5390, "BRL", "pt_BR", "R$\xa053,90"),
        (5390, "MYR", "en_MY", "RM\xa053.90"),
        (17_044, "AED", "en_AE", "AED\xa0170.44"),
        (17_044, "AED", "ar_AE", "\u200f170.44\xa0د.إ.\u200f"),
        (-3008, "AED", "ar_AE", "\u200f\u200e\u221230.08\xa0د.إ.\u200f"),
        (17_044, "SAR", "ar_SA", "\u200f170.44\xa0ر.س.\u200f"),
        (45_900, "THB", "th_TH", "฿459.00"),
        (1234, "KWD", "en", "KWD\xa01.234"),
        (5390, "EUR", "zh-Hans", "€53.90"),
    ],
)
def test_prices_as_shoppers_see_them(minor: int, currency: str, locale: str, text: str) -> None:
    assert formats.price(minor, currency, locale) == text


@given(minor=st.integers(-(10**15), 10**15), code=st.sampled_from(list(MARKETS)), language=st.sampled_from(LANGUAGES))
def test_a_price_keeps_every_figure(minor: int, code: str, language: str) -> None:
    market = MARKETS[code]
    text = formats.price(minor, market.currency, market.locale(language))
    figures = "".join(ch for ch in text if ch in "0123456789")
    size = abs(minor)
    scale = 10 ** exponent(market.currency)
    assert int(figures) in {size, size // scale if size % scale == 0 else size}
    assert ("\u2212" in text) == (minor < 0)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(5390, "EUR", "53.90"), (-5, "EUR", "-0.05"), (1980, "JPY", "1980"), (1234, "KWD", "1.234"), (0, "USD", "0.00")],
)
def test_amounts_for_machines(minor: int, currency: str, text: str) -> None:
    assert formats.plain_amount(minor, currency) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_agree_with_babel(language: str) -> None:
    name = language.replace("-", "_")
    for value in (0, 7, 999, 1000, 18_207, 1_234_567, 12_345_678_901):
        assert formats.number(value, language) == format_decimal(value, locale=name)
        assert formats.number(-value, language).lstrip("\u200e\u2212") == formats.number(value, language)
    assert formats.number(Decimal("4.6"), language) in {"4.6", "4,6"}
    assert "\u2212" in formats.number(Decimal("-4.6"), language)


@pytest.mark.parametrize(
    ("ratio", "locale", "digits", "text"),
    [
        (Fraction(-14, 100), "en", 0, "\u221214%"),
        (Fraction(984, 1000), "en", 1, "98.4%"),
        (Decimal("0.984"), "de", 1, "98,4\xa0%"),
        (Fraction(1, 8), "fr", 0, "13\xa0%"),
        (Fraction(1, 1), "en", 1, "100.0%"),
        (0, "en", 0, "0%"),
        (Fraction(-14, 100), "ar_AE", 0, "\u200e\u221214\u200e%\u200e"),
        (Fraction(-14, 100), "ar_SA", 0, "\u200e\u221214\u200e%\u200e"),
        (Fraction(-14, 100), "hi", 0, "\u221214%"),
    ],
)
def test_percentages(ratio: Fraction | Decimal, locale: str, digits: int, text: str) -> None:
    assert formats.percent(ratio, locale, digits) == text


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "ar"])
def test_percentages_agree_with_babel(language: str) -> None:
    for hundredths in (0, 14, 100, 1234):
        theirs = format_percent(Decimal(hundredths) / 100, locale=language.replace("-", "_"))
        assert formats.percent(Fraction(hundredths, 100), language) == theirs


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en_SG", "Wed 25 Nov"),
        ("en_GB", "Wed 25 Nov"),
        ("en_001", "Wed 25 Nov"),
        ("en_US", "Wed, Nov 25"),
        ("zh_Hans_SG", "11月25日 周三"),
        ("zh_Hant_HK", "11月25日 週三"),
        ("ja_JP", "11月25日(水)"),
        ("ko_KR", "11월 25일 (수)"),
        ("th_TH", "พ. 25 พ.ย."),
        ("id_ID", "Rab, 25 Nov"),
        ("vi_VN", "Th 4, 25 thg 11"),
        ("hi_IN", "बुध, 25 नव॰"),
        ("ar_AE", "الأربعاء 25 نوفمبر"),
        ("fr_FR", "mer. 25 nov."),
        ("de_DE", "Mi., 25. Nov."),
        ("es_ES", "mié, 25 nov"),
        ("it_IT", "mer 25 nov"),
        ("pt_BR", "qua., 25 de nov."),
    ],
)
def test_days(locale: str, text: str) -> None:
    assert formats.day(date(2026, 11, 25), locale) == text


def test_days_with_their_year() -> None:
    assert formats.day(date(2026, 11, 25), "en_GB", year=True) == "25 Nov 2026"
    assert formats.day(date(2026, 11, 25), "zh_Hant_HK", year=True) == "2026年11月25日"


@pytest.mark.parametrize(
    ("locale", "zone", "text"),
    [
        ("en_SG", "Asia/Singapore", "Tue 24 Nov, 02:00 GMT+8"),
        ("zh_Hans_SG", "Asia/Singapore", "11月24日 周二 02:00 GMT+8"),
        ("ar_AE", "Asia/Dubai", "الاثنين 23 نوفمبر 22:00 غرينتش+4"),
        ("en_IN", "Asia/Kolkata", "Mon 23 Nov, 23:30 GMT+5:30"),
        ("pt_BR", "America/Sao_Paulo", "seg., 23 de nov. 15:00 GMT\u22123"),
        ("en_GB", "Europe/London", "Mon 23 Nov, 18:00 GMT"),
        ("vi_VN", "Asia/Ho_Chi_Minh", "1:00 GMT+7 Th 3, 24 thg 11"),
    ],
)
def test_instants_carry_their_zone(locale: str, zone: str, text: str) -> None:
    at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    assert formats.instant(at, zone, locale) == text


def test_an_instant_without_its_zone_where_the_text_names_the_place() -> None:
    at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    assert formats.instant(at, "Asia/Shanghai", "en_SG", named=False) == "Tue 24 Nov, 02:00"
    with pytest.raises(AssertionError):
        formats.instant(at.replace(tzinfo=None), "Asia/Shanghai", "en_SG")


def test_names() -> None:
    own = [formats.language_name(language) for language in LANGUAGES]
    assert own[:4] == ["English", "简体中文", "繁體中文", "日本語"]
    assert own[-3:] == ["Español", "Italiano", "Português"]
    assert len(set(own)) == len(LANGUAGES)
    assert formats.language_name("ja", "de") == "Japanisch"
    assert formats.country_name("jp", "zh-Hans") == "日本"
    assert formats.country_name("QQ", "en") == "QQ"
    assert formats.currency_name("SGD", "en") == "Singapore Dollar"
    assert formats.list_of(["a", "b", "c"], "fr") == "a, b et c"
    assert formats.list_of([], "fr") == ""


@pytest.mark.parametrize(
    ("grams", "locale", "text"),
    [
        (640, "en", "640 g"),
        (1120, "en", "1,120 g"),
        (2000, "en", "2 kg"),
        (2449, "de", "2,4 kg"),
        (20_000, "en", "20 kg"),
        (1_234_500, "en", "1,234.5 kg"),
        (640, "zh_Hant_HK", "640 克"),
        (640, "ar_AE", "640 غرام"),
    ],
)
def test_weights(grams: int, locale: str, text: str) -> None:
    assert formats.weight(grams, locale).replace("\xa0", " ") == text


@pytest.mark.parametrize("locale", ["ar", "ar_AE", "ar_SA", "hi_IN", "th_TH"])
def test_digits_are_latin_everywhere(locale: str) -> None:
    at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    shown = [
        formats.price(123_456_789, "AED", locale),
        formats.number(1_234_567_890, locale),
        formats.number(Decimal("3.14"), locale),
        formats.percent(Fraction(123, 1000), locale, 1),
        formats.day(at.date(), locale),
        formats.day(at.date(), locale, year=True),
        formats.instant(at, "Asia/Dubai", locale),
        formats.weight(1120, locale),
        formats.weight(2400, locale),
    ]
    assert not [ch for text in shown for ch in text if ch.isdecimal() and not ch.isascii()]
