"""Thousands of consignments, by the rules and by the plain reading."""

from __future__ import annotations

from collections import Counter

import pytest

from rooms.landed.plain.draw import draw, undecided
from rooms.landed.plain.work_out import answer
from rooms.landed.plain_comparison import asked, disagreements, figures

DRAWN = 3_000


@pytest.mark.parametrize("start", range(0, DRAWN, 500))
def test_both_readings_agree(start: int) -> None:
    wrong = []
    for seed in range(start, start + 500):
        request = draw(seed)
        wrong += [
            (seed, request["to"], request["at"], what) for what in disagreements(request, figures(asked(request)))
        ]
    assert wrong == []


def test_the_draw_reaches_every_state_and_is_mostly_compared() -> None:
    requests = [draw(seed) for seed in range(800)]
    compared = [request for request in requests if not undecided(request)]
    states = Counter(answer(request).state for request in compared)
    assert min(states[state] for state in ("known", "estimate", "unknown", "banned", "conditional")) >= 12
    assert len(compared) >= 640
