"""The printed forms: real text in the right places, every value on them, letters that cannot be printed told."""

from __future__ import annotations

import re
import zlib
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from argosy.landed.papers import fonts
from argosy.landed.papers.model import Declaration, Ordered, OrderedLine, Packed, Parcel, Party
from argosy.landed.papers.printing import Printed, print_declaration
from argosy.landed.papers.rules import customs_declarations

DAY = date(2026, 11, 23)
ITEM = "RR123456785CN"
SENDER = Party(
    name="Hangzhou Hub",
    company="Shop (CN) Ltd",
    address=("1 Example Road", "Hangzhou 311200"),
    country="CN",
    reference="EORI 1",
)
FRANCE = Party(name="Amélie Dupont", address=("12 rue de la Paix", "75002 Paris"), country="FR", phone="+33142345678")  # fmt: skip


def declared(recipient: Party = FRANCE, kinds: int = 2, value: int = 1_234, **wishes: Any) -> Declaration:
    """A declaration of so many kinds of goods."""
    lines = tuple(
        OrderedLine(
            line=number, description=f"Men's shirts, cotton, style {number}", quantity=number, value_minor=value + number,
            piece_weight_g=150, hs6=f"62052{number % 10}", origin="VN",
        )
        for number in range(1, kinds + 1)
    )  # fmt: skip
    order = Ordered(
        number="0199aa", placed_on=DAY, currency="EUR", sender=SENDER, recipient=recipient, lines=lines,
        shipping_minor=990, scheme="IOSS IM1234567890", comments=("UN3481 in equipment",), licences=("L-7",), **wishes,
    )  # fmt: skip
    parcel = Parcel(
        contents=tuple(Packed(one.line, one.quantity) for one in lines), gross_weight_g=1_650, item_number=ITEM
    )
    return customs_declarations(order, [parcel], lambda _one, _other: Fraction(1), DAY)[0]


def streams(printed: Printed) -> list[bytes]:
    """The streams of a PDF, unpacked."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", printed.pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(match[1]))
        except zlib.error:
            found.append(match[1])
    return found


def pages(printed: Printed) -> list[str]:
    """The text of each page that is set in the fonts every reader has, piece by piece."""
    told = []
    for stream in streams(printed):
        if b" Tj" in stream:
            pieces = re.findall(rb"\(((?:\\.|[^()\\])*)\) Tj", stream)
            told.append("\n".join(re.sub(rb"\\(.)", rb"\1", piece).decode("latin-1") for piece in pieces))
    return told


def sizes(printed: Printed) -> set[tuple[int, int]]:
    """The pages' sizes in millimetres."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed.pdf)
    return {(round(float(wide) / 72 * 25.4), round(float(high) / 72 * 25.4)) for wide, high in boxes}


def test_a_cn_22_has_its_size_and_all_values() -> None:
    declaration = declared()
    assert declaration.form == "CN22"
    printed = print_declaration(declaration)
    assert sizes(printed) == {(74, 105)}
    (text,) = pages(printed)
    for part in (
        "CN 22", "CUSTOMS DECLARATION", "Sale of goods", "12.35 EUR", "12.36 EUR", "24.71 EUR", "620521", "620522", "VN",
        "0.150", "0.300", "1.650", "RR 123 456 785 CN", "IOSS IM1234567890; UN3481 in equipment; L-7", "0199aa 1/1",
        "2026-11-23 Hangzhou Hub",
    ):  # fmt: skip
        assert part in text
    assert "1 x Men's shirts, cotton, style 1" in text.replace("\n", " ")
    assert printed.unprintable == printed.remarks == ()


