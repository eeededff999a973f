"""The demo's curated tables against each other and against the sources."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest

from argosy.catalogue.rules import slug
from argosy.demo.tables import Tables, by_words, lines, plain

DEPARTMENTS = [
    *("fashion", "shoes", "bags", "watches", "jewellery", "beauty", "phones"),
    *("pantry", "fresh", "drinks", "sweets", "home"),
]


def test_the_tree_has_the_departments_and_three_levels(tables: Tables) -> None:
    assert [shelf.code for shelf in tables.shelves.values() if len(shelf.path) == 1] == DEPARTMENTS
    assert max(len(shelf.path) for shelf in tables.shelves.values()) == 3
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in tables.shelves)


def test_every_heading_exists_and_every_category_gives_a_reason(data: Path) -> None:
    with gzip.open(data / "hs_codes.csv.gz", "rt", encoding="utf-8", newline="") as file:
        headings = {row["hscode"] for row in csv.DictReader(file) if len(row["hscode"]) == 6}
    for row in lines(data / "categories.csv"):
        assert row["hs6"] == "" or row["hs6"] in headings, row["code"]
        assert row["hs_reason"].endswith("."), row["code"]


def test_most_leaves_have_a_heading(data: Path) -> None:
    tree = list(lines(data / "categories.csv"))
    parents = {row["parent"] for row in tree}
    leaves = [row for row in tree if row["code"] not in parents]
    assert sum(bool(row["hs6"]) for row in leaves) / len(leaves) > 0.8


def test_every_category_has_a_drawing_weight_and_price_range(data: Path) -> None:
    drawings = {row["glyph"] for row in lines(data / "glyphs.csv")}
    for row in lines(data / "categories.csv"):
        assert row["glyph"] in drawings, row["code"]
        assert int(row["weight_g"]) > 0
        assert 0 < int(row["price_low"]) < int(row["price_high"])


def test_every_category_of_electronics_and_fashion_is_placed(data: Path, tables: Tables) -> None:
    for source in ("electronics", "fashion"):
        with gzip.open(data / f"catalogue_{source}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            for record in csv.DictReader(file):
                path = record["category"].split(" > ")
                steps = [" > ".join(path[:length]) for length in range(len(path), 0, -1)]
                placed = [(source, step, gender) for step in steps for gender in ("", record.get("gender", ""))]
                assert any(key in tables.by_category for key in placed), record["category"]


def test_swatches_are_colours_and_no_finish_is_listed_twice(data: Path) -> None:
    listed = [word for row in lines(data / "colours.csv") for word in row["words"].split("|")]
    assert len(listed) == len(set(listed))
    assert all(re.fullmatch(r"#[0-9a-f]{6}", row["hex"]) for row in lines(data / "colours.csv"))


def test_all_allergens_of_the_source_are_kept(data: Path, tables: Tables) -> None:
    with gzip.open(data / "catalogue_grocery.csv.gz", "rt", encoding="utf-8", newline="") as file:
        tags = {tag.strip().lower() for record in csv.DictReader(file) for tag in record["allergens"].split(",")}
    assert {tag for tag in tags if tag and ("allergens", tag) not in tables.values} == set()


def test_brand_slugs_are_those_of_the_catalogue(data: Path) -> None:
    brands = list(lines(data / "brands.csv"))
    assert all(row["slug"] == slug(row["name"]) for row in brands)
    assert len({row["slug"] for row in brands}) == len(brands)


@pytest.mark.parametrize(
    ("text", "expected"), [("Crème brûlée", " creme brulee "), ("ŒUFS x6", " oeufs x6 "), ("  A--B ", " a b ")]
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Organic Black Beans", "pulses"),
        ("Kosher Dills", "gherkins"),
        ("Dark Chocolate Almonds", "filled-chocolates"),
        ("Roasted Salted Black Pepper Cashews", "nuts"),
        ("Thé vert", "black-green-tea"),
        ("The Original", None),
        ("Minute", None),
    ],
)
def test_words_of_a_name_show_its_category(tables: Tables, name: str, expected: str | None) -> None:
    assert by_words(tables, "grocery", name) == expected
