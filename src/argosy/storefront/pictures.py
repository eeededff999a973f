"""The picture of a product: its photograph where it has one, else the drawing of its kind in its own colour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from argosy.catalogue.model import Variant
from argosy.catalogue.rules import Tree

FALLBACK = "box"
VIEWS = ("", "close", "size", "pair")
"""The views of a drawing: the front has no name."""


class _Drawing(msgspec.Struct, frozen=True):
    colours: frozenset[str] = frozenset()
    field: str = ""
    label: str = ""


class Pictures:
    """Addresses of pictures; `static` is the folder that the assets were built into."""

    def __init__(self, tree: Tree, static: Path) -> None:
        self._tree = tree
        index, version = static / "art" / "index.json", static / "art" / "version.txt"
        drawn: dict[str, Any] = msgspec.json.decode(index.read_bytes()) if index.exists() else {}
        self._drawings = {glyph: msgspec.convert(one, _Drawing, strict=False) for glyph, one in drawn.items()}
        self._version = version.read_text().strip() if version.exists() else "0"
        self._known: dict[tuple[str, str, str], str] = {}

    def of_category(self, category: str, colour: str = "", view: str = "") -> str:
        """The drawing of a category's goods in a colour; that of the department where the category has none."""
        key = (category, colour, view)
        if key not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[key] = self._address(*key)
        return self._known[key]

    def of_variant(self, category: str, variant: Variant, view: str = "") -> str:
        """The picture of a variant; a photograph has one view only."""
        return variant.image or self.of_category(category, variant.colour, view)

    def views(self, category: str, variant: Variant) -> list[str]:
        """All pictures of a variant, the front first."""
        if variant.image:
            return [variant.image]
        return [self.of_category(category, variant.colour, view) for view in VIEWS]

    def _address(self, category: str, colour: str, view: str) -> str:
        glyph = self._glyph(category)
        coloured = f"-{colour}" if colour in self._drawings.get(glyph, _Drawing()).colours else ""
        seen = f"-{view}" if view else ""
        return f"/static/art/{glyph}{coloured}{seen}.svg?v={self._version}"

    def _glyph(self, category: str) -> str:
        for one in reversed(self._tree.path(category)):
            if one.glyph in self._drawings:
                return one.glyph
        return FALLBACK if FALLBACK in self._drawings else next(iter(self._drawings), FALLBACK)
