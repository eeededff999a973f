"""A form being drawn: boxes, small captions, and values in whatever script they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from fpdf import FPDF

from argosy.base.money import exponent
from argosy.landed.papers.barcode import modules
from argosy.landed.papers.fonts import Face, can_shape, faces_for, is_latin, is_western, needs_shaping, without_accents
from argosy.landed.papers.model import Content, Declaration

Cells = tuple[tuple[str, str, int], ...]
"""Texts of a table's row, each with its field's name and how many lines it may take."""
LINE = 0.2
_LEAST_POINTS = 4.0
_MM_A_POINT = 25.4 / 72
CATEGORIES = (
    ("gift", "Gift"),
    ("commercial_sample", "Commercial sample"),
    ("documents", "Documents"),
    ("returned_goods", "Returned goods"),
    ("sale_of_goods", "Sale of goods"),
    ("other", "Other (please specify):"),
)
"""The boxes of both forms, in their order, with the words printed beside them."""


class Sheet:
    """One PDF of one form. All places and sizes are millimetres from the upper left corner."""

    def __init__(self, declaration: Declaration, width: float, height: float, folders: Sequence[Path]) -> None:
        self.declaration = declaration
        self.unprintable: list[str] = []
        """What could not be printed as it was written, and what was done instead."""
        self._folders = folders
        self._country = declaration.recipient.country
        self._faces: dict[Face, str] = {}
        # Given the two sizes in order, fpdf leaves them as they are.
        self._pdf = FPDF(
            orientation="P" if height >= width else "L", unit="mm", format=(min(width, height), max(width, height))
        )
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.set_line_width(LINE)
        self._pdf.set_creation_date(datetime.combine(declaration.made_on, time(), UTC))
        self._pdf.set_title(f"{declaration.form} {declaration.number} {declaration.part}/{declaration.parts}")
        self._pdf.set_lang("en")

    def page(self) -> None:
        """Begin a page."""
        self._pdf.add_page()

    def bytes(self) -> bytes:
        """The finished file."""
        return bytes(self._pdf.output())

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """A frame."""
        self._pdf.rect(x, y, width, height)

    def line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """A line."""
        self._pdf.line(x, y, to_x, to_y)

    def caption(
        self, x: float, y: float, width: float, text: str, *, points: float = 5, bold: bool = False, align: str = "L"
    ) -> float:
        """A text of the form itself, in as many lines as it takes; the place below it."""
        self._pdf.set_font("Helvetica", "B" if bold else "", points)
        self._pdf.set_xy(x, y)
        self._pdf.multi_cell(width, points * _MM_A_POINT * 1.12, text, align=align, new_x="LEFT", new_y="NEXT")
        return float(self._pdf.get_y())

    def value(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        what: str,
        points: float = 7,
        lines: int = 1,
        bold: bool = False,
        align: str = "L",
    ) -> float:
        """A value, in at most so many lines, smaller where it is long; the place below it. `what` names it in reports."""
        text = self._set_font(" ".join(text.split()), what, bold)
        size = points
        while True:
            self._pdf.set_font_size(size)
            split = self._split(text, width, align) if text else []
            if len(split) <= lines or size <= _LEAST_POINTS:
                break
            size -= 0.25
        if len(split) > lines:
            self.unprintable.append(f"{what}: too long for its place, cut off")
            text = " ".join(split[:lines])[:-1].rstrip() + "."
        height = size * _MM_A_POINT * 1.12
        self._pdf.set_xy(x, y)
        if text:
            self._pdf.multi_cell(width, height, text, align=align, new_x="LEFT", new_y="NEXT", max_line_height=height)
        return float(self._pdf.get_y())

    def content(
        self, content: Content, first: Cells, at: tuple[float, float], widths: Sequence[float], what: str, *,
        points: float, margin: tuple[float, float],
    ) -> None:  # fmt: skip
        """One kind of goods in a form's table, from `at` on: what stands `first`, then weight, value, heading and origin."""
        currency = self.declaration.currency
        cells = (
            *first,
            (kilograms(content.net_weight_g), "net_weight_g", 1),
            (amount(content.value_minor, currency), "value_minor", 1),
            (content.hs6, "hs6", 1),
            (content.origin, "origin", 1),
        )
        (x, y), (aside, above) = at, margin
        for width, (text, name, lines) in zip(widths, cells, strict=True):
            named = f"{what}.{name}"
            self.value(x + aside, y + above, width - 2 * aside, text, what=named, points=points, lines=lines)
            x += width

    def tick(self, x: float, y: float, text: str, *, ticked: bool, points: float = 5.5) -> None:
        """A box to tick with its text."""
        side = points * _MM_A_POINT
        self._pdf.rect(x, y, side, side)
        if ticked:
            self._pdf.line(x, y, x + side, y + side)
            self._pdf.line(x, y + side, x + side, y)
        self.caption(x + side + 0.8, y, 40, text, points=points)

    def barcode(self, x: float, y: float, width: float, height: float, text: str) -> None:
        """Code 128 with its text below, as wide as the place allows with quiet zones of ten modules."""
        widths = modules(text)
        module = width / (sum(widths) + 20)
        at = x + 10 * module
        self._pdf.set_fill_color(0)
        for place, count in enumerate(widths):
            if place % 2 == 0:
                self._pdf.rect(at, y, count * module, height, style="F")
            at += count * module
        spaced = f"{text[:2]} {text[2:5]} {text[5:8]} {text[8:11]} {text[11:]}"
        self.caption(x, y + height + 0.4, width, spaced, points=6.5, bold=True, align="C")

    def _split(self, text: str, width: float, align: str) -> list[str]:
        return list(self._pdf.multi_cell(width, None, text, dry_run=True, output="LINES", align=align))  # type: ignore[arg-type]

    def _set_font(self, text: str, what: str, bold: bool) -> str:
        """Choose the font for a text; the text as it will be printed."""
        if is_western(text):
            self._pdf.set_font("Helvetica", "B" if bold else "")
            self._shape(False)
            return text
        faces = faces_for(text, self._country, self._folders)
        if faces:
            self._pdf.set_fallback_fonts([self._family(face) for face in faces[1:]])
            self._pdf.set_font(self._family(faces[0]))
            self._shape(needs_shaping(text))
            return text
        self._pdf.set_font("Helvetica", "B" if bold else "")
        self._shape(False)
        if is_latin(text):
            self.unprintable.append(f"{what}: printed without accents and signs, no font with them was found")
            return without_accents(text)
        self.unprintable.append(f"{what}: {text!r} is not printed, no font with its letters was found")
        return "(not printable: see the address label)"

    def _family(self, face: Face) -> str:
        if face not in self._faces:
            family = f"found{len(self._faces)}"
            self._pdf.add_font(family, fname=face.path, collection_font_number=face.number)
            self._faces[face] = family
        return self._faces[face]

    def _shape(self, wanted: bool) -> None:
        if can_shape():
            self._pdf.set_text_shaping(wanted)


def amount(minor: int, currency: str) -> str:
    """An amount with its currency and a point: `1234.50 EUR`."""
    digits = exponent(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}} {currency}" if digits else f"{whole} {currency}"


def kilograms(grams: int | None) -> str:
    """A weight in kilograms with three decimals; empty where it is unknown."""
    return "" if grams is None else f"{grams // 1000}.{grams % 1000:03}"
