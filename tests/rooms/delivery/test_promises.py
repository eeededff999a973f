"""Promise tables: quantiles at the door, holidays, full departures, closed airports, and until when a promise stands."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.delivery.board import PromiseBoard
from argosy.delivery.clearing import DaysOff
from argosy.delivery.explain import explain
from argosy.delivery.graph import Graph
from argosy.delivery.last_mile import Doors, Vans
from argosy.delivery.model import CONFIDENCES, Closure, Hub, Network, News, Spread
from argosy.delivery.published import PublishedPromises, publish
from argosy.delivery.tables import Planner
from argosy.delivery.timetable import DAYS, NEVER
from argosy.delivery.zones import instant_at
from rooms.delivery.ground import (
    NOW,
    area,
    border,
    city,
    hub,
    lane,
    leaving,
    local_instant,
    network,
    no_holidays,
    random_network,
)

FIRST = date(2026, 3, 26)
MONDAY = datetime(2026, 3, 30, 6, 0, tzinfo=UTC)
WAVES = tuple(range(0, 1440, 120))


def shop(*times: str, **changes: object) -> Network:
    """Stock at S, a flight to B abroad at these times, and a city there."""
    hubs = (
        hub("S", "AA", waves=WAVES, handling=Spread(60, 90), clears=False, delivers=False),
        hub("B", "BB", handling=Spread(60, 60), sorting=Spread(30, 60)),
    )
    plain = network(
        hubs,
        (lane("S", "B", 120),),
        leaving("S>B", *times),
        (border("BB", clearance=Spread(60, 120)),),
        (area("AA"), area("BB")),
    )
    return msgspec.structs.replace(plain, **changes)


def board_of(net: Network, ahead: int = 6, days_off: DaysOff = no_holidays) -> PromiseBoard:
    """A board for one city of BB."""
    return PromiseBoard(Planner(net, [city(0, "BB")], days_off=days_off), None, ahead)


def day(board: PromiseBoard, now: datetime = MONDAY, confidence: float = 0.95) -> date | None:
    """The day that the board promises."""
    promised = board.lookup("S", 0, confidence, now)
    return None if promised is None else promised.day


TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 3, 31) + timedelta(days=ahead) for ahead in range(3))


@pytest.mark.parametrize(
    ("now", "promised"),
    [
        ("2026-03-30T06:00", TUESDAY),  # wave at 6, packed by 7:30, flight at 20:00
        ("2026-03-30T18:00", TUESDAY),  # the last wave that makes the flight
        ("2026-03-30T18:01", WEDNESDAY),
    ],
)
def test_a_day_by_the_flight_that_is_made(now: str, promised: date) -> None:
    assert day(board_of(shop("20:00")), datetime.fromisoformat(now).replace(tzinfo=UTC)) == promised


def test_until_when_the_promise_stands() -> None:
    board = board_of(shop("20:00"), ahead=12)
    board.refresh("S", MONDAY)
    promised = board.lookup("S", 0, 0.95, MONDAY)
    assert promised is not None
    assert promised.valid_until == datetime(2026, 3, 30, 18, 0, tzinfo=UTC)
    assert promised.leaves_at == datetime(2026, 3, 30, 20, 0, tzinfo=UTC)
    assert promised.mode == "air"
    assert promised.within_72h
    later = board.lookup("S", 0, 0.95, promised.valid_until + timedelta(minutes=1))
    assert later is not None
    assert later.day > promised.day


def test_the_next_quote_knows_that_a_departure_is_full() -> None:
    board = board_of(shop("20:00"))
    assert day(board) == TUESDAY
    board.tell(News(full=frozenset({"S>B/2026-03-30T20:00"})))
    assert day(board) == WEDNESDAY
    board.tell(News())
    assert day(board) == TUESDAY


@pytest.mark.parametrize(
    "news",
    [
        News(cancelled=frozenset({"S>B/2026-03-30T20:00"})),
        News(late=(("S>B/2026-03-30T20:00", 12 * 60),)),
        News(
            closures=(Closure(kind="hub", code="B", first=date(2026, 3, 30), last=date(2026, 3, 30), reason="storm"),)
        ),
        News(closures=(Closure(kind="lane", code="S>B", first=None, last=date(2026, 3, 30), reason="no crew"),)),
        News(closures=(Closure(kind="country", code="BB", first=TUESDAY, last=TUESDAY, reason="strike"),)),
    ],
    ids=["cancelled", "late", "airport closed", "lane closed", "strike day"],
)
def test_the_next_quote_knows(news: News) -> None:
    board = board_of(shop("20:00"))
    assert day(board) == TUESDAY
    board.tell(news)
    assert day(board) == WEDNESDAY


def test_an_airport_closed_for_good_promises_nothing() -> None:
    closed = Closure(kind="hub", code="B", first=None, last=None, reason="moved")
    board = board_of(shop("20:00", closures=(closed,)))
    assert day(board) is None
    with pytest.raises(Refused, match="No date can be promised"):
        explain(board, "S", city(0, "BB"), 0.95, MONDAY)


def test_a_hub_on_strike_releases_no_wave() -> None:
    board = board_of(shop("20:00"))
    board.tell(News(closures=(Closure(kind="hub", code="S", first=None, last=date(2026, 3, 30), reason="strike"),)))
    promised = board.lookup("S", 0, 0.95, MONDAY)
    assert promised is not None
    assert promised.day == WEDNESDAY


def test_news_of_another_week_are_passed_over() -> None:
    board = board_of(shop("20:00"))
    board.tell(News(full=frozenset({"S>B/2025-03-30T20:00"})))
    assert day(board) == TUESDAY


@pytest.mark.parametrize(
    ("off", "days", "promised"),
    [
        (frozenset(), frozenset(range(1, 8)), TUESDAY),
        (frozenset({TUESDAY}), frozenset(range(1, 8)), WEDNESDAY),
        (frozenset({TUESDAY, WEDNESDAY}), frozenset(range(1, 8)), THURSDAY),
        (frozenset(), frozenset({3}), WEDNESDAY),
        (frozenset({WEDNESDAY}), frozenset({3}), date(2026, 4, 8)),
    ],
)
def test_holidays_and_weekdays_of_the_couriers(off: frozenset[date], days: frozenset[int], promised: date) -> None:
    net = shop("20:00", service_areas=(area("AA"), area("BB", weekdays=days)))
    assert day(board_of(net, days_off=lambda calendar, year: off if calendar == "BB" else frozenset())) == promised


def test_no_last_mile_over_a_customs_border() -> None:
    net = shop("20:00")
    planner = Planner(net, [city(0, "AA"), city(1, "BB")], days_off=no_holidays)
    assert (planner.vans.choices[0] < 0).all(), "the only vans are in BB"
    assert planner.vans.choices[1][0] >= 0


def test_a_city_of_its_own_goes_before_its_country() -> None:
    net = shop("20:00", service_areas=(area("AA"), area("BB"), area("BB", city=1000, max_km=0)))
    assert day(board_of(net)) is None


def test_an_unknown_confidence_is_refused() -> None:
    with pytest.raises(Refused, match=r"0\.5, 0\.9, 0\.95, 0\.98"):
        board_of(shop("20:00")).lookup("S", 0, 0.99, MONDAY)


@settings(max_examples=150, deadline=None)
@given(
    loaded=st.lists(st.integers(1, 14 * 1440), min_size=20, max_size=20),
    zone=st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata"]),
    days=st.frozensets(st.integers(1, 7), min_size=1),
    km=st.integers(0, 390),
    off=st.frozensets(st.dates(FIRST, FIRST + timedelta(days=14)), max_size=3),
)
def test_quantiles_at_the_door_as_counted(
    loaded: list[int], zone: str, days: frozenset[int], km: int, off: frozenset[date]
) -> None:
    net = network((hub("B", "BB"),), (), (), areas=(area("BB", weekdays=days),))
    place = city(0, "BB", zone, latitude=km / 111.2)
    vans = Vans(Graph(net), [place])
    doors = Doors(vans, FIRST, DAYS, (), lambda calendar, year: off)
    minutes, on = doors.at_the_door(np.array([loaded], dtype=np.int32))
    drive = timedelta(minutes=int(vans.drive[0]))
    worked = [
        run
        for run in (FIRST + timedelta(days=ahead) for ahead in range(DAYS))
        if run.isoweekday() in days and run not in off
    ][:12]
    fates: list[date | None] = []
    for minute in loaded:
        there = instant_at(math.ceil(minute / 30) * 30, FIRST) + drive
        fates.append(next((run for run in worked if there <= local_instant(run, 540, zone)), None))
    for level, confidence in enumerate(CONFIDENCES):
        need = math.ceil(confidence * len(loaded))
        arrived = sorted(fate for fate in fates if fate is not None)
        if len(arrived) < need:
            assert minutes[0, level] == NEVER
            assert on[0, level] == -1
            continue
        fate = arrived[need - 1]
        before, same = sum(one < fate for one in arrived), arrived.count(fate)
        wanted = local_instant(fate, 600, zone) + timedelta(minutes=600 * (need - before) // same)
        assert FIRST + timedelta(days=int(on[0, level])) == fate
        assert instant_at(int(minutes[0, level]), FIRST) == wanted


def ordered(net: Network, now: datetime) -> list[tuple[date, datetime] | None]:
    """What a board without memory promises at an instant, for all confidences."""
    board = board_of(net)
    board.refresh("S", now)
    found = [board.lookup("S", 0, confidence, now) for confidence in CONFIDENCES]
    return [None if one is None else (one.day, one.by) for one in found]


def test_two_refreshes_agree() -> None:
    net = shop("08:00", "20:00")
    assert ordered(net, MONDAY) == ordered(net, MONDAY)


def test_a_higher_confidence_is_never_earlier() -> None:
    found = ordered(shop("08:00", "20:00"), MONDAY)
    days = [one for one in found if one is not None]
    assert len(days) == 4
    assert days == sorted(days)


@settings(max_examples=25, deadline=None)
@given(
    times=st.lists(
        st.sampled_from(["01:00", "05:30", "08:00", "13:15", "20:00", "23:50"]), min_size=1, max_size=3, unique=True
    ),
    pick=st.sampled_from([Spread(0, 0), Spread(100, 300), Spread(300, 540)]),
)
def test_who_orders_later_is_never_served_earlier(times: list[str], pick: Spread) -> None:
    net = shop(*times)
    stock = msgspec.structs.replace(net.hubs[0], handling=pick)
    board = board_of(msgspec.structs.replace(net, hubs=(stock, *net.hubs[1:])), ahead=13)
    board.refresh("S", MONDAY)
    promised = [board.lookup("S", 0, 0.95, MONDAY + timedelta(hours=hours)) for hours in range(0, 24)]
    by = [one.by for one in promised if one is not None]
    assert len(by) == 24
    assert by == sorted(by)


def test_legs_follow_one_another() -> None:
    board = board_of(shop("08:00", "20:00"))
    board.refresh("S", MONDAY)
    journey = explain(board, "S", city(0, "BB"), 0.95, MONDAY)
    for legs in (journey.usual, journey.slow):
        assert [leg.step for leg in legs] == ["pick", "lane", "customs", "sort", "door"]
        for leg, after in pairwise(legs):
            assert leg.arrives_at <= after.leaves_at
            assert leg.cutoff is None or leg.ready_at <= leg.cutoff <= leg.leaves_at or leg.step == "door"
    assert journey.slow[-1].arrives_at == journey.promised.by
    assert journey.usual_day <= journey.promised.day


def test_one_city_alone_is_promised_the_same() -> None:
    net = shop("08:00", "20:00")
    both = [city(0, "AA"), city(1, "BB")]
    far = PromiseBoard(Planner(net, both, days_off=no_holidays))
    alone = board_of(net)
    assert far.lookup("S", 1, 0.95, MONDAY) == alone.lookup("S", 0, 0.95, MONDAY)
    assert far.lookup("S", 0, 0.95, MONDAY) is None


@pytest.mark.parametrize(("zone", "first"), [("Europe/Paris", "2026-03-29T01:00"), ("UTC", "2026-03-29T02:00")])
def test_waves_on_the_day_the_clocks_change(zone: str, first: str) -> None:
    stock: Hub = hub("S", waves=(120, 150, 180), time_zone=zone)
    planner = Planner(network((stock,), (), ()), [city(0)], days_off=no_holidays)
    waves = planner.waves(stock, datetime(2026, 3, 29, 0, 45, tzinfo=UTC), 3)
    assert waves[0] == datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert waves == sorted(set(waves))


def test_published_promises_are_the_same(tmp_path: Path) -> None:
    board = board_of(shop("20:00"))
    board.refresh("S", MONDAY, beyond=1)
    at = int(MONDAY.timestamp()) // 60
    publish(tmp_path, board, "S", MONDAY)
    readers = PublishedPromises(tmp_path)
    assert readers.hubs == ("S",)
    for confidence in CONFIDENCES:
        assert readers.lookup("S", 0, confidence, MONDAY) == board.lookup("S", 0, confidence, MONDAY)
    nearly = MONDAY + timedelta(minutes=120)
    assert readers.lookup("S", 0, 0.95, nearly) == board.lookup("S", 0, 0.95, nearly), "the next board is in the file"
    board = board_of(shop("20:00"))
    later = MONDAY + timedelta(minutes=121)
    assert readers.lookup("S", 0, 0.95, later) is None, "two waves have passed and the publisher is behind"
    board.refresh("S", later)
    publish(tmp_path, board, "S", later)
    assert readers.lookup("S", 0, 0.95, later) == board.lookup("S", 0, 0.95, later)
    board.tell(News(full=frozenset({"S>B/2026-03-30T20:00"})))
    publish(tmp_path, board, "S", later)
    assert readers.reread() == 1
    assert readers.reread() == 0
    assert readers.day("S", 0, 2, at + 1) == board.day("S", 0, 2, at + 1)
    assert readers.entry("S", 0, 2, at + 1) == board.entry("S", 0, 2, at + 1)
    assert readers.departures("S", 0, 0.95, later) == board.departures("S", 0, 0.95, later) == ("S>B/2026-03-31T20:00",)
    board.tell(News(closures=(Closure(kind="hub", code="S", first=None, last=None, reason="sold"),)))
    publish(tmp_path, board, "S", later)
    readers.reread()
    assert readers.lookup("S", 0, 0.95, later) is None


def test_the_departures_that_a_promise_relies_on() -> None:
    board = board_of(shop("08:00", "20:00"))
    assert board.departures("S", 0, 0.95, MONDAY) == ("S>B/2026-03-30T08:00",)
    board.tell(News(full=frozenset({"S>B/2026-03-30T08:00"})))
    assert board.departures("S", 0, 0.95, MONDAY) == ("S>B/2026-03-30T20:00",)
    board.tell(News(late=(("S>B/2026-03-30T08:00", 60),)))
    assert board.departures("S", 0, 0.95, MONDAY) == ("S>B/2026-03-30T08:00",), "by its scheduled time"


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), later=st.integers(0, 5000), some=st.sets(st.integers(0, 5), min_size=1))
def test_tables_know_by_which_departures_they_go(seed: int, later: int, some: set[int]) -> None:
    net = msgspec.structs.replace(random_network(seed), carriers=(), service_areas=())
    planner = Planner(net, [city(0, "BB")], days_off=no_holidays)
    at = NOW + timedelta(minutes=later)
    vans = np.array([[van for van in some if van < len(net.hubs)]], dtype=np.int16)
    table = msgspec.structs.replace(planner.wave_table(net.hubs[0], at, at), van=vans)
    used = {key for van in vans[0].tolist() for key in planner.departures(table, van)}
    timetable = planner.calendar(at).table
    for place in np.flatnonzero(timetable.scheduled < NEVER).tolist():
        key = timetable.key(place)
        assert planner.goes_by(table, [key, "X>Y/2026-03-27T08:00", "no name"]) == (key in used)
