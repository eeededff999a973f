"""Feeds: what every format takes in a field, and what it refuses and how."""

from __future__ import annotations

from pathlib import Path

import pytest

from argosy.catalogue.model import ImportRow, RefusedRow
from rooms.catalogue.samples import (
    FORMATS,
    ROW,
    only,
    read,
    sent_as,
    table,
)

GOOD = [
    ("sku", "A_1-b.c/d:e+f#1", "sku", "A_1-b.c/d:e+f#1"),
    ("sku", "x" * 64, "sku", "x" * 64),
    ("group", "bag 1", "group", "bag 1"),
    ("name", "x" * 300, "name", "x" * 300),
    ("name", "茶\u3000杯 👩‍🦰", "name", "茶\u3000杯 👩‍🦰"),
    ("description", "x" * 10_000, "description", "x" * 10_000),
    ("price", "12.5 USD", "price_minor", 1250),
    ("price", "12 usd", "price_minor", 1200),
    ("price", "0.01 EUR", "price_minor", 1),
    ("price", "1200 JPY", "price_minor", 1200),
    ("price", "1200.00 JPY", "price_minor", 1200),
    ("price", "1.234 KWD", "price_minor", 1234),
    ("price", "10000000000.00 USD", "price_minor", 10**12),
    ("price", "90071992547.41 CNY", None, None),
    ("gtin", "4006381333931", "gtin", "4006381333931"),
    ("gtin", "96385074", "gtin", "96385074"),
    ("gtin", "036000291452", "gtin", "036000291452"),
    ("gtin", "1 06141411 2345 9", None, None),
    ("gtin", "4-006381-333931", "gtin", "4006381333931"),
    ("hs6", "420221", "hs6", "420221"),
    ("hs6", "4202.21", "hs6", "420221"),
    ("origin", "it", "origin", "IT"),
    ("weight", "350 g", "weight_g", 350),
    ("weight", "0.35kg", "weight_g", 350),
    ("weight", "0.0005 kg", "weight_g", 1),
    ("weight", "2.5 g", "weight_g", 3),
    ("weight", "1 lb", "weight_g", 454),
    ("weight", "12 OZ", "weight_g", 340),
    ("stock", "0", "stock", 0),
    ("stock", "1000000000", "stock", 10**9),
    ("image", "https://img.example/a%20b.jpg?x=1#y", "image", "https://img.example/a%20b.jpg?x=1#y"),
    ("image", "HTTP://例え.example/茶.png", "image", "HTTP://例え.example/茶.png"),
    ("image", "https://a.example/" + "x" * 1982, "image", "https://a.example/" + "x" * 1982),
    ("name_language", "zh_CN", "name_language", "zh-Hans"),
    ("name_language", "ZH-hant-HK", "name_language", "zh-Hant"),
    ("name_language", "pt-BR", "name_language", "pt"),
    ("colour", "蓝绿色", "colour", "teal"),
    ("colour", "NAVY", "colour", "navy-blue"),
    ("product_type", "anything", "category", "handbags"),
    ("attr.season", "summer", "attributes", {"season": "summer"}),
    ("name.fr", "Sac bleu", "names", {"fr": "Sac bleu"}),
    ("name.zh-tw", "藍綠包", "names", {"zh-Hant": "藍綠包"}),
    ("limit_per_shopper", "2", "limit_per_shopper", 2),
]

