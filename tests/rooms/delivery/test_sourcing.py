"""Sourcing is exact: held against every way to share a basket out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.delivery.sourcing import NEVER, UNKNOWN, Aim, Sourced, source


def plainly(wanted: list[int], stock: list[list[int]], by: list[int], latest: int | None) -> list[tuple[int, ...]]:
    """Every way to have each line whole from one hub that is in time."""
    usable = [hub for hub, date in enumerate(by) if date < NEVER and (latest is None or date <= latest)]
    choices = [[hub for hub in usable if stock[hub][line] >= quantity] for line, quantity in enumerate(wanted)]
    return list(product(*choices))


@st.composite
def baskets(draw: st.DrawFn) -> tuple[list[int], list[list[int]], list[int], list[list[int]], list[int]]:
    hubs, lines = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    whole = st.integers(0, 3)
    wanted = draw(st.lists(st.integers(1, 3), min_size=lines, max_size=lines))
    stock = draw(st.lists(st.lists(whole, min_size=lines, max_size=lines), min_size=hubs, max_size=hubs))
    by = draw(st.lists(st.one_of(st.integers(1, 9), st.just(int(NEVER))), min_size=hubs, max_size=hubs))
    amount = st.one_of(st.integers(0, 900), st.just(int(UNKNOWN)))
    cost = draw(st.lists(st.lists(amount, min_size=lines, max_size=lines), min_size=hubs, max_size=hubs))
    parcel = draw(st.lists(st.integers(0, 300), min_size=hubs, max_size=hubs))
    return wanted, stock, by, cost, parcel


def sent(found: Sourced, lines: int) -> list[int]:
    """How much of each line the parcels hold together."""
    total = [0] * lines
    for parcel in found.parcels:
        for line, quantity in parcel.lines:
            total[line] += quantity
    return total


@settings(max_examples=400, deadline=None)
@given(
    basket=baskets(),
    aim=st.sampled_from(["earliest", "fewest", "cheapest"]),
    latest=st.one_of(st.none(), st.integers(1, 9)),
    free=st.booleans(),
)
def test_as_every_way_tried(
    basket: tuple[list[int], list[list[int]], list[int], list[list[int]], list[int]],
    aim: Aim,
    latest: int | None,
    free: bool,
) -> None:
    wanted, stock, by, cost, parcel = basket
    if free:
        parcel = [0] * len(by)
    ways = plainly(wanted, stock, by, latest)
    found = source(
        np.array(wanted),
        np.array(stock),
        np.array(by),
        aim,
        cost=np.array(cost),
        parcel_cost=None if free else np.array(parcel),
        latest=latest,
    )
    if not ways:
        if found is not None:  # shared out in parts
            assert sent(found, len(wanted)) == wanted
            assert all(one.by < NEVER and (latest is None or one.by <= latest) for one in found.parcels)
        return
    if aim == "cheapest":
        best = min(
            sum(cost[hub][line] for line, hub in enumerate(way)) + sum(parcel[hub] for hub in set(way)) for way in ways
        )
        assert (found is None) == (best >= UNKNOWN)
        assert found is None or found.cost_minor == best
    elif aim == "earliest":
        assert found is not None
        assert (found.by, len(found.parcels)) == min((max(by[hub] for hub in way), len(set(way))) for way in ways)
    else:
        assert found is not None
        assert (len(found.parcels), found.by) == min((len(set(way)), max(by[hub] for hub in way)) for way in ways)
    if found is not None:
        assert sent(found, len(wanted)) == wanted


@pytest.mark.parametrize(
    ("stock", "told"),
    [
        ([[1], [2]], [(0, 1), (1, 2)]),  # the earlier hub first, the rest from the next
        ([[0], [3]], [(1, 3)]),
        ([[1], [1]], None),
    ],
)
def test_a_line_that_no_hub_has_whole_is_split(stock: list[list[int]], told: list[tuple[int, int]] | None) -> None:
    found = source(np.array([3]), np.array(stock), np.array([5, 7]), "earliest")
    assert (None if found is None else [(one.hub, one.lines[0][1]) for one in found.parcels]) == told


def test_cheapest_needs_costs() -> None:
    with pytest.raises(ValueError, match="needs the cost"):
        source(np.array([1]), np.array([[1]]), np.array([5]), "cheapest")


def test_more_hubs_than_one_basket_usually_needs() -> None:
    stock = np.eye(6, dtype=np.int64)
    found = source(np.ones(6, dtype=np.int64), stock, np.arange(6), "fewest")
    assert found is not None
    assert len(found.parcels) == 6
    assert found.by == 5


def test_of_hubs_of_one_date_the_one_that_has_everything() -> None:
    stock = np.array([[1, 0], [0, 1], [1, 1]])
    found = source(np.array([1, 1]), stock, np.array([4, 4, 4]), "earliest")
    assert found is not None
    assert [one.hub for one in found.parcels] == [2]
