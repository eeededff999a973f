"""Money: shares that add up, conversion that rounds as invoices do, currencies that never mix."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.money import MixedCurrencies, Money, convert, exponent, round_half_up, share, total

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=60)
AMOUNTS = st.integers(-(10**15), 10**15)


@given(AMOUNTS, WEIGHTS)
def test_shares_add_up_to_the_whole(minor: int, weights: list[int]) -> None:
    assert sum(share(minor, weights)) == minor


@given(st.integers(0, 10**15), WEIGHTS)
def test_no_share_is_negative_and_each_is_within_one_of_its_part(minor: int, weights: list[int]) -> None:
    used = weights if any(weights) else [1] * len(weights)
    for part, weight in zip(share(minor, weights), used, strict=True):
        assert part >= 0
        assert abs(part - Fraction(minor * weight, sum(used))) < 1


@given(AMOUNTS, WEIGHTS)
def test_a_negative_amount_is_shared_as_the_positive_one(minor: int, weights: list[int]) -> None:
    assert share(-minor, weights) == [-part for part in share(minor, weights)]


@given(AMOUNTS, WEIGHTS)
def test_the_same_split_comes_out_again(minor: int, weights: list[int]) -> None:
    first = share(minor, weights)
    assert share(minor, tuple(weights)) == first


@given(st.integers(0, 10**15), WEIGHTS)
def test_the_larger_remainder_gets_the_odd_unit(minor: int, weights: list[int]) -> None:
    used = weights if any(weights) else [1] * len(weights)
    exact = [Fraction(minor * weight, sum(used)) for weight in used]
    rest = [part - int(part) for part in exact]
    got = [part - int(whole) for part, whole in zip(share(minor, weights), exact, strict=True)]
    lucky = [rest[n] for n, extra in enumerate(got) if extra]
    unlucky = [rest[n] for n, extra in enumerate(got) if not extra]
    assert not lucky or not unlucky or min(lucky) >= max(unlucky)


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        pytest.param(100, [1, 1, 1], [34, 33, 33], id="the-earlier-of-equals"),
        pytest.param(100, [3, 3, 1], [43, 43, 14], id="largest-remainder"),
        pytest.param(2, [1, 1, 1], [1, 1, 0], id="fewer-units-than-parts"),
        pytest.param(-100, [1, 1, 1], [-34, -33, -33], id="negative"),
        pytest.param(7, [0, 0], [4, 3], id="no-weights"),
        pytest.param(7, [0, 5, 0], [0, 7, 0], id="nothing-for-no-weight"),
        pytest.param(0, [5, 9], [0, 0], id="nothing"),
        pytest.param(1, [10**18, 10**18 + 1], [0, 1], id="beyond-a-float"),
    ],
)
def test_shares(minor: int, weights: list[int], parts: list[int]) -> None:
    assert share(minor, weights) == parts


@pytest.mark.parametrize(
    "weights", [pytest.param([], id="none"), pytest.param([1, -1], id="negative"), pytest.param([-1], id="only-one")]
)
def test_a_split_without_a_meaning_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"nothing|negative"):
        share(100, weights)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("JPY", 0), ("KRW", 0), ("VND", 0), ("EUR", 2), ("CNY", 2), ("TWD", 2), ("IDR", 2), ("KWD", 3), ("BHD", 3)],
)
def test_exponents(currency: str, digits: int) -> None:
    assert exponent(currency) == digits


ONE_YEN = Fraction(1, 160)
ONE_DINAR = Fraction(27, 10)


@pytest.mark.parametrize(
    ("minor", "rate", "source", "target", "wanted"),
    [
        pytest.param(1000, ONE_YEN, "JPY", "EUR", 625, id="yen-to-euro"),
        pytest.param(4, ONE_YEN, "JPY", "EUR", 3, id="yen-to-euro-half-goes-up"),
        pytest.param(-4, ONE_YEN, "JPY", "EUR", -3, id="yen-to-euro-negative-half-goes-away"),
        pytest.param(1250, Fraction(160), "EUR", "JPY", 2000, id="euro-to-yen"),
        pytest.param(1, Fraction(160), "EUR", "JPY", 2, id="euro-cent-to-yen"),
        pytest.param(1, Fraction(50), "EUR", "JPY", 1, id="half-a-yen"),
        pytest.param(1, Fraction(49), "EUR", "JPY", 0, id="less-than-half-a-yen"),
        pytest.param(-1, Fraction(50), "EUR", "JPY", -1, id="minus-half-a-yen"),
        pytest.param(1000, ONE_DINAR, "KWD", "EUR", 270, id="dinar-to-euro"),
        pytest.param(270, 1 / ONE_DINAR, "EUR", "KWD", 1000, id="euro-to-dinar"),
        pytest.param(1, Fraction(1, 2), "JPY", "KWD", 500, id="yen-to-dinar"),
        pytest.param(1500, Fraction(1), "KWD", "JPY", 2, id="dinar-to-yen-half-goes-up"),
        pytest.param(1499, Fraction(1), "KWD", "JPY", 1, id="dinar-to-yen-below-half"),
        pytest.param(10**17 + 1, Fraction(1), "EUR", "EUR", 10**17 + 1, id="beyond-a-float"),
        pytest.param(0, ONE_YEN, "JPY", "EUR", 0, id="nothing"),
    ],
)
def test_conversion(minor: int, rate: Fraction, source: str, target: str, wanted: int) -> None:
    assert convert(minor, rate, source, target) == wanted


@given(
    st.integers(-(10**12), 10**12),
    st.integers(1, 10**6),
    st.integers(1, 10**4),
    st.sampled_from(["JPY", "EUR", "KWD"]),
    st.sampled_from(["JPY", "EUR", "KWD"]),
)
def test_conversion_is_what_decimal_rounds_to(minor: int, over: int, under: int, source: str, target: str) -> None:
    exact = Fraction(minor * over, under) * Fraction(10) ** (exponent(target) - exponent(source))
    assert convert(minor, Fraction(over, under), source, target) == round_half_up(exact)
    assert convert(-minor, Fraction(over, under), source, target) == -round_half_up(exact)


@given(st.integers(-(10**9), 10**9), st.sampled_from([1, 2, 4, 5, 8, 10, 16, 20, 25, 1000]))
def test_halves_go_away_from_zero(over: int, under: int) -> None:
    told = (Decimal(over) / under).quantize(Decimal(1), ROUND_HALF_UP)
    assert round_half_up(Fraction(over, under)) == int(told)


def test_sums_stay_in_one_currency() -> None:
    assert Money(150, "EUR") + Money(-50, "EUR") == Money(100, "EUR")
    assert Money(150, "EUR") - Money(50, "EUR") == Money(100, "EUR")
    assert Money(150, "JPY").times(3) == Money(450, "JPY")
    assert total([Money(1, "EUR"), Money(2, "EUR")], "EUR") == Money(3, "EUR")
    assert total([], "KWD") == Money(0, "KWD")


def test_two_currencies_never_meet() -> None:
    with pytest.raises(MixedCurrencies):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(MixedCurrencies):
        Money(1, "EUR") - Money(1, "USD")
    with pytest.raises(MixedCurrencies):
        total([Money(1, "EUR")], "USD")


def test_amounts_of_two_currencies_have_no_order() -> None:
    with pytest.raises(TypeError):
        _ = Money(1, "EUR") < Money(2, "USD")  # type: ignore[operator]