BAD = [
    ("sku", "x" * 65, "at most 64"),
    ("sku", "naïve", "letters A-Z"),
    ("sku", "-1", "letters A-Z"),
    ("group", "a\x7fb", "letters A-Z"),
    ("name", "x" * 301, "at most 300"),
    ("name", "Bag\x86 x", "U+0086"),
    ("name", "Bag \ufffd", "U+FFFD"),
    ("description", "x" * 10_001, "at most 10,000"),
    ("price", "-5 USD", "negative"),
    ("price", "0 USD", "zero"),
    ("price", "0.00 USD", "zero"),
    ("price", "NaN", "not a price"),
    ("price", "Infinity USD", "not a price"),
    ("price", "1e5 USD", "not a price"),
    ("price", "١٢ USD", "not a price"),
    ("price", "12,50 USD", "decimal point"),
    ("price", "12.505 USD", "USD has 2"),
    ("price", "12.5 JPY", "JPY has 0"),
    ("price", "1.2345 KWD", "KWD has 3"),
    ("price", "10000000000.01 USD", "more than"),
    ("price", "999999999999999999 USD", "more than"),
    ("price", "12.50 XYZ", "not a currency"),
    ("price", "12.50", "no currency"),
    ("gtin", "4006381333932", "check digit"),
    ("gtin", "123", "8, 12, 13 or 14"),
    ("gtin", "00000000", "check digit"),
    ("gtin", "4.00638E+12", "spreadsheet"),
    ("gtin", "none", "digits only"),
    ("hs6", "4202", "first six"),
    ("hs6", "42022190", "first six"),
    ("hs6", "990000", "chapter"),
    ("hs6", "770000", "chapter"),
    ("hs6", "420２21", "six digits"),
    ("origin", "UK", "'GB'"),
    ("origin", "Italy", "ISO 3166-1"),
    ("weight", "350", "no unit"),
    ("weight", "3 stone", "no unit"),
    ("weight", "0 g", "1 to"),
    ("weight", "-3 g", "not a weight"),
    ("weight", "10001 kg", "1 to"),
    ("stock", "-1", "whole number"),
    ("stock", "1.0", "whole number"),
    ("stock", "1000000001", "out of range"),
    ("stock", "many", "whole number"),
    ("image", "javascript:alert(1)", "web address"),
    ("image", "https://user:pw@evil.example/a", "web address"),
    ("image", "https://a b.example/x", "web address"),
    ("image", "//a.example/x", "web address"),
    ("image", "https://a.example/" + "x" * 1983, "at most 2,000"),
    ("name_language", "tlh", "language"),
    ("category", "spaceships", "not a category"),
    ("brand", "x" * 101, "at most 100"),
    ("size", "x" * 61, "at most 60"),
    ("attr.season", "x" * 501, "at most 500"),
    ("name.fr", "x" * 301, "at most 300"),
    ("limit_per_shopper", "0", "out of range"),
]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("field", "value", "shows", "expected"), [case for case in GOOD if case[2]])
def test_a_good_value_is_taken_in(
    tmp_path: Path, format: str, field: str, value: str, shows: str, expected: object
) -> None:
    content, _ = sent_as(format, field, value)
    row = only(read(tmp_path, content, format))
    assert isinstance(row, ImportRow), row
    found = getattr(row, shows)
    if format == "google-xml" and shows == "name":
        expected = " ".join(str(expected).split())
    assert found == expected
    assert row.merchant == "far"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("field", "value", "reason"), BAD)
def test_a_bad_value_is_refused_with_its_field_and_a_reason(
    tmp_path: Path, format: str, field: str, value: str, reason: str
) -> None:
    content, called = sent_as(format, field, value)
    outcome = only(read(tmp_path, content, format))
    assert isinstance(outcome, RefusedRow), outcome
    assert reason in outcome.reason
    expected = {"currency"} if "currency" in reason else {called}
    assert outcome.field in expected
    assert outcome.line == {"csv": 2, "google-tsv": 2, "jsonl": 1, "google-xml": 3}[format]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("field", ["sku", "name", "price", "category"])
def test_a_required_field_that_is_empty_is_refused(tmp_path: Path, format: str, field: str) -> None:
    content, called = sent_as(format, field, " ")
    if field == "category" and format.startswith("google"):
        content, called = sent_as(format, "google_product_category", "")[0], "category"
    outcome = only(read(tmp_path, content, format))
    assert isinstance(outcome, RefusedRow)
    assert outcome.field == called
    assert "missing" in outcome.reason


