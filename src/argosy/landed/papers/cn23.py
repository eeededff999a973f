"""The form CN 23 of the Universal Postal Union, 210 by 148 mm, with as many sheets as the contents take."""

from __future__ import annotations

from collections.abc import Sequence

from argosy.landed.papers.model import Content, Declaration, Party
from argosy.landed.papers.sheet import CATEGORIES, Sheet, amount, kilograms

WIDTH, HEIGHT = 210.0, 148.0
ROWS = 6
"""Kinds of goods on one sheet."""
_LEFT, _RIGHT, _MIDDLE = 6.0, 204.0, 112.0
_TABLE, _ROW = 65.0, 5.6
_COLUMNS = (86.0, 16.0, 23.0, 30.0, 20.0, 23.0)
_ADDRESS_LINES = 7
_CERTIFIED = (
    "I certify that the particulars given in this customs declaration are correct and that this item does not contain any"
    " dangerous article or articles prohibited by legislation or by postal or customs regulations."
)


def draw(sheet: Sheet) -> None:
    """Draw all sheets; totals stand on each of them."""
    declaration = sheet.declaration
    parts = [declaration.contents[at : at + ROWS] for at in range(0, len(declaration.contents), ROWS)]
    for place, contents in enumerate(parts):
        sheet.page()
        sheet.box(_LEFT, 4, _RIGHT - _LEFT, 140)
        _head(sheet, declaration, place + 1, len(parts))
        _party(sheet, "From", declaration.sender, "sender", 11)
        _party(sheet, "To", declaration.recipient, "recipient", 35)
        _references(sheet, declaration)
        _contents(sheet, declaration, contents, place * ROWS)
        _totals(sheet, declaration)
        _category(sheet, declaration)
        _papers(sheet, declaration)
        _signed(sheet, declaration)


def _head(sheet: Sheet, declaration: Declaration, number: int, sheets: int) -> None:
    sheet.caption(_LEFT + 1, 5.2, 60, "(Designated operator)", points=6)
    sheet.caption(_LEFT + 50, 4.8, 70, "CUSTOMS DECLARATION", points=11, bold=True)
    told = f"Parcel {declaration.part} of {declaration.parts}" + (f", sheet {number} of {sheets}" if sheets > 1 else "")
    sheet.caption(_MIDDLE + 20, 5.8, 40, told, points=6, align="R")
    sheet.caption(_RIGHT - 26, 4.4, 25, "CN 23", points=14, bold=True, align="R")
    sheet.line(_LEFT, 10.6, _RIGHT, 10.6)
    sheet.line(_MIDDLE, 10.6, _MIDDLE, _TABLE - 6.4)
    sheet.line(_LEFT, 34.6, _MIDDLE, 34.6)


def _party(sheet: Sheet, caption: str, party: Party, what: str, top: float) -> None:
    sheet.caption(_LEFT + 1, top, 10, caption, points=7, bold=True)
    x, width = _LEFT + 11, _MIDDLE - _LEFT - 12
    name = ", ".join(part for part in (party.name, party.company) if part)
    y = sheet.value(x, top, width, name, what=f"{what}.name", points=7.5, bold=True)
    # Two scripts stand side by side: the reader abroad needs one, the postman there the other.
    scripts = [party.address] if party.latin in ((), party.address) else [party.address, party.latin]
    for column, lines in enumerate(scripts):
        at, room = y, width / len(scripts)
        for place, line in enumerate(lines[:_ADDRESS_LINES], start=1):
            at = sheet.value(
                x + column * room,
                at,
                room - 1,
                line,
                what=f"{what}.address[{place}]",
                points=6.6 if len(lines) < 6 else 5.4,
            )
        for place, line in enumerate(lines[_ADDRESS_LINES:], start=_ADDRESS_LINES + 1):
            sheet.unprintable.append(f"{what}.address[{place}]: no room for {line!r}")
    sheet.caption(_LEFT + 1, top + 20.4, 12, "Country", points=5)
    sheet.value(x, top + 20, 52, country(party.country), what=f"{what}.country", points=8, bold=True)
    sheet.caption(x + 54, top + 20.4, 8, "Tel.", points=5)
    sheet.value(x + 60, top + 20.2, width - 60, party.phone, what=f"{what}.phone", points=7)


def _references(sheet: Sheet, declaration: Declaration) -> None:
    x, width = _MIDDLE + 1, _RIGHT - _MIDDLE - 2
    sheet.caption(x, 11.2, 60, "No. of item (barcode, if any)", points=5)
    if declaration.item_number:
        sheet.barcode(x + 6, 13.8, 72, 9.4, declaration.item_number)
    sheet.caption(x, 27.8, width, "May be opened officially. Important! See instructions on the back", points=5)
    sheet.line(_MIDDLE, 30.4, _RIGHT, 30.4)
    fields = (
        ("Sender's customs reference (if any)", declaration.sender.reference, "sender.reference"),
        ("Registration under which the tax was collected at the sale", declaration.scheme, "scheme"),
        (
            "Importer's reference (if any) (tax code/VAT No./importer code) (optional)",
            declaration.recipient.reference,
            "recipient.reference",
        ),
        (
            "Importer's telephone/fax/e-mail (if known)",
            "  ".join(part for part in (declaration.recipient.phone, declaration.recipient.email) if part),
            "recipient.email",
        ),
    )
    for place, (caption, text, what) in enumerate(fields):
        y = 30.8 + place * 7
        sheet.caption(x, y, width, caption, points=5)
        sheet.value(x, y + 2.4, width, text, what=what, points=7)
        if place:
            sheet.line(_MIDDLE, y - 0.3, _RIGHT, y - 0.3)


