"""The form CN 22 of the Universal Postal Union, 74 by 105 mm: a label for letter-post items up to 300 SDR."""

from __future__ import annotations

from argosy.landed.papers.model import Declaration
from argosy.landed.papers.rules import CN22_LINES
from argosy.landed.papers.sheet import CATEGORIES, Sheet, amount, kilograms

WIDTH, HEIGHT = 74.0, 105.0
_LEFT, _WIDTH = 2.0, 70.0
_COLUMNS = (31.5, 9.5, 13.0, 9.0, 7.0)
_TICKS = (1.0, 21.0, 44.5)
_CERTIFIED = (
    "I, the undersigned, whose name and address are given on the item, certify that the particulars given in this"
    " declaration are correct and that this item does not contain any dangerous article or articles prohibited by"
    " legislation or by postal or customs regulations."
)


def draw(sheet: Sheet) -> None:
    """Draw the label on one page; a declaration with more than four kinds of goods belongs on a CN 23."""
    declaration = sheet.declaration
    assert len(declaration.contents) <= CN22_LINES, "too many lines for a CN 22"  # noqa: S101
    sheet.page()
    sheet.box(_LEFT, 2, _WIDTH, 101)
    _head(sheet, declaration)
    below = _contents(sheet, declaration, 35.2)
    _totals(sheet, declaration, below)
    _foot(sheet, declaration, below + 8.2)


def _head(sheet: Sheet, declaration: Declaration) -> None:
    sheet.caption(_LEFT + 1, 3.2, 46, "CUSTOMS DECLARATION", points=7.5, bold=True)
    sheet.caption(_LEFT + 1, 6.6, 34, "May be opened officially", points=5.5)
    sheet.caption(_LEFT + 46, 2.4, 23, "CN 22", points=12, bold=True, align="R")
    sheet.caption(_LEFT + 36, 7, 33, "Important! See instructions on the back", points=4.5, align="R")
    if declaration.item_number:
        sheet.barcode(_LEFT + 8, 9.6, 54, 7.4, declaration.item_number)
    else:
        sheet.caption(_LEFT + 1, 12, 68, "Designated operator: item number not yet assigned", points=5.5)
    sheet.line(_LEFT, 21, _LEFT + _WIDTH, 21)
    for place, (code, text) in enumerate(CATEGORIES):
        sheet.tick(_LEFT + _TICKS[place % 3], 21.8 + place // 3 * 3.4, text, ticked=code == declaration.category)
    sheet.line(_LEFT, 28.8, _LEFT + _WIDTH, 28.8)


def _contents(sheet: Sheet, declaration: Declaration, top: float) -> float:
    captions = (
        "Quantity and detailed description of contents (1)",
        "Net weight (2) (in kg)",
        "Value (3) and currency",
        "HS tariff number (4)",
        "Origin (5)",
    )
    x, row = _LEFT, 8.4
    bottom = top + CN22_LINES * row
    for width, text in zip(_COLUMNS, captions, strict=True):
        sheet.caption(x + 0.5, 29.2, width - 0.8, text, points=4.6)
        if x > _LEFT:
            sheet.line(x, 28.8, x, bottom)
        x += width
    sheet.line(_LEFT, top, _LEFT + _WIDTH, top)
    for place, content in enumerate(declaration.contents):
        y = top + place * row
        first = ((f"{content.quantity} x {content.description}", "description", 3),)
        what = f"contents[{place + 1}]"
        sheet.content(content, first, (_LEFT, y), _COLUMNS, what, points=5.5, margin=(0.5, 0.5))
        sheet.line(_LEFT, y + row, _LEFT + _WIDTH, y + row)
    sheet.line(_LEFT, bottom, _LEFT + _WIDTH, bottom)
    return bottom


def _totals(sheet: Sheet, declaration: Declaration, top: float) -> None:
    sheet.caption(_LEFT + 0.5, top + 0.5, 30, "Invoice number and parcel", points=4.6)
    told = f"{declaration.number}  {declaration.part}/{declaration.parts}"
    sheet.value(_LEFT + 0.5, top + 3, 30.5, told, what="number", points=5.5, lines=2)
    split = _LEFT + _COLUMNS[0]
    sheet.line(split, top, split, top + 8)
    sheet.caption(split + 0.5, top + 0.5, 17.5, "Total weight (6) (in kg)", points=4.4)
    sheet.value(split + 0.5, top + 3.8, 17, kilograms(declaration.gross_weight_g), what="gross_weight_g", points=7)
    sheet.line(split + 18, top, split + 18, top + 8)
    sheet.caption(split + 18.5, top + 0.5, 19, "Total value (7)", points=4.6)
    total = amount(declaration.total_value_minor, declaration.currency)
    sheet.value(split + 18.5, top + 3.8, 19.5, total, what="total_value_minor", points=7, bold=True)
    sheet.line(_LEFT, top + 8, _LEFT + _WIDTH, top + 8)


def _foot(sheet: Sheet, declaration: Declaration, top: float) -> None:
    told = [declaration.scheme, *declaration.comments, *declaration.licences, *declaration.certificates]
    sheet.caption(_LEFT + 0.5, top + 0.4, 30, "Sender's customs reference, comments", points=4.6)
    sheet.value(
        _LEFT + 0.5, top + 2.6, 69, "; ".join(part for part in told if part), what="comments", points=5.5, lines=3
    )
    y = sheet.caption(_LEFT + 0.5, top + 10.2, 69, _CERTIFIED, points=4.6, align="J")
    sheet.caption(_LEFT + 0.5, y + 0.8, 69, "Date and sender's signature (8)", points=4.6)
    signed = f"{declaration.made_on.isoformat()}  {declaration.sender.name}"
    sheet.value(_LEFT + 0.5, y + 3, 69, signed, what="sender.name", points=7)
