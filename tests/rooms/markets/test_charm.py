"""Good-looking prices: the list of them per market, and what rounding to the nearest one promises."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.markets.load import MAX_MOVE, load_markets
from argosy.markets.model import Market, RoundingStep, worst_move
from argosy.markets.rules import charm
from argosy.plumbing.config import ROOT

MARKETS = load_markets(ROOT / "data" / "markets")
markets = st.sampled_from(list(MARKETS.values()))
amounts = st.integers(min_value=1, max_value=10**12)


@pytest.mark.parametrize(
    ("code", "computed", "shown"),
    [
        ("fr", 5372, 5390),
        ("fr", 5364, 5340),
        ("fr", 17043, 17090),
        ("de", 123456, 123490),
        ("us", 5372, 5349),
        ("us", 5374, 5399),
        ("us", 3, 3),
        ("gb", 105, 109),
        ("hk", 1687, 1690),
        ("hk", 41260, 41300),
        ("cn", 38901, 38900),
        ("cn", 5355, 5390),
        ("sg", 7138, 7140),
        ("my", 5372, 5390),
        ("th", 45300, 44900),
        ("th", 45400, 45900),
        ("id", 4_571_200, 4_550_000),
        ("id", 19_912_345, 19_900_000),
        ("vn", 453_000, 449_000),
        ("vn", 1_234_567, 1_230_000),
        ("ph", 104_040, 104_000),
        ("in", 45_450, 45_900),
        ("jp", 1958, 1980),
        ("jp", 12_345, 12_480),
        ("kr", 45_412, 45_900),
        ("kr", 1_234_567, 1_234_900),
        ("tw", 104_040, 104_000),
        ("ca", 24_950, 24_999),
        ("br", 5372, 5390),
        ("es", 999, 1000),
        ("it", 99, 99),
        ("au", 5372, 5395),
        ("ae", 17_044, 17_000),
        ("sa", 5372, 5395),
    ],
)
def test_price_of_each_market(code: str, computed: int, shown: int) -> None:
    assert charm(computed, MARKETS[code]) == shown


def test_every_market_is_in_the_table_above() -> None:
    marks = [mark for mark in test_price_of_each_market.pytestmark if mark.name == "parametrize"]
    assert {row[0].upper() for row in marks[0].args[1]} == set(MARKETS)


@given(market=markets, low=amounts, more=st.integers(min_value=0, max_value=10**6))
def test_a_higher_cost_never_gives_a_lower_price(market: Market, low: int, more: int) -> None:
    assert charm(low, market) <= charm(low + more, market)


@given(market=markets, minor=amounts)
def test_a_good_price_stays(market: Market, minor: int) -> None:
    once = charm(minor, market)
    assert charm(once, market) == once


@given(market=markets, minor=amounts)
def test_a_price_is_never_nothing_and_moves_little(market: Market, minor: int) -> None:
    shown = charm(minor, market)
    limit = market.rounding[0].up_to_minor
    assert shown > 0
    if limit is None or minor > limit:
        assert Fraction(abs(shown - minor), minor) <= MAX_MOVE
    else:
        assert abs(shown - minor) <= market.rounding[0].step_minor


@given(market=markets, minor=st.integers(min_value=1, max_value=300_000))
def test_no_other_good_price_is_nearer(market: Market, minor: int) -> None:
    shown = charm(minor, market)
    reach = abs(shown - minor)
    for nearer in range(max(1, minor - reach + 1), minor + reach):
        if nearer != shown and reach < 600:
            assert charm(nearer, market) != nearer


def test_yen_end_in_zero_and_won_in_hundreds() -> None:
    assert all(charm(minor, MARKETS["jp"]) % 10 == 0 for minor in range(101, 30_000, 7))
    assert all(charm(minor, MARKETS["kr"]) % 100 == 0 for minor in range(1, 300_000, 77))
    assert all(charm(minor, MARKETS["vn"]) % 1000 == 0 for minor in range(1, 3_000_000, 777))


def test_a_gift_stays_a_gift_and_a_negative_price_is_refused() -> None:
    assert charm(0, MARKETS["fr"]) == 0
    with pytest.raises(ValueError, match="price of -1"):
        charm(-1, MARKETS["fr"])


@given(
    limits=st.lists(st.integers(2, 10**6), min_size=0, max_size=4, unique=True).map(sorted),
    steps=st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 4999)), min_size=5, max_size=5),
    minor=st.integers(1, 2 * 10**6),
    more=st.integers(0, 10**4),
)
def test_any_table_that_worst_move_takes_is_monotone(
    limits: list[int], steps: list[tuple[int, int]], minor: int, more: int
) -> None:
    rounding = tuple(
        RoundingStep(up_to_minor=limit, step_minor=step, minus_minor=minus % step)
        for limit, (step, minus) in zip([*limits, None], steps, strict=False)
    )
    try:
        worst_move(rounding)
    except ValueError:
        return
    market = msgspec.structs.replace(MARKETS["fr"], rounding=rounding)
    shown = charm(minor, market)
    assert shown > 0
    assert charm(shown, market) == shown
    assert shown <= charm(minor + more, market)
