"""`argosy promise fit` by its contract: columns, forms, refusals by line, exit codes, outputs, the same bytes twice."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest

from argosy.base.errors import Refused
from argosy.commands import promise
from argosy.delivery.fitting.fit import cut
from argosy.delivery.fitting.history import Parcel
from argosy.delivery.fitting.reading import read_history
from argosy.plumbing.config import Config
from rooms.delivery.fitting_worlds import world

ROW = {
    "event_id": "a", "ordered_at": "2018-03-01T10:00:00Z", "delivered_at": "2018-03-04T10:00:00-03:00", "origin_id": "o",
    "origin_lat": "-10", "origin_lon": "20.5", "destination_id": "d", "destination_lat": "1", "destination_lon": "2",
    "destination_zone": "America/Sao_Paulo", "service": "s", "weight_g": "10.5", "volume_cm3": "", "shipped_at": "",
    "promised_at": "2018-03-09T23:59:59-03:00",
}  # fmt: skip


def write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """A CSV file of rows with equal keys."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def text(at: float | None) -> str:
    """An instant as a file has it."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def rows_of(parcels: Sequence[Parcel], *, places: bool = True) -> list[dict[str, str]]:
    """Parcels as rows; without `places` by id only."""
    found = []
    for one in parcels:
        row = {
            "event_id": one.event_id, "ordered_at": text(one.ordered), "delivered_at": text(one.delivered),
            "destination_zone": one.zone, "service": one.service or "", "shipped_at": text(one.shipped),
            "promised_at": text(one.ordered + 6 * 86_400),
        }  # fmt: skip
        if places:
            assert one.origin_at
            assert one.destination_at
            row |= {
                "origin_lat": str(one.origin_at[0]), "origin_lon": str(one.origin_at[1]),
                "destination_lat": str(one.destination_at[0]), "destination_lon": str(one.destination_at[1]),
            }  # fmt: skip
        else:
            row |= {"origin_id": one.origin or "", "destination_id": (one.destination or "").partition("-")[0]}
        found.append(row)
    return found


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs the command; its exit code and what it printed as JSON."""
    parser = argparse.ArgumentParser()
    promise.add(parser.add_subparsers())

    def asked(*options: str) -> tuple[int, dict[str, Any]]:
        given = parser.parse_args(["promise", "fit", "--json", *options])
        code = given.run(Config(), given)
        return code, json.loads(capsys.readouterr().out.splitlines()[-1])

    return asked


@pytest.mark.parametrize(
    ("field", "value", "named", "reason"),
    [
        ("event_id", "", "event_id", "empty"),
        ("event_id", "b", "event_id", "earlier row"),
        ("ordered_at", "", "ordered_at", "empty"),
        ("ordered_at", "2018-03-01", "ordered_at", "RFC 3339"),
        ("ordered_at", "2018-03-01T10:00:00", "ordered_at", "offset"),
        ("ordered_at", "2018-02-30T10:00:00Z", "ordered_at", "no instant"),
        ("delivered_at", "2018-03-01T09:59:59Z", "delivered_at", "before"),
        ("origin_lat", "90.5", "origin_lat", "between"),
        ("origin_lat", "", "origin_lat", "partner"),
        ("destination_lon", "x", "destination_lon", "no number"),
        ("destination_zone", "Mars/Base", "destination_zone", "IANA"),
        ("destination_zone", "../etc", "destination_zone", "IANA"),
        ("weight_g", "0", "weight_g", "above 0"),
        ("volume_cm3", "-1", "volume_cm3", "above 0"),
        ("shipped_at", "soon", "shipped_at", "RFC 3339"),
        ("promised_at", "2018-13-01T00:00:00Z", "promised_at", "no instant"),
    ],
)
def test_a_row_is_refused_by_line_field_and_reason(
    tmp_path: Path, field: str, value: str, named: str, reason: str
) -> None:
    taken = read_history(
        write(tmp_path / "h.csv", [ROW | {"event_id": "b"}, ROW | {field: value}, ROW | {"event_id": "c"}])
    )
    assert [one.event_id for one in taken.parcels] == ["b", "c"]
    assert [(one.line, one.field) for one in taken.refusals] == [(3, named)]
    assert reason in taken.refusals[0].reason


