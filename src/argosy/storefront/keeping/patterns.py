"""Pages put together from parts that were rendered before: a pattern is a page with gaps for whatever differs between readers.

A pattern is rendered without its reader, so that nothing of hers can be in it; its facts are everything else it shows.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import msgspec
from litestar import Response
from markupsafe import Markup, escape

from argosy.storefront.edition import Edition
from argosy.storefront.page import clock_marks, frame, reply
from argosy.storefront.visit import Visit

# Drawn anew by each process: nobody can write it into a name or a question.
_MARK = secrets.token_hex(12)
_CSRF = f"{_MARK}csrf{_MARK}"
GOODS = Markup(f"{_MARK}goods{_MARK}")  # noqa: S704
"""Where a pattern has its cards: their prices and stock are looked up for each page."""


class _Nobody(msgspec.Struct, frozen=True):
    """All that templates may know of a reader while a pattern is rendered."""

    edition: Edition
    swapped: bool
    place: str
    csrf: str = _CSRF
    store: None = None

    def shop_url(self, *steps: str, **asked: Any) -> str:
        """An address of the mall: patterns are of its pages alone."""
        return self.edition.url(*steps, **asked)


class _Frame(msgspec.Struct, frozen=True):
    """A part of the frame, which tells of the reader's basket and address."""

    part: str
    values: dict[str, Any]


Pattern = list[bytes | str | _Frame]
"""Bytes stand for themselves, a text names a gap."""


def render_pattern(
    visit: Visit,
    template: str,
    key: tuple[Hashable, ...],
    facts: tuple[Any, ...],
    goods: str,
    context: Callable[[], Mapping[str, Any]],
) -> Response[bytes]:
    """A page whose pattern is kept under its key while its facts stay equal; `goods` are the cards it shows.

    `context` is asked for the template's values where there is no such pattern: they must follow from key, facts, edition and
    region alone.
    """
    parts, edition = visit.front.parts, visit.edition
    clock = clock_marks(visit.front, fresh=False)
    key = (template, edition.prefix, visit.region, visit.swapped, *key)
    facts = (edition, clock, *facts)
    pattern: Pattern | None = parts.get(key, facts)
    if pattern is None:
        pattern = _made(visit, template, {**context(), "clock": clock})
        parts.keep(key, facts, pattern, 300 + sum(len(piece) for piece in pattern if isinstance(piece, bytes)))
    return reply(visit, b"".join(_filled(visit, piece, goods) for piece in pattern))


def _made(visit: Visit, template: str, context: dict[str, Any]) -> Pattern:
    frames: list[_Frame] = []

    def gap(_reader: Any, part: str, **values: Any) -> Markup:
        frames.append(_Frame(part, values))
        return Markup(f"{_MARK}{len(frames) - 1}{_MARK}")  # noqa: S704

    context["visit"] = _Nobody(visit.edition, visit.swapped, visit.place)
    context["frame"] = gap
    # Text and the names of gaps by turns.
    pieces = visit.edition.render(template, context).split(_MARK)
    pattern: Pattern = []
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            pattern.append(piece.encode())
        else:
            pattern.append(frames[int(piece)] if piece.isdecimal() else piece)
    return pattern


def _filled(visit: Visit, piece: bytes | str | _Frame, goods: str) -> bytes:
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, _Frame):
        return frame(visit, piece.part, **piece.values).encode()
    return (goods if piece == "goods" else str(escape(visit.csrf))).encode()
