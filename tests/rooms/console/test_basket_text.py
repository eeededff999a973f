"""A basket as an operator writes it."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.catalogue.model import SkuOwner
from argosy.console.basket_text import Written, lines_of, numbers_asked, read, variant_of
from argosy.orders.model import BasketLine

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("line", "good", "quantity"),
    [
        ("fa-1", "fa-1", 1),
        ("fa-1 x2", "fa-1", 2),
        ("fa-1 × 2", "fa-1", 2),
        ("fa-1 2", "fa-1", 2),
        ("fa-1,2", "fa-1", 2),
        ("  fa-1   12  ", "fa-1", 12),
        ("box2", "box2", 1),
        ("boxx2", "boxx2", 1),
        ("A B 12 x3", "A B 12", 3),
        (f"{ONE} x3", str(ONE), 3),
        ("7", "7", 1),
    ],
)
def test_a_line(line: str, good: str, quantity: int) -> None:
    assert read(f"\n{line}\n") == ([Written(2, good, quantity)], [])


def test_numbers_stand_for_goods_and_the_same_good_comes_once() -> None:
    owners = [SkuOwner("a", "north", ONE), SkuOwner("b", "north", TWO), SkuOwner("b", "south", ONE)]
    written, _ = read(f"a x2\nnorth/b x1\n{ONE} x3")
    assert numbers_asked(written) == ["a", "north/b", "b"]
    assert lines_of(written, owners) == ([BasketLine(ONE, 5), BasketLine(TWO, 1)], [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("b", "Line 1: several sellers have 'b'; write one of north/b, south/b."),
        ("\nc", "Line 2: no good has the number 'c'; search for it above."),
        (f"{ONE} x999\n{ONE} x1", "More than 999 of one good."),
    ],
)
def test_a_line_that_stands_for_no_good_says_what_to_write(text: str, told: str) -> None:
    owners = [SkuOwner("b", "north", TWO), SkuOwner("b", "south", ONE)]
    assert lines_of(read(text)[0], owners)[1] == [told]


@given(st.text(max_size=300))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    written, _ = read(text)
    assert all(1 <= line.quantity <= 999 and line.good and "\x00" not in line.good for line in written)
    lines, more = lines_of(written, [])
    # Without any good known every line that gives no id is told.
    assert len(more) >= sum(variant_of(line) is None for line in written)
    assert sum(line.quantity for line in lines) == sum(line.quantity for line in written if variant_of(line))
