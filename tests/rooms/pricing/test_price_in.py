"""The price of a good in a market: set or converted, rounded as the market likes it, or unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.money import convert
from argosy.markets.load import load_markets
from argosy.markets.rules import charm
from argosy.plumbing.config import Config
from argosy.pricing.load_rates import rates_of
from argosy.pricing.model import PriceRow, RateRow
from argosy.pricing.rules import price_in, rank_of

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
TODAY = NOW.date()
VARIANT = UUID("01977f2e-4c00-7001-8000-3f2a9d1c5b7e")
MARKETS = load_markets(Config().data / "markets")
LONG_AGO = timedelta(days=100)
RATES = rates_of(
    [
        RateRow("CNY", TODAY, 8, 1, "bank", TODAY),
        RateRow("USD", TODAY, 5, 4, "bank", TODAY),
        RateRow("JPY", TODAY, 160, 1, "bank", TODAY),
        RateRow("KRW", TODAY, 1600, 1, "bank", TODAY),
        RateRow("GBP", TODAY + timedelta(days=1), 1, 1, "bank", TODAY),
    ]
)


def days(count: float) -> timedelta:
    return timedelta(days=count)


def price(
    minor: int,
    currency: str = "CNY",
    *,
    list_name: str = "",
    since: timedelta = LONG_AGO,
    until: timedelta | None = None,
) -> PriceRow:
    """A price that began `since` before now and ended `until` before now."""
    return PriceRow(VARIANT, list_name, NOW - since, None if until is None else NOW - until, minor, currency, "test")


@pytest.mark.parametrize(
    ("market", "rows", "minor", "rule"),
    [
        pytest.param("CN", [price(12_345)], 12_345, "converted", id="home-as-the-seller-says"),
        pytest.param("FR", [price(42_700)], 5_340, "converted", id="charm-of-53.38"),
        pytest.param("JP", [price(30_000)], 5_980, "converted", id="yen-have-no-cents"),
        pytest.param("JP", [price(40_00)], 800, "converted", id="small-yen"),
        pytest.param("US", [price(8_000, "USD")], 8_000, "converted", id="seller's-own-currency-is-left-alone"),
        pytest.param("FR", [price(160_000, "JPY")], 99_990, "converted", id="from-yen"),
        pytest.param("FR", [price(1_234, "EUR", list_name="FR"), price(42_700)], 1_234, "set", id="set-goes-first"),
        pytest.param("FR", [price(42_700), price(1_234, "EUR", list_name="FR")], 1_234, "set", id="in-any-order"),
        pytest.param(
            "FR", [price(1_234, "EUR", list_name="DE"), price(42_700)], 5_340, "converted", id="another's-list"
        ),
        pytest.param("FR", [price(1_000, "USD", list_name="FR")], 800, "converted", id="list-in-another-currency"),
        pytest.param("KR", [price(1, "USD")], 100, "converted", id="a-cent-is-not-free-in-won"),
        pytest.param("FR", [price(1, "KRW")], 1, "converted", id="a-won-is-not-free-in-cents"),
        pytest.param(
            "FR",
            [price(999, "EUR", list_name="FR", until=days(1)), price(42_700)],
            5_340,
            "converted",
            id="the-list's-price-is-over",
        ),
        pytest.param(
            "FR",
            [price(999, "EUR", list_name="FR", since=days(-1)), price(42_700)],
            5_340,
            "converted",
            id="the-list's-price-is-to-come",
        ),
        pytest.param("CN", [price(500, since=days(0))], 500, "converted", id="begins-now"),
        pytest.param(
            "CN", [price(500, until=days(0)), price(400, since=days(0))], 400, "converted", id="one-ends-one-begins"
        ),
    ],
)
def test_the_price(market: str, rows: list[PriceRow], minor: int, rule: str) -> None:
    made = price_in(MARKETS[market], rows, RATES, NOW)
    assert made is not None
    assert (made.minor, made.currency, made.rule) == (minor, MARKETS[market].currency, rule)
    assert (made.rate is None) == (rule == "set")


@pytest.mark.parametrize(
    ("market", "rows"),
    [
        pytest.param("FR", [], id="none-at-all"),
        pytest.param("FR", [price(100, "EUR", list_name="DE")], id="in-another-market-only"),
        pytest.param("FR", [price(100, since=days(-1))], id="not-yet"),
        pytest.param("FR", [price(100, until=days(0))], id="ends-now"),
        pytest.param("FR", [price(100, "XYZ")], id="unknown-currency"),
        pytest.param("GB", [price(100)], id="the-rate-is-of-tomorrow"),
        pytest.param("AU", [price(100)], id="no-rate-of-the-market"),
        pytest.param("FR", [price(100, "XYZ", list_name="FR")], id="list-in-an-unknown-currency"),
    ],
)
def test_an_unknown_price_is_none(market: str, rows: list[PriceRow]) -> None:
    assert price_in(MARKETS[market], rows, RATES, NOW) is None


def test_a_price_keeps_what_it_was_made_from() -> None:
    made = price_in(MARKETS["FR"], [price(42_700)], RATES, NOW)
    assert made is not None
    assert made.rate is not None
    assert (made.seller_minor, made.seller_currency) == (42_700, "CNY")
    assert (made.rate.ratio, made.rate.day, made.rate.source) == (Fraction(1, 8), TODAY, "bank")
    recomputed = convert(made.seller_minor, made.rate.ratio, made.seller_currency, made.currency)
    assert charm(recomputed, MARKETS["FR"]) == made.minor


CUT = price(8_000, since=days(5))


@pytest.mark.parametrize(
    ("rows", "lowest"),
    [
        pytest.param([CUT, price(10_000, until=days(5))], 10_000, id="cut"),
        pytest.param([CUT], None, id="always-so"),
        pytest.param([CUT, price(7_000, until=days(5))], None, id="raised"),
        pytest.param([CUT, price(8_000, until=days(5))], None, id="the-same"),
        pytest.param(
            [CUT, price(10_000, since=days(10), until=days(5)), price(9_000, since=days(90), until=days(10))],
            9_000,
            id="the-lowest-of-the-30-days",
        ),
        pytest.param(
            [CUT, price(10_000, since=days(34), until=days(5)), price(9_000, until=days(34))],
            9_000,
            id="in-force-on-the-first-of-the-30-days",
        ),
        pytest.param(
            [CUT, price(10_000, since=days(35), until=days(5)), price(9_000, until=days(35))],
            10_000,
            id="ended-as-the-30-days-began",
        ),
        pytest.param(
            [CUT, price(10_000, since=days(10), until=days(5)), price(7_500, since=days(20), until=days(10))],
            None,
            id="it-was-cheaper-within-30-days",
        ),
        pytest.param(
            [price(8_000, since=days(31)), price(10_000, until=days(31))], None, id="a-cut-of-long-ago-is-no-news"
        ),
        pytest.param([CUT, price(10_000, list_name="CN", until=days(5))], None, id="another-list's-price"),
        pytest.param([CUT, price(10_000, since=days(-3))], None, id="a-rise-to-come"),
    ],
)
def test_the_lowest_price_of_30_days(rows: list[PriceRow], lowest: int | None) -> None:
    made = price_in(MARKETS["CN"], rows, RATES, NOW)
    assert made is not None
    assert (made.minor, made.lowest_30_days_minor) == (8_000, lowest)


def test_a_reference_is_in_the_currency_of_the_market() -> None:
    made = price_in(MARKETS["FR"], [price(42_700, since=days(5)), price(85_400, until=days(5))], RATES, NOW)
    assert made is not None
    assert (made.minor, made.lowest_30_days_minor) == (5_340, 10_690)


def test_a_rate_that_moves_is_no_cut() -> None:
    yesterday = TODAY - days(1)
    dearer = [RateRow("CNY", yesterday, 4, 1, "bank", TODAY), RateRow("CNY", TODAY, 8, 1, "bank", TODAY)]
    made = price_in(MARKETS["FR"], [price(42_700)], rates_of(dearer), NOW)
    assert made is not None
    assert made.lowest_30_days_minor is None


@given(st.sampled_from(sorted(MARKETS)), st.integers(1, 10**9), st.integers(1, 10**6), st.integers(1, 10**4))
def test_a_price_is_positive_and_close_to_what_was_computed(market: str, minor: int, over: int, under: int) -> None:
    place = MARKETS[market]
    rates = rates_of([RateRow(place.currency, TODAY, over, under, "bank", TODAY)])
    made = price_in(place, [price(minor, "EUR")], rates, NOW)
    assert made is not None
    assert made.minor > 0
    exact = minor if place.currency == "EUR" else convert(minor, Fraction(over, under), "EUR", place.currency)
    if place.currency != "EUR" and exact > (place.rounding[0].up_to_minor or 0):
        assert abs(made.minor - exact) <= exact / 20


@pytest.mark.parametrize(
    ("minor", "currency", "wanted"),
    [
        pytest.param(100, "CNY", 100, id="at-home"),
        pytest.param(100, "EUR", 800, id="abroad"),
        pytest.param(100, "XYZ", None, id="unknown"),
    ],
)
def test_the_rank_of_a_price_is_its_home_amount(minor: int, currency: str, wanted: int | None) -> None:
    assert rank_of(minor, currency, "CNY", RATES, NOW) == wanted
