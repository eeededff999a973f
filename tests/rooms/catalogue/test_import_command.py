"""`argosy import`: a merchant's file from the command line into a real database, with its exit code and report."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from argosy.cli import main
from argosy.plumbing.database import Database
from conftest import SECRET
from rooms.catalogue.ground import on, rows_of

GOOD = [
    {"sku": "h-1", "group": "h", "name": "Teal handbag", "category": "handbags", "price": "129.00 CNY", "colour": "teal",
     "stock": "4"},
    {"sku": "h-2", "group": "h", "name": "Teal handbag", "category": "handbags", "price": "19.90 USD", "colour": "red",
     "stock": "2"},
    {"sku": "t-1", "group": "t-1", "name": "Green tea", "category": "black-green-tea", "price": "980 JPY", "stock": "0"},
]  # fmt: skip
BROKEN = [
    {"sku": "", "name": "No number", "category": "handbags", "price": "1.00 CNY"},
    {"sku": "x-2", "name": "No such category", "category": "spaceships", "price": "1.00 CNY"},
    {"sku": "x-3", "name": "No price", "category": "handbags", "price": "cheap"},
    {"sku": "x-4", "name": "No rate", "category": "handbags", "price": "1.000 KWD"},
    {"sku": "x-5", "name": "Wrong check digit", "category": "handbags", "price": "1.00 CNY", "gtin": "4006381333932"},
]
FIELDS = {
    "csv": ["sku", "category", "price", "currency", "gtin"],
    "jsonl": ["sku", "category", "price", "currency", "gtin"],
    "xml": ["id", "product_type", "price", "currency", "gtin"],
}
GOOGLE = {"sku": "id", "name": "title", "group": "item_group_id", "category": "product_type", "stock": "quantity",
          "colour": "color"}  # fmt: skip


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """A file of rows in the format of its name."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    else:
        items = "\n".join(f"<item>{''.join(map(tag, row.items()))}</item>" for row in rows)
        head = '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
        path.write_text(f'<?xml version="1.0"?>\n{head}\n{items}\n</channel></rss>', encoding="utf-8")
    return path


def tag(field: tuple[str, str]) -> str:
    """A field as Google calls it."""
    name = f"g:{GOOGLE.get(field[0], field[0])}"
    return f"<{name}>{escape(field[1])}</{name}>"


@pytest.fixture
def shop(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty database that the command line works on."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("ARGOSY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ARGOSY_SECRET", SECRET)
    return dsn


def imported(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code of an import and what it printed."""
    code = main(["import", *arguments, "--merchant", "atelier", "--json"])
    return code, json.loads(capsys.readouterr().out or "{}")


def skus(dsn: str) -> list[str]:
    """What is in the catalogue."""

    async def work(database: Database) -> list[str]:
        return sorted(row["sku"] for row in await rows_of(database, "variants"))

    return on(dsn, work)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_whole_file_is_taken_in(shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    file = write(tmp_path / f"feed.{ending}", GOOD)
    code, told = imported(capsys, str(file))
    assert (code, told) == (0, {"rows": 3, "refused": 0, "prices_changed": 3, "refusals": []})
    assert skus(shop) == ["h-1", "h-2", "t-1"]
    assert imported(capsys, str(file)) == (0, {"rows": 3, "refused": 0, "prices_changed": 0, "refusals": []})


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xml"])
def test_broken_rows_cost_themselves_only_and_stand_in_the_report(
    shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    google = ending == "xml"
    good = [row | {"availability": "in_stock"} for row in GOOD] if google else GOOD
    broken = [row | {"availability": "in_stock"} for row in BROKEN] if google else BROKEN
    rows = [good[0], *broken[:3], good[1], *broken[3:], good[2]]
    report = tmp_path / "report.csv"
    code, told = imported(capsys, str(write(tmp_path / f"feed.{ending}", rows)), "--report", str(report))
    assert code == 1
    assert (told["rows"], told["refused"]) == (3, 5)
    assert skus(shop) == ["h-1", "h-2", "t-1"]
    with report.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [{"line": int(line["line"]), "field": line["field"], "reason": line["reason"]} for line in lines] == told[
        "refusals"
    ]
    assert [line["field"].removeprefix("g:") for line in lines] == FIELDS[ending]
    assert all(line["reason"] for line in lines)
    numbers = [int(line["line"]) for line in lines]
    assert numbers == sorted(numbers)


def test_the_screen_shows_the_first_refusals_and_the_report_all(
    shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [GOOD[0], *({**BROKEN[1], "sku": f"x-{number}"} for number in range(50))]
    report = tmp_path / "report.csv"
    code, told = imported(capsys, str(write(tmp_path / "feed.csv", rows)), "--report", str(report))
    assert (code, told["refused"], len(told["refusals"])) == (1, 50, 20)
    assert len(report.read_text(encoding="utf-8").splitlines()) == 51


def test_a_file_that_is_no_feed_is_one_refusal(shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "feed.pdf"
    file.write_bytes(b"%PDF-1.7 =not a feed")
    code, told = imported(capsys, str(file))
    assert (code, told["rows"], told["refused"], told["refusals"][0]["field"]) == (1, 0, 1, "(file)")
    assert skus(shop) == []


def test_no_cell_of_the_report_is_a_formula(shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.csv"
    file = write(tmp_path / "feed.csv", [{**GOOD[0], "category": "=cmd()"}, {**GOOD[0], "price": "=1+1"}])
    assert imported(capsys, str(file), "--report", str(report))[0] == 1
    with report.open(encoding="utf-8", newline="") as lines:
        found = [cell for line in csv.reader(lines) for cell in line]
    assert len(found) == 9
    assert not [cell for cell in found if cell.startswith(("=", "+", "-", "@"))]


def test_a_sale_of_google_counts_on_the_days_it_is_on(
    shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sale = {**GOOD[0], "availability": "in_stock", "sale_price": "99.00 CNY"}
    rows = [
        sale | {"sku": "on", "group": "on", "sale_price_effective_date": "2020-01-01T00:00Z/2099-01-01T00:00Z"},
        sale | {"sku": "over", "group": "over", "sale_price_effective_date": "2019-01-01T00:00Z/2020-01-01T00:00Z"},
    ]
    assert imported(capsys, str(write(tmp_path / "feed.xml", rows)))[0] == 0

    async def work(database: Database) -> dict[str, int]:
        names = {row["variant_id"]: row["sku"] for row in await rows_of(database, "variants")}
        return {
            names[row["variant_id"]]: row["minor"] for row in await rows_of(database, "prices") if not row["valid_to"]
        }

    assert on(shop, work) == {"on": 9_900, "over": 12_900}


@pytest.mark.parametrize(
    ("name", "content", "arguments"),
    [
        ("gone.csv", None, []),
        ("feed.csv", b"sku,name\n", ["--merchant", "Not A Merchant"]),
    ],
    ids=["no such file", "bad merchant"],
)
def test_what_cannot_be_begun_ends_with_two_and_says_why(
    shop: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes | None,
    arguments: list[str],
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    assert main(["import", str(file), "--merchant", "atelier", *arguments]) == 2
    assert "argosy: " in capsys.readouterr().err
    assert skus(shop) == []
