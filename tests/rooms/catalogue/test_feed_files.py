"""Feeds: files as they come, whole, broken and hostile."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from argosy.base.errors import Refused
from argosy.catalogue.feeds.read import read_feed
from argosy.catalogue.feeds.report import write_report
from argosy.catalogue.model import ImportRow, RefusedRow
from rooms.catalogue.samples import (
    FORMATS,
    GOOGLE_ROW,
    KNOWN,
    ROW,
    RSS,
    RSS_END,
    item,
    json_lines,
    only,
    read,
    refused,
    rss,
    table,
    taken,
)


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
