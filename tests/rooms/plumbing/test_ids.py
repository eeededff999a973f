"""Ids: UUIDv7 with the cell inside, in order of time; derived ids that never change."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.plumbing.clock import real_milliseconds
from argosy.plumbing.ids import MAX_CELL, cell_of, derived_id, maker, new_id

CELLS = st.integers(0, MAX_CELL)
STAMPS = st.integers(0, 2**48 - 1)


@settings(deadline=None)
@given(CELLS, STAMPS)
def test_layout(cell: int, stamp: int) -> None:
    made = new_id(cell, stamp)
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert cell_of(made) == cell
    assert made.int >> 80 == stamp
    assert cell_of(uuid.UUID(str(made))) == cell


@settings(deadline=None)
@given(CELLS, CELLS, STAMPS, STAMPS)
def test_a_later_id_is_larger(one: int, other: int, early: int, late: int) -> None:
    if early != late:
        first, second = new_id(one, min(early, late)), new_id(other, max(early, late))
        assert first < second
        assert str(first) < str(second)
        assert first.bytes < second.bytes


def test_ids_of_one_millisecond_differ() -> None:
    made = {new_id(1, 1_000) for _ in range(10_000)}
    assert len(made) == 10_000


def test_a_maker_takes_the_present_time() -> None:
    make = maker(7)
    before = real_milliseconds()
    made = make()
    after = real_milliseconds()
    assert before <= made.int >> 80 <= after
    assert cell_of(made) == 7


def test_a_maker_keeps_its_order() -> None:
    make = maker(7)
    made = [make() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant, cell_of(one)) for one in made} == {(7, uuid.RFC_4122, 7)}


def test_a_fork_makes_ids_of_its_own() -> None:
    """Server processes are forked: none may go on with another's random numbers."""
    program = """if True:
        import os
        from argosy.plumbing.ids import new_id
        new_id(1, 1)
        child = os.fork()
        os.write(1, "".join(f"{new_id(1, 1)}\\n" for _ in range(50)).encode())
        if child:
            os.waitpid(child, 0)
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    made = ran.stdout.split()
    assert len(made) == len(set(made)) == 100


@pytest.mark.parametrize("cell", [-1, MAX_CELL + 1, 70_000])
def test_a_cell_out_of_range_is_refused(cell: int) -> None:
    with pytest.raises(ValueError, match=str(cell)):
        maker(cell)


@settings(deadline=None)
@given(st.text(), st.lists(st.text(), min_size=1, max_size=3))
def test_derived_ids_stay(kind: str, parts: list[str]) -> None:
    made = derived_id(kind, *parts)
    assert made == derived_id(kind, *parts)
    assert made.version == 8
    assert made.variant == uuid.RFC_4122


def test_a_derived_id_is_what_it_was() -> None:
    """A change here would give every imported product a new id."""
    assert derived_id("variant", "far", "fa-1") == uuid.UUID("a4383539-cede-8210-85b4-52958d9c64b6")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("product", "a", "b"), ("variant", "a", "b")),
        (("product", "a", "b"), ("product", "ab", "")),
        (("product", "a", "b"), ("product", "b", "a")),
        (("product", "a"), ("product", "a", "")),
    ],
)
def test_derived_ids_differ(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert derived_id(*one) != derived_id(*other)
