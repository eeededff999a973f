"""Runs the SQL of the API's own tables."""

from __future__ import annotations

from datetime import datetime

import msgspec

from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.platform")


class KeptAnswer(msgspec.Struct, frozen=True):
    """An answer that was given, and a digest of the request it was given to."""

    fingerprint: bytes
    status: int
    """0 while the request is being carried out."""
    body: bytes


async def answer_of(reader: Reader, cell: int, scope: str, key: str) -> KeptAnswer | None:
    """The answer kept under a key."""
    return await reader.row(KeptAnswer, _sql["answer_of"], cell, scope, key)


async def claim_key(
    tx: Tx, cell: int, scope: str, key: str, fingerprint: bytes, now: datetime, abandoned_before: datetime
) -> bool:
    """Whether the key is the caller's now."""
    return await tx.value(_sql["claim_key"], cell, scope, key, fingerprint, now, abandoned_before) is not None


async def release_key(tx: Tx, cell: int, scope: str, key: str) -> None:
    """A key, free again."""
    await tx.do(_sql["release_key"], cell, scope, key)


async def keep_answer(tx: Tx, cell: int, scope: str, key: str, kept: KeptAnswer, now: datetime) -> None:
    """An answer, kept."""
    await tx.do(_sql["keep_answer"], cell, scope, key, kept.fingerprint, kept.status, kept.body, now)


async def forget_answers(tx: Tx, cell: int, before: datetime) -> int:
    """Old answers, forgotten."""
    return await tx.do(_sql["forget_answers"], cell, before)
