"""A network as a folder of CSV files: read with a fault for each broken row, written, and installed whole or not at all."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec

from argosy.delivery.model import (
    Border,
    Carrier,
    Closure,
    ClosureKind,
    Country,
    Departure,
    Hub,
    HubKind,
    Lane,
    Mode,
    Network,
    ServiceArea,
    Spread,
)
from argosy.delivery.networks.assumptions import clock_minutes, weekday_set
from argosy.delivery.rules import faults as broken_references


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a row: the file, its line (the header is line 1), the column and the reason."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.reason}"


class Column(msgspec.Struct, frozen=True):
    """A column: how its text is read (a ValueError tells why it cannot be) and how a value is written."""

    name: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _text(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    return text


def _one_of(kind: object) -> Callable[[str], str]:
    allowed: tuple[str, ...] = get_args(kind)

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"{text!r} is none of {', '.join(allowed)}")
        return text

    return read


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a whole number") from None
        if not least <= number <= most:
            raise ValueError(f"{number} is not between {least} and {most}")
        return number

    return read


def _decimal(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a number") from None
        if not least <= number <= most:
            raise ValueError(f"{text} is not between {least:g} and {most:g}")
        return number

    return read


def _optional(column: Column) -> Column:
    return Column(
        column.name,
        lambda text: None if text == "" else column.read(text),
        lambda value: "" if value is None else column.write(value),
    )


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(f"{text!r} is neither yes nor no")
    return text == "yes"


@lru_cache(maxsize=1024)
def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{text!r} is no IANA zone, such as Asia/Hong_Kong") from None
    return text


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date like 2026-11-11") from None


_weekdays = lru_cache(maxsize=256)(weekday_set)
_times = lru_cache(maxsize=4096)(clock_minutes)


def _minutes(name: str) -> Column:
    return Column(name, _whole(0, 100_000))


def _local(name: str) -> Column:
    return Column(name, _times, _clock)


def _plain(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, _text) for name in names)


def _flag(name: str) -> Column:
    return Column(name, _yes, lambda value: "yes" if value else "no")


_DAYS = Column("weekdays", _weekdays, lambda days: "".join(map(str, sorted(days))))
_WAVES = Column("waves", lambda text: tuple(map(_times, text.split())), lambda waves: " ".join(map(_clock, waves)))
_PRICE = _whole(0, 10_000_000)
_COUNT = _whole(0, 10_000_000_000)

TABLES: dict[str, tuple[str, type[msgspec.Struct], tuple[Column, ...]]] = {
    "hubs": (
        "hubs.csv",
        Hub,
        (
            Column("code", _text),
            Column("kind", _one_of(HubKind)),
            *_plain("name", "country", "customs_zone"),
            Column("latitude", _decimal(-90, 90)),
            Column("longitude", _decimal(-180, 180)),
            Column("time_zone", _zone),
            *map(_minutes, ("handling_p50_minutes", "handling_p95_minutes")),
            *map(_minutes, ("sorting_p50_minutes", "sorting_p95_minutes")),
            _WAVES,
            *map(_flag, ("clears", "delivers")),
        ),
    ),
    "carriers": ("carriers.csv", Carrier, _plain("code", "name")),
    "lanes": (
        "lanes.csv",
        Lane,
        (
            *_plain("code", "carrier", "origin", "destination"),
            Column("mode", _one_of(Mode)),
            Column("transit_minutes", _whole(1, 20_000)),
            Column("late_share", _decimal(0, 1)),
            _minutes("late_mean_minutes"),
            Column("bumped_share", _decimal(0, 1)),
            _optional(Column("capacity_parcels", _COUNT)),
            _optional(Column("capacity_g", _COUNT)),
            _optional(Column("price_per_kg_minor", _PRICE)),
            _optional(Column("price_per_m3_minor", _PRICE)),
            _optional(Column("currency", _text)),
        ),
    ),
    "departures": (
        "departures.csv",
        Departure,
        (Column("lane", _text), _DAYS, _local("leaves"), Column("cutoff_minutes", _whole(0, 10_000))),
    ),
    "borders": (
        "customs.csv",
        Border,
        (
            Column("customs_zone", _text),
            *map(_minutes, ("clearance_p50_minutes", "clearance_p95_minutes")),
            *map(_local, ("opens", "closes")),
            _DAYS,
        ),
    ),
    "countries": (
        "countries.csv",
        Country,
        (*_plain("code", "customs_zone"), _optional(Column("holidays", _text))),
    ),
    "service_areas": (
        "service_areas.csv",
        ServiceArea,
        (
            *_plain("carrier", "country"),
            _optional(Column("city", _whole(1, 100_000_000))),
            Column("max_km", _whole(0, 2000)),
            Column("km_per_hour", _whole(1, 200)),
            *map(_local, ("depot_by", "door_from", "door_until")),
            _DAYS,
            _optional(Column("price_minor", _PRICE)),
            _optional(Column("currency", _text)),
        ),
    ),
    "closures": (
        "closures.csv",
        Closure,
        (
            Column("kind", _one_of(ClosureKind)),
            Column("code", _text),
            _optional(Column("first", _day)),
            _optional(Column("last", _day)),
            Column("reason", _text),
        ),
    ),
}
"""For each table of a network its file, struct and columns, in the order in which they are written."""


def read_network(folder: Path) -> tuple[Network | None, list[Fault]]:
    """The network of a folder, or None with every fault: unreadable rows by line, then references that lead nowhere.

    `closures.csv` may be missing; every other file must be there.
    """
    faults: list[Fault] = []
    tables: dict[str, list[Any]] = {}
    lines: dict[str, list[int]] = {}
    for table in TABLES:
        tables[table], lines[table] = _read(folder, table, faults)
    if faults:
        return None, faults
    network = Network(**{table: tuple(rows) for table, rows in tables.items()})
    for table, place, field, reason in broken_references(network):
        faults.append(Fault(TABLES[table][0], lines[table][place], field, reason))
    return (None, faults) if faults else (network, [])


def _read(folder: Path, table: str, faults: list[Fault]) -> tuple[list[Any], list[int]]:
    name, struct, columns = TABLES[table]
    path = folder / name
    rows: list[Any] = []
    lines: list[int] = []
    if not path.is_file():
        if table != "closures":
            faults.append(Fault(name, 1, "file", "is missing"))
        return rows, lines
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, strict=True)
            wrong = _header(name, reader.fieldnames or (), columns)
            faults.extend(wrong)
            for row in reader if not wrong else ():
                values = _values(name, reader.line_num, row, columns, faults)
                if values is not None:
                    rows.append(struct(**values))
                    lines.append(reader.line_num)
    except (csv.Error, UnicodeDecodeError) as broken:
        faults.append(Fault(name, len(rows) + 2, "row", f"is no CSV in UTF-8: {broken}"))
    return rows, lines


def _header(name: str, found: object, columns: tuple[Column, ...]) -> list[Fault]:
    have = set(found) if isinstance(found, list | tuple) else set()
    wanted = {column.name for column in columns}
    return [Fault(name, 1, column, "is a column that is missing") for column in sorted(wanted - have)] + [
        Fault(name, 1, str(column), "is a column that is not known") for column in sorted(map(str, have - wanted))
    ]


def _values(
    name: str, line: int, row: Mapping[str | None, Any], columns: tuple[Column, ...], faults: list[Fault]
) -> dict[str, Any] | None:
    before = len(faults)
    if None in row or any(value is None for value in row.values()):
        faults.append(Fault(name, line, "row", "has more or fewer cells than the header"))
        return None
    values: dict[str, Any] = {}
    for column in columns:
        try:
            values[column.name] = column.read(row[column.name].strip())
        except ValueError as wrong:
            faults.append(Fault(name, line, column.name, str(wrong)))
    if len(faults) > before:
        return None
    for name_of, reason in _contradictions(values):
        faults.append(Fault(name, line, name_of, reason))
    return _spreads(values) if len(faults) == before else None


_IN_ORDER = (
    ("handling_p50_minutes", "handling_p95_minutes"),
    ("sorting_p50_minutes", "sorting_p95_minutes"),
    ("clearance_p50_minutes", "clearance_p95_minutes"),
    ("opens", "closes"),
    ("depot_by", "door_from"),
    ("door_from", "door_until"),
    ("first", "last"),
)


def _contradictions(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pairs of columns that are in the wrong order, and a price without its currency."""
    found = [
        (second, f"comes before {first}")
        for first, second in _IN_ORDER
        if values.get(first) is not None and values.get(second) is not None and values[second] < values[first]
    ]
    prices = [name for name in values if name.startswith("price") and values[name] is not None]
    if prices and values.get("currency") is None:
        found.append(("currency", f"is empty, but there is a {prices[0]}"))
    return found


