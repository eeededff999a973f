"""Tables with a header row: commas, semicolons or tabs between the fields, quoted as RFC 4180 has it.

A quote that is never closed would swallow the rest of the file. So a record that runs over several lines is taken as
such only where it ends in time, is well formed, and none of its further lines is a whole record by itself; otherwise
its first line alone is refused and reading goes on with the second.
"""

from __future__ import annotations

import contextlib
import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from argosy.catalogue.feeds.columns import Columns
from argosy.catalogue.feeds.lines import LINE_LIMIT
from argosy.catalogue.feeds.record import FILE, ROW, Records
from argosy.catalogue.model import RefusedRow

_LINES_LIMIT = 500
"""Lines of one record."""
_DELIMITERS = ",;\t"
_DIALECTS: dict[str, Any] = {
    mark: csv.reader([], delimiter=mark, strict=True, skipinitialspace=False).dialect for mark in _DELIMITERS
}
_OPEN = "unexpected end of data"
_NEEDED = (("sku",), ("name",), ("price",), ("category", "google_product_category", "product_type"))


def table_records(lines: Iterator[tuple[int, bytes] | RefusedRow], columns: Columns, labels: dict[str, str]) -> Records:
    """The rows of a table. A header that cannot serve is refused, and with it the file."""
    for first in lines:
        if isinstance(first, RefusedRow):
            yield first
            return
        number, data = first
        if data.strip():
            break
    else:
        yield RefusedRow(1, FILE, "the file is empty; send a header row and a row for each variant")
        return
    try:
        header, mark = split_header(data.decode(), columns)
    except (UnicodeDecodeError, csv.Error) as broken:
        yield RefusedRow(number, FILE, f"the header row cannot be read ({broken}); save the file as CSV in UTF-8")
        return
    names = [columns.resolve(column) for column in header]
    if fault := _header_fault(names, labels):
        yield RefusedRow(number, FILE, fault)
        return
    used = [(index, name) for index, name in enumerate(names) if name is not None]
    for record in _Table(lines, _DIALECTS[mark], len(header)).records():
        if isinstance(record, RefusedRow):
            yield record
        else:
            at, cells = record
            yield at, {name: cell for index, name in used if (cell := cells[index].strip())}


def split_header(text: str, columns: Columns) -> tuple[list[str], str]:
    """The header's columns and the mark between them: the one that yields the most columns we read, then the most."""
    best: tuple[int, int, list[str], str] | None = None
    for mark in _DELIMITERS:
        try:
            cells = next(csv.reader((text,), _DIALECTS[mark]), [])
        except csv.Error:
            continue
        score = (columns.recognised(cells), len(cells), cells, mark)
        if best is None or score[:2] > best[:2]:
            best = score
    if best is None:
        raise csv.Error("a quote is not closed, or is followed by text")
    return best[2], best[3]


def _header_fault(names: list[str | None], labels: dict[str, str]) -> str | None:
    known = [name for name in names if name is not None]
    for name in known:
        if known.count(name) > 1:
            return f"the column {labels.get(name, name)} is there twice; remove one of the two"
    for choice in _NEEDED:
        if not any(name in known for name in choice):
            wanted = " or ".join(labels.get(name, name) for name in choice)
            return f"the column {wanted} is missing in the header row; add it"
    return None


