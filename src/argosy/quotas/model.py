"""Counters of what can run out, and what is taken from them."""

from __future__ import annotations

import msgspec


class Take(msgspec.Struct, frozen=True):
    """A wish for `count` units of one counter."""

    key: str
    count: int
    allowance: int | None = None
    """For a counter that comes into being with its first taker (one shopper's limit): how many there are in all.

    Whether that also changes a counter that is there already is for `lock` to be told.
    """


class Counter(msgspec.Struct, frozen=True):
    """One counter: `received` units came in, `held` are promised, `sold` are gone."""

    key: str
    received: int
    held: int
    sold: int

    @property
    def free(self) -> int:
        """Units that can still be taken."""
        return self.received - self.held - self.sold


class Short(msgspec.Struct, frozen=True):
    """Why a wish was not granted: the counter has `free` units left for it, not `wanted`."""

    key: str
    wanted: int
    free: int


class Move(msgspec.Struct, frozen=True):
    """A change of one counter, all three may be negative."""

    key: str
    held: int = 0
    sold: int = 0
    received: int = 0


class Sums(msgspec.Struct, frozen=True):
    """Sums over a group of counters."""

    counters: int
    received: int
    held: int
    sold: int
