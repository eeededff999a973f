"""The report of refused rows, which an operator opens in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TextIO

from argosy.catalogue.model import RefusedRow

COLUMNS = ("line", "field", "reason")


def write_report(refused: Iterable[RefusedRow], out: TextIO) -> int:
    """Write the refused rows as CSV, one at a time, and say how many there were.

    `out` is a text stream opened with `newline=""`, so that lines end in CR LF as RFC 4180 has it.
    """
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    for row in refused:
        count += 1
        writer.writerow(cells(row))
    return count


def cells(row: RefusedRow) -> tuple[int, str, str]:
    """The cells of a refused row, none of which a spreadsheet takes for a formula."""
    return row.line, _inert(row.field), _inert(row.reason)


def _inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
