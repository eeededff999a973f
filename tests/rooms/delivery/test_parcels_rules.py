"""What events make of a parcel, by tables and properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.delivery.parcels.model import Noted, Stage
from argosy.delivery.parcels.rules import (
    CARRIERS_CODES,
    compensation,
    in_order,
    is_broken,
    missed,
    new_day,
    service_of,
    stages_over,
    standing,
)

T = datetime(2026, 6, 15, tzinfo=UTC)
ID = UUID(int=1)


def hours(count: float) -> datetime:
    return T + timedelta(hours=count)


def stage(step: str, place: str, to: str, begins: float, usual: float, slow: float, key: str = "") -> Stage:
    return Stage(step, place, to, "", "air", key, hours(begins), hours(usual), hours(slow), to, "UTC", 0.0, 0.0)  # type: ignore[arg-type]


WAY = (
    stage("pick", "HUB", "HUB", 0, 3, 6),
    stage("lane", "HUB", "AAA", 4, 8, 11, "HUB>AAA/2026-06-15T04:00"),
    stage("lane", "AAA", "BBB", 10, 20, 30, "AAA>BBB/2026-06-15T10:00"),
    stage("customs", "BBB", "BBB", 20, 24, 40),
    stage("sort", "BBB", "BBB", 24, 26, 42),
    stage("door", "BBB", "Town", 33, 38, 60),
)
COURSE = (
    ("announced", "HUB", 0.0), ("picked", "HUB", 1), ("packed", "HUB", 3), ("handed_over", "HUB", 3.5), ("departed", "HUB", 4),
    ("arrived", "AAA", 8), ("departed", "AAA", 10), ("arrived", "BBB", 20), ("customs", "BBB", 20), ("cleared", "BBB", 24),
    ("out_for_delivery", "BBB", 33), ("delivered", "Town", 38),
)  # fmt: skip


def event(code: str, place: str, at: float) -> Noted:
    return Noted(parcel_id=ID, at=hours(at), code=code, place=place, carrier="", detail="")


EVENTS = [event(*one) for one in COURSE]


@pytest.mark.parametrize(
    ("count", "state", "reached", "departed"),
    [
        (1, "announced", 0, False),
        (2, "picked", 0, False),
        (3, "packed", 1, False),
        (4, "handed_over", 1, False),
        (5, "in_transit", 1, True),
        (6, "in_transit", 2, False),
        (7, "in_transit", 2, True),
        (8, "in_transit", 3, False),
        (9, "customs", 3, False),
        (10, "in_transit", 4, False),
        (11, "out_for_delivery", 5, False),
        (12, "delivered", 6, False),
    ],
)
def test_a_plain_course(count: int, state: str, reached: int, departed: bool) -> None:
    found = standing(EVENTS[:count], WAY)
    assert (found.state, found.reached, found.departed) == (state, reached, departed)
    assert found.since == EVENTS[count - 1].at
    assert (found.at_door_at is not None) == (state == "delivered")


@given(st.permutations(EVENTS), st.integers(0, len(EVENTS)))
def test_the_order_in_which_events_come_in_does_not_matter(shuffled: list[Noted], doubled: int) -> None:
    assert standing([*shuffled, *shuffled[:doubled]], WAY) == standing(EVENTS, WAY)


@given(st.sets(st.sampled_from(EVENTS[1:])))
def test_no_event_is_needed_for_those_after_it(kept: set[Noted]) -> None:
    """Carriers leave events out: where a parcel is follows from the last one that tells of the way."""
    found = standing([EVENTS[0], *kept], WAY)
    known = in_order([EVENTS[0], *kept])
    assert found.since == known[-1].at
    assert (found.state == "delivered") == (EVENTS[-1] in kept)
    counts = [standing(known[:n], WAY).reached for n in range(1, len(known) + 1)]
    assert counts == sorted(counts)


@given(
    st.lists(
        st.tuples(st.sampled_from(CARRIERS_CODES), st.sampled_from(["HUB", "AAA", "BBB", "x"]), st.integers(0, 99))
    )
)
def test_any_course_leads_somewhere(told: list[tuple[str, str, int]]) -> None:
    found = standing([EVENTS[0], *(event(*one) for one in told)], WAY)
    assert 0 <= found.reached <= len(WAY)
    assert not found.departed or WAY[found.reached].step == "lane"
    assert found.delivered_at is None or (found.at_door_at is not None and found.at_door_at <= found.delivered_at)


def test_nothing_happens_to_what_was_withdrawn() -> None:
    found = standing([*EVENTS[:3], event("withdrawn", "HUB", 3.2), *EVENTS[3:]], WAY)
    assert (found.state, found.at_door_at) == ("withdrawn", None)


def test_a_first_attempt_counts_as_being_at_the_door() -> None:
    told = [
        *EVENTS[:11],
        event("failed_attempt", "Town", 37),
        event("out_for_delivery", "BBB", 57),
        event("delivered", "Town", 62),
    ]
    found = standing(told, WAY)
    assert (found.state, found.at_door_at, found.delivered_at) == ("delivered", hours(37), hours(62))


@pytest.mark.parametrize("code", ["delayed", "recalled"])
def test_news_alone_move_nothing(code: str) -> None:
    assert standing([*EVENTS[:6], event(code, "AAA", 9)], WAY) == standing(EVENTS[:6], WAY)


def test_a_place_off_the_way_moves_no_stage() -> None:
    assert stages_over(event("arrived", "ELSEWHERE", 9), WAY, 1) is None
    assert standing([*EVENTS[:5], event("arrived", "ELSEWHERE", 9)], WAY).reached == 1


def test_a_leg_that_was_passed_over_counts() -> None:
    """Straight to BBB: what lies before it is over too."""
    assert standing([EVENTS[0], event("arrived", "BBB", 20)], WAY).reached == 3


@pytest.mark.parametrize(
    ("told", "late"),
    [
        (("packed", "HUB", 6), False),
        (("packed", "HUB", 6.1), True),
        (("departed", "HUB", 7), False),
        (("departed", "HUB", 7.5), True),
        (("arrived", "AAA", 11), False),
        (("arrived", "AAA", 11.1), True),
        (("cleared", "BBB", 40), False),
        (("cleared", "BBB", 41), True),
        (("delivered", "Town", 99), False),
    ],
)
def test_a_missed_leg_is_noticed(told: tuple[str, str, float], late: bool) -> None:
    assert missed(standing([EVENTS[0], event(*told)], WAY), WAY) is late


def test_without_a_way_nothing_is_missed() -> None:
    assert missed(standing(EVENTS[:6], ()), ()) is False


@pytest.mark.parametrize(
    ("promised", "told", "expected", "result"),
    [
        (None, None, 20, None),
        (18, None, None, None),
        (18, None, 17, None),
        (18, None, 18, None),
        (18, None, 19, 19),
        (18, 19, 20, 20),
        (18, 20, 19, 19),
        (18, 20, 18, None),
        (18, 20, None, 20),
    ],
)
def test_the_day_that_is_told(promised: int | None, told: int | None, expected: int | None, result: int | None) -> None:
    days = [date(2026, 6, one) if one else None for one in (promised, told, expected, result)]
    assert new_day(*days[:3]) == days[3]


@pytest.mark.parametrize(
    ("goods", "most", "owed"),
    [
        (0, 2_000, 0),
        (1, None, 0),
        (5, None, 1),
        (4_455, 2_000, 446),
        (4_454, 2_000, 445),
        (99_999, 2_000, 2_000),
        (99_999, None, 10_000),
    ],
)
def test_what_a_broken_promise_costs(goods: int, most: int | None, owed: int) -> None:
    assert compensation(goods, most) == owed


@pytest.mark.parametrize(
    ("promised", "door", "now", "broken"),
    [
        (None, None, 9, False),
        (5, None, 5, False),
        (5, None, 6, True),
        (5, 5, 9, False),
        (5, 6, 9, True),
    ],
)
def test_when_a_promise_is_broken(promised: int | None, door: int | None, now: int, broken: bool) -> None:
    at = [hours(one) if one is not None else None for one in (promised, door)]
    assert is_broken(at[0], at[1], hours(now)) is broken


def test_cells_have_services_of_their_own() -> None:
    services = [service_of(cell) for cell in range(1, 26)]
    assert services[0] == "LP"
    assert len(set(services)) == 25
    assert all(one[0] == "L" and one[1].isalpha() and one[1] != "Z" for one in services)
    assert service_of(26) == "LP"
