"""Feeds: what every format takes, what it refuses and how, and that nothing in a file can break the reading of it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.catalogue.feeds.read import Known, read_feed
from argosy.catalogue.feeds.report import write_report
from argosy.catalogue.model import ImportRow, RefusedRow

KNOWN = Known(
    categories=frozenset({"handbags", "dresses", "tea"}),
    colours={"teal": "teal", "蓝绿色": "teal", "bleu canard": "teal", "navy": "navy-blue", "navy-blue": "navy-blue"},
    currencies=frozenset({"USD", "EUR", "JPY", "KWD", "CNY"}),
    google_categories={"apparel & accessories > handbags": "handbags", "3032": "handbags", "apparel": "unknown-to-us"},
    languages=frozenset({"en", "fr", "zh-Hans", "zh-Hant", "pt"}),
)
ROW = {"sku": "fa-1", "name": "Teal bag", "category": "handbags", "price": "12.50 USD"}
GOOGLE_ROW = {
    "id": "fa-1", "title": "Teal bag", "google_product_category": "3032", "price": "12.50 USD",
    "availability": "in_stock", "quantity": "7", "link": "https://shop.example/1",
}  # fmt: skip
GOOGLE_NAMES = {
    "sku": "id", "name": "title", "group": "item_group_id", "image": "image_link", "weight": "shipping_weight",
    "stock": "quantity", "category": "category", "name_language": "language", "colour": "color",
}  # fmt: skip
RSS = '<?xml version="1.0"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>\n'
RSS_END = "</channel></rss>\n"

Outcome = ImportRow | RefusedRow


def table(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(out, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def json_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def item(row: dict[str, str]) -> str:
    return "<item>" + "".join(f"<g:{name}>{escape(value)}</g:{name}>" for name, value in row.items()) + "</item>\n"


def rss(rows: list[dict[str, str]]) -> str:
    return RSS + "".join(map(item, rows)) + RSS_END


FORMATS = {
    "csv": table,
    "jsonl": json_lines,
    "google-tsv": lambda rows: table(rows, "\t"),
    "google-xml": rss,
}


def read(folder: Path, content: str | bytes, format: str | None = None, **more: Any) -> list[Outcome]:
    path = folder / "feed"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_feed(path, KNOWN, merchant="far", format=format, **more))


def only(outcomes: list[Outcome]) -> Outcome:
    assert len(outcomes) == 1, outcomes
    return outcomes[0]


def taken(outcomes: list[Outcome]) -> list[str]:
    return [outcome.sku for outcome in outcomes if isinstance(outcome, ImportRow)]


def refused(outcomes: list[Outcome]) -> list[RefusedRow]:
    return [outcome for outcome in outcomes if isinstance(outcome, RefusedRow)]


def sent_as(format: str, field: str, value: str) -> tuple[str, str]:
    """A whole row with one field replaced, in a format, and what that format calls the field."""
    if format.startswith("google"):
        name = GOOGLE_NAMES.get(field, field)
        return FORMATS[format]([GOOGLE_ROW | {name: value}]), name
    return FORMATS[format]([ROW | {field: value}]), field


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


# --- what Google's feed says in its own way


@pytest.mark.parametrize("format", ["google-xml", "google-tsv"])
@pytest.mark.parametrize(
    ("availability", "quantity", "stock"),
    [
        ("in_stock", "7", 7),
        ("in stock", "7", 7),
        ("", "7", 7),
        ("in_stock", "", 0),
        ("out_of_stock", "7", 0),
        ("Out of Stock", "", 0),
        ("preorder", "7", 0),
        ("backorder", "7", 0),
    ],
)
def test_google_stock(tmp_path: Path, format: str, availability: str, quantity: str, stock: int) -> None:
    notes: list[str] = []
    sent = [GOOGLE_ROW | {"availability": availability, "quantity": quantity, "id": str(number)} for number in range(3)]
    rows = read(tmp_path, FORMATS[format](sent), format, on_note=notes.append)
    assert [row.stock for row in rows if isinstance(row, ImportRow)] == [stock] * 3
    unknown = not quantity and availability == "in_stock"
    assert len([note for note in notes if "quantity" in note]) == (1 if unknown else 0)


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({"sale_price": "10 USD"}, None, (1000, 1250, None)),
        ({"sale_price": "12.50 USD"}, None, (1250, None, None)),
        ({"sale_price": "10 USD", "sale_price_effective_date": "2026-06-01T00:00+08:00/2026-06-20T00:00+08:00"},
         datetime(2026, 6, 4, tzinfo=UTC), (1000, 1250, 3)),
        ({"sale_price": "10 USD", "sale_price_effective_date": "2026-06-01T00:00-0800/2026-06-20T00:00-0800"},
         datetime(2026, 6, 1, 7, 59, tzinfo=UTC), (1250, None, None)),
        ({"sale_price": "10 USD", "sale_price_effective_date": "2026-01-01T00:00Z/2026-12-20T00:00Z"},
         datetime(2026, 6, 1, tzinfo=UTC), (1000, None, None)),
        ({"sale_price": "10 USD", "sale_price_effective_date": "2026-06-01T00:00Z/2026-06-20T00:00Z"},
         None, (1250, None, None)),
    ],
)  # fmt: skip
def test_google_sale(
    tmp_path: Path, changes: dict[str, str], now: datetime | None, expected: tuple[int, int | None, int | None]
) -> None:
    row = only(read(tmp_path, rss([GOOGLE_ROW | changes]), now=now))
    assert isinstance(row, ImportRow), row
    assert (row.price_minor, row.was_minor, row.cut_days_ago) == expected


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sale_price": "13 USD"}, "sale_price"),
        ({"sale_price": "10 EUR"}, "sale_price"),
        ({"sale_price": "10 USD", "sale_price_effective_date": "soon"}, "sale_price_effective_date"),
        ({"availability": "perhaps"}, "availability"),
        ({"quantity": "lots"}, "quantity"),
        ({"item_group_id": "ü"}, "item_group_id"),
        ({"google_product_category": "Toys"}, "google_product_category"),
    ],
)
def test_google_fields_are_refused_by_their_own_names(tmp_path: Path, changes: dict[str, str], field: str) -> None:
    for format in ("google-xml", "google-tsv"):
        outcome = only(read(tmp_path, FORMATS[format]([GOOGLE_ROW | changes]), format))
        assert isinstance(outcome, RefusedRow)
        assert outcome.field == field


@pytest.mark.parametrize(
    ("changes", "shows", "expected"),
    [
        ({"google_product_category": "Apparel &  Accessories > Handbags > Clutches"}, "category", "handbags"),
        ({"google_product_category": "9", "product_type": "tea"}, "category", "tea"),
        ({"brand": "Fa", "title": "FA Teal bag"}, "name", "Teal bag"),
        ({"brand": "Teal bag"}, "name", "Teal bag"),
        ({"color": "Navy/White"}, "colour", "navy-blue"),
        ({"color": "Octarine"}, "colour", ""),
        ({"color": "Octarine"}, "attributes", {"colour_name": "Octarine"}),
        ({"mpn": "M1", "gender": "female", "age_group": "adult", "material": "silk", "condition": "new"}, "attributes",
         {"mpn": "M1", "gender": "female", "age_group": "adult", "material": "silk"}),
        ({"condition": "used"}, "attributes", {"condition": "used"}),
        ({"item_group_id": "bags"}, "group", "bags"),
    ],
)  # fmt: skip
def test_google_fields_become_ours(tmp_path: Path, changes: dict[str, str], shows: str, expected: object) -> None:
    for format in ("google-xml", "google-tsv"):
        row = only(read(tmp_path, FORMATS[format]([GOOGLE_ROW | changes]), format))
        assert isinstance(row, ImportRow), row
        assert getattr(row, shows) == expected


def test_atom_and_the_language_of_a_feed(tmp_path: Path) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:goog="http://base.google.com/ns/1.0" xml:lang="fr-FR">'
        '<title>Boutique</title><entry><id>tag:atom-id</id><goog:id>a1</goog:id><title>Sac</title><link href="x"/>'
        '<category term="x"/><summary>Doux</summary><goog:price>5 EUR</goog:price>'
        "<goog:shipping><goog:price>99 USD</goog:price></goog:shipping><media:title>no</media:title>"
        "<goog:google_product_category>3032</goog:google_product_category></entry></feed>"
    )
    row = only(read(tmp_path, atom))
    assert isinstance(row, ImportRow), row
    assert (row.sku, row.name, row.name_language, row.description) == ("a1", "Sac", "fr", "Doux")
    assert (row.description_language, row.price_minor, row.currency) == ("fr", 500, "EUR")
    row = only(read(tmp_path, rss([GOOGLE_ROW]).replace("<item>", "<language>en-us</language><item>")))
    assert isinstance(row, ImportRow)
    assert row.name_language == "en"


# --- files as they come


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", table([ROW])),
        ("a", table([ROW], ";")),
        ("a.txt", table([ROW], "\t").replace("\r\n", "\n")),
        ("a.ndjson", json_lines([ROW])),
        ("b", json_lines([ROW])),
        ("a.tsv", table([GOOGLE_ROW], "\t")),
        ("g.csv", table([GOOGLE_ROW])),
        ("a.xml", rss([GOOGLE_ROW])),
        ("c", rss([GOOGLE_ROW])),
    ],
)
def test_the_format_is_told_by_name_and_content(
    tmp_path: Path, name: str, content: str, mark: bytes, packed: bool
) -> None:
    path = tmp_path / (name + (".gz" if packed else ""))
    data = mark + content.encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    assert taken(list(read_feed(path, KNOWN, merchant="far"))) == ["fa-1"]


@pytest.mark.parametrize(
    ("content", "format", "code"),
    [(b"[]", None, "feed_format_unknown"), (b"x", "xlsx", "feed_format_unknown"), (None, None, "feed_unreadable")],
)
def test_a_file_that_cannot_be_told_is_refused_at_once(
    tmp_path: Path, content: bytes | None, format: str | None, code: str
) -> None:
    path = tmp_path / "feed"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused) as caught:
        read_feed(path, KNOWN, merchant="far", format=format)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("content", "format", "reason"),
    [
        ("", "csv", "empty"),
        ("\n\n", "csv", "empty"),
        ("sku,name,category\n1,2,3\n", "csv", "price is missing"),
        ("sku,sku,name,price,category\n", "csv", "twice"),
        ("sku,color,colour,name,price,category\n", "csv", "twice"),
        ("id\ttitle\n", "google-tsv", "price is missing"),
        ('sku,"name\n', "csv", "header"),
        ("sku,name\n".encode("utf-16"), "csv", "UTF-8"),
        ("", "jsonl", "empty"),
        ("", "google-xml", "no XML"),
        ("not xml", "google-xml", "breaks here"),
        ("<a><b/></a>", "google-xml", "no product"),
        ('<?xml version="1.0" encoding="ebcdic-cp-us"?><rss/>', "google-xml", "encoding"),
    ],
)
def test_a_file_that_cannot_serve_is_one_refusal(
    tmp_path: Path, content: str | bytes, format: str, reason: str
) -> None:
    outcome = only(read(tmp_path, content, format))
    assert isinstance(outcome, RefusedRow)
    assert (outcome.field, reason in outcome.reason) == ("(file)", True), outcome


def csv_lines(*lines: bytes) -> bytes:
    head = b"sku,name,category,price,description\n"
    good = b"%s,Bag,handbags,5 USD,\n"
    return head + b"".join(line if line.endswith(b"\n") else good % line for line in lines)


@pytest.mark.parametrize(
    ("middle", "lines"),
    [
        (b"x,Bag \xff,handbags,5 USD,\n", [3]),
        (b'x,"Bag,handbags,5 USD,\n', [3]),
        (b'x,"Bag" 5,handbags,5 USD,\n', [3]),
        (b'"x,Bag,handbags,5 USD,\n', [3]),
        (b"x,Bag,handbags\n", [3]),
        (b"x,Bag,big,handbags,5 USD,\n", [3]),
        (b"x,Bag\rx,handbags,5 USD,\n", [3]),
        (b"x," + b"y" * 1_100_000 + b",handbags,5 USD,\n", [3]),
        (b"x," + b"y" * 200_000 + b",handbags,5 USD,\n", [3]),
        (b'x,"Bag,handbags,5 USD,\ny,tube 5",handbags,5 USD,\n', [3]),
        (b'x,"' + b"y" * 1_100_000 + b'",handbags,5 USD,\n', [3]),
        (b"x,Bag\0,handbags,5 USD,\n", [3]),
        (b'x,Bag,handbags,5 USD,"one \xff\ntwo"\n', [3]),
        (b'x,"\n' * 20, list(range(3, 23))),
        (b"\n \r\n", []),
    ],
)
def test_a_broken_line_of_csv_costs_that_line_only(tmp_path: Path, middle: bytes, lines: list[int]) -> None:
    outcomes = read(tmp_path, csv_lines(b"a", middle, b"b", b"c"), "csv")
    assert [sku for sku in taken(outcomes) if sku != "y"] == ["a", "b", "c"]
    assert [row.line for row in refused(outcomes)][: len(lines)] == lines
    rest = refused(outcomes)[len(lines) :]
    assert len(rest) + len([sku for sku in taken(outcomes) if sku == "y"]) == middle.count(b"\ny,")


def test_text_over_several_lines_is_one_row(tmp_path: Path) -> None:
    middle = b'm,"Bag, 5"" big",handbags,5 USD,"one, two\r\n\n""three"" 5"", four\nfive"\n'
    first = b'"one\ntwo",d,Bag,handbags,5 USD\n'
    outcomes = read(tmp_path, csv_lines(b"a", middle, b"b"), "csv")
    assert taken(outcomes) == ["a", "m", "b"]
    row = outcomes[1]
    assert isinstance(row, ImportRow)
    assert (row.name, row.description) == ('Bag, 5" big', 'one, two\r\n\n"three" 5", four\nfive')
    assert taken(read(tmp_path, b"description,sku,name,category,price\n" + first, "csv")) == ["d"]


@pytest.mark.parametrize(
    "middle",
    [
        "{", "[1]", "1", "null", '{"sku": }', '{"sku": "\\ud800"}', '{"a": ' + "[" * 50_000, '{"a": ' + "9" * 5_000 + "}",
        '{"price": {"minor": 3}}', '{"names": "Sac"}', '{"names": {"fr": ["Sac"]}}', '{"sku": ["x"]}', '{"a": NaN}',
        b'{"sku": "\xff"}', '{"a": "' + "x" * 1_100_000 + '"}', "{} {}",
    ],
)  # fmt: skip
def test_a_broken_line_of_json_costs_that_line_only(tmp_path: Path, middle: str | bytes) -> None:
    good = json_lines([ROW]).encode()
    broken = middle.encode() if isinstance(middle, str) else middle
    outcomes = read(tmp_path, good + broken + b"\n\n" + good, "jsonl")
    assert [type(outcome) for outcome in outcomes] == [ImportRow, RefusedRow, ImportRow]
    assert refused(outcomes)[0].line == 2
    assert refused(outcomes)[0].reason


@pytest.mark.parametrize(
    "broken",
    [
        "<item><g:id>x</g:id><g:title>Tom & Jerry</g:title></item>\n",
        "<item><g:id>x</g:id><g:title>5 < 6</g:title></item>\n",
        "<item><g:id>x</g:id><g:title>Bag&nbsp;</g:title></item>\n",
        "<item><g:id>x</g:id><g:title>Bag&#0;</g:title></item>\n",
        "<item><g:id>x</g:id><g:title>Bag</g:titel></item>\n",
        "<item><g:id>x</g:id><g:title>Bag</g:title>\n",
        "<item a=b><g:id>x</g:id></item>\n",
        "<entry><g:id>x</g:id>\n",
        "<item><g:id>x</g:id><!-- </item>\n",
        '<item><g:id>x</g:id><g:a b="></item>\n',
        "<item><g:id>x</g:id>" + "<a>" * 50 + "</a>" * 50 + "</item>\n",
        "<item><g:id>x</g:id><g:title>" + "x" * 1_100_000 + "</g:title></item>\n",
    ],
)
@pytest.mark.parametrize("padding", [0, 65_300, 65_400, 65_500])
def test_a_broken_item_of_xml_costs_that_item_only(tmp_path: Path, broken: str, padding: int) -> None:
    rows = [item(GOOGLE_ROW | {"id": name}) for name in "abc"]
    content = RSS + f"<!--{' ' * padding}-->\n" + rows[0] + broken + rows[1] + rows[2] + RSS_END
    outcomes = read(tmp_path, content, "google-xml")
    assert taken(outcomes) == ["a", "b", "c"]
    assert [row.line for row in refused(outcomes)] == [5]


def test_damaged_bytes_and_other_encodings_of_xml(tmp_path: Path) -> None:
    good = item(GOOGLE_ROW).encode()
    damaged = good.replace(b"Teal bag", b"Teal \xff\x01bag")
    outcomes = read(tmp_path, RSS.encode() + good + damaged + good + RSS_END.encode(), "google-xml")
    assert [type(outcome) for outcome in outcomes] == [ImportRow, RefusedRow, ImportRow]
    chinese = rss([GOOGLE_ROW | {"title": "蓝绿色手袋"}]).replace('"1.0"?', '"1.0" encoding="{}"?', 1)
    for encoding in ("gb18030", "gbk", "big5", "utf-8", "utf-16"):
        text = chinese.replace("蓝绿", "") if encoding == "big5" else chinese
        row = only(read(tmp_path, text.format(encoding).encode(encoding), "google-xml"))
        assert isinstance(row, ImportRow), row
        assert row.name.endswith("色手袋")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY m SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("declared", "entity"), [(BOMB, "&m;"), (OUTSIDE, "&m;"), ('<!DOCTYPE rss SYSTEM "x.dtd">', "")]
)
def test_entities_are_refused_with_the_file(tmp_path: Path, declared: str, entity: str) -> None:
    content = declared + rss([GOOGLE_ROW | {"title": "T"}]).partition("?>")[2].replace(">T<", f">{entity}<")
    outcome = only(read(tmp_path, content, "google-xml"))
    assert isinstance(outcome, RefusedRow)
    assert outcome.field == "(file)"
    assert "DOCTYPE" in outcome.reason


def test_endless_tags_and_names_are_refused(tmp_path: Path) -> None:
    outcomes = read(tmp_path, RSS + item(GOOGLE_ROW) + "<!--" + "x" * 3_000_000, "google-xml")
    assert taken(outcomes) == ["fa-1"]
    assert "longer than" in refused(outcomes)[-1].reason
    names = "".join(f"<n{number}/>" for number in range(30_000))
    outcomes = read(tmp_path, RSS + item(GOOGLE_ROW) + names, "google-xml")
    assert taken(outcomes) == ["fa-1"]
    assert "names of elements" in refused(outcomes)[-1].reason


@pytest.mark.parametrize("cut", [RSS_END, "/channel></rss>\n", "</item>\n" + RSS_END, "ag</g:title>"])
def test_a_truncated_xml_file_yields_the_rows_before_and_says_where(tmp_path: Path, cut: str) -> None:
    whole = rss([GOOGLE_ROW | {"id": str(number)} for number in range(1_000)])
    outcomes = read(tmp_path, whole[: whole.rindex(cut)], "google-xml")
    inside = 1 if "item" in cut or "title" in cut else 0
    assert taken(outcomes) == [str(number) for number in range(1_000 - inside)]
    last = outcomes[-1]
    assert isinstance(last, RefusedRow)
    assert len(refused(outcomes)) == 1
    assert "cut off here" in last.reason
    assert last.line == (1002 if inside else 1003)


@pytest.mark.parametrize("format", FORMATS)
def test_a_truncated_gzip_file_yields_the_rows_before_and_says_so(tmp_path: Path, format: str) -> None:
    row = GOOGLE_ROW if format.startswith("google") else ROW
    sku = "id" if format.startswith("google") else "sku"
    whole = FORMATS[format]([row | {sku: f"s{number * 7919}"} for number in range(20_000)])
    packed = gzip.compress(whole.encode())
    outcomes = read(tmp_path, packed[: len(packed) // 2], format)
    assert len(taken(outcomes)) > 5_000
    assert taken(outcomes) == [f"s{number * 7919}" for number in range(len(taken(outcomes)))]
    assert "gzip" in refused(outcomes)[-1].reason
    assert isinstance(outcomes[-1], RefusedRow)


def test_columns_that_are_not_read_are_noted_once(tmp_path: Path) -> None:
    more = {"vibe": "x", "name.xx": "y", "attr.ä": "z"}
    google = {"vibe": "x", "additional_image_link": "https://a.example/2"}
    for format in FORMATS:
        notes: list[str] = []
        row, extra = (GOOGLE_ROW, google) if format.startswith("google") else (ROW, more)
        outcomes = read(tmp_path, FORMATS[format]([row | extra] * 3), format, on_note=notes.append)
        assert len(taken(outcomes)) == 3
        assert sorted(note.split("'")[1] for note in notes) == sorted(extra)


def test_a_sku_that_comes_twice_is_yielded_twice_in_order(tmp_path: Path) -> None:
    outcomes = read(tmp_path, table([ROW | {"price": "1 USD"}, ROW | {"price": "2 USD"}]))
    assert [row.price_minor for row in outcomes if isinstance(row, ImportRow)] == [100, 200]


def test_the_report_of_refused_rows_is_csv_without_formulas(tmp_path: Path) -> None:
    out = io.StringIO(newline="")
    rows = [RefusedRow(2, "price", 'it is "0", send more'), RefusedRow(3, "=cmd()", "+1")]
    assert write_report(iter(rows), out) == 2
    assert list(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [
        ["line", "field", "reason"],
        ["2", "price", 'it is "0", send more'],
        ["3", "'=cmd()", "'+1"],
    ]


# --- properties

ANY_TEXT = st.text(max_size=60)
XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=60
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OUR_FIELDS = [*ROW, "group", "name.fr", "brand", "description", "colour", "gtin", "hs6", "origin", "weight", "currency",
              "was", "stock", "image", "attr.a", "made_up", "name_language", "cut_days_ago", "merchant"]  # fmt: skip
GOOGLE_FIELDS = [*GOOGLE_ROW, "item_group_id", "description", "image_link", "sale_price", "sale_price_effective_date", "gtin",
                 "color", "shipping_weight", "product_type", "mpn", "language"]  # fmt: skip


def rows_of(
    fields: list[str], base: dict[str, str], text: st.SearchStrategy[str]
) -> st.SearchStrategy[list[dict[str, str]]]:
    """Rows that are good but for some fields with any text in them."""
    changes = st.dictionaries(st.sampled_from(fields), text, max_size=4)
    return st.lists(changes.map(lambda change: dict.fromkeys(fields, "") | base | change), min_size=1, max_size=5)


@quick
@given(rows=rows_of(OUR_FIELDS, ROW, ANY_TEXT.filter(lambda text: "\r" not in text and "\n" not in text)))
def test_any_text_in_any_field_of_csv_is_one_outcome_a_row(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    # A lone surrogate has no UTF-8; it is written as the bytes that some programs write for it.
    outcomes = read(tmp_path, table(rows).encode("utf-8", "surrogatepass"), "csv")
    assert len(outcomes) == len(rows)


@quick
@given(rows=rows_of(OUR_FIELDS, ROW, ANY_TEXT))
def test_any_text_in_any_field_of_json_is_one_outcome_a_row(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    content = "".join(json.dumps(row) + "\n" for row in rows)
    assert len(read(tmp_path, content, "jsonl")) == len(rows)


@quick
@given(rows=rows_of(GOOGLE_FIELDS, GOOGLE_ROW, XML_TEXT))
def test_any_text_in_any_field_of_google_is_one_outcome_a_row(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    now = datetime(2026, 6, 18, tzinfo=UTC)
    assert len(read(tmp_path, rss(rows), "google-xml", now=now)) == len(rows)
    one_line = [{name: " ".join(value.split()) for name, value in row.items()} for row in rows]
    assert len(read(tmp_path, table(one_line, "\t"), "google-tsv", now=now)) == len(rows)


@quick
@given(data=st.binary(max_size=400), format=st.sampled_from(list(FORMATS)), start=st.booleans())
def test_any_bytes_are_read_to_the_end(tmp_path: Path, data: bytes, format: str, start: bool) -> None:
    row = GOOGLE_ROW if format.startswith("google") else ROW
    prefix = FORMATS[format]([row]).removesuffix(RSS_END).encode() if start else b""
    outcomes = read(tmp_path, prefix + data, format)
    assert taken(outcomes)[:1] == (["fa-1"] if start else taken(outcomes)[:1])


def minor_text(minor: int, digits: int) -> str:
    padded = str(minor).rjust(digits + 1, "0")
    return f"{padded[:-digits]}.{padded[-digits:]}" if digits else padded


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\ufffd"), min_size=1, max_size=40
)
paragraphs = st.lists(words, max_size=4).map("\n".join)
skus = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._:/+#@~=-]{0,63}", fullmatch=True)
valid_rows = st.builds(
    ImportRow,
    merchant=st.just("far"),
    sku=skus,
    group=skus,
    name=words,
    name_language=st.sampled_from(["", "en", "zh-Hans"]),
    names=st.dictionaries(st.sampled_from(["fr", "zh-Hant"]), words, max_size=2),
    brand=words | st.just(""),
    category=st.sampled_from(["handbags", "tea"]),
    description=paragraphs,
    description_language=st.just(""),
    colour=st.sampled_from(["", "teal"]),
    size=words | st.just(""),
    gtin=st.sampled_from(["", "4006381333931", "96385074"]),
    hs6=st.sampled_from(["", "420221"]),
    origin=st.sampled_from(["", "IT", "CN"]),
    weight_g=st.none() | st.integers(1, 10**7),
    price_minor=st.integers(1, 10**12),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    stock=st.integers(0, 10**9),
    limit_per_shopper=st.none() | st.integers(1, 10**9),
    image=st.sampled_from(["", "https://a.example/1,2;3.jpg"]),
    popularity=st.integers(0, 10**9),
    attributes=st.dictionaries(st.sampled_from(["gender", "season"]), words, max_size=2),
    made_up=st.sampled_from([(), ("origin", "hs6")]),
)
DIGITS = {"USD": 2, "JPY": 0, "KWD": 3}


def as_columns(row: ImportRow) -> dict[str, str]:
    plain = msgspec.structs.asdict(row)
    sent = {
        name: str(value) for name, value in plain.items() if value is not None and not isinstance(value, dict | tuple)
    }
    sent["price"] = minor_text(int(sent.pop("price_minor")), DIGITS[row.currency])
    sent["made_up"] = " ".join(row.made_up)
    sent |= {f"name.{language}": name for language, name in row.names.items()}
    return sent | {f"attr.{code}": value for code, value in row.attributes.items()}


@quick
@given(rows=st.lists(valid_rows, min_size=1, max_size=6), delimiter=st.sampled_from(",;\t"))
def test_valid_rows_come_back_from_csv_as_they_were(tmp_path: Path, rows: list[ImportRow], delimiter: str) -> None:
    assert read(tmp_path, table([as_columns(row) for row in rows], delimiter), "csv") == rows


# --- memory


def many(format: str, count: int) -> Iterator[str]:
    row = GOOGLE_ROW if format.startswith("google") else ROW
    sku = "id" if format.startswith("google") else "sku"
    if format == "google-xml":
        yield RSS
        yield from (item(row | {sku: str(number)}) for number in range(count))
        yield RSS_END
        return
    if format == "jsonl":
        yield from (json_lines([row | {sku: str(number)}]) for number in range(count))
        return
    mark = "\t" if format == "google-tsv" else ","
    yield mark.join(row) + "\n"
    yield from (mark.join((row | {sku: str(number)}).values()) + "\n" for number in range(count))


# TSV is read by what reads CSV.
@pytest.mark.parametrize("format", ["csv", "jsonl", "google-xml"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, format: str) -> None:
    path = tmp_path / "feed"
    with path.open("w") as out:
        out.writelines(many(format, 100_000))
    peaks: list[int] = []
    tracemalloc.start()
    try:
        for number, outcome in enumerate(read_feed(path, KNOWN, merchant="far", format=format), start=1):
            assert isinstance(outcome, ImportRow)
            if number in (20_000, 100_000):
                peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    first, whole = peaks
    assert whole < first * 1.05 + 20_000
    assert whole < 5_000_000
