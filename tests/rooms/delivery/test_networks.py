"""Networks as files: written and read back, refused by line, installed whole or not at all; and the demo's network."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from argosy.base.errors import Misconfigured, NotFound, Refused
from argosy.commands import network as network_command
from argosy.commands import promise_to
from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import EVERY_DAY, Closure, Network, Spread
from argosy.delivery.networks.assumptions import clock_minutes, read_assumptions, weekday_set
from argosy.delivery.networks.demo import demo_network
from argosy.delivery.networks.files import TABLES, install_network, read_network, write_network
from argosy.delivery.networks.opening import open_network
from argosy.delivery.places import cities, find_hub
from argosy.delivery.rules import departure_key, kilometres, late_minutes, normal_quantile, spread_minutes
from argosy.delivery.tables import Planner
from argosy.plumbing.config import ROOT, Config
from rooms.delivery.ground import area, border, hub, lane, leaving, network, random_network

DATA = ROOT / "data" / "network"
SMALL = network(
    (hub("S", "AA", waves=(0, 720), handling=Spread(60, 90), time_zone="Asia/Shanghai"), hub("B", "BB")),
    (lane("S", "B", 120, late_share=0.25, late_mean_minutes=60, capacity_parcels=500, price_per_kg_minor=120, currency="EUR"),),
    leaving("S>B", "08:00", "20:00", days=frozenset({1, 3}), cutoff=45),
    (border("BB", clearance=Spread(60, 120), opens=480, closes=1080),),
    (area("AA"), area("BB", weekdays=EVERY_DAY - {7}), area("BB", city=77, price_minor=5, currency="EUR")),
    (Closure(kind="country", code="BB", first=date(2026, 5, 1), last=None, reason="strike, all day"),),
)  # fmt: skip


@pytest.fixture(scope="module")
def demo() -> Network:
    """The demo's network."""
    return demo_network(DATA)


@pytest.mark.parametrize("net", [SMALL, *(random_network(seed) for seed in range(5))])
def test_written_and_read_back(net: Network, tmp_path: Path) -> None:
    write_network(net, tmp_path)
    assert read_network(tmp_path) == (net, [])


@pytest.mark.parametrize(
    ("file", "line", "cells", "fault"),
    [
        ("lanes.csv", 2, {"transit_minutes": "soon"}, "lanes.csv:2: transit_minutes: 'soon' is not a whole number"),
        ("lanes.csv", 2, {"transit_minutes": "0"}, "lanes.csv:2: transit_minutes: 0 is not between 1 and 20000"),
        ("lanes.csv", 2, {"late_share": "1.5"}, "lanes.csv:2: late_share: 1.5 is not between 0 and 1"),
        ("lanes.csv", 2, {"mode": "pipe"}, "lanes.csv:2: mode: 'pipe' is none of air, road, rail, sea"),
        ("lanes.csv", 2, {"origin": "X"}, "lanes.csv:2: origin: there is no 'X' in hubs.csv"),
        ("lanes.csv", 2, {"destination": "S"}, "lanes.csv:2: destination: is the same as the origin"),
        ("lanes.csv", 2, {"currency": ""}, "lanes.csv:2: currency: is empty, but there is a price_per_kg_minor"),
        ("hubs.csv", 3, {"time_zone": "Mars/Base"}, "hubs.csv:3: time_zone: 'Mars/Base' is no IANA zone, such as Asia/Hong_Kong"),
        ("hubs.csv", 3, {"code": "S"}, "hubs.csv:3: code: this row stands twice"),
        ("hubs.csv", 2, {"waves": "00:00 25:00"}, "hubs.csv:2: waves: '25:00' is not a time like 09:30"),
        ("hubs.csv", 2, {"clears": "maybe"}, "hubs.csv:2: clears: 'maybe' is neither yes nor no"),
        ("hubs.csv", 2, {"handling_p95_minutes": "10"}, "hubs.csv:2: handling_p95_minutes: comes before handling_p50_minutes"),
        ("hubs.csv", 2, {"latitude": "91"}, "hubs.csv:2: latitude: 91 is not between -90 and 90"),
        ("departures.csv", 3, {"weekdays": "18"}, "departures.csv:3: weekdays: '18' is not a set of"),
        ("departures.csv", 3, {"lane": "S>C"}, "departures.csv:3: lane: there is no 'S>C' in lanes.csv"),
        ("customs.csv", 2, {"closes": "07:00"}, "customs.csv:2: closes: comes before opens"),
        ("countries.csv", 2, {"customs_zone": "ZZ"}, "countries.csv:2: customs_zone: there is no 'ZZ' in customs.csv"),
        ("closures.csv", 2, {"first": "1 May"}, "closures.csv:2: first: '1 May' is not a date like 2026-11-11"),
        ("closures.csv", 2, {"code": "CC"}, "closures.csv:2: code: there is no 'CC' in countries.csv"),
    ],
)  # fmt: skip
def test_a_broken_row_is_told_by_line(file: str, line: int, cells: dict[str, str], fault: str, tmp_path: Path) -> None:
    write_network(SMALL, tmp_path)
    _change(tmp_path / file, line, cells)
    found, faults = read_network(tmp_path)
    assert found is None
    assert any(str(one).startswith(fault) for one in faults)


