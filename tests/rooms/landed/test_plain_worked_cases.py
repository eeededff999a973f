"""The plain reading gives what was worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rooms.landed.plain.work_out import answer
from rooms.landed.worked import WorkedCase, worked_cases

CASES = worked_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_plain_reading_agrees(case: WorkedCase) -> None:
    found = answer(case.request)
    duty = None if found.duty is None else (found.duty.low, found.duty.high)
    got = {"duty": duty, **{name: _twice(getattr(found, name)) for name in ("tax", "fees", "total")}}
    assert found.state == case.state
    for name, expected in case.amounts.items():
        have = got[name]
        if expected is None:
            assert have is None, name
        else:
            assert have is not None, name
            assert tuple(int(end + Fraction(1, 2)) for end in have) == expected, name


def _twice(amount: Fraction | None) -> tuple[Fraction, Fraction] | None:
    return None if amount is None else (amount, amount)
