"""Lines and chunks of a file, gzipped or not, in constant memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from argosy.catalogue.feeds.record import FILE, ROW
from argosy.catalogue.model import RefusedRow

LINE_LIMIT = 1_000_000
"""Bytes of one line, and characters of one record."""
CHUNK = 65_536
BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"


class Damaged(Exception):
    """The file cannot be read any further; the message says why."""


def opened(path: Path) -> BinaryIO:
    """The file's plain bytes; gzip is told by its first two bytes, not by its name. Raises `OSError`."""
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP
    if not packed:
        return path.open("rb")
    return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, gzip.open(path)), CHUNK))


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes] | RefusedRow]:
    """Every line with its number from 1 and its line end; a refusal in place of a line that is over `LINE_LIMIT` bytes.

    Where the file cannot be read on, a last refusal says so.
    """
    number = 0
    try:
        while line := stream.readline(LINE_LIMIT + 1):
            number += 1
            if number == 1 and line.startswith(BOM):
                line = line[len(BOM) :]
            if len(line) > LINE_LIMIT and not line.endswith(b"\n"):
                _skip_line(stream)
                yield RefusedRow(number, ROW, f"the line is longer than {LINE_LIMIT:,} bytes; shorten it")
            else:
                yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        yield RefusedRow(number + 1, FILE, damage(broken))


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The file's bytes in pieces. Raises `Damaged` where they cannot be unpacked."""
    try:
        while chunk := stream.read(CHUNK):
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise Damaged(damage(broken)) from broken


def damage(broken: Exception) -> str:
    """What is wrong with a gzip file, and what to do."""
    return f"the gzip file is damaged or cut off here ({broken}); rows above were read, send the file again"


def _skip_line(stream: BinaryIO) -> None:
    while rest := stream.readline(CHUNK):
        if rest.endswith(b"\n"):
            return
