"""Read a feed: an operator's file in, rows to import and rows refused out, one at a time."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from argosy.base.errors import Refused
from argosy.catalogue.feeds import tables
from argosy.catalogue.feeds.check import check_row
from argosy.catalogue.feeds.columns import LABELS, Columns
from argosy.catalogue.feeds.google import settle
from argosy.catalogue.feeds.google_xml import xml_records
from argosy.catalogue.feeds.json_lines import json_records
from argosy.catalogue.feeds.languages import Languages
from argosy.catalogue.feeds.lines import BOM, lines, opened
from argosy.catalogue.feeds.record import Known, Notes, Record, Records, Wrong
from argosy.catalogue.model import ImportRow, RefusedRow

__all__ = ["FORMATS", "Known", "read_feed"]

FORMATS = ("csv", "jsonl", "google-xml", "google-tsv")
_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".xml": "google-xml", ".rss": "google-xml", ".atom": "google-xml"}
_GLANCE = 65_536
_MERCHANT = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


def read_feed(
    path: Path,
    known: Known,
    *,
    merchant: str,
    format: str | None = None,
    on_note: Callable[[str], None] | None = None,
    now: datetime | None = None,
) -> Iterator[ImportRow | RefusedRow]:
    """Every row of the file as one outcome, in the file's order, in constant memory.

    `format` is one of `FORMATS`; None tells it by name and content. `on_note` hears, once each, what concerns the file
    as a whole, such as columns that were not read. `now` decides whether a Google sale that has dates is on; without it
    such a sale is left out. A sku that comes twice is yielded twice. Raises `Refused` at once where the file cannot be
    opened, or its format not be told, or where `merchant` is no lower-case name of at most 64 letters, digits and hyphens.
    """
    if len(merchant) > 64 or not _MERCHANT.fullmatch(merchant):
        remedy = "Send lower-case letters, digits and hyphens: atelier-nord."
        raise Refused("bad_merchant", f"{merchant[:64]!r} is no merchant's name.", field="merchant", remedy=remedy)
    kind = format or _told(path)
    if kind not in FORMATS:
        raise Refused(
            "feed_format_unknown",
            f"{kind!r} is not a format of feeds.",
            field="format",
            remedy=f"Send {', '.join(FORMATS)}.",
        )
    stream = _open(path)
    return _outcomes(stream, kind, known, merchant, Notes(on_note), now)


def _outcomes(
    stream: BinaryIO, kind: str, known: Known, merchant: str, notes: Notes, now: datetime | None
) -> Iterator[ImportRow | RefusedRow]:
    google = kind.startswith("google")
    labels = LABELS if google else {}
    languages = Languages(known.languages)
    with stream:
        for record in _records(stream, kind, Columns(languages, notes, google=google), languages, labels):
            if isinstance(record, RefusedRow):
                yield record
                continue
            line, fields = record
            if google and (refused := _settled(record, known, notes, now)):
                yield refused
                continue
            yield check_row(line, fields, merchant=merchant, known=known, languages=languages, labels=labels)


def _records(stream: BinaryIO, kind: str, columns: Columns, languages: Languages, labels: dict[str, str]) -> Records:
    if kind == "google-xml":
        return xml_records(stream, columns, languages)
    if kind == "jsonl":
        return json_records(lines(stream), columns)
    return tables.table_records(lines(stream), columns, labels)


def _settled(record: Record, known: Known, notes: Notes, now: datetime | None) -> RefusedRow | None:
    """Turn Google's fields into ours, in place; the refusal where that fails."""
    try:
        settle(record[1], known, notes, now)
    except Wrong as wrong:
        return RefusedRow(record[0], LABELS.get(wrong.field, wrong.field), wrong.reason)
    return None


def _open(path: Path) -> BinaryIO:
    try:
        return opened(path)
    except OSError as error:
        raise Refused(
            "feed_unreadable",
            f"{path} cannot be opened: {error.strerror}.",
            field="path",
            remedy="Check the name and who may read it.",
        ) from error


def _told(path: Path) -> str:
    """The format by the file's name, then by how it begins."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    if suffixes and suffixes[-1] in _SUFFIXES:
        return _SUFFIXES[suffixes[-1]]
    with _open(path) as stream:
        try:
            start = stream.read(_GLANCE).removeprefix(BOM).lstrip()
        except (EOFError, OSError, zlib.error):
            return "csv"
    if start.startswith(b"<") or start.startswith((b"\xff\xfe<", b"\xfe\xff\0<")):
        return "google-xml"
    if start.startswith(b"{"):
        return "jsonl"
    if start.startswith(b"["):
        raise Refused(
            "feed_format_unknown",
            f"{path.name} is a JSON array, which cannot be read row by row.",
            field="format",
            remedy="Send JSON lines: one object a line.",
        )
    return "google-tsv" if _is_google(start.partition(b"\n")[0].decode("utf-8", "replace")) else "csv"


def _is_google(header: str) -> bool:
    """Whether a header row has Google's `id` and `title`, and not our `sku`."""
    cells = {cell.strip().strip('"').lower().removeprefix("g:") for mark in ",;\t" for cell in header.split(mark)}
    return {"id", "title"} <= cells and "sku" not in cells