def test_a_cn_23_has_its_size_and_all_values() -> None:
    declaration = declared(kinds=6)
    assert declaration.form == "CN23"
    printed = print_declaration(declaration)
    assert sizes(printed) == {(210, 148)}
    (text,) = pages(printed)
    for part in (
        "CN 23", "Hangzhou Hub, Shop (CN) Ltd", "1 Example Road", "CHINA (CN)", "Amélie Dupont", "12 rue de la Paix",
        "75002 Paris", "FRANCE (FR)", "+33142345678", "EORI 1", "IOSS IM1234567890", "Men's shirts, cotton, style 6",
        "12.40 EUR", "74.25 EUR", "9.90 EUR", "1.650", "UN3481 in equipment", "L-7", "0199aa", "Parcel 1 of 1",
    ):  # fmt: skip
        assert part in text
    assert printed.unprintable == ()


@pytest.mark.parametrize(("kinds", "sheets"), [(6, 1), (7, 2), (12, 2), (13, 3)])
def test_more_goods_take_more_sheets(kinds: int, sheets: int) -> None:
    declaration = declared(kinds=kinds)
    told = pages(print_declaration(declaration))
    assert len(told) == sheets
    for number in range(1, kinds + 1):
        assert sum(f"style {number}\n" in f"{page}\n" for page in told) == 1
    total = f"{declaration.total_value_minor / 100:.2f} EUR"
    assert all(total in page for page in told)


def test_the_barcode_is_drawn_as_bars() -> None:
    def bars(printed: Printed) -> int:
        return sum(stream.count(b" re f") for stream in streams(printed))

    number = print_declaration(declared())
    # Start, RR, to digits, four pairs, to letters, 5CN, check digit: three bars each, and four of the stop.
    assert bars(number) == 3 * 13 + 4


def test_the_same_declaration_gives_the_same_file() -> None:
    assert print_declaration(declared()).pdf == print_declaration(declared()).pdf


def test_what_is_too_long_is_told() -> None:
    long = Party(name="A" * 300, address=("1 Road",), country="FR")
    printed = print_declaration(declared(recipient=long, kinds=6))
    assert printed.unprintable == ("recipient.name: too long for its place, cut off",)


JAPAN = Party(
    name="山田太郎", address=("〒100-0005", "東京都千代田区", "丸の内1-1"), latin=("丸の内1-1", "Chiyoda-ku, Tokyo", "100-0005"),
    country="JP",
)  # fmt: skip


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any fonts."""
    monkeypatch.setattr(fonts, "SYSTEM", ())


@pytest.mark.usefixtures("no_fonts")
def test_letters_without_a_font_are_left_out_and_told(tmp_path: Path) -> None:
    printed = print_declaration(declared(recipient=JAPAN, kinds=6), [tmp_path])
    (text,) = pages(printed)
    assert "Chiyoda-ku, Tokyo" in text
    assert "(not printable: see the address label)" in text
    assert len(printed.unprintable) == 5
    assert printed.unprintable[0] == "recipient.name: '山田太郎' is not printed, no font with its letters was found"
    assert printed.remarks


@pytest.mark.usefixtures("no_fonts")
def test_latin_letters_without_a_font_lose_their_accents(tmp_path: Path) -> None:
    vietnam = Party(name="Nguyễn Văn Đạt", address=("1 Tràng Tiền", "Hà Nội"), country="VN")
    printed = print_declaration(declared(recipient=vietnam, kinds=6), [tmp_path])
    (text,) = pages(printed)
    assert "Nguyen Van Dat" in text
    assert "1 Trang Tien" in text
    assert len(printed.unprintable) == 3
    assert printed.remarks == ()


def test_a_font_of_the_machine_is_embedded_where_there_is_one() -> None:
    printed = print_declaration(declared(recipient=JAPAN, kinds=6))
    if fonts.faces_for(JAPAN.name, "JP", ()):
        assert printed.unprintable == ()
        cmaps = [stream for stream in streams(printed) if b"beginbfchar" in stream]
        assert cmaps, "text that can be copied out again"
        assert any(b"5C71" in stream.upper() for stream in cmaps)
    else:
        assert len(printed.unprintable) == 5
