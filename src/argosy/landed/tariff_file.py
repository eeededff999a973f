"""Read the operator's tariff file: CSV, one row at a time, each checked field by field."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

import msgspec
from babel.core import Locale

from argosy.base.errors import Refused
from argosy.base.money import exponent
from argosy.landed.tariff_rows import ANY, BASES, COMBINE, CONFIDENCE, KINDS, UNITS, RefusedTariff, TariffRow

COLUMNS = (
    "kind", "country", "region", "hs", "origin", "rate_percent", "specific_amount", "specific_unit", "combine",
    "currency", "applies_to", "limit", "basis", "valid_from", "valid_to", "source", "as_of", "confidence",
)  # fmt: skip
NEEDED = ("kind", "country", "valid_from", "source", "as_of", "confidence")
MOST_CHARACTERS = 300
"""Of one field."""
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")
_MOST_PERCENT = 1_000
# What a kind has no use for must be empty, so that a figure in the wrong column is noticed.
_UNUSED = {
    "duty": ("region", "applies_to", "limit", "basis"),
    "tax": ("origin", "specific_amount", "specific_unit", "combine", "currency", "applies_to", "limit", "basis"),
    "threshold": ("region", "hs", "rate_percent", "specific_amount", "specific_unit", "combine"),
}


class Known(msgspec.Struct, frozen=True):
    """What a row may name."""

    countries: frozenset[str]
    currencies: frozenset[str]
    headings: frozenset[str]
    """All codes of HS 2022 with 2, 4 and 6 digits."""


class Fault(Exception):
    """A field that cannot be read, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def known(headings: frozenset[str]) -> Known:
    """Countries and currencies in use by CLDR, and these headings."""
    english = Locale("en")
    codes = frozenset(map(str, english.territories))
    countries = {code for code in codes if len(code) == 2 and code.isalpha()} - {"EU", "EZ", "UN", "ZZ"}
    return Known(frozenset(countries), frozenset(map(str, english.currencies)), headings)


def read_rows(path: Path, may: Known) -> Iterator[tuple[int, TariffRow] | RefusedTariff]:
    """The rows of a file with the line on which each begins, or why one cannot be taken.

    UTF-8 with or without a byte order mark. Empty rows and rows that begin with `#` are passed over. Raises `Refused`
    where the file cannot be read at all: no such file, no header, unknown or missing columns.
    """
    if not path.is_file():
        raise Refused("no_such_file", f"There is no file {path}.", field="file", remedy="Check the path.")
    with path.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as file:
        yield from _records(file, may)


