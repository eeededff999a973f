"""What every reader yields before the checks: the fields of one row as text, by the names of our own columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from argosy.catalogue.model import RefusedRow

ROW = "(row)"
"""Stands for the field in a refusal of a row as a whole."""
FILE = "(file)"
"""Stands for the field in a refusal of the file, or of all that follows."""

Record: TypeAlias = tuple[int, dict[str, str]]
"""Line on which the row begins, and its non-empty fields."""
Records: TypeAlias = Iterator[Record | RefusedRow]

_NOTES_LIMIT = 500


class Known(msgspec.Struct, frozen=True):
    """What a feed may refer to."""

    categories: frozenset[str]
    """Codes of the categories."""
    colours: Mapping[str, str]
    """Code by colour name or code, in any language, case-folded."""
    currencies: frozenset[str]
    """ISO 4217."""
    google_categories: Mapping[str, str]
    """Our category code by Google product category, lower case: its path (`a > b`) or its number."""
    languages: frozenset[str]
    """BCP 47 tags."""


class Wrong(Exception):
    """A field that cannot be taken in, and why; the reason says what to send."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


def shown(value: str) -> str:
    """A value as a reason may quote it: short, on one line, nothing unprintable."""
    return repr(value if len(value) <= 60 else value[:57] + "...")


class Notes:
    """Tells what concerns the whole file, each matter once."""

    def __init__(self, tell: Callable[[str], None] | None) -> None:
        self._tell = tell
        self._told: set[str] = set()

    def once(self, matter: str, text: str) -> None:
        """Tell `text` unless this matter was told before; after 500 matters nothing more is told."""
        if self._tell is None or matter in self._told or len(self._told) >= _NOTES_LIMIT:
            return
        self._told.add(matter)
        self._tell(text)
