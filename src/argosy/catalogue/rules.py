"""Decisions about products: addresses, trees of categories. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache

from argosy.catalogue.model import Category
from argosy.catalogue.words import plain

_NOT_IN_ADDRESS = re.compile(r"[^a-z0-9]+")


def slug(text: str, fallback: str = "x") -> str:
    """A text as part of an address: lower-case Latin letters, digits and hyphens, at most 60 characters."""
    made = _NOT_IN_ADDRESS.sub("-", plain(text)).strip("-")[:60].strip("-")
    return made or fallback


@lru_cache(maxsize=16_384)
def brand_slug(brand: str) -> str:
    """A brand as part of an address, another for every brand: where letters other than Latin are lost, a digest stands for them."""
    made = slug(brand, "")
    if made and all(letter.isascii() for letter in plain(brand) if letter.isalnum()):
        return made
    digest = uuid.uuid5(uuid.NAMESPACE_URL, f"argosy:brand:{plain(brand)}").hex[:8]
    return f"{made}-{digest}".strip("-")


def handle(brand: str, name: str, merchant: str, group: str) -> str:
    """A product's address: readable, and unique through the merchant and its number."""
    return f"{slug(f'{brand} {name}', 'good')}-{slug(merchant)[:4]}-{slug(group)}"


class Tree:
    """The category tree: children, ancestors and paths by code."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self.by_code: Mapping[str, Category] = {category.code: category for category in categories}
        self._children: dict[str | None, list[Category]] = {}
        self._up: dict[str, tuple[str, ...]] = {}
        for category in sorted(self.by_code.values(), key=lambda c: (c.position, c.code)):
            self._children.setdefault(category.parent, []).append(category)

    def children(self, code: str | None) -> list[Category]:
        """The categories directly below one; of None, the departments."""
        return self._children.get(code, [])

    def path(self, code: str) -> list[Category]:
        """From the department down to the category itself; empty for an unknown code."""
        steps: list[Category] = []
        current = self.by_code.get(code)
        while current is not None and current not in steps:
            steps.append(current)
            current = self.by_code.get(current.parent) if current.parent else None
        return steps[::-1]

    def paths(self) -> dict[str, tuple[str, ...]]:
        """For each code the codes from the department down to it."""
        return {code: tuple(step.code for step in self.path(code)) for code in self.by_code}

    def codes_up(self, code: str) -> list[str]:
        """The category and all above it."""
        known = self._up.get(code)
        if known is None:
            known = self._up[code] = tuple(category.code for category in self.path(code))
        return list(known)