def _records(file: TextIO, may: Known) -> Iterator[tuple[int, TariffRow] | RefusedTariff]:
    reader = csv.reader(file, strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as wrong:
            yield RefusedTariff(line, "row", f"not readable as CSV: {wrong}")
            continue
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        if header is None:
            header = _header(cells)
            continue
        yield _row(line, header, cells, may)
    if header is None:
        raise Refused(
            "empty_file", "The file has no header row.", field="file", remedy=f"Begin it with {COLUMNS[0]},..."
        )


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    wrong = [name for name in names if name not in COLUMNS] + [name for name in NEEDED if name not in names]
    if wrong or len(set(names)) != len(names):
        told = f"{wrong[0]!r}" if wrong else "a column that stands twice"
        raise Refused(
            "unknown_columns",
            f"The header row does not fit: look at {told}.",
            field="header",
            remedy="`argosy tariffs template` prints all columns.",
        )
    return names


def _row(line: int, header: list[str], cells: list[str], may: Known) -> tuple[int, TariffRow] | RefusedTariff:
    if len(cells) != len(header):
        return RefusedTariff(line, "row", f"has {len(cells)} fields; the header has {len(header)}")
    record = dict.fromkeys(COLUMNS, "")
    record.update((name, cell.strip()) for name, cell in zip(header, cells, strict=True))
    try:
        return line, row_of(record, may)
    except Fault as fault:
        return RefusedTariff(line, fault.field, fault.reason)


def row_of(record: Mapping[str, str], may: Known) -> TariffRow:
    """The row that a record (all columns, trimmed) says; raises `Fault` with the first field that cannot be."""
    for name, text in record.items():
        if len(text) > MOST_CHARACTERS:
            raise Fault(name, f"longer than {MOST_CHARACTERS} characters")
        if any(not character.isprintable() for character in text):
            raise Fault(name, "holds a character that cannot be printed; save the file as UTF-8")
    kind = _one_of(record, "kind", KINDS)
    for name in _UNUSED[kind]:
        if record[name] not in ("", ANY):
            raise Fault(name, f"must be empty in a row of kind {kind}")
    fields = {"duty": _duty, "tax": _tax, "threshold": _threshold}[kind](record, may)
    begins, ends = _day(record, "valid_from"), _day(record, "valid_to") if record["valid_to"] else None
    if ends is not None and ends < begins:
        raise Fault("valid_to", "is before valid_from; it is the last day, inclusive")
    if not record["source"]:
        raise Fault("source", "say where the figure is from: a page, a gazette, a tariff's edition")
    return TariffRow(
        kind=kind,
        valid_from=begins,
        valid_to=ends,
        source=record["source"],
        as_of=_day(record, "as_of"),
        confidence=_one_of(record, "confidence", CONFIDENCE),
        **fields,
    )


def _duty(record: Mapping[str, str], may: Known) -> dict[str, Any]:
    rate = _rate(record) if record["rate_percent"] else None
    specific = _scaled(record, "specific_amount", 6) if record["specific_amount"] else None
    if rate is None and specific is None:
        raise Fault("rate_percent", "give rate_percent, specific_amount or both; 0 is free, and no row is unknown")
    for name in ("specific_unit", "currency"):
        if specific is None and record[name]:
            raise Fault(name, "must be empty without specific_amount")
    if rate is not None and specific is not None:
        combine = _one_of(record, "combine", COMBINE)
    elif record["combine"]:
        raise Fault("combine", "must be empty unless there are both rate_percent and specific_amount")
    else:
        combine = ""
    return {
        "country": _country(record, "country", may, also=("EU",)),
        "hs": _heading(record, may),
        "origin": _country(record, "origin", may) if record["origin"] not in ("", ANY) else ANY,
        "rate_ppm": rate,
        "specific_micro": specific,
        "unit": _one_of(record, "specific_unit", UNITS) if specific is not None else "",
        "combine": combine,
        "currency": _currency(record, may) if specific is not None else "",
    }


def _tax(record: Mapping[str, str], may: Known) -> dict[str, Any]:
    region = record["region"]
    if region and not re.fullmatch(r"[A-Z0-9]{1,3}", region):
        raise Fault("region", "give the part of ISO 3166-2 after the hyphen: TX, ON")
    if not record["rate_percent"]:
        raise Fault("rate_percent", "is missing; 0 is a rate of zero, and no row is unknown")
    return {
        "country": _country(record, "country", may),
        "region": region,
        "hs": _heading(record, may),
        "rate_ppm": _rate(record),
    }


def _threshold(record: Mapping[str, str], may: Known) -> dict[str, Any]:
    currency = _currency(record, may)
    if not record["limit"]:
        raise Fault("limit", "is missing; 0 is liable from the first cent")
    return {
        "country": _country(record, "country", may, also=("EU",)),
        "origin": _country(record, "origin", may) if record["origin"] not in ("", ANY) else ANY,
        "applies_to": _one_of(record, "applies_to", ("duty", "tax")),
        "currency": currency,
        "limit_minor": _scaled(record, "limit", exponent(currency)),
        "basis": _one_of(record, "basis", BASES),
    }


def _one_of(record: Mapping[str, str], name: str, values: tuple[str, ...]) -> str:
    if record[name] not in values:
        raise Fault(name, f"must be one of {', '.join(values)}")
    return record[name]


def _country(record: Mapping[str, str], name: str, may: Known, also: tuple[str, ...] = ()) -> str:
    code = record[name]
    if code not in may.countries and code not in also:
        raise Fault(name, "must be the code of a country by ISO 3166-1 alpha-2 in capitals: IN, JP, KR")
    return code


def _currency(record: Mapping[str, str], may: Known) -> str:
    if record["currency"] not in may.currencies:
        raise Fault("currency", "must be the code of a currency by ISO 4217: INR, JPY, KRW")
    return record["currency"]


def _heading(record: Mapping[str, str], may: Known) -> str:
    hs = record["hs"].replace(".", "").replace(" ", "")
    if hs in ("", ANY):
        return ANY
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{8}", hs):
        raise Fault("hs", "give the first 2, 4, 6 or 8 digits (keep a leading zero), or *")
    if hs[:6] not in may.headings:
        raise Fault("hs", f"{hs[:6]} is not in HS 2022; a table of an earlier edition must be converted first")
    return hs


def _rate(record: Mapping[str, str]) -> int:
    ppm = _scaled(record, "rate_percent", 4)
    if ppm > _MOST_PERCENT * 10_000:
        raise Fault("rate_percent", f"is above {_MOST_PERCENT}%")
    return ppm


def _scaled(record: Mapping[str, str], name: str, digits: int) -> int:
    """A decimal number times ten to the power of `digits`; one with more digits than that is refused, not rounded."""
    text = record[name]
    if not _NUMBER.fullmatch(text):
        raise Fault(name, "must be a number such as 12.5, with a point, without sign, blanks or %")
    value = Fraction(text) * int(10**digits)
    if value.denominator != 1:
        raise Fault(name, f"has more than {digits} digits after the point")
    return value.numerator


def _day(record: Mapping[str, str], name: str) -> date:
    text = record[name]
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Fault(name, "must be a day such as 2026-04-01") from None


Write = Callable[[list[str]], object]


def template(write: Write) -> None:
    """Write the header and one example of each kind; the examples are comments."""
    write(list(COLUMNS))
    for example in _EXAMPLES:
        cells = [example.get(name, "") for name in COLUMNS]
        write([f"# {cells[0]}", *cells[1:]])


_ABOUT = {"source": "where the figure is from", "as_of": "2026-11-23", "confidence": "official"}
_EXAMPLES: tuple[dict[str, str], ...] = (
    {"kind": "duty", "country": "JP", "hs": "640319", "origin": "*", "rate_percent": "30", "specific_amount": "4300",
     "specific_unit": "piece", "combine": "higher", "currency": "JPY", "valid_from": "2026-04-01", **_ABOUT},
    {"kind": "tax", "country": "CA", "region": "ON", "hs": "*", "rate_percent": "13", "valid_from": "2010-07-01", **_ABOUT},
    {"kind": "threshold", "country": "KR", "origin": "US", "currency": "USD", "applies_to": "duty", "limit": "200",
     "basis": "goods", "valid_from": "2012-03-15", "valid_to": "2026-12-31", **_ABOUT},
)  # fmt: skip
