"""`argosy tariffs`: a file of the operator's, what it would change, and what it did."""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import pytest

from argosy.base.errors import Refused
from argosy.commands import tariffs
from argosy.landed.tariff_file import COLUMNS
from argosy.plumbing.config import Config
from conftest import config_for

ABOUT = {"valid_from": "2026-01-01", "source": "a gazette", "as_of": "2026-01-01", "confidence": "seen"}
INDIA: list[dict[str, str]] = [
    {"kind": "duty", "country": "IN", "hs": chapter, "origin": "*", "rate_percent": "20"}
    for chapter in ("42", "61", "62", "64")
]
INDIA += [
    {"kind": "tax", "country": "IN", "hs": "*", "rate_percent": "18"},
    {"kind": "threshold", "country": "IN", "currency": "INR", "applies_to": "duty", "limit": "0", "basis": "goods"},
    {"kind": "threshold", "country": "IN", "currency": "INR", "applies_to": "tax", "limit": "0", "basis": "goods"},
]


def written(path: Path, records: list[dict[str, str]]) -> Path:
    """A file of these records."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({**ABOUT, **record} for record in records)
    return path


def ask(config: Config, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Run the command; its exit code and its JSON."""
    parser = argparse.ArgumentParser()
    tariffs.add(parser.add_subparsers())
    given = parser.parse_args(["tariffs", *words, "--json"])
    code = given.run(config, given)
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_dry_run_tells_the_effect_and_keeps_nothing(
    stocked_dsn: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_for(stocked_dsn, home)
    file = written(tmp_path / "india.csv", INDIA)
    code, told = ask(config, capsys, "import", str(file), "--dry-run")
    assert (code, told["dry_run"], told["added"]) == (0, True, len(INDIA))
    (effect,) = told["effect"]
    assert effect["market"] == "IN"
    assert 0 < effect["become_prepaid"] <= effect["change"] < effect["products"]
    assert effect["no_longer_prepaid"] == 0
    assert ask(config, capsys, "list")[1] == {"tariffs": []}

    code, told = ask(config, capsys, "import", str(file))
    assert (code, told["added"], "effect" in told) == (0, len(INDIA), False)
    code, told = ask(config, capsys, "import", str(file), "--dry-run")
    assert (code, told["added"], told["unchanged"], told["effect"]) == (0, 0, len(INDIA), [])
    counts = ask(config, capsys, "list")[1]["tariffs"]
    assert {(one["country"], one["kind"], one["rows"]) for one in counts} == {
        ("IN", "duty", 4), ("IN", "tax", 1), ("IN", "threshold", 2)
    }  # fmt: skip


def test_refused_rows_are_told_and_the_others_taken(
    stocked_dsn: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_for(stocked_dsn, home)
    bad = [INDIA[0], {**INDIA[1], "hs": "1"}, {**INDIA[0], "valid_from": "2026-05-01"}, INDIA[4]]
    report = tmp_path / "report.csv"
    file = written(tmp_path / "mixed.csv", bad)
    code, told = ask(config, capsys, "import", str(file), "--report", str(report))
    assert (code, told["added"], told["refused"]) == (1, 2, 2)
    assert [(one["line"], one["field"]) for one in told["refusals"]] == [(3, "hs"), (4, "valid_from")]
    with report.open(encoding="utf-8", newline="") as kept:
        assert [(row["line"], row["field"]) for row in csv.DictReader(kept)] == [("3", "hs"), ("4", "valid_from")]


def test_what_cannot_be_read_is_refused(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_for("postgresql://nobody@127.0.0.1:9/none", home)
    with pytest.raises(Refused, match="no file"):
        ask(config, capsys, "import", str(tmp_path / "none.csv"))
    with pytest.raises(Refused, match="not a day"):
        ask(config, capsys, "import", str(written(tmp_path / "a.csv", INDIA)), "--at", "soon")
    assert ask(config, capsys, "template") == (0, {"columns": list(COLUMNS)})
