"""Working days and holidays of the markets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.markets.calendars import holiday_year, holidays_between, is_working_day, next_working_day
from argosy.markets.load import load_markets
from argosy.plumbing.config import ROOT

MARKETS = load_markets(ROOT / "data" / "markets")


@pytest.mark.parametrize(
    ("code", "on", "works"),
    [
        ("cn", date(2026, 2, 17), False),
        ("cn", date(2026, 2, 14), True),  # A Saturday worked in exchange for the Spring Festival.
        ("cn", date(2026, 2, 21), False),
        ("cn", date(2026, 6, 18), True),
        ("hk", date(2026, 2, 17), False),
        ("sg", date(2026, 8, 10), False),  # National Day fell on a Sunday.
        ("my", date(2026, 8, 31), False),
        ("th", date(2026, 4, 13), False),
        ("id", date(2026, 8, 17), False),
        ("vn", date(2026, 9, 2), False),
        ("ph", date(2026, 6, 12), False),
        ("in", date(2026, 1, 26), False),
        ("in", date(2026, 6, 20), True),  # Saturdays are worked.
        ("in", date(2026, 6, 21), False),
        ("jp", date(2026, 5, 5), False),
        ("jp", date(2026, 12, 25), True),
        ("kr", date(2026, 9, 25), False),
        ("tw", date(2026, 10, 10), False),
        ("us", date(2026, 11, 26), False),
        ("ca", date(2026, 7, 1), False),
        ("br", date(2026, 9, 7), False),
        ("fr", date(2026, 7, 14), False),
        ("de", date(2026, 10, 3), False),
        ("es", date(2026, 10, 12), False),
        ("it", date(2026, 6, 2), False),
        ("gb", date(2026, 12, 28), False),
        ("au", date(2026, 1, 26), False),
        ("ae", date(2026, 12, 2), False),
        ("ae", date(2026, 6, 19), True),  # A Friday.
        ("sa", date(2026, 6, 19), False),  # A Friday.
        ("sa", date(2026, 6, 21), True),  # A Sunday.
        ("sa", date(2026, 9, 23), False),
    ],
)
def test_days_of_each_market(code: str, on: date, works: bool) -> None:
    assert is_working_day(MARKETS[code], on) is works


def test_every_market_is_in_the_table_above() -> None:
    marks = [mark for mark in test_days_of_each_market.pytestmark if mark.name == "parametrize"]
    assert {row[0].upper() for row in marks[0].args[1]} == set(MARKETS)


def test_holidays_over_the_turn_of_a_year_with_both_ends() -> None:
    found = holidays_between(MARKETS["gb"], date(2026, 12, 25), date(2027, 1, 1), "en")
    assert [day.on for day in found] == [date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28), date(2027, 1, 1)]
    assert found[0].name == "Christmas Day"
    assert holidays_between(MARKETS["gb"], date(2026, 12, 24), date(2026, 12, 24)) == ()
    assert holidays_between(MARKETS["gb"], date(2026, 12, 24), date(2026, 12, 23)) == ()


def test_names_in_the_readers_language() -> None:
    on = date(2026, 2, 17)
    own, english, hant, french = (
        holidays_between(MARKETS["hk"], on, on, language)[0].name for language in (None, "en", "zh-Hant", "fr")
    )
    assert english == french == "Lunar New Year's Day"
    assert own == hant == "農曆年初一"


def test_the_next_working_day() -> None:
    assert next_working_day(MARKETS["de"], date(2026, 12, 24)) == date(2026, 12, 24)
    assert next_working_day(MARKETS["de"], date(2026, 12, 25)) == date(2026, 12, 28)
    assert next_working_day(MARKETS["sa"], date(2026, 6, 19)) == date(2026, 6, 21)


def test_a_country_that_is_no_market_and_one_that_does_not_exist() -> None:
    assert date(2026, 7, 21) in holiday_year("BE", None, 2026).off
    with pytest.raises(NotImplementedError):
        holiday_year("QQ", None, 2026)


@given(code=st.sampled_from(sorted(MARKETS)), ahead=st.integers(0, 3000))
def test_a_holiday_is_not_worked_and_a_working_day_is_never_far(code: str, ahead: int) -> None:
    market, on = MARKETS[code], date(2024, 1, 1) + timedelta(days=ahead)
    worked = is_working_day(market, on)
    if holidays_between(market, on, on) and worked:
        assert on in holiday_year(market.calendar.holidays, market.calendar.subdivision, on.year).worked
    assert next_working_day(market, on) - on <= timedelta(days=16)