def _contents(sheet: Sheet, declaration: Declaration, contents: Sequence[Content], before: int) -> None:
    captions = (
        "Detailed description of contents (1)",
        "Quantity (2)",
        "Net weight (3) (in kg)",
        "Value (5) and currency",
        "HS tariff number (7)",
        "Country of origin of goods (8)",
    )
    top, bottom = _TABLE - 6.4, _TABLE + ROWS * _ROW
    commercial = _LEFT + sum(_COLUMNS[:4])
    sheet.line(_LEFT, top, _RIGHT, top)
    sheet.caption(commercial, top + 0.2, 44, "For commercial items only", points=4.6, align="C")
    x = _LEFT
    for place, (width, text) in enumerate(zip(_COLUMNS, captions, strict=True)):
        sheet.caption(x + 0.8, top + (2.6 if place > 3 else 0.6), width - 1, text, points=5 if place < 4 else 4.2)
        if place:
            sheet.line(x, top + (2.3 if place == 5 else 0), x, bottom)
        x += width
    for place in range(ROWS + 1):
        sheet.line(_LEFT, _TABLE + place * _ROW, _RIGHT, _TABLE + place * _ROW)
    for place, content in enumerate(contents):
        first = ((content.description, "description", 2), (str(content.quantity), "quantity", 1))
        what, at = f"contents[{before + place + 1}]", (_LEFT, _TABLE + place * _ROW)
        sheet.content(content, first, at, _COLUMNS, what, points=6, margin=(0.8, 0.4))


def _totals(sheet: Sheet, declaration: Declaration) -> None:
    top = _TABLE + ROWS * _ROW
    columns = (
        (_LEFT, 102, "Total gross weight (4) (in kg)", kilograms(declaration.gross_weight_g), "gross_weight_g"),
        (
            _LEFT + 102,
            52,
            "Total value (6)",
            amount(declaration.total_value_minor, declaration.currency),
            "total_value_minor",
        ),
        (
            _LEFT + 154,
            44,
            "Postal charges/Fees (9)",
            amount(declaration.postage_minor, declaration.currency),
            "postage_minor",
        ),
    )
    for x, width, caption, text, what in columns:
        sheet.caption(x + 0.8, top + 0.5, width, caption, points=5)
        sheet.value(x + 0.8, top + 2.8, width - 2, text, what=what, points=8, bold=True)
        if x > _LEFT:
            sheet.line(x, top, x, top + 7)
    sheet.line(_LEFT, top + 7, _RIGHT, top + 7)


def _category(sheet: Sheet, declaration: Declaration) -> None:
    top = _TABLE + ROWS * _ROW + 7
    sheet.caption(_LEFT + 0.8, top + 0.5, 30, "Category of item (10)", points=5)
    for place, (code, text) in enumerate(CATEGORIES):
        sheet.tick(
            _LEFT + 1 + place % 3 * 34,
            top + 3.2 + place // 3 * 3.4,
            text,
            ticked=code == declaration.category,
            points=6,
        )
    sheet.line(_LEFT, top + 10.4, _MIDDLE, top + 10.4)
    sheet.caption(
        _LEFT + 0.8,
        top + 10.8,
        100,
        "Comments (11): (e.g. goods subject to quarantine, sanitary/phytosanitary inspection or other restrictions)",
        points=5,
    )
    text = "; ".join(declaration.comments)
    sheet.value(_LEFT + 0.8, top + 13.2, _MIDDLE - _LEFT - 2, text, what="comments", points=6.5, lines=3)
    sheet.line(_LEFT, top + 22, _MIDDLE, top + 22)
    sheet.line(_MIDDLE, top, _MIDDLE, 144)


def _papers(sheet: Sheet, declaration: Declaration) -> None:
    top, width = _TABLE + ROWS * _ROW + 29, (_MIDDLE - _LEFT) / 3
    columns = (
        ("Licence (12)", "No(s). of licence(s)", ", ".join(declaration.licences), "licences"),
        ("Certificate (13)", "No(s). of certificate(s)", ", ".join(declaration.certificates), "certificates"),
        ("Invoice (14)", "No. of invoice", declaration.number, "number"),
    )
    for place, (tick, caption, text, what) in enumerate(columns):
        x = _LEFT + place * width
        sheet.tick(x + 1, top + 1, tick, ticked=bool(text), points=6)
        sheet.caption(x + 0.8, top + 4.6, width, caption, points=5)
        sheet.value(x + 0.8, top + 7, width - 1.6, text, what=what, points=6.5, lines=3)
        if place:
            sheet.line(x, top, x, 144)


def _signed(sheet: Sheet, declaration: Declaration) -> None:
    top, x, width = _TABLE + ROWS * _ROW + 7, _MIDDLE + 1, _RIGHT - _MIDDLE - 2
    sheet.caption(x, top + 0.5, width, "Office of origin/Date of posting", points=5)
    sheet.line(_MIDDLE, top + 13, _RIGHT, top + 13)
    y = sheet.caption(x, top + 13.6, width, _CERTIFIED, points=5.5, align="J")
    sheet.caption(x, y + 1.4, width, "Date and sender's signature (15)", points=5)
    signed = f"{declaration.made_on.isoformat()}   {declaration.sender.name}"
    sheet.value(x, y + 4, width, signed, what="sender.name", points=8)


def country(code: str) -> str:
    """The name of a country in English capitals, with its code."""
    from argosy.markets.formats import country_name

    return f"{country_name(code, 'en').upper()} ({code})" if code else ""
