"""Ways of parcels: the same promise as the board's, draws that keep it as often as it says, and new days from where a parcel is."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest

from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import News
from argosy.delivery.parcels.model import Noted, Stage
from argosy.delivery.parcels.rules import standing
from argosy.delivery.parcels.ways import Wayfinder, day_end
from argosy.delivery.places import cities
from argosy.delivery.tables import Planner
from argosy.plumbing.ids import derived_id
from rooms.delivery.ground import no_holidays
from rooms.delivery.parcel_ground import HUB, NOW, planner, ways

PLACES = ["Paris, FR", "Reims, FR", "Hangzhou, CN"]


@pytest.mark.parametrize("place", PLACES)
def test_a_way_ends_when_the_promise_does(place: str) -> None:
    city = cities().read(place)
    for ahead in range(0, 72, 7):
        now = NOW + timedelta(hours=ahead)
        told = PromiseBoard(planner(), [HUB]).lookup(HUB, city.index, 0.95, now)
        way = ways().way(city, now)
        assert told is not None
        assert way is not None
        assert ways().stages(way, city)[-1].slow_until == told.by


def test_stages_follow_one_another() -> None:
    city = cities().read("Paris, FR")
    way = ways().way(city, NOW)
    assert way is not None
    stages = ways().stages(way, city)
    assert [(one.step, one.place, one.to) for one in stages] == [
        ("pick", HUB, HUB), ("lane", HUB, "PVG"), ("lane", "PVG", "CDG"), ("customs", "CDG", "CDG"), ("sort", "CDG", "CDG"),
        ("door", "CDG", "Paris"),
    ]  # fmt: skip
    for one, after in pairwise(stages):
        assert one.usual_from <= one.usual_until <= one.slow_until
        assert one.usual_until <= after.usual_until
        assert one.slow_until <= after.slow_until
    for one in stages:
        assert bool(one.departure) == (one.step == "lane")
        if one.departure:
            place = planner().calendar(NOW).table.place(one.departure)
            assert planner().calendar(NOW).table.key(place) == one.departure


def test_news_change_the_way_of_the_next_parcel() -> None:
    city = cities().read("Paris, FR")
    finder = Wayfinder(Planner(planner().network, cities().all, days_off=no_holidays), HUB, 0.95)

    def flight() -> str:
        way = finder.way(city, NOW)
        assert way is not None
        return finder.stages(way, city)[2].departure

    first = flight()
    finder.planner.tell(News(cancelled=frozenset({first})))
    assert flight() != first
    finder.planner.tell(News())
    assert flight() == first


def test_a_city_that_nobody_delivers_in_has_no_way() -> None:
    assert ways().way(cities().read("Ushuaia, AR"), NOW) is None


@pytest.mark.parametrize("place", PLACES)
def test_draws_keep_the_promise_as_often_as_it_says(place: str) -> None:
    city = cities().read(place)
    way = ways().way(city, NOW)
    told = PromiseBoard(planner(), [HUB]).lookup(HUB, city.index, 0.95, NOW)
    assert way is not None
    assert told is not None
    doors = []
    for number in range(1_500):
        drawn = ways().drawn(way, city, derived_id("test", str(number)))
        assert [one.at for one in drawn] == sorted(one.at for one in drawn)
        doors.append(next(one.at for one in drawn if one.code in ("delivered", "failed_attempt")))
    kept = sum(door <= told.by for door in doors) / len(doors)
    assert 0.91 <= kept <= 0.985
    assert sum(door <= day_end(told.day, city.time_zone) for door in doors) / len(doors) >= kept


def test_a_draw_is_always_the_same() -> None:
    city = cities().read("Paris, FR")
    way = ways().way(city, NOW)
    assert way is not None
    one = derived_id("test", "one")
    assert ways().drawn(way, city, one) == ways().drawn(way, city, one)
    assert ways().drawn(way, city, one) != ways().drawn(way, city, derived_id("test", "two"))


def test_some_find_nobody_at_home_and_are_brought_again() -> None:
    city = cities().read("Paris, FR")
    way = ways().way(city, NOW)
    assert way is not None
    courses = [[one.code for one in ways().drawn(way, city, derived_id("test", str(n)))] for n in range(1_000)]
    failed = [course for course in courses if "failed_attempt" in course]
    assert 5 <= len(failed) <= 45
    assert all(
        course[-4:] == ["out_for_delivery", "failed_attempt", "out_for_delivery", "delivered"] for course in failed
    )


def at(code: str, place: str, when: datetime) -> Noted:
    return Noted(parcel_id=derived_id("test", "x"), at=when, code=code, place=place, carrier="", detail="")


def paris() -> tuple[Stage, ...]:
    city = cities().read("Paris, FR")
    way = ways().way(city, NOW)
    assert way is not None
    return ways().stages(way, city)


def test_in_time_at_every_stage_means_no_later_day() -> None:
    """From the middling time of any stage the day is never later than the one promised."""
    city, stages = cities().read("Paris, FR"), paris()
    promised = stages[-1].slow_until.astimezone(ZoneInfo(city.time_zone)).date()
    marks = [("packed", HUB), ("arrived", "PVG"), ("arrived", "CDG"), ("cleared", "CDG")]
    for stage, (code, place) in zip(stages, marks, strict=False):
        stands = standing([at("announced", HUB, NOW), at(code, place, stage.usual_until)], stages)
        expected = ways().expected(stages, stands, city, stage.usual_until)
        assert expected is not None
        assert expected <= promised


def test_a_missed_flight_makes_the_day_later_and_never_sooner() -> None:
    city, stages = cities().read("Paris, FR"), paris()
    days = []
    for late in range(0, 120, 6):
        when = stages[1].usual_until + timedelta(hours=late)
        stands = standing([at("announced", HUB, NOW), at("arrived", "PVG", when)], stages)
        days.append(ways().expected(stages, stands, city, when))
    assert None not in days
    assert days == sorted(days)  # type: ignore[type-var]
    assert days[0] < days[-1]  # type: ignore[operator]


def test_a_parcel_that_is_silent_is_expected_no_sooner_than_now_allows() -> None:
    city, stages = cities().read("Paris, FR"), paris()
    stands = standing([at("announced", HUB, NOW), at("arrived", "PVG", stages[1].usual_until)], stages)
    later = NOW + timedelta(days=9)
    expected = ways().expected(stages, stands, city, later)
    assert expected is not None
    assert expected >= later.date()


def test_under_way_counts_from_the_departure() -> None:
    city, stages = cities().read("Paris, FR"), paris()
    left = stages[2].usual_from
    gone = standing([at("announced", HUB, NOW), at("departed", "PVG", left)], stages)
    assert gone.departed
    soon = ways().expected(stages, gone, city, left)
    late = ways().expected(stages, msgspec.structs.replace(gone, since=left + timedelta(days=2)), city, left)
    assert soon is not None
    assert late is not None
    assert soon < late


def test_a_way_that_the_network_no_longer_knows_tells_nothing() -> None:
    city, stages = cities().read("Paris, FR"), paris()
    changed = tuple(
        msgspec.structs.replace(one, departure="PVG>XXX/2026-06-15T01:00") if one.departure else one for one in stages
    )
    stands = standing([at("announced", HUB, NOW)], changed)
    assert ways().expected(changed, stands, city, NOW) is None
