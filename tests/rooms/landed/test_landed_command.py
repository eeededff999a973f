"""`argosy landed`: one case, a bill, and a batch."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from argosy.base.errors import Refused
from argosy.commands import landed
from argosy.landed.batch import LONGEST_LINE, Batch, lines_of
from argosy.measuring.bench_landed import measure
from argosy.plumbing.config import Config
from rooms.landed.parcels import tables

CASE = "--to FR --hs 610910 --origin CN --value 80 --currency EUR --at 2026-11-23"
REQUEST = {
    "id": "a1", "at": "2026-02-03", "to": "AT", "ship_from": "JP", "currency": "EUR", "shipping_minor": 700,
    "lines": [{"line": "1", "hs": "691200", "origin": "JP", "quantity": 2, "unit_minor": 1850}],
}  # fmt: skip


def run(words: str) -> int:
    parser = argparse.ArgumentParser()
    landed.add(parser.add_subparsers())
    given = parser.parse_args(["landed", *words.split()])
    return int(given.run(Config(), given))


def test_one_case_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"{CASE} --json") == 0
    answer = msgspec.json.decode(capsys.readouterr().out)
    assert (answer["state"], answer["duty_minor"], answer["tax_minor"], answer["fees_minor"]) == ("known", 0, 1600, 500)
    assert all(set(reason) == {"code", "line", "text", "source", "as_of"} for reason in answer["reasons"])


def test_one_case_as_a_bill(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"{CASE} --shipping 7.50") == 0
    out = capsys.readouterr().out
    assert "110.00 EUR" in out and "IOSS" in out and "Flat charge of 3 EUR" in out


def test_the_operators_rates_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    case = "--to TW --hs 610910 --origin CN --value 30 --currency EUR --at 2026-11-23 --json"
    assert run(case) == 0
    assert msgspec.json.decode(capsys.readouterr().out)["state"] == "unknown"
    assert run(f"{case} --rates {Config().data / 'exchange_rates.csv'}") == 0
    assert msgspec.json.decode(capsys.readouterr().out)["state"] == "known"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("--to FR", "--hs"),
        (f"{CASE} --value 80.001", "--value"),
        (f"{CASE} --value x", "--value"),
        (f"{CASE} --hs 61091", "lines[0].hs"),
        (f"{CASE} --hs 61091000", "lines[0].hs"),
        (f"{CASE} --at 2026-02-30", "at"),
        (f"{CASE} --at 1999-12-31", "at"),
        (f"{CASE} --to QQ", "to"),
        (f"{CASE} --origin ZZ", "--origin"),
        (f"{CASE} --ship-from ZZ", "ship_from"),
        (f"{CASE} --currency EEE", "currency"),
        (f"{CASE} --to US --region ZZ", "region"),
        (f"{CASE} --quantity 0", "lines[0].quantity"),
        (f"{CASE} --battery big", "lines[0].attributes.battery"),
        ("--batch nowhere.jsonl --json", "--batch"),
        ("--batch -", "--json"),
        (f"{CASE} --rates nowhere.csv", "--rates"),
    ],
)
def test_a_wrong_option_is_named(words: str, field: str) -> None:
    with pytest.raises(Refused) as wrong:
        run(words)
    assert wrong.value.field == field and wrong.value.remedy


def test_a_batch_from_standard_input(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    lines = [msgspec.json.encode(REQUEST), b"", b"{bad", msgspec.json.encode({**REQUEST, "id": "a2", "to": "HK"})]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(lines))))
    assert run("--batch - --json") == 1
    sys.stdout.flush()
    answers = [msgspec.json.decode(text) for text in capfdbinary.readouterr().out.splitlines()]
    assert [answer.get("total_minor") for answer in answers] == [5280, None, 4400]
    assert answers[1] == {"id": None, "error": answers[1]["error"]}


def test_a_batch_from_a_file_that_can_be_read_throughout(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + msgspec.json.encode(REQUEST))
    assert run(f"--batch {file} --json") == 0


def test_an_id_stands_once_and_a_bad_one_is_given_back() -> None:
    batch = Batch(tables())
    text = msgspec.json.encode(REQUEST)
    assert b'"state":"known"' in batch.answer(text)
    assert msgspec.json.decode(batch.answer(text))["error"]["field"] == "id"
    assert msgspec.json.decode(batch.answer(b'{"id":"b","to":5}'))["id"] == "b"
    assert (batch.answered, batch.refused) == (1, 2)


def test_a_line_without_an_end_is_not_kept() -> None:
    stream = io.BytesIO(b'{"id":"' + b"x" * (3 * LONGEST_LINE) + b'"}\n' + msgspec.json.encode(REQUEST))
    lines = list(lines_of(stream))
    assert len(lines) == 2 and len(lines[0]) == LONGEST_LINE + 2
    batch = Batch(tables())
    assert [b"error" in batch.answer(text) for text in lines] == [True, False]


def test_the_benchmark_measures() -> None:
    found = measure(Config(), argparse.Namespace(seconds=0.2))
    assert 0.1 < found["per_line_us"] < 50 and found["n"] > 0 and found["ten_lines_us"] > found["one_line_us"]
