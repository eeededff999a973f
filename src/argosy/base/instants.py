"""Instants: aware, UTC, and written one way."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(instant: datetime) -> datetime:
    """The same instant in UTC; a naive one is a broken rule of ours."""
    assert instant.tzinfo is not None, "an instant without a zone"  # noqa: S101
    return instant.astimezone(UTC)


def iso(instant: datetime) -> str:
    """RFC 3339 with a `Z`, to the second: `2026-06-18T12:00:00Z`."""
    return utc(instant).strftime("%Y-%m-%dT%H:%M:%SZ")
