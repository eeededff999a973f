"""What an account needs, and how long a guesser waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.shoppers.rules import (
    FREE_TRIES,
    bad_password,
    check_registration,
    heard_from,
    plain_email,
    plain_name,
    plain_password,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD = "four unrelated words"


@pytest.mark.parametrize(
    ("name", "email", "password", "faults"),
    [
        ("Aoife Byrne", "aoife@example.com", GOOD, []),
        ("王小明", "wang@例子.中国", "四个毫不相干的词语在这", []),
        ("", "", "", [("name", "required"), ("email", "required"), ("password", "too_short")]),
        ("--", "a@b.ie", GOOD, [("name", "required")]),
        ("x" * 121, "a@b.ie", GOOD, [("name", "too_long")]),
        ("A\x00b", "a@b.ie", GOOD, [("name", "control_character")]),
        ("Aoife", "aoife", GOOD, [("email", "invalid")]),
        ("Aoife", "aoife@localhost", GOOD, [("email", "invalid")]),
        ("Aoife", "a oife@example.com", GOOD, [("email", "invalid")]),
        ("Aoife", "a" * 250 + "@b.ie", GOOD, [("email", "invalid")]),
        ("Aoife", "aoife@example.com", "nine char", [("password", "too_short")]),
        ("Aoife", "aoife@example.com", "x" * 201, [("password", "too_long")]),
        ("Aoife", "aoife@example.com", "aaaaaaaaaaaa", [("password", "too_easy")]),
        ("Aoife", "aoife@example.com", "AOIFE@example.com", [("password", "too_easy")]),
        ("Aoife Byrne Long", "aoife@example.com", "aoife byrne long", [("password", "too_easy")]),
    ],
)
def test_every_fault_of_a_form_is_told(name: str, email: str, password: str, faults: list[tuple[str, str]]) -> None:
    found = check_registration(name, email, password)
    assert [(fault.field, fault.code) for fault in found] == faults
    assert all(fault.remedy.endswith(".") for fault in found)


def test_one_address_is_one_account_however_it_is_typed() -> None:
    assert plain_email("  Aoife@Example.COM ") == plain_email("aoife@example.com")
    assert plain_email("ａoife@example.com") == "aoife@example.com"


def test_two_keyboards_write_the_same_password() -> None:
    assert plain_password("cafe\u0301 cafe\u0301") == plain_password("café café")


def test_a_name_is_one_line() -> None:
    assert plain_name("  Aoife \n Byrne ") == "Aoife Byrne"


def test_the_first_tries_are_free() -> None:
    assert [heard_from(n, NOW) for n in range(FREE_TRIES)] == [None] * FREE_TRIES


@given(st.integers(FREE_TRIES, 10_000))
def test_who_guesses_waits_longer_and_never_beyond_a_quarter_of_an_hour(failures: int) -> None:
    now, later = heard_from(failures, NOW), heard_from(failures + 1, NOW)
    assert now is not None and later is not None
    assert timedelta(seconds=30) <= now - NOW <= later - NOW <= timedelta(minutes=15)


@given(st.text(max_size=220))
def test_a_password_is_judged_whatever_it_is(password: str) -> None:
    fault = bad_password(password, "aoife@example.com")
    assert (fault is None) or fault.field == "password"
    if fault is None:
        assert 10 <= len(password) <= 200
