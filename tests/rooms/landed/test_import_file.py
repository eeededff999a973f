"""What a tariff file may say, row by row."""

from __future__ import annotations

import csv
import io
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.landed.classification.load import load_headings
from argosy.landed.tariff_file import COLUMNS, Known, known, read_rows, template
from argosy.landed.tariff_rows import RefusedTariff, TariffRow
from argosy.plumbing.config import Config

GOOD = {
    "kind": "duty", "country": "IN", "hs": "610910", "origin": "*", "rate_percent": "20", "valid_from": "2026-04-01",
    "source": "Customs Tariff Act", "as_of": "2026-11-01", "confidence": "seen",
}  # fmt: skip
TAX = {**GOOD, "kind": "tax", "origin": "", "rate_percent": "13", "country": "CA", "region": "ON", "hs": "*"}
THRESHOLD = {
    **GOOD, "kind": "threshold", "country": "KR", "hs": "", "origin": "US", "rate_percent": "", "currency": "USD",
    "applies_to": "duty", "limit": "200", "basis": "goods",
}  # fmt: skip


@cache
def may() -> Known:
    """What rows may name."""
    return known(frozenset(load_headings(Config().data)))


def written(folder: Path, *records: dict[str, str]) -> Path:
    """A file of these records."""
    path = folder / "tariffs.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(records)
    return path


def test_rows_become_figures(tmp_path: Path) -> None:
    compound = {
        **GOOD, "country": "JP", "hs": "6403.19", "origin": "CN", "rate_percent": "30", "specific_amount": "4300",
        "specific_unit": "piece", "combine": "higher", "currency": "JPY", "valid_to": "2026-12-31",
    }  # fmt: skip
    found = list(read_rows(written(tmp_path, GOOD, compound, TAX, THRESHOLD), may()))
    about = {"source": "Customs Tariff Act", "as_of": date(2026, 11, 1), "confidence": "seen"}
    begins = date(2026, 4, 1)
    assert found == [
        (2, TariffRow(kind="duty", country="IN", hs="610910", rate_ppm=200_000, valid_from=begins, **about)),
        (
            3,
            TariffRow(
                kind="duty", country="JP", hs="640319", origin="CN", rate_ppm=300_000, specific_micro=4_300_000_000,
                unit="piece", combine="higher", currency="JPY", valid_from=begins, valid_to=date(2026, 12, 31), **about,
            ),
        ),
        (4, TariffRow(kind="tax", country="CA", region="ON", rate_ppm=130_000, valid_from=begins, **about)),
        (
            5,
            TariffRow(
                kind="threshold", country="KR", origin="US", currency="USD", applies_to="duty", limit_minor=20_000,
                basis="goods", valid_from=begins, **about,
            ),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "change", "field"),
    [
        (GOOD, {"kind": "customs"}, "kind"),
        (GOOD, {"kind": ""}, "kind"),
        (GOOD, {"country": "India"}, "country"),
        (GOOD, {"country": "in"}, "country"),
        (GOOD, {"country": "ZZ"}, "country"),
        (GOOD, {"hs": "61091"}, "hs"),
        (GOOD, {"hs": "109999"}, "hs"),
        (GOOD, {"hs": "98989898"}, "hs"),
        (GOOD, {"hs": "851712"}, "hs"),
        (GOOD, {"origin": "CHN"}, "origin"),
        (GOOD, {"rate_percent": ""}, "rate_percent"),
        (GOOD, {"rate_percent": "20%"}, "rate_percent"),
        (GOOD, {"rate_percent": "-1"}, "rate_percent"),
        (GOOD, {"rate_percent": "1e3"}, "rate_percent"),
        (GOOD, {"rate_percent": "12,5"}, "rate_percent"),
        (GOOD, {"rate_percent": "1000.1"}, "rate_percent"),
        (GOOD, {"rate_percent": "0.00001"}, "rate_percent"),
        (GOOD, {"region": "TX"}, "region"),
        (GOOD, {"limit": "5"}, "limit"),
        (GOOD, {"currency": "INR"}, "currency"),
        (GOOD, {"specific_unit": "kg"}, "specific_unit"),
        (GOOD, {"specific_amount": "5", "specific_unit": "kg", "currency": "INR"}, "combine"),
        (GOOD, {"specific_amount": "5", "combine": "sum", "currency": "INR"}, "specific_unit"),
        (GOOD, {"specific_amount": "5", "combine": "sum", "specific_unit": "kg"}, "currency"),
        (GOOD, {"specific_amount": "5", "combine": "sum", "specific_unit": "kg", "currency": "RUPEE"}, "currency"),
        (GOOD, {"combine": "sum"}, "combine"),
        (GOOD, {"valid_from": "2026-4-1"}, "valid_from"),
        (GOOD, {"valid_from": "2026-02-30"}, "valid_from"),
        (GOOD, {"valid_from": ""}, "valid_from"),
        (GOOD, {"valid_to": "2026-03-31"}, "valid_to"),
        (GOOD, {"source": ""}, "source"),
        (GOOD, {"as_of": ""}, "as_of"),
        (GOOD, {"confidence": "sure"}, "confidence"),
        (GOOD, {"source": "x" * 301}, "source"),
        (GOOD, {"source": "a\x00b"}, "source"),
        (TAX, {"region": "Ontario"}, "region"),
        (TAX, {"origin": "CN"}, "origin"),
        (TAX, {"rate_percent": ""}, "rate_percent"),
        (TAX, {"country": "EU"}, "country"),
        (THRESHOLD, {"limit": ""}, "limit"),
        (THRESHOLD, {"limit": "200.001"}, "limit"),
        (THRESHOLD, {"currency": ""}, "currency"),
        (THRESHOLD, {"applies_to": "both"}, "applies_to"),
        (THRESHOLD, {"basis": "CIF"}, "basis"),
        (THRESHOLD, {"hs": "61"}, "hs"),
        (THRESHOLD, {"rate_percent": "1"}, "rate_percent"),
    ],
)
def test_a_bad_field_is_named_with_its_line(
    tmp_path: Path, base: dict[str, str], change: dict[str, str], field: str
) -> None:
    found = list(read_rows(written(tmp_path, base, {**base, **change}, base), may()))
    assert [type(row) for row in found] == [tuple, RefusedTariff, tuple]
    refused = found[1]
    assert isinstance(refused, RefusedTariff)
    assert (refused.line, refused.field) == (3, field)
    assert refused.reason


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    path = written(tmp_path, {**GOOD, "source": "first\nsecond"}, {**GOOD, "kind": "x"})
    text = path.read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + f"# a remark\n\n{text}# another\n".encode())
    refused = [row for row in read_rows(path, may()) if isinstance(row, RefusedTariff)]
    assert [(row.line, row.field) for row in refused] == [(4, "source"), (6, "kind")]


