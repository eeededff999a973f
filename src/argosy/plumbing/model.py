"""Rows of the plumbing's own tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class Event(msgspec.Struct, frozen=True):
    """Something that happened and must have its effects, at least once and in order."""

    topic: str
    """What happened: `order.placed`, `order.paid`, ..."""
    subject: UUID
    """To what."""
    body: dict[str, Any]


class OutboxRow(msgspec.Struct, frozen=True):
    """An event with its place in the cell's sequence."""

    position: int
    topic: str
    subject: UUID
    body: dict[str, Any]
    at: datetime


class PaceRow(msgspec.Struct, frozen=True):
    """The shared pace of business time."""

    origin: datetime
    real_origin: datetime
    speed: float