def _change(path: Path, line: int, cells: dict[str, str]) -> None:
    with path.open(newline="") as text:
        rows = list(csv.reader(text))
    for name, cell in cells.items():
        rows[line - 1][rows[0].index(name)] = cell
    with path.open("w", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows(rows)


def test_every_fault_of_every_file_is_told(tmp_path: Path) -> None:
    write_network(SMALL, tmp_path)
    _change(tmp_path / "lanes.csv", 2, {"transit_minutes": "x", "late_share": "y"})
    _change(tmp_path / "hubs.csv", 2, {"kind": "castle"})
    (tmp_path / "countries.csv").write_text("code,zone\nAA,AA\n")
    (tmp_path / "carriers.csv").unlink()
    (tmp_path / "departures.csv").write_text("lane,weekdays,leaves,cutoff_minutes\nS>B,1,08:00\n")
    _, faults = read_network(tmp_path)
    assert [(one.file, one.line, one.column) for one in faults] == [
        ("hubs.csv", 2, "kind"),
        ("carriers.csv", 1, "file"),
        ("lanes.csv", 2, "transit_minutes"),
        ("lanes.csv", 2, "late_share"),
        ("departures.csv", 2, "row"),
        ("countries.csv", 1, "customs_zone"),
        ("countries.csv", 1, "holidays"),
        ("countries.csv", 1, "zone"),
    ]


def test_a_broken_folder_leaves_the_installed_network_as_it_was(tmp_path: Path) -> None:
    good, place = tmp_path / "good", tmp_path / "home" / "network"
    write_network(SMALL, good)
    assert install_network(good, place) == []
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    _change(good / "lanes.csv", 2, {"transit_minutes": "x"})
    assert [str(fault) for fault in install_network(good, place)] == [
        "lanes.csv:2: transit_minutes: 'x' is not a whole number"
    ]
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    assert [path.name for path in place.parent.iterdir()] == ["network"]


def test_the_command_puts_files_to_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = Config(home=tmp_path / "home")
    folder = tmp_path / "files"
    write_network(SMALL, folder)

    def run(what: str, *given: Path) -> tuple[int, dict[str, object]]:
        parser = argparse.ArgumentParser()
        network_command.add(parser.add_subparsers())
        asked = parser.parse_args(["network", what, *map(str, given), "--json"])
        code = network_command.run(config, asked)
        told: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
        return code, told

    assert run("check", folder)[0] == 0
    assert run("use", folder)[1]["lanes"] == 1
    assert open_network(config.home, config.data) == SMALL
    assert run("export", tmp_path / "again")[0] == 0
    assert read_network(tmp_path / "again")[0] == SMALL
    _change(folder / "hubs.csv", 2, {"kind": "castle"})
    code, told = run("use", folder)
    assert code == 1
    assert told["faults"][0]["line"] == 2  # type: ignore[index]
    assert open_network(config.home, config.data) == SMALL
    with pytest.raises(Refused, match="no folder"):
        run("check", tmp_path / "nowhere")
    assert run("demo")[1]["in_use"] == "demo"


def test_a_spoilt_installed_network_is_told(tmp_path: Path) -> None:
    write_network(SMALL, tmp_path / "network")
    _change(tmp_path / "network" / "lanes.csv", 2, {"mode": "pipe"})
    with pytest.raises(Misconfigured, match=r"lanes\.csv:2: mode"):
        open_network(tmp_path, ROOT / "data")


def test_the_demo_is_always_the_same(demo: Network) -> None:
    assert demo_network(DATA) == demo
    assert len(demo.hubs) > 3000
    assert len(demo.lanes) > 33_000
    assert len(demo.departures) > 50_000
    assert {one.kind for one in demo.hubs} == {"airport", "fulfilment_centre", "bonded_warehouse", "ehub"}


def test_the_demo_survives_a_round_through_files(demo: Network, tmp_path: Path) -> None:
    write_network(demo, tmp_path)
    again, faults = read_network(tmp_path)
    assert faults == []
    assert again == demo


def test_nobody_flies_through_closed_air_space(demo: Network) -> None:
    country = {one.code: one.country for one in demo.hubs}
    pairs = {(country[one.origin], country[one.destination]) for one in demo.lanes}
    assert ("RU", "TR") in pairs
    assert not pairs & {("RU", "DE"), ("DE", "RU"), ("US", "RU"), ("IN", "PK"), ("BY", "PL")}
    assert {one.code for one in demo.hubs} & {"TXL", "NAY", "TIP"} == set()
    closed = {one.code for one in demo.closures}
    assert {"KRT", "KBP", "ODS"} <= closed


def test_siberia_is_flown_around(demo: Network) -> None:
    lanes = {one.code: one for one in demo.lanes}
    hubs = {one.code: one for one in demo.hubs}

    def straight(code: str) -> int:
        ends = [hubs[end] for end in code.split(">")]
        return 30 + round(
            kilometres(ends[0].latitude, ends[0].longitude, ends[1].latitude, ends[1].longitude) / 830 * 60
        )

    assert lanes["FRA>NRT"].transit_minutes == straight("FRA>NRT") + 150
    assert lanes["FRA>PEK"].transit_minutes == straight("FRA>PEK")


def test_every_assumption_has_its_reason(tmp_path: Path) -> None:
    text = (DATA / "assumptions.toml").read_text(encoding="utf-8")
    groups = msgspec.toml.decode(text)
    assert all(len(group["why"]) > 40 for group in groups.values())
    assert text.count("[") > 15
    spoilt = tmp_path / "assumptions.toml"
    for was, now in (
        ("p50_minutes = 300", "p50_minute = 300"),
        ('why = "From the wave', 'because = "From the wave'),
        ('"09:00"', '"9"'),
    ):
        assert was in text
        spoilt.write_text(text.replace(was, now, 1), encoding="utf-8")
        with pytest.raises(Misconfigured, match=r"assumptions\.toml"):
            read_assumptions(spoilt)


def test_a_missing_file_of_the_demo_is_told(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "network")
    (tmp_path / "network" / "airspace.csv").unlink()
    with pytest.raises(Misconfigured, match=r"airspace\.csv is missing"):
        demo_network(tmp_path / "network")


def test_routes_name_their_source() -> None:
    told = (DATA / "README.md").read_text(encoding="utf-8")
    assert "Contains information from OpenFlights" in told
    assert "Open Database License" in told
    with gzip.open(DATA / "air_routes.csv.gz", "rt") as lines:
        assert sum(1 for _ in lines) == 37_596


@pytest.mark.parametrize(
    ("written", "name", "country"),
    [
        ("Paris, FR", "Paris", "FR"),
        ("paris, france", "Paris", "FR"),
        ("巴黎, FR", "Paris", "FR"),
        ("Paris, TX, US", "Paris", "US"),
        ("München, Germany", "Munich", "DE"),
        ("munchen, DEU", "Munich", "DE"),
        ("香港, HK", "Hong Kong", "HK"),
        ("são paulo, BR", "São Paulo", "BR"),
    ],
)
def test_cities_are_found(written: str, name: str, country: str) -> None:
    found = cities().read(written)
    assert (found.name, found.country) == (name, country)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Pariss, FR", "Perhaps: Paris, FR"),
        ("Paris, Frence", "Perhaps: FR"),
        ("Lyon, DE", "Lyon, FR"),
        ("Paris", 'Write "Paris, FR"'),
        ("Paris, CA, US", "Perhaps: Paris, US"),
        ("Qqqqq, FR", "Check the spelling"),
    ],
)
def test_what_is_not_found_is_suggested(written: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        cities().read(written)
    assert told in str(refused.value)


def test_the_cities_are_all_there() -> None:
    every = cities()
    assert len(every.all) == 34_006
    assert [city.index for city in every.all] == list(range(len(every.all)))
    assert every.population.sum() > 3.9e9


@pytest.mark.parametrize(("written", "told"), [("CN-HGG", "CN-HGH"), ("hgh", "CN-HGH"), ("Berlin", "BE-LGG")])
def test_hubs_are_suggested(written: str, told: str, demo: Network) -> None:
    assert find_hub(demo, "cn-hgh").code == "CN-HGH"
    with pytest.raises(NotFound, match=told):
        find_hub(demo, written)


def test_hangzhou_to_paris(capsys: pytest.CaptureFixture[str]) -> None:
    asked = argparse.Namespace(origin="CN-HGH", to="Paris, FR", at="2026-06-18T20:00+08:00", confidence=0.95, json=True)
    assert promise_to.run(Config(), asked) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    sure, usual = ((date.fromisoformat(told[name]) - date(2026, 6, 18)).days for name in ("date", "usual_date"))
    assert 1 <= usual <= sure <= 6
    steps = [leg["step"] for leg in told["legs"]]
    assert steps[0] == "pick"
    assert steps[-3:] == ["customs", "sort", "door"]
    assert told["by"].startswith(told["date"])
    assert told["order_within_minutes"] > 0


def test_one_city_and_all_cities_are_promised_the_same(demo: Network) -> None:
    now = datetime(2026, 6, 18, 12, tzinfo=UTC)
    every = cities()
    board = PromiseBoard(Planner(demo, every.all), ["CN-HGH"], 1)
    promised = 0
    for name in ("Paris, FR", "Shanghai, CN", "Lagos, NG", "Chicago, US"):
        city = every.read(name)
        alone = PromiseBoard(Planner(demo, [msgspec.structs.replace(city, index=0)]), ["CN-HGH"], 1)
        found = board.lookup("CN-HGH", city.index, 0.95, now)
        assert found == alone.lookup("CN-HGH", 0, 0.95, now)
        promised += found is not None
    assert promised == 4


@pytest.mark.parametrize(
    ("share", "sigmas"),
    [(0.5, 0.0), (0.8413447460685429, 1.0), (0.975, 1.959963984540054), (0.001, -3.090232306167813)],
)
def test_normal_quantiles(share: float, sigmas: float) -> None:
    assert normal_quantile(share) == pytest.approx(sigmas, abs=1e-9)


def test_spreads_and_delays() -> None:
    assert [spread_minutes(Spread(300, 540), share) for share in (0.5, 0.95)] == [300, 540]
    assert spread_minutes(Spread(0, 0), 0.99) == 0
    late = lane("A", "B", 60, late_share=0.25, late_mean_minutes=60)
    assert [late_minutes(late, share) for share in (0.5, 0.75, 0.9)] == [0, 0, 55]


def test_small_rules() -> None:
    assert departure_key("A>B", datetime(2026, 6, 18, 22, 0)) == "A>B/2026-06-18T22:00"  # noqa: DTZ001
    assert kilometres(48.85, 2.35, 31.23, 121.47) == pytest.approx(9260, rel=0.01)
    assert (clock_minutes("24:00"), weekday_set("135")) == (1440, frozenset({1, 3, 5}))
    for wrong in ("24:01", "9:00", "09:60"):
        with pytest.raises(ValueError, match="not a time"):
            clock_minutes(wrong)
    for table in TABLES.values():
        assert table[0].endswith(".csv")
