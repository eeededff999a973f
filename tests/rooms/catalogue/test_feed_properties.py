"""Feeds: nothing in a file can break the reading of it, and memory does not grow with it."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.catalogue.feeds.read import read_feed
from argosy.catalogue.model import ImportRow
from rooms.catalogue.samples import (
    FORMATS,
    GOOGLE_ROW,
    KNOWN,
    ROW,
    RSS,
    RSS_END,
    item,
    json_lines,
    read,
    rss,
    table,
    taken,
)

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
        out.writelines(many(format, 40_000))
    peaks: list[int] = []
    tracemalloc.start()
    try:
        for number, outcome in enumerate(read_feed(path, KNOWN, merchant="far", format=format), start=1):
            assert isinstance(outcome, ImportRow)
            if number in (8_000, 40_000):
                peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    first, whole = peaks
    assert whole < first * 1.05 + 20_000
    assert whole < 5_000_000
