"""Exchange rates: the latest on or before a day, crossed through the euro, and unknown where there is none."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.pricing.load_rates import rates_of
from argosy.pricing.model import RateRow, Rates

THURSDAY = date(2026, 6, 18)
FRIDAY = date(2026, 6, 19)
SUNDAY = date(2026, 6, 21)


def row(currency: str, day: date, rate: str, source: str = "bank") -> RateRow:
    value = Fraction(rate)
    return RateRow(currency, day, value.numerator, value.denominator, source, day)


RATES = rates_of(
    [
        row("USD", FRIDAY, "1.25"),
        row("USD", THURSDAY, "1.2"),
        row("JPY", THURSDAY, "160"),
        row("AED", date(2025, 1, 1), "4.5", "table"),
    ]
)


@pytest.mark.parametrize(
    ("source", "target", "day", "ratio", "of", "told_by"),
    [
        pytest.param("EUR", "USD", FRIDAY, "1.25", FRIDAY, "bank", id="of-the-day"),
        pytest.param("EUR", "USD", THURSDAY, "1.2", THURSDAY, "bank", id="not-a-later-one"),
        pytest.param("EUR", "USD", SUNDAY, "1.25", FRIDAY, "bank", id="weekend-takes-friday"),
        pytest.param("EUR", "USD", date(2026, 12, 31), "1.25", FRIDAY, "bank", id="the-latest-there-is"),
        pytest.param("USD", "EUR", FRIDAY, "4/5", FRIDAY, "bank", id="to-the-euro"),
        pytest.param("USD", "JPY", THURSDAY, "400/3", THURSDAY, "bank", id="crossed-exactly"),
        pytest.param("USD", "JPY", SUNDAY, "128", THURSDAY, "bank", id="as-old-as-its-older-part"),
        pytest.param("AED", "USD", SUNDAY, "5/18", date(2025, 1, 1), "table and bank", id="two-publishers"),
        pytest.param("EUR", "EUR", SUNDAY, "1", SUNDAY, "same currency", id="euro-to-euro"),
        pytest.param("XYZ", "XYZ", SUNDAY, "1", SUNDAY, "same currency", id="unknown-to-itself"),
    ],
)
def test_the_rate_of_a_day(source: str, target: str, day: date, ratio: str, of: date, told_by: str) -> None:
    rate = RATES.on(source, target, day)
    assert rate is not None
    assert (rate.ratio, rate.day, rate.source) == (Fraction(ratio), of, told_by)


@pytest.mark.parametrize(
    ("source", "target", "day"),
    [
        pytest.param("EUR", "XYZ", FRIDAY, id="no-such-currency"),
        pytest.param("XYZ", "EUR", FRIDAY, id="from-no-such-currency"),
        pytest.param("EUR", "USD", THURSDAY - timedelta(days=1), id="before-the-first"),
        pytest.param("AED", "USD", date(2026, 1, 1), id="one-of-two-known"),
        pytest.param("eur", "USD", FRIDAY, id="another-spelling"),
    ],
)
def test_no_rate_is_unknown_and_never_one(source: str, target: str, day: date) -> None:
    assert RATES.on(source, target, day) is None


def test_asking_again_gives_the_same() -> None:
    assert RATES.on("USD", "JPY", FRIDAY) is RATES.on("USD", "JPY", FRIDAY)
    assert RATES.on("XYZ", "JPY", FRIDAY) is RATES.on("XYZ", "JPY", FRIDAY) is None


def test_currencies_there_are_rates_of() -> None:
    assert RATES.currencies() == {"EUR", "USD", "JPY", "AED"}


@given(st.dictionaries(st.integers(0, 400), st.integers(1, 10**6), min_size=1, max_size=40), st.integers(-5, 405))
def test_the_latest_on_or_before_like_a_plain_search(days: dict[int, int], asked: int) -> None:
    start = date(2025, 1, 1)
    rates = Rates({"JPY": [row("JPY", start + timedelta(days=day), str(rate)) for day, rate in days.items()]})
    found = rates.on("EUR", "JPY", start + timedelta(days=asked))
    before = [day for day in days if day <= asked]
    if not before:
        assert found is None
    else:
        assert found is not None
        assert (found.ratio, found.day) == (days[max(before)], start + timedelta(days=max(before)))


@given(st.fractions(min_value="0.01", max_value=30_000), st.fractions(min_value="0.01", max_value=30_000))
def test_there_and_back_is_one(one: Fraction, other: Fraction) -> None:
    rates = rates_of([row("AAA", FRIDAY, str(one)), row("BBB", FRIDAY, str(other))])
    there, back = rates.on("AAA", "BBB", FRIDAY), rates.on("BBB", "AAA", FRIDAY)
    assert there is not None
    assert back is not None
    assert there.ratio * back.ratio == 1
