"""Passwords as Argon2id hashes, made beside the event loop and only a few at once: each takes its share of memory."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# 19 MiB, two passes, one lane: the first choice of OWASP's Password Storage Cheat Sheet for Argon2id.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# What an unknown e-mail address is compared with, so that its answer takes as long as any other's.
_nobody = _hasher.hash("nobody has this password")
AT_ONCE = 4
_slots: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


def _slot() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    if loop not in _slots:
        _slots.clear()
        _slots[loop] = asyncio.Semaphore(AT_ONCE)
    return _slots[loop]


async def hashed(password: str) -> str:
    """The hash to store for a password."""
    async with _slot():
        return await asyncio.to_thread(_hasher.hash, password)


async def fits(password: str, password_hash: str | None) -> bool:
    """Whether a password has this hash; False after the usual time where there is none."""
    async with _slot():
        same = await asyncio.to_thread(_verify, password_hash or _nobody, password)
    return same and password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether a hash was made with other costs than are taken now, and should be made anew."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
