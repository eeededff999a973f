"""Who gets what: first come, first served, all or nothing, and never more than there is."""

from __future__ import annotations

from collections import Counter as Tally

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.quotas.model import Counter, Move, Short, Take
from argosy.quotas.rules import admit, merge

KEYS = st.sampled_from(["a", "b", "c", "d", "never-received"])
TAKES = st.builds(Take, KEYS, st.integers(1, 6))
WISHES = st.lists(st.lists(TAKES, min_size=1, max_size=5), max_size=25)
FREE = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 12))


def naive(free: dict[str, int], wishes: list[list[Take]]) -> list[bool]:
    """The plainest thing that is right: take piece by piece, and put all back if one is missing."""
    left = dict(free)
    granted = []
    for wish in wishes:
        before = dict(left)
        good = True
        for take in wish:
            for _ in range(take.count):
                left[take.key] = left.get(take.key, 0) - 1
                good = good and left[take.key] >= 0
        if not good:
            left = before
        granted.append(good)
    return granted


@settings(deadline=None, max_examples=300)
@given(FREE, WISHES)
def test_admission_is_the_plain_one(free: dict[str, int], wishes: list[list[Take]]) -> None:
    assert [not lacking for lacking in admit(free, wishes)] == naive(free, wishes)


@settings(deadline=None, max_examples=200)
@given(FREE, WISHES)
def test_nothing_goes_below_zero_and_a_refusal_tells_what_is_left(
    free: dict[str, int], wishes: list[list[Take]]
) -> None:
    given_away: Tally[str] = Tally()
    for wish, lacking in zip(wishes, admit(free, wishes), strict=True):
        wanted: Tally[str] = Tally()
        for take in wish:
            wanted[take.key] += take.count
        short = {key: (n, free.get(key, 0) - given_away[key]) for key, n in wanted.items()}
        told = {one.key: (one.wanted, one.free) for one in lacking}
        assert told == {key: pair for key, pair in short.items() if pair[0] > pair[1]}
        if not lacking:
            given_away += wanted
    assert all(free[key] >= count for key, count in given_away.items())


def test_the_question_is_left_as_it_was() -> None:
    free = {"a": 3}
    admit(free, [[Take("a", 2)]])
    assert free == {"a": 3}


@pytest.mark.parametrize(
    ("free", "wishes", "answers"),
    [
        pytest.param({"a": 1}, [[Take("a", 1)], [Take("a", 1)]], [(), (Short("a", 1, 0),)], id="first-come"),
        pytest.param({"a": 1}, [[Take("a", 2)], [Take("a", 1)]], [(Short("a", 2, 1),), ()], id="the-small-after"),
        pytest.param(
            {"a": 1}, [[Take("a", 1), Take("b", 1)], [Take("a", 1)]], [(Short("b", 1, 0),), ()], id="all-or-nothing"
        ),
        pytest.param({"a": 3}, [[Take("a", 2), Take("a", 2)]], [(Short("a", 4, 3),)], id="one-key-twice"),
        pytest.param({}, [[Take("a", 1)]], [(Short("a", 1, 0),)], id="never-received"),
        pytest.param({"a": -2}, [[Take("a", 1)]], [(Short("a", 1, 0),)], id="below-zero-is-told-as-nothing"),
        pytest.param({"a": 1}, [], [], id="nobody"),
    ],
)
def test_who_gets_what(free: dict[str, int], wishes: list[list[Take]], answers: list[tuple[Short, ...]]) -> None:
    assert admit(free, wishes) == answers


MOVES = st.builds(Move, KEYS, st.integers(-5, 5), st.integers(-5, 5), st.integers(-5, 5))


@settings(deadline=None)
@given(st.lists(MOVES, max_size=30))
def test_merged_moves_do_the_same_in_the_order_of_keys(moves: list[Move]) -> None:
    merged = merge(moves)
    keys = [move.key for move in merged]
    assert keys == sorted(set(keys))
    assert all(move.held or move.sold or move.received for move in merged)
    for key in {move.key for move in moves}:
        ours = [move for move in moves if move.key == key]
        sums = (sum(m.held for m in ours), sum(m.sold for m in ours), sum(m.received for m in ours))
        kept = [(m.held, m.sold, m.received) for m in merged if m.key == key]
        assert kept == ([sums] if any(sums) else [])


def test_what_is_free() -> None:
    assert Counter("a", received=10, held=3, sold=2).free == 5
