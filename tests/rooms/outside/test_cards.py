"""The table of test cards and its page."""

from __future__ import annotations

import re
from pathlib import Path

from argosy.outside.cards import CARDS, COURSES, Outcome


def luhn_holds(number: str) -> bool:
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def test_the_page_lists_exactly_the_cards_there_are() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/test-cards.md").read_text()
    listed = {found.replace(" ", "") for found in re.findall(r"^\| `([\d ]+)` \|", page, re.MULTILINE)}
    assert listed == set(CARDS)
    assert all(luhn_holds(number) for number in CARDS)
    assert set(COURSES) == set(Outcome)