def test_a_place_needs_an_id_or_coordinates(tmp_path: Path) -> None:
    neither = ROW | {"origin_id": "", "origin_lat": "", "origin_lon": ""}
    taken = read_history(write(tmp_path / "h.csv", [neither, ROW | {"event_id": "b", "origin_id": ""}]))
    assert [one.field for one in taken.refusals] == ["origin_id"]
    assert taken.parcels[0].origin_at == (-10.0, 20.5)


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text(
        "\ufeffevent_id,ordered_at,delivered_at,origin_id,destination_id,note\n"
        '1,2018-03-01T10:00:00Z,,o,d,"two\nlines"\n'
        "2,2018-03-01T10:00:00Z,,o,d\n"
        "\n"
        "3,never,,o,d,x\n"
    )
    taken = read_history(path)
    assert [one.event_id for one in taken.parcels] == ["1"]
    assert [(one.line, one.field) for one in taken.refusals] == [(4, ""), (6, "ordered_at")]
    assert taken.ignored_columns == ["note"]


@pytest.mark.parametrize("lacking", ["event_id", "ordered_at", "delivered_at", "origin", "destination"])
def test_a_column_that_is_needed(tmp_path: Path, lacking: str) -> None:
    row = {name: value for name, value in ROW.items() if not name.startswith(lacking) and name != "shipped_at"}
    with pytest.raises(Refused, match=lacking):
        read_history(write(tmp_path / "h.csv", [row]))


def test_the_clock_starts_at_shipping_where_no_order_is_known(tmp_path: Path) -> None:
    row = {name: value for name, value in ROW.items() if name != "ordered_at"}
    taken = read_history(
        write(tmp_path / "h.csv", [row | {"shipped_at": "2018-03-02T00:00:00Z"}, row | {"event_id": "b"}])
    )
    assert taken.parcels[0].ordered == datetime(2018, 3, 2, tzinfo=UTC).timestamp()
    assert taken.parcels[0].shipped is None
    assert [one.field for one in taken.refusals] == ["shipped_at"]


