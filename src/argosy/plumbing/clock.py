"""The one clock. Business time is read here and nowhere else, and can run fast for a demonstration."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec


class Pace(msgspec.Struct, frozen=True):
    """How business time runs: at `real_origin` it stood at `origin`, and passes `speed` times as fast.

    All processes of a cell read the same row, so they agree on the time of day (see `clock` in the migrations).
    """

    origin: datetime
    real_origin: datetime
    speed: float = 1.0

    def at(self, real: datetime) -> datetime:
        """Business time at a real instant."""
        return self.origin + (real - self.real_origin) * self.speed


class Clock(Protocol):
    """Something that knows the business time."""

    def now(self) -> datetime:
        """The business time now, aware UTC."""
        ...


class SystemClock:
    """Business time is real time."""

    def now(self) -> datetime:
        """The machine's time, UTC."""
        return datetime.now(UTC)


class PacedClock:
    """Business time by a shared pace; the pace can be replaced while it runs."""

    def __init__(self, pace: Pace | None = None) -> None:
        self.pace = pace

    def now(self) -> datetime:
        """Real time without a pace, else the pace's."""
        real = datetime.now(UTC)
        return self.pace.at(real) if self.pace else real


class HeldClock:
    """A clock that stands still until it is moved: for tests and for looking at another day."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Move on (or back) by a span."""
        self._at += by


def real_milliseconds() -> int:
    """Milliseconds since 1970 by the machine, for ids only: ids are ordered by real time even when business time is fast."""
    return time.time_ns() // 1_000_000
