"""Migrations: ordered SQL files, each applied once, safe from several processes at a time."""

from __future__ import annotations

import hashlib
import importlib.resources
import re
from datetime import datetime

import asyncpg
import msgspec

from argosy.base.errors import Misconfigured
from argosy.plumbing.database import connect

_LOCK = 0x4152474F  # "ARGO"
_FILE = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")


class Migration(msgspec.Struct, frozen=True):
    """One step of the schema."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, to notice a file changed after it was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All steps in order; the numbers start at 1 and leave no gap."""
    found = []
    for entry in importlib.resources.files("argosy.migrations").iterdir():
        match = _FILE.match(entry.name)
        if match:
            found.append(Migration(int(match[1]), entry.name, entry.read_text(encoding="utf-8")))
    found.sort(key=lambda step: step.number)
    assert [step.number for step in found] == list(range(1, len(found) + 1)), "a migration's number is missing"  # noqa: S101
    return found


async def migrate(dsn: str, now: datetime) -> int:
    """Bring the schema up to date; the number of steps that were applied.

    One process works at a time, under an advisory lock; the others wait and then find nothing to do. A file that
    was changed after it was applied, or a schema newer than this program, raises `Misconfigured`.
    """
    connection = await connect(dsn)
    try:
        await _check_version(connection)
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (number int PRIMARY KEY, name text NOT NULL, digest text NOT NULL,"
            " applied_at timestamptz NOT NULL)"
        )
        applied = {row["number"]: row["digest"] for row in await connection.fetch("SELECT * FROM migrations")}
        steps = migrations()
        _check_history(steps, applied)
        new = [step for step in steps if step.number not in applied]
        for step in new:
            async with connection.transaction():
                await connection.execute(step.sql)
                await connection.execute(
                    "INSERT INTO migrations VALUES ($1, $2, $3, $4)", step.number, step.name, step.digest, now
                )
        return len(new)
    finally:
        await connection.close()


async def _check_version(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    version = connection.get_server_version()
    if version.major < 16:
        raise Misconfigured(f"DATABASE_URL names a PostgreSQL {version.major}; Argosy needs 16 or later.")


def _check_history(steps: list[Migration], applied: dict[int, str]) -> None:
    known = {step.number: step for step in steps}
    for number, digest in sorted(applied.items()):
        if number not in known:
            raise Misconfigured(f"The database has migration {number}, which this version lacks: install a newer one.")
        if known[number].digest != digest:
            raise Misconfigured(f"Migration {known[number].name} was changed after it was applied: restore the file.")
