"""Quantiles that count what is still on the way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.delivery.fitting.calibration import Sample
from argosy.delivery.fitting.survival import arrived_share, mean_beyond, quantiles

ROWS = st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.sampled_from([0.5, 1.0, 2.0])), min_size=1, max_size=40)


def by_hand(rows: list[tuple[int, bool, float]]) -> list[float]:
    """The share arrived after each row, step by step as a textbook does it."""
    stay, found = 1.0, []
    for at, (_, arrived, weight) in enumerate(rows):
        waiting = sum(one[2] for one in rows[at:])
        stay *= 1 - weight / waiting if arrived else 1
        found.append(1 - stay)
    return found


def test_a_textbook_example() -> None:
    """Remission of leukaemia under 6-MP (Freireich et al., 1963): the median is 23 weeks, 0.857 remain after week 6."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    points, arrived = np.array(weeks, dtype=float), np.array(relapsed, dtype=bool)
    share = arrived_share(points, arrived, np.ones(21))
    assert 1 - share[2] == pytest.approx(0.857, abs=0.001)
    assert 1 - share[-1] == pytest.approx(0.448, abs=0.001)
    assert quantiles(points, arrived, np.ones(21), np.array([0.5, 0.9])).tolist() == [23.0, np.inf]


@given(ROWS)
def test_shares_are_as_by_hand(rows: list[tuple[int, bool, float]]) -> None:
    rows = sorted(rows, key=lambda one: (one[0], not one[1]))
    points, arrived, weights = (np.array(column) for column in zip(*rows, strict=True))
    np.testing.assert_allclose(arrived_share(points, arrived, weights), by_hand(rows), atol=1e-12)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.lists(st.integers(-1, 3), min_size=40, max_size=40))
def test_groups_at_once_are_as_one_by_one(rows: list[tuple[int, bool, float]], groups: list[int]) -> None:
    rows = sorted(rows, key=lambda one: (one[0], not one[1]))
    points, arrived, weights = (np.array(column) for column in zip(*rows, strict=True))
    codes, levels = np.array(groups[: len(rows)]), np.array([0.5, 0.9])
    sample = Sample(np.arange(len(rows)), points.astype(float), arrived, weights)
    found = sample.by_group(codes, levels)
    assert found.codes.tolist() == sorted(set(codes.tolist()))
    for at, code in enumerate(found.codes):
        mine = sample.of(codes == code)
        assert found.evidence[at] == pytest.approx(mine.evidence())
        np.testing.assert_array_equal(found.points[:, at], mine.quantiles(levels))


def test_what_is_expected_beyond() -> None:
    points, arrived = np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4, dtype=bool)
    assert mean_beyond(points, arrived, np.array([0.0, 2.0, 3.5]), points).tolist() == [2.5, 3.5, 4.0]
