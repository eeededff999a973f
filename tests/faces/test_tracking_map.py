"""The map of a parcel's way: land where land is, a line from place to place, across the date line too."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.delivery.parcels.model import Stage
from argosy.delivery.rules import kilometres
from argosy.plumbing.config import Config
from argosy.storefront.tracking.chart import Chart, chart
from argosy.storefront.tracking.world import FINE, HEIGHT, WIDTH, Window, World, northing

T = datetime(2026, 6, 18, tzinfo=UTC)
PLACES = {
    "Hangzhou": (30.3, 120.2), "Paris": (48.9, 2.4), "New York": (40.7, -74.0), "Sydney": (-33.9, 151.2),
    "Auckland": (-36.8, 174.8), "Honolulu": (21.3, -157.9), "Reykjavik": (64.1, -21.9), "Cape Town": (-33.9, 18.4),
    "Singapore": (1.3, 103.8), "Suva": (-18.1, 178.4), "Apia": (-13.8, -171.8), "Santiago": (-33.4, -70.7), "Tokyo": (35.7, 139.7),
}  # fmt: skip


@lru_cache(maxsize=1)
def world() -> World:
    return World(Config().data / "network" / "world_50m.topo.json.gz")


def stages(*names: str) -> list[Stage]:
    """A way over some places, with nothing but lanes."""

    def stage(step: str, place: str, to: str) -> Stage:
        return Stage(step, place, to, "", "air", "", T, T, T, to, "UTC", *PLACES[to])  # type: ignore[arg-type]

    lanes = [stage("lane", one, other) for one, other in pairwise(names)]
    return [stage("pick", names[0], names[0]), *lanes]


def points(path: str) -> list[tuple[float, float]]:
    """The points of an SVG path."""
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


def drawn(*names: str, reached: int = 1, under_way: bool = False) -> Chart:
    made = chart(stages(*names), reached, under_way)
    assert made is not None
    return made


def rings(path: str) -> list[list[tuple[float, float]]]:
    """The shapes of land, whose points are told each from the one before."""
    found = []
    for shape in filter(None, path.split("Z")):
        numbers = [int(number) / FINE for number in re.findall(r"-?\d+", shape)]
        xs, ys = accumulate(numbers[::2]), accumulate(numbers[1::2])
        found.append(list(zip(xs, ys, strict=True)))
    return found


def inside(point: tuple[float, float], path: str) -> bool:
    """Whether a point lies in the shapes of a path, by the even-odd rule."""
    x, y = point
    odd = False
    for ring in rings(path):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                odd = not odd
    return odd


@given(st.permutations(sorted(PLACES)), st.integers(2, 4))
def test_every_way_lies_on_the_part_that_all_screens_show(order: list[str], count: int) -> None:
    made = drawn(*order[:count])
    for x, y in points(made.ahead):
        assert WIDTH / 2 - 205 <= x <= WIDTH / 2 + 205
        assert 20 <= y <= HEIGHT - 20
    steps = points(made.ahead)
    assert all(abs(a[0] - b[0]) < 120 for a, b in pairwise(steps)), "a line jumps across the map"


@given(st.permutations(sorted(PLACES)))
def test_lengths_are_those_of_great_circles(order: list[str]) -> None:
    made = drawn(*order[:3])
    legs = pairwise(order[:3])
    assert made.kilometres == round(sum(kilometres(*PLACES[one], *PLACES[other]) for one, other in legs))
    assert made.travelled == 0
    assert drawn(*order[:3], reached=3).travelled == made.kilometres


def test_the_parcel_stands_where_it_was_last_seen() -> None:
    at = drawn("Hangzhou", "Singapore", "Sydney", reached=2)
    (now,) = (stop for stop in at.stops if stop.kind == "now")
    assert now.name == "Singapore"
    assert points(at.done)[-1] == points(at.ahead)[0]
    over = drawn("Hangzhou", "Singapore", "Sydney", reached=2, under_way=True)
    (between,) = (stop for stop in over.stops if stop.kind == "now")
    assert at.travelled < over.travelled < at.kilometres
    assert points(over.done)[-1] == pytest.approx((between.x, between.y), abs=0.11)
    assert drawn("Hangzhou", "Singapore", reached=2).ahead == ""


def test_no_way_no_map() -> None:
    assert chart([], 0, False) is None


def test_a_way_within_one_town_is_a_point() -> None:
    made = chart(stages("Hangzhou"), 0, False)
    assert made is not None
    assert (made.done, made.ahead, made.kilometres) == ("", "", 0)


LAND = {
    "Moscow": (55.7, 37.6), "Alice Springs": (-23.7, 133.9), "Brasilia": (-15.8, -47.9), "Yakutsk": (62.0, 129.7),
    "Kansas": (39.0, -98.0), "Anadyr inland": (66.5, 172.0), "Russia east of the date line": (67.0, -177.0),
}  # fmt: skip
SEA = {
    "mid Atlantic": (30.0, -40.0), "mid Pacific": (10.0, -150.0), "Indian Ocean": (-20.0, 80.0), "Bering Sea": (58.0, -178.0),
    "Arctic": (82.0, -150.0), "Tasman Sea": (-38.0, 160.0),
}  # fmt: skip


@pytest.mark.parametrize("middle", [-300.0, -180.0, -90.0, 0.0, 90.0, 180.0, 270.0])
def test_land_is_where_land_is(middle: float) -> None:
    window = Window(middle, northing(40.0), 2.2)
    land = world().draw(window).land
    for name, (latitude, longitude) in (LAND | SEA).items():
        for turn in (-360, 0, 360):
            x, y = window.place(longitude + turn, latitude)
            if 5 < x < WIDTH - 5 and 5 < y < HEIGHT - 5:
                assert inside((x, y), land) is (name in LAND), f"{name} in the window around {middle}"


def test_what_was_drawn_is_kept() -> None:
    window = drawn("Hangzhou", "Paris").window
    assert world().draw(window) is world().draw(window)
    # Half of a page's weight at most, before it is packed.
    assert 10_000 < len(world().draw(window).land) < 60_000