def _spreads(values: dict[str, Any]) -> dict[str, Any]:
    """Pairs of a median and a 95th percentile as one value."""
    for name in [name for name in values if name.endswith("_p50_minutes")]:
        stem = name.removesuffix("_p50_minutes")
        values[stem] = Spread(values.pop(name), values.pop(f"{stem}_p95_minutes"))
    return values


def write_network(network: Network, folder: Path) -> None:
    """Write a network as CSV files into a folder, which is made; files of the same names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, (name, _, columns) in TABLES.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow([column.name for column in columns])
            for row in getattr(network, table):
                writer.writerow([column.write(_value(row, column.name)) for column in columns])


def _value(row: msgspec.Struct, name: str) -> Any:
    for ending in ("_p50_minutes", "_p95_minutes"):
        if name.endswith(ending):
            return getattr(getattr(row, name.removesuffix(ending)), ending.removeprefix("_"))
    return getattr(row, name)


def install_network(folder: Path, place: Path) -> list[Fault]:
    """Put the network of a folder in the place of the installed one, in one step; with a fault nothing changes."""
    network, faults = read_network(folder)
    if network is None:
        return faults
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=place.parent, prefix=".network-"))
    write_network(network, fresh)
    old = fresh.with_name(f"{fresh.name}-old")
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)
    return []
