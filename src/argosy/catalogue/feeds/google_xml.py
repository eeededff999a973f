"""Google Merchant product feeds as XML: RSS 2.0 with `g:` elements, and Atom.

Expat is driven directly: nothing of the document is kept but the item at hand. A document type declaration is refused,
and with it every entity. Where an item is not well-formed, it is refused and reading goes on with the next.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from typing import BinaryIO
from xml.parsers import expat

from argosy.catalogue.feeds.columns import Columns
from argosy.catalogue.feeds.items import Broken, Items, Stopped
from argosy.catalogue.feeds.languages import Languages
from argosy.catalogue.feeds.lines import LINE_LIMIT, Damaged, chunks
from argosy.catalogue.feeds.record import FILE, ROW, Record, Records
from argosy.catalogue.model import RefusedRow

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = (
    "ascii utf-8 iso8859-1 iso8859-15 cp1250 cp1251 cp1252 cp1254 koi8-r gb2312 gbk gb18030 big5 big5hkscs cp950"
    " shift_jis cp932 euc_jp euc_kr cp949 tis-620 cp874"
)
# Control characters that XML forbids, mapped to a byte that UTF-8 forbids, so that decoding marks both alike.
_CONTROLS = bytes(0xFF if byte < 0x20 and byte not in b"\t\n\r" else byte for byte in range(256))
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NEXT = re.compile(rb"<(?:\w+:)?(?:item|entry)(?=[\s>])")
_TAIL = 64
_NAMES_LIMIT = 10_000


def xml_records(stream: BinaryIO, columns: Columns, languages: Languages) -> Records:
    """The items of a feed. A file that breaks off yields the items before, and a last refusal that says where."""
    return _Reader(Items(columns, languages)).records(stream)


class _Reader:
    """Feeds expat chunk by chunk; after a break it seeks the next item and hands it to a new parser."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._line = 1
        """Line on which the bytes to be read next begin."""
        self._seeking = False
        self._any = False
        self._around: list[str] = []
        self._restart()

    def records(self, stream: BinaryIO) -> Records:
        left = b""
        try:
            for chunk in _utf8(stream):
                left = yield from self._feed(left + chunk)
            while left := self._end():
                yield from self._feed(left)
        except (Stopped, Damaged) as stopped:
            yield from self._found()
            yield RefusedRow(self._line, FILE, str(stopped))
            return
        yield from self._found()

    def _feed(self, data: bytes) -> Generator[Record | RefusedRow, None, bytes]:
        """What is found in the data; returns its end where an item may begin that is cut in two."""
        while data:
            sought = self._seeking
            data = self._seek(data) if sought else self._parse(data)
            yield from self._found()
            if sought and self._seeking:
                break
        return data

    def _found(self) -> list[Record | RefusedRow]:
        found, self._items.found = self._items.found, []
        self._any = self._any or bool(found)
        return found

    def _restart(self) -> None:
        """A new parser that begins on this line, inside the elements that were around the last item."""
        self._names: dict[str, str] = {}
        self._parser = expat.ParserCreate("utf-8", None, self._names)
        self._items.attach(self._parser, self._line - 1)
        opening = "".join(f"<{name}>" for name in self._around).encode()
        if opening:
            self._parser.Parse(opening, False)
        # Bytes that the parser has, but not read yet since a tag among them is not complete, and where they begin.
        self._pending = b""
        self._offset = len(opening)
        self._seeking = False

    def _parse(self, data: bytes) -> bytes:
        """Take the data in; what is left of it, after a break only."""
        try:
            self._parser.Parse(data, False)
        except Broken as broken:
            at = broken.index - self._offset
            return self._break(self._pending + data, str(broken), at, at)
        except expat.ExpatError as broken:
            at = max(self._parser.ErrorByteIndex - self._offset, 0)
            return self._break(self._pending + data, expat.ErrorString(broken.code), at, at + 1)
        data = self._pending + data
        read = max(self._parser.CurrentByteIndex - self._offset, 0)
        self._offset += read
        self._line += data[:read].count(b"\n")
        self._pending = data[read:]
        if len(self._names) > _NAMES_LIMIT:
            raise Stopped(f"there are more than {_NAMES_LIMIT:,} different names of elements; this is no product feed")
        if len(self._pending) > LINE_LIMIT:
            return self._break(self._pending, f"a tag or comment is longer than {LINE_LIMIT:,} bytes", 0, 1)
        return b""

    def _break(self, data: bytes, reason: str, at: int, resume: int) -> bytes:
        """Refuse the item at hand, or what stands between items, and seek the next from `resume` on."""
        began, self._around = self._items.began, self._items.around()
        line = self._line + data[:at].count(b"\n")
        self._line += data[:resume].count(b"\n")
        if began is not None:
            self._items.found.append(
                RefusedRow(began, ROW, f"the XML breaks on line {line} ({reason}); repair this item")
            )
        elif not self._around:
            self._line = line
            raise Stopped(
                f"the XML breaks here ({reason}); nothing further was read, repair the file and send it again"
            )
        else:
            found = f"the XML breaks between two items ({reason}); reading went on with the next item"
            self._items.found.append(RefusedRow(line, FILE, found))
        self._seeking = True
        return data[resume:]

    def _seek(self, data: bytes) -> bytes:
        """What is left from the next item on; the last bytes only where there is none, since it may be cut in two."""
        match = _NEXT.search(data)
        passed = match.start() if match else max(len(data) - _TAIL, 0)
        self._line += data[:passed].count(b"\n")
        if match:
            self._restart()
        return data[passed:]

    def _end(self) -> bytes:
        """Take the end of the file in; what is to be read once more, where a comment or tag swallowed it."""
        if self._seeking:
            return b""
        began = self._items.began
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as broken:
            if _NEXT.search(self._pending, 1):
                return self._break(self._pending, expat.ErrorString(broken.code), 0, 1)
            self._line += self._pending.count(b"\n")
            if began is None and not self._items.stack:
                raise Stopped("the file has no XML; send RSS 2.0 or Atom") from None
            where = "after the last item" if began is None else f"inside the item that begins on line {began}"
            raise Stopped(f"the file is cut off here, {where}; rows above were read, send the file again") from None
        if not self._any and not self._items.found:
            raise Stopped("there is no product in the file; send RSS 2.0 with <item> or Atom with <entry>")
        return b""


def _utf8(stream: BinaryIO) -> Iterator[bytes]:
    """The file in UTF-8 whatever it was; damaged bytes and characters that XML forbids become U+FFFD."""
    decoder: codecs.IncrementalDecoder | None = None
    plain = False
    for chunk in chunks(stream):
        if decoder is None:
            encoding = _encoding(chunk)
            plain = encoding == "utf-8"
            decoder = codecs.getincrementaldecoder("utf-8-sig" if plain else encoding)("replace")
        text = decoder.decode(chunk.translate(_CONTROLS) if plain else chunk)
        if "\uffff" in text or "\ufffe" in text or not plain:
            text = _ILLEGAL.sub("\ufffd", text)
        yield text.encode("utf-8", "replace")
    if decoder is not None and (rest := decoder.decode(b"", True)):
        yield rest.encode()


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    match = _DECLARED.search(start[:400])
    declared = match.group(1).decode().lower() if match else "utf-8"
    # The declaration was legible as ASCII, so the file is not what `utf-16` promises.
    if declared.startswith("utf-16"):
        return "utf-8"
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = declared
    if name not in _ENCODINGS.split():
        raise Stopped(f"the encoding {declared!r} is not read; save the file as UTF-8")
    return "utf-8" if name == "ascii" else name
