"""The search finds what trying every path finds; clocks, calendars and customs hours included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.delivery.clearing import Offices
from argosy.delivery.draws import Chances, ride
from argosy.delivery.graph import Graph
from argosy.delivery.model import News
from argosy.delivery.rules import named_instants
from argosy.delivery.search import Planning, Ways, plan
from argosy.delivery.timetable import DAYS, NEVER, Timetable
from argosy.delivery.zones import ZoneDays, instant_at, minute_of
from rooms.delivery.ground import (
    NOW,
    all_arrivals,
    border,
    departures_of,
    hub,
    lane,
    leaving,
    local_instant,
    network,
    no_holidays,
    random_network,
    release,
)

FIRST = date(2026, 3, 26)
SEEDS = st.integers(0, 2**32)


@settings(max_examples=2000, deadline=None)
@given(seed=SEEDS, later=st.integers(0, 5000))
def test_as_every_path_tried(seed: int, later: int) -> None:
    net = random_network(seed)
    began = NOW + timedelta(minutes=later)
    graph = Graph(net)
    table = Timetable(graph, FIRST)
    offices = Offices(graph, FIRST, DAYS, no_holidays)
    tree = plan(Ways(Planning(graph), table, offices), 0, minute_of(began, FIRST))
    home = net.hubs[0].customs_zone
    found = {
        (graph.hubs[state >> 1].code, bool(state & 1)): instant_at(at, FIRST)
        for state, at in enumerate(tree.arrives)
        # Bonded goods that land in the zone they left go no further: such a state is of no use.
        if at < NEVER and (state & 1 or graph.hubs[state >> 1].customs_zone != home)
    }
    assert found == all_arrivals(net, "H0", began, FIRST)


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS, later=st.integers(0, 5000), wait=st.integers(0, 3000))
def test_who_starts_later_never_arrives_earlier(seed: int, later: int, wait: int) -> None:
    graph = Graph(random_network(seed))
    ways = Ways(Planning(graph), Timetable(graph, FIRST), Offices(graph, FIRST, DAYS, no_holidays))
    began = minute_of(NOW, FIRST) + later
    earlier, after = plan(ways, 0, began), plan(ways, 0, began + wait)
    assert all(one <= other for one, other in zip(earlier.arrives, after.arrives, strict=True))


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, minutes=st.lists(st.integers(0, 20_000), min_size=2, max_size=12))
def test_parcel_ready_earlier_never_lands_later(seed: int, minutes: list[int]) -> None:
    graph = Graph(random_network(seed))
    table, chances = Timetable(graph, FIRST), Chances(graph)
    lanes = np.arange(len(graph.lanes))
    before = np.full((len(lanes), chances.parcels), 0, dtype=np.int32)
    for minute in sorted(minutes):
        _, landed = ride(chances, table, lanes, np.full(before.shape, minute, dtype=np.int32))
        assert (np.minimum(landed, NEVER) >= before).all()
        before = np.minimum(landed, NEVER)


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, ready=st.integers(0, 20_000), spread=st.integers(0, 9000))
def test_ride_takes_the_first_departure_that_each_parcel_is_ready_for(seed: int, ready: int, spread: int) -> None:
    net = random_network(seed)
    graph = Graph(net)
    table, chances = Timetable(graph, FIRST), Chances(graph)
    lanes = np.arange(len(graph.lanes))
    at = ready + np.random.default_rng(seed).integers(0, spread + 1, (len(lanes), chances.parcels)).astype(np.int32)
    _, landed = ride(chances, table, lanes, at)
    for number, one in enumerate(graph.lanes):
        rows = sorted(
            (minute_of(cut, FIRST), minute_of(left, FIRST) + one.transit_minutes)
            for cut, left in departures_of(net, one.code, FIRST)
        )
        late = chances.step(chances.late[[number]], chances.late_deck[[number]])[0].tolist()
        for parcel in range(0, chances.parcels, 17):
            lands = [landing for cutoff, landing in rows if cutoff >= at[number, parcel]]
            assert min(landed[number, parcel], NEVER) == (min(lands) + late[parcel] if lands else NEVER)


@given(
    zone=st.sampled_from(
        [
            "Europe/Paris",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "America/Santiago",
            "Africa/Cairo",
            "Asia/Gaza",
            "Pacific/Chatham",
        ]
    ),
    day=st.dates(date(2025, 1, 1), date(2027, 12, 1)),
    minute=st.integers(0, 1439),
)
@settings(max_examples=300, deadline=None)
def test_local_times_are_those_of_the_zone(zone: str, day: date, minute: int) -> None:
    run = ZoneDays([zone], day, 2)
    zero = np.zeros(1, dtype=np.intp)
    found = instant_at(int(run.minutes(zero, zero, np.array([minute], dtype=np.int32))[0]), day)
    assert found == local_instant(day, minute, zone)


@pytest.mark.parametrize(
    ("day", "minute", "instant"),
    [
        (date(2026, 3, 28), 150, "2026-03-28T01:30"),
        (date(2026, 3, 29), 119, "2026-03-29T00:59"),
        (date(2026, 3, 29), 150, "2026-03-29T01:30"),  # skipped by the clocks: read as before the jump, so 03:30 after it
        (date(2026, 3, 29), 180, "2026-03-29T01:00"),
        (date(2026, 10, 25), 150, "2026-10-25T00:30"),  # shown twice: the first
        (date(2026, 10, 25), 180, "2026-10-25T02:00"),
    ],
)  # fmt: skip
def test_when_the_clocks_change(day: date, minute: int, instant: str) -> None:
    run = ZoneDays(["Europe/Paris"], day, 1)
    zero = np.zeros(1, dtype=np.intp)
    found = instant_at(int(run.minutes(zero, zero, np.array([minute], dtype=np.int32))[0]), day)
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS, minute=st.integers(0, 15_000))
def test_customs_release_in_office_hours_only(seed: int, minute: int) -> None:
    net = random_network(seed)
    graph = Graph(net)
    offices = Offices(graph, FIRST, DAYS, no_holidays)
    for number, one in enumerate(graph.hubs):
        if one.clears:
            wanted = release(net, one, instant_at(minute, FIRST), FIRST)
            assert offices.release(number, minute) == (NEVER if wanted is None else minute_of(wanted, FIRST))
            assert offices.release_all(number, np.array([minute], dtype=np.int32))[0] == offices.release(number, minute)


def test_customs_keep_public_holidays() -> None:
    net = network(
        (hub("A", "AA"), hub("B", "BB")),
        (lane("A", "B", 60),),
        leaving("A>B", "08:00"),
        (border("BB", opens=480, closes=1080),),
    )
    closed = Offices(
        Graph(net),
        FIRST,
        DAYS,
        lambda calendar, year: frozenset({date(2026, 3, 27)}) if calendar == "BB" else frozenset(),
    )
    assert instant_at(closed.release(1, 1440 + 600), FIRST) == datetime(2026, 3, 28, 8, tzinfo=UTC)


def test_no_way_back_into_the_home_zone_once_it_is_left() -> None:
    net = network(
        (hub("A", "AA"), hub("B", "BB"), hub("C", "AA")),
        (lane("A", "B", 60), lane("B", "C", 60)),
        (*leaving("A>B", "08:00"), *leaving("B>C", "12:00")),
    )
    graph = Graph(net)
    ways = Ways(Planning(graph), Timetable(graph, FIRST), Offices(graph, FIRST, DAYS, no_holidays))
    assert plan(ways, 0, 0).arrives[2 * 2 + 1] == NEVER


FLIGHT = network(
    (hub("A"), hub("B")), (lane("A", "B", 120),), (*leaving("A>B", "08:00", "20:00", cutoff=30),)
)  # fmt: skip


def lands(news: News, ready: str) -> datetime:
    """When the lane of FLIGHT lands what is ready at an instant, given some news."""
    table = Timetable(Graph(FLIGHT), FIRST).told(news)
    at = minute_of(datetime.fromisoformat(ready).replace(tzinfo=UTC), FIRST)
    place = int(table.first_after(np.array([0]), np.array([at], dtype=np.int32))[0])
    return instant_at(int(table.lands[place]), FIRST)


@pytest.mark.parametrize(
    ("news", "ready", "landed"),
    [
        (News(), "2026-03-27T07:30", "2026-03-27T10:00"),
        (News(), "2026-03-27T07:31", "2026-03-27T22:00"),
        (News(full=frozenset({"A>B/2026-03-27T08:00"})), "2026-03-27T07:30", "2026-03-27T22:00"),
        (News(cancelled=frozenset({"A>B/2026-03-27T08:00"})), "2026-03-27T07:30", "2026-03-27T22:00"),
        (News(late=(("A>B/2026-03-27T08:00", 90),)), "2026-03-27T07:30", "2026-03-27T11:30"),
        (News(late=(("A>B/2026-03-27T08:00", 900),)), "2026-03-27T07:30", "2026-03-27T22:00"),  # the next overtakes it
    ],
)
def test_news_of_departures(news: News, ready: str, landed: str) -> None:
    assert lands(news, ready) == datetime.fromisoformat(landed).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "zone", "instants"),
    [
        ("A>B/2026-03-27T08:00", "Asia/Shanghai", ["2026-03-27T00:00"]),
        ("A>B/2026-10-25T02:30", "Europe/Paris", ["2026-10-25T00:30", "2026-10-25T01:30"]),
        ("A>B/2026-03-29T02:30", "Europe/Paris", []),
        ("A>B/soon", "Europe/Paris", []),
        ("A>B", "Europe/Paris", []),
    ],
)
def test_the_instants_of_a_departures_name(key: str, zone: str, instants: list[str]) -> None:
    assert named_instants(key, zone) == [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in instants]


def test_departures_have_names() -> None:
    table = Timetable(Graph(FLIGHT), FIRST)
    names = [table.key(place) for place in range(int(table.start[0]), int(table.start[1]) - 1)]
    assert names[:3] == ["A>B/2026-03-26T08:00", "A>B/2026-03-26T20:00", "A>B/2026-03-27T08:00"]
    assert [table.place(name) for name in names] == list(range(len(names)))
    with pytest.raises(Exception, match="There is no departure"):
        table.place("A>B/2026-03-27T09:00")