@pytest.mark.parametrize(
    ("changes", "price", "was", "days", "currency"),
    [
        ({"price": "12.50", "currency": "eur"}, 1250, None, None, "EUR"),
        ({"price": "12.50 EUR", "currency": "EUR"}, 1250, None, None, "EUR"),
        ({"was": "20"}, 1250, 2000, None, "USD"),
        ({"was": "20 USD", "cut_days_ago": "30"}, 1250, 2000, 30, "USD"),
        ({"was": "12.5", "cut_days_ago": "3"}, 1250, None, None, "USD"),
    ],
)
def test_prices_of_our_own_formats(
    tmp_path: Path, changes: dict[str, str], price: int, was: int | None, days: int | None, currency: str
) -> None:
    for format in ("csv", "jsonl"):
        row = only(read(tmp_path, FORMATS[format]([ROW | changes]), format))
        assert isinstance(row, ImportRow), row
        assert (row.price_minor, row.was_minor, row.cut_days_ago, row.currency) == (price, was, days, currency)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"currency": "EUR"}, "price"),
        ({"was": "20 EUR"}, "was"),
        ({"was": "10"}, "was"),
        ({"was": "20", "cut_days_ago": "31"}, "cut_days_ago"),
        ({"cut_days_ago": "3"}, "cut_days_ago"),
        ({"colour": "octarine"}, "colour"),
        ({"merchant": "somebody-else"}, "merchant"),
        ({"weight": "1 kg", "weight_g": "1000"}, "weight_g"),
        ({"made_up": "origin nonsense"}, "made_up"),
        ({"category": "", "google_product_category": "Toys"}, "google_product_category"),
        ({"category": "", "product_type": "Apparel"}, "product_type"),
    ],
)
def test_fields_that_do_not_go_together_are_refused(tmp_path: Path, changes: dict[str, str], field: str) -> None:
    for format in ("csv", "jsonl"):
        outcome = only(read(tmp_path, FORMATS[format]([ROW | changes]), format))
        assert isinstance(outcome, RefusedRow)
        assert outcome.field == field


def test_a_whole_row_of_csv_fills_every_field(tmp_path: Path) -> None:
    sent = ROW | {
        "merchant": "far", "group": "fa", "name_language": "en", "name.fr": "Sac", "brand": "Fa", "description": "Soft.\nBig.",
        "description_language": "en", "color": "bleu canard", "size": "M", "gtin": "4006381333931", "hs6": "420221",
        "origin": "IT", "weight_g": "350", "was": "20", "cut_days_ago": "2", "stock": "5", "limit_per_shopper": "3",
        "image": "https://a.example/1.jpg", "popularity": "9", "attr.gender": "women", "made_up": "origin stock",
    }  # fmt: skip
    assert only(read(tmp_path, table([sent]))) == ImportRow(
        merchant="far", sku="fa-1", group="fa", name="Teal bag", name_language="en", names={"fr": "Sac"}, brand="Fa",
        category="handbags", description="Soft.\nBig.", description_language="en", colour="teal", size="M",
        gtin="4006381333931", hs6="420221", origin="IT", weight_g=350, price_minor=1250, currency="USD", was_minor=2000,
        cut_days_ago=2, stock=5, limit_per_shopper=3, image="https://a.example/1.jpg", popularity=9,
        attributes={"gender": "women"}, made_up=("origin", "stock"),
    )  # fmt: skip


def test_json_takes_numbers_objects_and_lists_without_a_float(tmp_path: Path) -> None:
    sent = (
        '{"sku": 12, "name": "Bag", "category": "handbags", "price": 4503599627370.10, "currency": "KWD",'
        ' "names": {"fr": "Sac", "xx": "?"}, "attributes": {"organic": true, "pieces": 3}, "stock": 4, "image": null,'
        ' "made_up": ["origin"]}\n'
    )
    outcome = only(read(tmp_path, sent))
    assert isinstance(outcome, RefusedRow)
    assert "more than" in outcome.reason
    row = only(read(tmp_path, sent.replace("4503599627370.10", "90071992.547")))
    assert isinstance(row, ImportRow)
    assert (row.sku, row.price_minor, row.stock) == ("12", 90071992547, 4)
    assert (row.names, row.attributes, row.made_up) == (
        {"fr": "Sac"},
        {"organic": "true", "pieces": "3"},
        ("origin",),
    )
