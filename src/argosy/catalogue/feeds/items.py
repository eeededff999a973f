"""The items of a Google Merchant feed in XML, gathered from expat's events one at a time."""

from __future__ import annotations

from xml.parsers.expat import XMLParserType

from argosy.catalogue.feeds.columns import Columns
from argosy.catalogue.feeds.languages import Languages
from argosy.catalogue.feeds.lines import LINE_LIMIT
from argosy.catalogue.feeds.record import Record
from argosy.catalogue.model import RefusedRow

_ITEMS = frozenset({"item", "entry"})
_DEPTH_LIMIT = 32
_RESOLVED_LIMIT = 2_000
_ATTRIBUTES = "http://base.google.com/cns/1.0"
_GOOGLE = "http://base.google.com/ns/1.0"
# RSS and Atom have these for purposes of their own; only with Google's prefix do they mean ours.
_NOT_OURS = "category author updated published guid pubdate source comments enclosure rights link contributor language"
_TEXTS = {"summary": "description", "content": "description"}


class Broken(Exception):
    """The item at hand cannot be read; the next one can."""

    def __init__(self, reason: str, index: int) -> None:
        super().__init__(reason)
        self.index = index


class Stopped(Exception):
    """The file must not be read any further."""


class Items:
    """Handlers of expat that turn each `item` or `entry` into a record in `found`."""

    def __init__(self, columns: Columns, languages: Languages) -> None:
        self._columns = columns
        self._languages = languages
        self._prefixes = {"g": "", "c": "attr."}
        self._resolved: dict[str, tuple[bool, str | None]] = {}
        self._language: str | None = None
        self.found: list[Record | RefusedRow] = []
        self.began: int | None = None
        """Line on which the item at hand begins; None between items."""
        self.stack: list[str] = []
        """Elements that are open, as they are written."""

    def attach(self, parser: XMLParserType, lines_before: int) -> None:
        """Take the events of a parser whose first line is number `lines_before` + 1, from outside of all elements."""
        self._parser = parser
        self._lines_before = lines_before
        self.stack = []
        self.began = None
        self._collecting = 0
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype

    def around(self) -> list[str]:
        """The elements around the item at hand, or those that are open between items."""
        around = self.stack if self.began is None else self.stack[: self._depth - 1]
        # RSS has two; a few are enough for the next item to stay within the limit of depth.
        return around[:8]

    def _doctype(self, *_: object) -> None:
        raise Stopped("the file has a document type declaration (<!DOCTYPE ...>), which may define entities; remove it")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        stack = self.stack
        stack.append(name)
        local = name.rpartition(":")[2]
        if attributes:
            self._look_at(attributes)
        if self.began is None:
            if local in _ITEMS:
                self._begin()
            elif name.lower() == "language":
                self._collect()
        elif local in _ITEMS:
            stack.pop()
            raise Broken("the item is not closed before the next one begins", self._parser.CurrentByteIndex)
        elif len(stack) == self._depth + 1:
            self._collect()
        if len(stack) > _DEPTH_LIMIT:
            raise Broken(f"elements are nested more than {_DEPTH_LIMIT} deep", self._parser.CurrentByteIndex)

    def _begin(self) -> None:
        self.began = self._lines_before + self._parser.CurrentLineNumber
        self._depth = len(self.stack)
        self._plain: dict[str, str] = {}
        self._google: dict[str, str] = {}
        self._size = 0

    def _look_at(self, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            if name == "xml:lang" and self.began is None:
                self._language = self._languages.find(value) or self._language
            elif name.startswith("xmlns:") and value in (_GOOGLE, _ATTRIBUTES) and len(self._prefixes) < 10:
                self._prefixes[name[6:]] = "" if value == _GOOGLE else "attr."
                self._resolved.clear()

    def _collect(self) -> None:
        self._collecting = len(self.stack)
        self._parts: list[str] = []

    def _text(self, text: str) -> None:
        if self._collecting and len(self.stack) == self._collecting:
            if self.began is not None:
                self._size += len(text)
                if self._size > LINE_LIMIT:
                    raise Broken(f"it is longer than {LINE_LIMIT:,} characters", self._parser.CurrentByteIndex)
            elif len(text) > 100:
                return
            self._parts.append(text)

    def _end(self, name: str) -> None:
        depth = len(self.stack)
        self.stack.pop()
        if depth == self._collecting:
            self._collecting = 0
            if self.began is None:
                self._language = self._languages.find("".join(self._parts[:10])) or self._language
            else:
                self._store(name)
        elif self.began is not None and depth == self._depth:
            self._finish(self.began)

    def _store(self, name: str) -> None:
        known = self._resolved.get(name)
        if known is None:
            known = self._resolve(name)
            if len(self._resolved) < _RESOLVED_LIMIT:
                self._resolved[name] = known
        prefixed, field = known
        if field is None:
            return
        text = "".join(self._parts)
        value = text.strip() if field == "description" else " ".join(text.split())
        if value:
            (self._google if prefixed else self._plain).setdefault(field, value)

    def _resolve(self, name: str) -> tuple[bool, str | None]:
        """Whether an element is Google's by its prefix, and which of our fields it is."""
        prefix, _, local = name.rpartition(":")
        if not prefix:
            plain = _TEXTS.get(local, local)
            return False, None if local.lower() in _NOT_OURS.split() else self._columns.resolve(plain)
        if prefix not in self._prefixes:
            return False, None
        return True, self._columns.resolve(self._prefixes[prefix] + local)

    def _finish(self, line: int) -> None:
        self.began = None
        fields = self._plain | self._google
        if self._language:
            fields.setdefault("name_language", self._language)
        self.found.append((line, fields))
