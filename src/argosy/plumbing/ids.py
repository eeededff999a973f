"""Ids made in Python: time-ordered, carrying their cell, and never asked of the database."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable

from asyncpg.pgproto import pgproto

from argosy.plumbing.clock import real_milliseconds

MAX_CELL = 0xFFF


class _Pool:
    """Random bytes of the system, fetched 4 kB at a time: a call of the kernel for each id costs more than the id."""

    def __init__(self) -> None:
        self._bytes = b""
        self._at = 0
        self._process = 0

    def next_64_bits(self) -> int:
        if self._at >= len(self._bytes) or self._process != os.getpid():
            # A fork must not go on with its parent's bytes.
            self._bytes, self._at, self._process = os.urandom(4096), 0, os.getpid()
        self._at += 8
        return int.from_bytes(self._bytes[self._at - 8 : self._at], "big")


_pool = _Pool()


def new_id(cell: int, milliseconds: int | None = None) -> uuid.UUID:
    """A new UUIDv7 (RFC 9562): 48 bits of time, the cell in the 12 bits after the version, 62 random bits."""
    return uuid.UUID(int=_number(cell, real_milliseconds() if milliseconds is None else milliseconds))


def _number(cell: int, stamp: int) -> int:
    return (stamp & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | cell << 64 | 0b10 << 62 | _pool.next_64_bits() >> 2


def cell_of(identity: uuid.UUID) -> int:
    """The cell an id was made in."""
    return identity.int >> 64 & MAX_CELL


def derived_id(kind: str, *parts: str) -> uuid.UUID:
    """The id that these names always get (UUIDv8 over SHA-256), so that importing a feed twice changes nothing."""
    value = bytearray(hashlib.sha256("\x1f".join((kind, *parts)).encode()).digest()[:16])
    value[6] = value[6] & 0x0F | 0x80
    value[8] = value[8] & 0x3F | 0x80
    # The database client's own kind of UUID: it compares and travels quicker.
    return pgproto.UUID(bytes(value))


def maker(cell: int) -> Callable[[], uuid.UUID]:
    """A function that makes new ids of one cell, each greater than the one before: what they number keeps its order."""
    if not 0 <= cell <= MAX_CELL:
        raise ValueError(f"cell {cell} is not between 0 and {MAX_CELL}")
    last = 0

    def make() -> uuid.UUID:
        nonlocal last
        # Within a millisecond, or when the machine's clock was set back, the next number.
        last = max(_number(cell, real_milliseconds()), last + 1)
        return uuid.UUID(int=last)

    return make
