"""What is known of goods before customs sees them, and what is suggested for those that nobody classified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import msgspec

Battery = Literal["none", "alone", "packed_with", "in_equipment"]

SURE = 60
"""From this confidence on a heading may be used for a prepaid duty without an operator having looked at it."""


class GoodsFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What customs and carriers need to know of the goods of a category, as the usual case has it."""

    category: str
    hs6: str
    """HS 2022, six digits; of the largest part where the goods of the category differ."""
    reason: str
    confidence: int
    """0 to 100: a judgement of how many of these goods the heading is right for, not a measurement."""
    source: str
    battery: Battery = "none"
    """Where the lithium-ion battery is, if there is one."""
    battery_reason: str = ""
    blade_mm: int | None = None
    """Length of the blade; None where there is none."""
    blade_reason: str = ""


class Hint(msgspec.Struct, frozen=True):
    """Goods that a title may name, and the heading that they have under conditions."""

    terms: tuple[tuple[str, ...], ...]
    """Names of the goods in English, each as its words, reduced to their stems."""
    chinese: tuple[str, ...]
    needs: frozenset[str]
    """Facets that the title or the category must show."""
    assumes: str
    """The facet of material that the heading takes for granted where the title tells none."""
    hs6: str
    confidence: int
    reason: str


class Hints(msgspec.Struct, frozen=True):
    """The word tables, ready for looking up."""

    english: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]
    """By the first stem: terms and the number of their hint group."""
    chinese: Mapping[str, tuple[tuple[str, int], ...]]
    """By the first character: terms and the number of their hint group."""
    groups: tuple[tuple[Hint, ...], ...]
    """Hints that share their terms."""
    facets: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    """By the first stem: words and the facet that they show."""
    chinese_facets: tuple[tuple[str, str], ...]
    """Words and the facet that they show, the longest first."""
    materials: frozenset[str]
    """The facets that are materials: a title that tells one is not of the material that is usual."""
    categories: Mapping[str, GoodsFacts]
    names: Mapping[str, str]
    """English names of categories, which tell facets too."""


class Suggestion(msgspec.Struct, frozen=True):
    """A heading that the goods may have, how sure that is, and why."""

    hs6: str
    confidence: int
    """0 to 100."""
    reason: str


class Goods(msgspec.Struct, frozen=True):
    """A variant, as far as classification and landed cost need to know it."""

    variant_id: UUID
    product_id: UUID
    title: str
    language: str
    category: str
    hs6: str
    origin: str
    weight_g: int | None
