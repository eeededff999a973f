"""The schema: what the migrations make is what is written down; they can be run by anybody at any time and are never edited."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from argosy.base.errors import Misconfigured
from argosy.plumbing import migrations
from argosy.plumbing.migrations import migrate
from conftest import named, run_sql
from house.schema import schema_of
from house.tree import SOURCE, place

WRITTEN = Path(__file__).with_name("schema.txt")
NOW = datetime(2026, 6, 18, tzinfo=UTC)
MIGRATE = """
import asyncio, sys
from datetime import UTC, datetime
from argosy.plumbing.migrations import migrate
print("ready", flush=True)
sys.stdin.readline()
print(asyncio.run(migrate(sys.argv[1], datetime.now(UTC))))
"""


@pytest.fixture
def empty(server: str) -> Iterator[str]:
    """The address of a database with nothing in it."""
    name = f"e_{uuid.uuid4().hex[:12]}"
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE template0"))
    yield named(server, name)
    asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def told(dsn: str) -> str:
    """The schema of a database."""
    connection = await asyncpg.connect(dsn)
    try:
        return await schema_of(connection)
    finally:
        await connection.close()


async def rows(dsn: str, sql: str) -> list[asyncpg.Record]:
    """What a query finds."""
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


def test_a_fresh_schema_is_the_one_written_down(empty: str) -> None:
    asyncio.run(migrate(empty, NOW))
    found = asyncio.run(told(empty))
    if os.environ.get("REWRITE_SCHEMA"):
        WRITTEN.write_text(found, encoding="utf-8")
    assert found == WRITTEN.read_text(encoding="utf-8"), (
        f"if this is meant: REWRITE_SCHEMA=1 ./argosy test {place(Path(__file__))}"
    )


def test_every_migration_is_applied_once_with_its_digest(empty: str) -> None:
    steps = migrations.migrations()
    assert asyncio.run(migrate(empty, NOW)) == len(steps) > 0
    assert asyncio.run(migrate(empty, NOW)) == 0
    kept = asyncio.run(rows(empty, "SELECT number, name, digest, applied_at FROM migrations ORDER BY number"))
    assert [tuple(row) for row in kept] == [(step.number, step.name, step.digest, NOW) for step in steps]


def test_processes_that_migrate_at_once_do_it_once(empty: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
    command = [sys.executable, "-c", MIGRATE, empty]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    answers = sorted(int(child.communicate()[0]) for child in children)
    assert [child.returncode for child in children] == [0, 0, 0]
    assert answers == [0, 0, len(migrations.migrations())]
    assert asyncio.run(told(empty)) == WRITTEN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("UPDATE migrations SET digest = 'another' WHERE number = 1", "was changed after it was applied"),
        ("INSERT INTO migrations VALUES (9999, '9999_of_the_future.sql', '', now())", "migration 9999"),
    ],
    ids=["changed file", "newer schema"],
)
def test_a_history_that_does_not_fit_is_refused(dsn: str, statement: str, names: str) -> None:
    asyncio.run(run_sql(dsn, statement))
    before = asyncio.run(told(dsn))
    with pytest.raises(Misconfigured, match=names):
        asyncio.run(migrate(dsn, NOW))
    assert asyncio.run(told(dsn)) == before


def test_a_step_that_fails_leaves_nothing(empty: str) -> None:
    last = re.findall(r"^CREATE TABLE (\w+)", migrations.migrations()[0].sql, re.MULTILINE)[-1]
    asyncio.run(run_sql(empty, f"CREATE TABLE {last} (in_the_way int)"))
    with pytest.raises(asyncpg.DuplicateTableError):
        asyncio.run(migrate(empty, NOW))
    left = asyncio.run(rows(empty, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
    assert {row["tablename"] for row in left} == {"migrations", last}
    asyncio.run(run_sql(empty, f"DROP TABLE {last}"))
    assert asyncio.run(migrate(empty, NOW)) == len(migrations.migrations())
    assert asyncio.run(told(empty)) == WRITTEN.read_text(encoding="utf-8")


def test_a_cell_comes_first(dsn: str) -> None:
    """Every table with a cell has it first in its primary key and in every other key, so that cells are independent."""
    sql = """
    SELECT t.relname AS name, pg_get_constraintdef(c.oid) AS told, c.contype::text AS kind,
        (SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = t.oid AND a.attnum = c.conkey[1]) AS first
    FROM pg_class AS t LEFT JOIN pg_constraint AS c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'f')
    WHERE EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = t.oid AND a.attname = 'cell' AND NOT a.attisdropped)
        AND t.relkind IN ('r', 'p')
    """
    keys = asyncio.run(rows(dsn, sql))
    tables = {row["name"] for row in keys}
    assert {"orders", "quotas", "outbox", "baskets"} <= tables
    assert {row["name"] for row in keys if row["kind"] == "p"} == tables, "a table without a primary key"
    assert [row["told"] for row in keys if row["first"] != "cell"] == []


def test_every_table_has_a_primary_key(dsn: str) -> None:
    sql = """
    SELECT relname FROM pg_class AS t WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conrelid = t.oid AND c.contype = 'p')
    """
    assert asyncio.run(rows(dsn, sql)) == []


def test_the_database_does_nothing_by_itself() -> None:
    lines = WRITTEN.read_text(encoding="utf-8").splitlines()
    others = [line for line in lines if line and not line.startswith(("    ", "table "))]
    assert others == ["extension pg_trgm"], "no triggers, sequences, functions or views"
    columns = "\n".join(line for line in lines if line.startswith("    "))
    for word in ("IDENTITY", "GENERATED", "nextval", "now()", "CURRENT_", "uuid(", "random("):
        assert word not in columns


def test_money_and_instants_have_their_types() -> None:
    """Money is `bigint` in whole minor units; instants have a zone."""
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        name, _, kind = line.strip().partition(" ")
        if line.startswith("    ") and name.endswith("minor"):
            assert kind.split(" ")[0] == "bigint", line
        assert "timestamp without time zone" not in line
        assert not kind.startswith(("money", "real", "numeric")), line
        assert not kind.startswith("double precision") or name in {"speed", "confidence"}, line
