"""Numbers on labels against published examples, and every slip of one digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.delivery.parcels.numbers import read_s10, s10, sscc


@pytest.mark.parametrize(
    ("service", "serial", "country", "number"),
    [
        ("RR", 47_312_482, "GB", None),
        ("RA", 47_312_482, "SE", None),
        ("LP", 12_345_678, "CN", "LP123456785CN"),
        ("EE", 0, "CN", "EE000000005CN"),
    ],
)
def test_s10(service: str, serial: int, country: str, number: str | None) -> None:
    made = s10(service, serial, country)
    assert number is None or made == number
    assert read_s10(f" {made[:2].lower()} {made[2:6]} {made[6:]} ") == made


def test_the_sum_of_the_standard_s_example() -> None:
    # 4*8+7*6+3*4+1*2+2*3+4*5+8*9+2*7 = 200; 200 mod 11 = 2; 11 - 2 = 9.
    assert s10("RA", 47_312_482, "SE") == "RA473124829SE"


@given(st.integers(0, 99_999_999), st.integers(0, 7), st.integers(1, 9))
def test_a_wrong_digit_is_seen(serial: int, place: int, by: int) -> None:
    number = s10("LP", serial, "CN")
    at = 2 + place
    wrong = f"{number[:at]}{(int(number[at]) + by) % 10}{number[at + 1 :]}"
    # Two remainders share a digit (0 is written for 10), so the standard itself lets some slips pass.
    if s10("LP", int(wrong[2:10]), "CN")[10] != wrong[10]:
        with pytest.raises(Refused):
            read_s10(wrong)


@pytest.mark.parametrize(
    "text", ["", "LP12345678CN", "LP123456780CN", "1P123456785CN", "LP12345678٥CN", "LP123456785C1"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(Refused):
        read_s10(text)


def test_sscc() -> None:
    # Sum of the odd places times three and the even ones, worked by hand: the last digit makes it a multiple of ten.
    number = sscc(1, "0614141", 123_456_789)
    assert number == "106141411234567897"
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(number[:-1]))
    assert (weighted + int(number[-1])) % 10 == 0


@pytest.mark.parametrize(("extension", "company", "serial"), [(10, "0614141", 1), (1, "06", 1), (1, "0614141", 10**9)])
def test_what_is_no_sscc(extension: int, company: str, serial: int) -> None:
    with pytest.raises(ValueError, match="SSCC"):
        sscc(extension, company, serial)
