"""Reach is counted over the hours of a week, and firms are chosen within a known distance of the best set."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.commands import reach as reach_command
from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import Network, Spread
from argosy.delivery.networks.files import write_network
from argosy.delivery.places import cities
from argosy.delivery.reaching.acquire import choose, gain, joined, read_firms, signatures
from argosy.delivery.reaching.reach import FAR, elapsed, elapsed_everywhere, reach, scaled, soonest
from argosy.delivery.tables import Planner
from argosy.plumbing.config import ROOT, Config
from rooms.delivery.ground import area, border, city, hub, lane, leaving, network, no_holidays

WEEK = datetime(2026, 3, 30, tzinfo=UTC)
HOURS = [WEEK + timedelta(hours=hour) for hour in range(0, 48)]
WAVES = tuple(range(0, 1440, 120))
NET = network(
    (
        hub("S", "AA", waves=WAVES, handling=Spread(60, 90), clears=False, delivers=False),
        hub("B", "BB", sorting=Spread(30, 60)),
        hub("C", "CC", sorting=Spread(30, 60)),
    ),
    (lane("S", "B", 120), lane("S", "C", 600)),
    (*leaving("S>B", "20:00"), *leaving("S>C", "03:00", days=frozenset({3}))),
    (border("BB", clearance=Spread(60, 120)),),
)
PLACES = [city(0, "BB"), city(1, "CC"), city(2, "AA")]
PEOPLE = np.array([one.population for one in PLACES])


@pytest.fixture(scope="module")
def planner() -> Planner:
    return Planner(NET, PLACES, days_off=no_holidays)


def test_minutes_from_order_to_door_are_those_of_the_promise(planner: Planner) -> None:
    rows = elapsed(planner, planner.graph.hubs[0], HOURS, 0.95)
    board = PromiseBoard(planner, ["S"], 40)
    for number in (0, 7, 18, 19, 30):
        board.refresh("S", HOURS[number])
        for place in range(3):
            promised = board.lookup("S", place, 0.95, HOURS[number])
            minutes = FAR if promised is None else (promised.by - HOURS[number]) / timedelta(minutes=1)
            assert rows[number, place] == minutes


def test_hours_are_counted_by_city(planner: Planner) -> None:
    rows = elapsed(planner, planner.graph.hubs[0], HOURS, 0.95)
    for within in (24 * 60, 40 * 60, 60 * 60, 90 * 60):
        found = reach(rows, HOURS, within, 0.5, PEOPLE, np.array([False, False, True]))
        shares = [sum(int(rows[hour, place]) <= within for hour in range(48)) / 48 for place in range(3)]
        assert found.people == sum(int(PEOPLE[place]) for place in range(3) if shares[place] >= 0.5)
        by_hour = [sum(int(PEOPLE[place]) for place in range(3) if rows[hour, place] <= within) for hour in range(48)]
        assert found.worst_hour_people == min(by_hour)
        assert found.worst_hour == HOURS[by_hour.index(min(by_hour))]
        assert found.best_hour_people == max(by_hour)
    assert rows[:, 2].min() == FAR, "nobody delivers in AA"


def test_several_processes_find_the_same(planner: Planner) -> None:
    told: list[float] = []
    found = elapsed_everywhere(planner, ["S"], HOURS, 0.95, told.append, 2)
    # Each day's orders are looked at apart, so a wave of the next day cannot better the last ones of a day.
    assert (found["S"] >= elapsed(planner, planner.graph.hubs[0], HOURS, 0.95)).all()
    assert (found["S"][:24] == elapsed(planner, planner.graph.hubs[0], HOURS[:24], 0.95)).all()
    assert told[-1] == 1.0
    assert (soonest([found["S"], np.zeros_like(found["S"])]) == 0).all()


@pytest.mark.parametrize(("ratio", "later"), [((3, 2), True), ((2, 3), False)])
def test_slower_and_faster(ratio: tuple[int, int], later: bool, planner: Planner) -> None:
    other = scaled(NET, *ratio)
    assert other.lanes[0].transit_minutes == 120 * ratio[0] // ratio[1]
    assert other.hubs[0].handling == Spread(60 * ratio[0] // ratio[1], 90 * ratio[0] // ratio[1])
    assert [one.leaves for one in other.departures] == [one.leaves for one in NET.departures]
    before = elapsed(planner, planner.graph.hubs[0], HOURS[12:22], 0.95).astype(int)
    after = elapsed(Planner(other, PLACES, days_off=no_holidays), other.hubs[0], HOURS[12:22], 0.95).astype(int)
    assert (after >= before).all() if later else (after <= before).all()
    assert (after != before).any()


HEADER = "firm,what,where,to,p50,p95,times,weekdays,capacity_parcels,price_minor,currency\n"


def firms(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "firms.csv"
    file.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return file


def test_what_a_firm_owns_joins_the_network(tmp_path: Path) -> None:
    file = firms(
        tmp_path,
        "Swift,price,,,,,,,,1000,EUR",
        "Swift,lane,S,C,300,480,04:00 16:00,12345,900,,",
        "Swift,clearance,BB,,10,20,,,,,",
        "Swift,sorting,CC,,5,90,,,100,,",
        "Swift,fleet,BB,,90,,09:30 10:00 18:00,,,,",
    )
    (firm,) = read_firms(file)
    assert (firm.name, firm.price_minor, firm.capacity_parcels) == ("Swift", 1000, 1000)
    net = joined(NET, firm)
    assert net.lanes[-1].code == "S>C:Swift"
    assert [one.leaves for one in net.departures[-2:]] == [240, 960]
    assert next(one for one in net.borders if one.customs_zone == "BB").clearance == Spread(10, 20)
    assert next(one for one in net.hubs if one.code == "C").sorting == Spread(5, 60), (
        "its median, the network's 95th percentile"
    )
    assert next(one for one in net.service_areas if one.country == "BB").depot_by == 570
    one = Planner(net, PLACES, days_off=no_holidays)
    plain = Planner(NET, PLACES, days_off=no_holidays)
    before = elapsed(plain, plain.graph.hubs[0], HOURS[:8], 0.95)
    after = elapsed(one, one.graph.hubs[0], HOURS[:8], 0.95)
    assert (after[:, 0] < before[:, 0]).all()
    assert (after[:, 1] < before[:, 1]).any()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["Swift,lane,S,C,300,,04:00,,,,"], "Swift has no line whose `what` is price"),
        (["Swift,price,,,,,,,,10,EUR", "Swift,ship,S,C,,,,,,,"], "firms.csv:3: what: 'ship' is none of price, lane"),
        (["Swift,price,,,,,,,,ten,EUR"], "firms.csv:2: price_minor: 'ten' is not a whole number"),
        (["Swift,price,,,,,,,,1,EUR", "Slow,price,,,,,,,,1,USD"], "prices are in several currencies"),
        (
            ["Swift,price,,,,,,,,1,EUR", "Swift,lane,S,C,3,,25:00,,,,"],
            "firms.csv:3: times or weekdays: '25:00' is not a time",
        ),
        ([",price,,,,,,,,1,EUR"], "firms.csv:2: firm: is empty"),
    ],
)
def test_bad_lines_of_candidates(rows: list[str], told: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=told):
        read_firms(firms(tmp_path, *rows))


@pytest.mark.parametrize(
    "row", ["Swift,lane,S,X,300,,04:00,,,,", "Swift,clearance,ZZ,,1,2,,,,,", "Swift,fleet,ZZ,,1,,,,,,"]
)
def test_a_firm_in_a_place_that_is_not_there(row: str, tmp_path: Path) -> None:
    (firm,) = read_firms(firms(tmp_path, "Swift,price,,,,,,,,1,EUR", row))
    with pytest.raises(Refused, match=r"line 3: .* is not a place of the network"):
        joined(NET, firm)


@settings(max_examples=200, deadline=None)
@given(
    added=st.lists(st.lists(st.booleans(), min_size=12, max_size=12), min_size=1, max_size=6),
    weights=st.lists(st.integers(1, 50), min_size=4, max_size=4),
    prices=st.lists(st.integers(1, 30), min_size=6, max_size=6),
    budget=st.integers(0, 70),
)
def test_the_choice_is_near_the_best_and_under_the_bound(
    added: list[list[bool]], weights: list[int], prices: list[int], budget: int
) -> None:
    tables = [np.array(one).reshape(3, 4) for one in added]
    weight = np.array(weights, dtype=np.float64)
    kinds = signatures(tables, weight)
    prices = prices[: len(added)]
    sets = [one for size in range(len(added) + 1) for one in combinations(range(len(added)), size)]
    worth = {
        one: float((np.logical_or.reduce([tables[firm] for firm in one], axis=0) * weight).sum()) if one else 0.0
        for one in sets
    }
    for one, value in worth.items():
        assert gain(sum(1 << firm for firm in one), kinds) == pytest.approx(value)
    best = max(value for one, value in worth.items() if sum(prices[firm] for firm in one) <= budget)
    chosen, adds, bound = choose(prices, kinds, budget)
    assert sum(prices[firm] for firm in chosen) <= budget
    assert adds == pytest.approx(worth[chosen])
    assert adds >= (1 - np.exp(-1)) * best - 1e-9
    assert best <= bound + 1e-9


def test_the_command_tells_the_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    country = {"AA": "CN", "BB": "FR", "CC": "JP"}
    small = network(
        (
            hub("CN-HGH", "CN", waves=WAVES, latitude=30.2, longitude=120.4, time_zone="Asia/Shanghai", delivers=True),
            hub("CDG", "FR", latitude=49.0, longitude=2.5, time_zone="Europe/Paris"),
        ),
        (lane("CN-HGH", "CDG", 720),),
        leaving("CN-HGH>CDG", "10:00"),
        areas=(area("CN"), area("FR")),
    )
    assert set(country.values()) >= {one.country for one in small.hubs}
    write_network(small, tmp_path / "home" / "network")
    config = Config(home=tmp_path / "home", data=ROOT / "data")
    parser = argparse.ArgumentParser()
    reach_command.add(parser.add_subparsers())
    file = firms(
        tmp_path, "Swift,price,,,,,,,,1000,EUR", "Swift,lane,CN-HGH,CDG,700,,02:00 18:00,,,,", "Idle,price,,,,,,,,9,EUR"
    )
    words = f"reach --hours 72 --confidence 0.95 --hubs CN-HGH --every 12 --candidates {file} --budget 1000 --processes 1 --json"
    asked = parser.parse_args(words.split())
    assert reach_command.run(config, asked) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    keys = [
        "people",
        "people_abroad",
        "hubs",
        "hours",
        "confidence",
        "share_of_hours",
        "worst_hour",
        "home_only",
        "slower",
        "faster",
        "by_country",
    ]
    assert set(keys) <= set(told)
    places = cities()
    paris, shanghai = places.read("Paris, FR"), places.read("Shanghai, CN")
    assert told["people"] >= told["people_abroad"] >= paris.population
    assert told["people"] - told["people_abroad"] >= shanghai.population
    assert told["by_country"]["FR"]["within_72"] >= paris.population
    assert told["by_country"]["JP"]["within_72"] == 0
    assert told["slower"]["people"] <= told["people"] <= told["faster"]["people"]
    assert told["home_only"]["people"] == told["people"]
    assert [row["firm"] for row in told["candidates"]] == ["Swift", "Idle"]
    assert told["candidates"][1]["adds_people_of_an_hour"] == 0
    assert told["buy"]["most_that_any_set_adds"] >= told["buy"].get("adds_people", 0)


@pytest.mark.parametrize(
    "words",
    [
        "--hours 0",
        "--confidence 0.99",
        "--share 1.5",
        "--hubs CN-XXX",
        "--week 2026-06-08",
        "--candidates /nowhere.csv",
    ],
)
def test_wrong_questions_are_refused(words: str, tmp_path: Path) -> None:
    small: Network = network((hub("CN-HGH", "CN", waves=WAVES),), (), ())
    write_network(small, tmp_path / "network")
    parser = argparse.ArgumentParser()
    reach_command.add(parser.add_subparsers())
    asked = parser.parse_args(["reach", "--hubs", "CN-HGH", *words.split()])
    with pytest.raises(Refused):
        reach_command.run(Config(home=tmp_path), asked)