def test_bytes_that_are_no_utf_8_are_refused_by_row(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, {**GOOD, "source": "MARK"}, GOOD)
    path.write_bytes(path.read_bytes().replace(b"MARK", b"Z\xfcrich"))
    found = list(read_rows(path, may()))
    assert [getattr(row, "field", "") for row in found] == ["", "source", ""]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("# nothing\n", "empty_file"),
        ("kind,country\nduty,IN\n", "unknown_columns"),
        ("a,b,c\n", "unknown_columns"),
        ("kind,kind,country,valid_from,source,as_of,confidence\n", "unknown_columns"),
    ],
)
def test_a_file_without_the_right_header_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "tariffs.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        list(read_rows(path, may()))
    assert refused.value.code == code
    assert refused.value.remedy


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no file"):
        list(read_rows(tmp_path / "none.csv", may()))


def test_the_template_without_its_marks_is_a_good_file(tmp_path: Path) -> None:
    out = io.StringIO()
    template(csv.writer(out).writerow)
    path = tmp_path / "tariffs.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    assert list(read_rows(path, may())) == []
    path.write_text(out.getvalue().replace("# ", ""), encoding="utf-8")
    found = list(read_rows(path, may()))
    assert [row[1].kind for row in found if isinstance(row, tuple)] == ["duty", "tax", "threshold"]


CELLS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), CELLS), max_size=4))
def test_any_cells_are_answered(records: list[dict[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows({**GOOD, **record} for record in records)
    from argosy.landed.tariff_file import _records

    found = list(_records(io.StringIO(out.getvalue(), newline=""), may()))
    assert len(found) <= len(records)
    for row in found:
        if isinstance(row, RefusedTariff):
            assert row.field in (*COLUMNS, "row")
            assert row.line > 1


@given(st.decimals(min_value=0, max_value=1000, places=4))
def test_a_rate_is_exact(rate: object) -> None:
    from argosy.landed.tariff_file import row_of

    record = {**dict.fromkeys(COLUMNS, ""), **GOOD, "rate_percent": f"{rate:f}"}
    assert row_of(record, may()).rate_ppm == int(rate * 10_000)  # type: ignore[operator]
