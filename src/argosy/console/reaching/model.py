"""A question about reach, how far its answer is, and the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

GRID_DEGREES = 1.5
"""Side of a square of the map."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the form asked for."""

    hours: int = 72
    confidence: float = 0.95
    share: float = 0.9
    every: int = 12
    hubs: str = ""
    """Codes with commas; empty: the demo's ten."""
    budget_minor: int | None = None
    firms: str = ""
    """Name of the file of candidates; empty: none."""
    at: datetime
    """When it was asked, on the machine's clock."""


class Square(msgspec.Struct, frozen=True, array_like=True):
    """A square of the map with cities in it, and within how many hours most of its people are reached."""

    column: int
    row: int
    before: int
    after: int
    """24, 48, 72, or 0 for longer; both the same where nothing is bought."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was worked out: the figures of `argosy reach --json`, and what the map needs beside them."""

    told: dict[str, Any]
    by_country_after: dict[str, dict[str, Any]] | None
    squares: list[Square]
    seconds: int


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was asked, and where it stands."""

    job_id: str
    asked: Asked
    state: str
    """`running`, `done`, `failed` or `stopped`."""
    per_mille: int = 0
    """How much of it is done."""
    fault: str = ""
    """Why it failed, in a sentence."""
