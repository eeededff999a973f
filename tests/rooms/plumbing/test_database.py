"""Queries are read from files by name; handles read, write and roll back."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from argosy.plumbing.database import BY_KEY, Database, Query, connect, load_queries, open_database

GOOD = """-- name: put_thing
-- Adds a thing;
-- in two lines.
INSERT INTO things (a, b) VALUES ($1, $2)
ON CONFLICT DO NOTHING;

-- name: things -> Thing
-- All things.
SELECT a, b FROM things
"""


class Thing(msgspec.Struct, frozen=True):
    """A row."""

    a: int
    b: Any


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Makes a package with queries."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def make(text: str) -> str:
        name = f"queries_of_test_{abs(hash(tmp_path)) % 10**9}_{len(made)}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "queries.sql").write_text(text, encoding="utf-8")
        made.append(name)
        return name

    yield make
    for name in made:
        sys.modules.pop(name, None)


def test_queries_have_a_name_a_struct_and_a_sentence(package: Callable[[str], str]) -> None:
    name = package(GOOD)
    assert load_queries(name) == {
        "put_thing": Query(
            name,
            "put_thing",
            None,
            "Adds a thing; in two lines.",
            "INSERT INTO things (a, b) VALUES ($1, $2)\nON CONFLICT DO NOTHING",
        ),
        "things": Query(name, "things", "Thing", "All things.", "SELECT a, b FROM things"),
    }


def test_a_name_stands_once(package: Callable[[str], str]) -> None:
    name = package(GOOD + "-- name: things\n-- Again.\nSELECT 1\n")
    with pytest.raises(AssertionError, match="things stands twice"):
        load_queries(name)


def query(sql: str) -> Query:
    """A query of this test."""
    return Query("test", "test", None, "", sql)


def on(dsn: str, work: Callable[[Database], Any]) -> None:
    """Run some work on an open database with a table of things."""

    async def run() -> None:
        database = await open_database(dsn, size=2)
        try:
            async with database.transaction() as tx:
                await tx.do(query("CREATE TABLE things (a int PRIMARY KEY, b jsonb)"))
            await work(database)
        finally:
            await database.close()

    asyncio.run(run())


BODIES = [{"a": [1, None, "ü漢\\"], "b": {"c": 1.5}}, [], {}, "text", 1, None, True]


def test_handles_read_and_write(dsn: str) -> None:
    async def work(database: Database) -> None:
        every, one = query("SELECT a, b FROM things ORDER BY a"), query("SELECT a, b FROM things WHERE a = $1")
        async with database.transaction() as tx:
            for number, body in enumerate(BODIES):
                assert await tx.do(query("INSERT INTO things VALUES ($1, $2)"), number, body) == 1
            assert await tx.do(query("UPDATE things SET a = a + 100 WHERE a >= $1"), 3) == 4
            assert await tx.do(query("UPDATE things SET a = 0 WHERE a = 99")) == 0
            await tx.fill("things", ("a", "b"), [(50, {"filled": True})])
        async with database.read() as reader:
            assert [row.a for row in await reader.rows(Thing, every)] == [0, 1, 2, 50, 103, 104, 105, 106]
            assert await reader.row(Thing, one, 0) == Thing(0, BODIES[0])
            assert await reader.row(Thing, one, 999) is None
            assert await reader.value(query("SELECT count(*) FROM things")) == 8
            assert await reader.value(query("SELECT a FROM things WHERE false")) is None
            assert await reader.column(query("SELECT a FROM things WHERE a < 3 ORDER BY a")) == [0, 1, 2]

    on(dsn, work)


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_json_comes_back_as_it_went(dsn: str, body: object) -> None:
    async def work(database: Database) -> None:
        async with database.transaction() as tx:
            await tx.do(query("INSERT INTO things VALUES (1, $1)"), body)
            assert await tx.value(query("SELECT b FROM things")) == body

    on(dsn, work)


def test_a_transaction_is_all_or_nothing(dsn: str) -> None:
    async def work(database: Database) -> None:
        put, count = query("INSERT INTO things VALUES ($1, NULL)"), query("SELECT count(*) FROM things")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with database.transaction() as tx:
                await tx.do(put, 1)
                await tx.do(put, 2)
                await tx.do(put, 1)
        async with database.read() as reader:
            assert await reader.value(count) == 0
        async with database.transaction() as tx:
            await tx.do(put, 1)
            async with database.read() as reader:
                assert await reader.value(count) == 0, "others see nothing before the commit"
        async with database.read() as reader:
            assert await reader.value(count) == 1

    on(dsn, work)


def test_sessions_have_their_settings(dsn: str) -> None:
    async def run() -> None:
        connection = await connect(dsn, **BY_KEY)
        for name, value in {**BY_KEY, "timezone": "UTC", "jit": "off"}.items():
            assert await connection.fetchval("SELECT lower(current_setting($1))", name) == value.lower()
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            assert await connection.fetchval("SELECT current_setting($1)", name) == "on", "what is committed is kept"
        await connection.close()

    asyncio.run(run())