class _Table:
    """Puts lines together to records, each with the line on which it begins."""

    def __init__(self, lines: Iterator[tuple[int, bytes] | RefusedRow], dialect: Any, width: int) -> None:
        self._lines = lines
        self._dialect = dialect
        self._width = width
        # Lines that were read ahead for a record which then turned out to be one line.
        self._ahead: deque[tuple[int, bytes] | RefusedRow] = deque()

    def records(self) -> Iterator[tuple[int, list[str]] | RefusedRow]:
        while True:
            line = self._ahead.popleft() if self._ahead else next(self._lines, None)
            if line is None:
                return
            if isinstance(line, RefusedRow):
                yield line
                continue
            number, data = line
            text = _text(data)
            try:
                cells = next(csv.reader((text,), self._dialect))
            except csv.Error as broken:
                if str(broken) == _OPEN:
                    yield self._long(number, data)
                else:
                    yield RefusedRow(number, ROW, _reason(broken))
                continue
            if cells and (len(cells) > 1 or cells[0].strip()):
                yield self._checked(number, cells, text)

    def _checked(self, number: int, cells: list[str], text: str) -> tuple[int, list[str]] | RefusedRow:
        if not text.isascii() and (fault := _coding_fault(text)):
            return RefusedRow(number, ROW, fault)
        if len(cells) != self._width:
            return RefusedRow(
                number,
                ROW,
                f"the row has {len(cells)} fields and the header {self._width};"
                " put text that has the separator in double quotes, and send empty fields too",
            )
        return number, cells

    def _long(self, number: int, data: bytes) -> tuple[int, list[str]] | RefusedRow:
        """The record whose quote is still open at the end of this line, or a refusal of this line alone."""
        taken: list[tuple[int, bytes] | RefusedRow] = []
        texts = [_text(data)]
        closed = False
        for line in self._following(taken):
            texts.append(line)
            closed = self._closes(line)
            if closed:
                break
        joined = "".join(texts)
        if closed and not self._swallows(texts):
            with contextlib.suppress(csv.Error):
                cells = next(csv.reader((joined,), self._dialect))
                if len(cells) == self._width:
                    return self._checked(number, cells, joined)
        self._ahead.extendleft(reversed(taken))
        return RefusedRow(
            number, ROW, "a double quote is opened and not closed; close it, and double quotes inside a field"
        )

    def _following(self, taken: list[tuple[int, bytes] | RefusedRow]) -> Iterator[str]:
        """The lines that may belong to the record, noted in `taken`, up to a limit or an unreadable line."""
        size = 0
        while len(taken) < _LINES_LIMIT and size < LINE_LIMIT:
            line = self._ahead.popleft() if self._ahead else next(self._lines, None)
            if line is None:
                return
            taken.append(line)
            if isinstance(line, RefusedRow):
                return
            size += len(line[1])
            yield _text(line[1])

    def _closes(self, line: str) -> bool:
        """Whether the open quote ends on this line. A wrong quote ends it too: the record then fails as a whole."""
        if '"' not in line:
            return False
        try:
            next(csv.reader(('"' + line,), self._dialect))
        except csv.Error as broken:
            return str(broken) != _OPEN
        return True

    def _swallows(self, texts: list[str]) -> bool:
        """Whether a further line is a whole record by itself, so that the quote must have been left open by mistake."""
        if self._width < 3:
            return False
        further = texts[1:]
        if texts[0].lstrip().startswith('"') and self._width_of(texts[0]) == 1:
            # The first field is the long one: the last line rightly has all the others.
            further = further[:-1]
        return any(self._width_of(text) == self._width for text in further)

    def _width_of(self, text: str) -> int:
        """Fields of a line that may end inside a quote."""
        reader: Iterable[list[str]] = csv.reader((text,), delimiter=self._dialect.delimiter)
        try:
            return len(next(iter(reader), []))
        except csv.Error:
            return 0


def _text(data: bytes) -> str:
    # Bytes that are not UTF-8 become surrogates, so that the record's extent is known before it is refused.
    return data.decode("utf-8", "surrogateescape")


def _coding_fault(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError as broken:
        byte = ord(text[broken.start]) - 0xDC00
        return f"byte 0x{byte:02X} at character {broken.start + 1} is not UTF-8; save the file as UTF-8"
    return None


def _reason(broken: csv.Error) -> str:
    text = str(broken)
    if "field limit" in text:
        return "a field is longer than 131,072 characters; shorten it"
    if "new-line" in text:
        return "there is a carriage return in the row; end lines with LF or CR LF"
    return 'a closing double quote is followed by text; double quotes inside a field: "5"" tube"'
