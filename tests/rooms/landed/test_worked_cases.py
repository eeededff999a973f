"""What was worked out by hand is what the rules give."""

from __future__ import annotations

import pytest

from rooms.landed.plain_comparison import asked, figures
from rooms.landed.worked import WorkedCase, worked_cases

CASES = worked_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_worked_case(case: WorkedCase) -> None:
    got = figures(asked(case.request))
    ends = {name: (got[f"{name}_minor"],) * 2 for name in case.amounts}
    if got["duty_low_minor"] is not None:
        ends["duty"] = got["duty_low_minor"], got["duty_high_minor"]
    assert got["state"] == case.state
    assert {name: None if None in pair else pair for name, pair in ends.items()} == case.amounts