def test_forms_of_a_file_say_the_same(tmp_path: Path) -> None:
    plain = write(tmp_path / "h.csv", rows_of(world(50, days=5)))
    packed = tmp_path / "h.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    table = tmp_path / "h.parquet"
    options = pyarrow.csv.ConvertOptions(
        column_types={"ordered_at": pyarrow.timestamp("ns", "UTC"), "event_id": "string"}
    )
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(plain, convert_options=options), table)
    assert read_history(plain).parcels == read_history(packed).parcels == read_history(table).parcels
    naive = pyarrow.csv.read_csv(plain)
    at = naive.schema.get_field_index("ordered_at")
    naive = naive.set_column(at, "ordered_at", naive["ordered_at"].cast(pyarrow.timestamp("us")))
    pyarrow.parquet.write_table(naive, table)
    refused = read_history(table).refusals
    assert [one.line for one in refused] == list(range(2, 52))
    assert "offset" in refused[0].reason


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"PAR1"])
@pytest.mark.parametrize("name", ["h.csv", "h.csv.gz", "h.parquet"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Refused):
        read_history(path)


@pytest.mark.parametrize(
    ("rows", "tune", "test"), [(10, 6, 7), (100, 60, 70), (1, 0, 0), (7, 4, 4), (0, 0, 0), (99_441, 59_664, 69_608)]
)
def test_the_split_is_by_whole_rows(rows: int, tune: int, test: int) -> None:
    found = cut(rows, (0.6, 0.1, 0.3))
    assert (found.tune, found.test, found.rows) == (tune, test, rows)


@pytest.mark.parametrize("places", [True, False])
def test_a_fit_from_file_to_report(tmp_path: Path, ask: Callable[..., Any], places: bool) -> None:
    parcels = world(900, days=90)
    path = write(tmp_path / "h.csv", [*rows_of(parcels, places=places), rows_of(parcels, places=places)[0]])
    out = tmp_path / "p.csv"
    code, report = ask("--events", str(path), "--target", "0.9", "--predictions", str(out))
    assert code == 0
    assert report["schema"] == "argosy.promise.fit/1"
    assert report["events"]["read"] == 901
    assert report["events"]["refusals"] == [
        {"line": 902, "field": "event_id", "reason": "'e000000' stood in an earlier row"}
    ]
    assert [report["split"][part] for part in ("fit", "tune", "test")] == [540, 90, 270]
    assert set(report) == {
        "schema", "events", "split", "unit", "method", "settings", "targets", "given", "drift", "lanes", "cpu_seconds",
        "peak_mb",
    }  # fmt: skip
    rows = list(csv.DictReader(out.open()))
    assert [row["event_id"] for row in rows] == [one.event_id for one in parcels[630:]]
    (figures,) = report["targets"]
    assert figures["withheld"] == sum(not row["promised_at"] for row in rows) < 100
    check(rows, parcels[630:], figures, report["events"]["open"])
    assert report["given"]["mean_promised_days"] == 6.0
    assert sum(one["events"] for one in report["lanes"]) == sum(one["events"] for one in report["drift"])
    first = out.read_bytes()
    ask("--events", str(path), "--target", "0.9", "--predictions", str(out))
    assert out.read_bytes() == first


def check(rows: list[dict[str, str]], parcels: list[Parcel], figures: dict[str, Any], unknown: int) -> None:
    """The figures of a report worked out again from the predictions, row by row."""
    last = max(one.delivered or one.ordered for one in world(900, days=90))
    kept, judged, slack, open_rows = 0, 0, [], 0
    for row, one in zip(rows, parcels, strict=True):
        if not row["promised_at"]:
            continue
        promised = datetime.fromisoformat(row["promised_at"])
        assert promised.timestamp() > one.ordered
        assert promised.astimezone(ZoneInfo(one.zone)).strftime("%H:%M:%S") == "23:59:59"
        if one.delivered is None and promised.timestamp() >= last:
            open_rows += 1
            continue
        judged += 1
        kept += one.delivered is not None and one.delivered <= promised.timestamp()
        if one.delivered is not None:
            slack.append((promised.timestamp() - one.delivered) / 86_400)
    assert figures["kept_share"] == pytest.approx(kept / judged)
    assert figures["median_slack_days"] == pytest.approx(sorted(slack)[len(slack) // 2], abs=0.05)
    assert unknown == open_rows
    assert figures["kept_share_low"] <= figures["kept_share"] <= figures["kept_share_high"]


def test_too_many_refused_rows_stop_all(tmp_path: Path, ask: Callable[..., Any]) -> None:
    rows = rows_of(world(100, days=30))
    path = write(tmp_path / "h.csv", [row | ({"ordered_at": "x"} if at < 6 else {}) for at, row in enumerate(rows)])
    with pytest.raises(Refused, match="6 of 100 rows") as caught:
        ask("--events", str(path), "--predictions", str(tmp_path / "p.csv"))
    assert caught.value.code == "history_refused"
    assert not (tmp_path / "p.csv").exists()


@pytest.mark.parametrize("count", [0, 1, 2, 10, 100])
def test_a_thin_history_is_told_as_such(tmp_path: Path, ask: Callable[..., Any], count: int) -> None:
    rows = rows_of(world(max(count, 1), days=30))
    path = write(tmp_path / "h.csv", rows)
    if not count:
        path.write_text(path.read_text().splitlines()[0] + "\n")
    code, report = ask("--events", str(path))
    assert code == 3
    assert [one["promised"] for one in report["targets"]] == [0, 0, 0]
    assert all(one["withheld"] == report["split"]["test"] for one in report["targets"])


@pytest.mark.parametrize(
    "options",
    [
        ("--target", "1.2"),
        ("--target", "nan"),
        ("--split", "0.6,0.4"),
        ("--split", "0.5,0.1,0.1"),
        ("--split", "a,b,c"),
    ],
)
def test_options_out_of_range_are_refused(tmp_path: Path, ask: Callable[..., Any], options: tuple[str, str]) -> None:
    with pytest.raises(Refused):
        ask("--events", str(write(tmp_path / "h.csv", [ROW])), *options)


def test_deliveries_within_minutes(tmp_path: Path, ask: Callable[..., Any]) -> None:
    """Instants instead of days, on the scale of an hour."""
    path = write(tmp_path / "h.csv", rows_of(world(1_500, days=12, median=0.04, waves=False, seen_until=14)))
    code, report = ask("--events", str(path), "--unit", "instant", "--target", "0.9")
    assert code == 0
    (figures,) = report["targets"]
    assert figures["promised"] > 400
    assert figures["kept_share"] == pytest.approx(0.9, abs=0.04)
    assert figures["mean_promised_days"] < 0.2
