"""A history from a file: CSV, CSV packed with gzip, or Parquet; rows that cannot be used are told by their line."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from argosy.base.errors import Refused
from argosy.delivery.fitting.history import MISSING, Floats, History, Parcel, Refusal, Taken, Whole
from argosy.delivery.fitting.parsing import COLUMNS, Faulty, parcel_of

MAX_FIELD = 1_000_000
"""Characters of one field; a longer one is a broken quotation mark."""
Line = tuple[int, dict[str, Any] | str]
"""A row with its line, or what is wrong with its shape."""


def read_history(path: Path) -> Taken:
    """The parcels of a file, with each refused row by line, field and reason; raises Refused for a file of another kind.

    `docs/reference/promise-fit.md` lists the columns.
    """
    if not path.is_file():
        raise Refused("no_such_file", f"There is no file {path}.", field="--events", remedy="Check the path.")
    try:
        header, lines = _parquet(path) if path.suffix == ".parquet" else _csv(path)
        return _take(header, lines)
    except (UnicodeDecodeError, gzip.BadGzipFile, zlib.error, EOFError, csv.Error) as wrong:
        raise _unreadable(path, str(wrong)) from None


def _unreadable(path: Path, why: str) -> Refused:
    return Refused(
        "history_unreadable",
        f"{path.name} cannot be read: {why}.",
        field="--events",
        remedy="Send UTF-8 .csv, .csv.gz or .parquet.",
    )


def _take(header: Sequence[str], lines: Iterator[Line]) -> Taken:
    clock = _clock_column(header)
    parcels: list[Parcel] = []
    refusals: list[Refusal] = []
    seen: set[str] = set()
    read = 0
    for line, row in lines:
        read += 1
        try:
            if isinstance(row, str):
                raise Faulty("", row)
            parcel = parcel_of(row, clock)
            if parcel.event_id in seen:
                raise Faulty("event_id", f"{parcel.event_id!r} stood in an earlier row")
        except Faulty as faulty:
            refusals.append(Refusal(line, faulty.field, faulty.reason))
            continue
        seen.add(parcel.event_id)
        parcels.append(parcel)
    return Taken(parcels, refusals, read, sorted(set(header) - set(COLUMNS)))


def _clock_column(header: Sequence[str]) -> str:
    """The column that starts the clock; refuses a header that lacks what is needed."""
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise _lacking(twice[0], "stands twice in the header")
    for name in ("event_id", "delivered_at"):
        if name not in header:
            raise _lacking(name, "is not among the columns")
    clock = "ordered_at" if "ordered_at" in header else "shipped_at"
    if clock not in header:
        raise _lacking("ordered_at", "is not among the columns, nor is shipped_at")
    for end in ("origin", "destination"):
        if f"{end}_id" not in header and not {f"{end}_lat", f"{end}_lon"} <= set(header):
            raise _lacking(f"{end}_id", f"is not among the columns, nor are {end}_lat and {end}_lon")
    return clock


def _lacking(column: str, why: str) -> Refused:
    return Refused(
        "history_columns",
        f"The column {column} {why}.",
        field=column,
        remedy="docs/reference/promise-fit.md lists the columns.",
    )


def _csv(path: Path) -> tuple[list[str], Iterator[Line]]:
    packed = path.read_bytes()
    csv.field_size_limit(MAX_FIELD)
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(reader, [])]
    if not header:
        raise _unreadable(path, "it has no header")
    return header, _csv_lines(header, reader)


def _csv_lines(header: list[str], reader: Any) -> Iterator[Line]:
    line = reader.line_num + 1
    for values in reader:
        if len(values) == len(header):
            yield line, dict(zip(header, values, strict=True))
        elif values:
            yield line, f"the row has {len(values)} values, the header has {len(header)} columns"
        line = reader.line_num + 1


def _parquet(path: Path) -> tuple[list[str], Iterator[Line]]:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowInvalid as wrong:
        raise _unreadable(path, str(wrong).rstrip(".")) from None
    return list(file.schema_arrow.names), _parquet_lines(file)


def _parquet_lines(file: Any) -> Iterator[Line]:
    import pyarrow

    line = 2
    wanted = [name for name in file.schema_arrow.names if name in COLUMNS]
    for batch in file.iter_batches(columns=wanted):
        columns = []
        for column in batch.columns:
            kind = column.type
            if pyarrow.types.is_timestamp(kind):
                column = column.cast(pyarrow.timestamp("us", kind.tz), safe=False)
            columns.append(column.to_pylist())
        for values in zip(*columns, strict=True):
            yield line, dict(zip(wanted, values, strict=True))
            line += 1


def history_of(parcels: Sequence[Parcel]) -> History:
    """The parcels as columns, sorted by order instant and id."""
    rows = sorted(parcels, key=lambda parcel: (parcel.ordered, parcel.event_id))
    codes: dict[str, Whole] = {}
    names: dict[str, list[str]] = {}
    for field in ("origin", "destination", "origin_region", "destination_region", "service", "zone"):
        codes[field], names[field] = coded([getattr(row, field) for row in rows])
    return History(
        event_ids=[row.event_id for row in rows],
        ordered=_numbers([row.ordered for row in rows]),
        delivered=_numbers([row.delivered for row in rows]),
        shipped=_numbers([row.shipped for row in rows]),
        given=_numbers([row.given for row in rows]),
        origin_latitude=_numbers([row.origin_at and row.origin_at[0] for row in rows]),
        origin_longitude=_numbers([row.origin_at and row.origin_at[1] for row in rows]),
        destination_latitude=_numbers([row.destination_at and row.destination_at[0] for row in rows]),
        destination_longitude=_numbers([row.destination_at and row.destination_at[1] for row in rows]),
        weight_g=_numbers([row.weight_g for row in rows]),
        volume_cm3=_numbers([row.volume_cm3 for row in rows]),
        codes=codes,
        names=names,
    )


def coded(values: Sequence[str | None]) -> tuple[Whole, list[str]]:
    """Codes by first appearance, and the names behind them; `MISSING` for None."""
    known: dict[str, int] = {}
    codes = [MISSING if value is None else known.setdefault(value, len(known)) for value in values]
    return np.array(codes, dtype=np.int64), list(known)


def _numbers(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
