"""Every named query is prepared against the real schema, fits the struct it names, and writes its own package's tables only."""

from __future__ import annotations

import ast
import asyncio
import importlib
import itertools
import re
import types
import typing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import asyncpg
import msgspec
import pytest

from argosy.catalogue.search_sql import SORTS, Filter, counts_sql, hits_sql
from argosy.catalogue.vocabulary import Meaning
from argosy.plumbing.database import Query, connect, load_queries
from house.tree import SOURCE, dotted_folder, modules, parsed, place

FOLDERS = sorted(path.parent for path in SOURCE.rglob("queries.sql"))
PACKAGES = [folder.relative_to(SOURCE).as_posix() for folder in FOLDERS]
QUERIES = [query for folder in FOLDERS for query in load_queries(dotted_folder(folder)).values()]
# What asyncpg makes of each type of a column, and so what a struct's field may be.
FITS: dict[str, tuple[type, ...]] = {
    "int2": (int,), "int4": (int,), "int8": (int,), "text": (str,), "varchar": (str,), "uuid": (UUID,), "bool": (bool,),
    "float4": (float,), "float8": (float,), "numeric": (Decimal,), "timestamptz": (datetime,), "date": (date,),
    "bytea": (bytes,), "jsonb": (dict, list),
}  # fmt: skip


def called(query: Query) -> str:
    """A query's name in the tests' report."""
    return f"{query.package.removeprefix('argosy.')}.{query.name}"


def struct_of(query: Query) -> type[msgspec.Struct]:
    """The struct that a query names, from its package's model or store."""
    for module in ("model", "store"):
        path = SOURCE.parent / query.package.replace(".", "/") / f"{module}.py"
        if path.exists():
            found = getattr(importlib.import_module(f"{query.package}.{module}"), query.struct or "", None)
            if found is not None:
                assert issubclass(found, msgspec.Struct)
                return found  # type: ignore[no-any-return]
    raise AssertionError(f"{called(query)}: there is no struct {query.struct}")


def fits(column: str, annotation: object) -> bool:
    """Whether values of a column's type are what a field's annotation says; `| None` is not looked at."""
    if annotation is typing.Any:
        return column == "jsonb"
    if isinstance(annotation, typing.TypeAliasType if hasattr(typing, "TypeAliasType") else ()):
        return fits(column, annotation.__value__)
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return fits(column, inside[0])
    if origin is typing.Literal:
        return fits(column, type(inside[0]))
    if origin in (typing.Union, types.UnionType):
        return all(fits(column, one) for one in inside if one is not type(None))
    if column.endswith("[]"):
        return origin in (list, tuple) and fits(column[:-2], inside[0])
    plain = origin or annotation
    if isinstance(plain, type) and issubclass(plain, Enum):
        return False  # asyncpg hands out text, not our enumeration: convert it in the store
    return plain in FITS.get(column, ())


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection as the shop makes it."""
    connection = await connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


def test_there_are_queries() -> None:
    assert len(PACKAGES) >= 6
    assert len(QUERIES) >= 60
    for package in PACKAGES:
        text = (SOURCE / package / "queries.sql").read_text(encoding="utf-8")
        heads = [line for line in text.splitlines() if line.startswith("--") and "name:" in line]
        assert len(heads) == len(load_queries(dotted_folder(SOURCE / package))), (
            f"{package}: a heading is not of the form"
        )


@pytest.mark.parametrize("query", QUERIES, ids=called)
def test_query_has_a_sentence(query: Query) -> None:
    assert re.fullmatch(r"[A-Z].{4,}[.]", query.sentence), query.sentence
    assert ";" not in query.sql
    assert query.sql


def test_queries_fit_schema_and_structs(dsn: str) -> None:
    wrong: list[str] = []

    async def look() -> None:
        async with connected(dsn) as connection:
            for query in QUERIES:
                try:
                    statement = await connection.prepare(query.sql)
                except asyncpg.PostgresError as error:
                    wrong.append(f"{called(query)}: {error}")
                    continue
                if query.struct is not None:
                    columns = {column.name: column.type.name for column in statement.get_attributes()}
                    wrong.extend(f"{called(query)}: {told}" for told in misfits(columns, struct_of(query)))

    asyncio.run(look())
    assert wrong == []


def misfits(columns: dict[str, str], struct: type[msgspec.Struct]) -> list[str]:
    """What keeps rows of these columns from being the struct."""
    fields = typing.get_type_hints(struct, include_extras=True)
    if set(columns) != set(fields):
        return [
            f"columns {sorted(set(columns) - set(fields))} and fields {sorted(set(fields) - set(columns))} do not meet"
        ]
    return [
        f"{name} is {column}, the struct says {fields[name]}"
        for name, column in columns.items()
        if not fits(column, fields[name])
    ]


class Shape(msgspec.Struct):
    """Fields for the test of the comparison itself."""

    number: int
    names: list[str]
    at: datetime | None
    body: dict[str, typing.Any]
    id: UUID


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"number": "int2"}, True),
        ({"number": "text"}, False),
        ({"number": "numeric"}, False),
        ({"names": "text"}, False),
        ({"names": "int8[]"}, False),
        ({"at": "date"}, False),
        ({"body": "text"}, False),
        ({"id": "text"}, False),
        ({"more": "text"}, False),
    ],
)
def test_the_comparison_notices(change: dict[str, str], good: bool) -> None:
    columns = {"number": "int8", "names": "text[]", "at": "timestamptz", "body": "jsonb", "id": "uuid"}
    assert (misfits({**columns, **change}, Shape) == []) is good


@pytest.mark.parametrize("package", PACKAGES)
def test_every_query_is_used(package: str) -> None:
    strings = {
        node.value
        for path in modules()
        if SOURCE / package in path.parents
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(load_queries(dotted_folder(SOURCE / package))) <= strings


def test_structs_named_by_queries_are_used_with_them() -> None:
    """`rows(Struct, _sql["name"])`: the struct handed over is the one the query names."""
    wrong = []
    for path in modules():
        for node in ast.walk(parsed(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"row", "rows"}
            ):
                told = ast.unparse(node)
                match = re.match(r".*\.rows?\((\w+), _sql\['(\w+)'\]", told)
                if match:
                    query = load_queries(dotted_folder(path.parent))[match[2]]
                    if query.struct != match[1]:
                        wrong.append(f"{place(path)}:{node.lineno}: {match[1]} for {called(query)} -> {query.struct}")
    assert wrong == []


def written(plan: object) -> set[str]:
    """Tables that a plan of EXPLAIN changes."""
    if isinstance(plan, list):
        return set().union(*(written(part) for part in plan)) if plan else set()
    if not isinstance(plan, dict):
        return set()
    own = {plan["Relation Name"]} if plan.get("Node Type") == "ModifyTable" else set()
    return own.union(*(written(part) for part in plan.values()))


async def tables_written(connection: asyncpg.Connection[asyncpg.Record], sql: str) -> set[str]:
    """Tables that a statement changes, as the planner sees it."""
    explained = await connection.prepare(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {sql}")
    plan = await explained.fetchval(*[None] * len(explained.get_parameters()))
    return written(msgspec.json.decode(plan))


def test_a_table_has_one_writer(dsn: str) -> None:
    writers: dict[str, set[str]] = {}
    tables: set[str] = set()

    async def look() -> None:
        async with connected(dsn) as connection:
            assert await tables_written(connection, "DELETE FROM quotas WHERE cell = $1") == {"quotas"}
            assert await tables_written(connection, "SELECT key FROM quotas WHERE cell = $1") == set()
            for query in QUERIES:
                for table in await tables_written(connection, query.sql):
                    writers.setdefault(table, set()).add(query.package)
            listed = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables.update(row["tablename"] for row in listed)

    asyncio.run(look())
    assert {table: packages for table, packages in writers.items() if len(packages) > 1} == {}
    assert tables - set(writers) == {"migrations"}, "a table that no query writes"


def test_architecture_names_each_table_with_its_writer() -> None:
    """The list of packages in ARCHITECTURE.md and the SQL agree on who writes what."""
    text = (SOURCE.parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    said = {
        table: package
        for package, tables in re.findall(r"^\| `([\w.]+)` \| [^|]* \| ([^|]*) \|$", text, re.MULTILINE)
        for table in re.findall(r"`(\w+)`", tables)
    }
    change = re.compile(r"\b(?:INSERT INTO|DELETE FROM|(?<!DO )(?<!KEY )UPDATE) (\w+)")
    found = {table: query.package.removeprefix("argosy.") for query in QUERIES for table in change.findall(query.sql)}
    assert said == {**found, "migrations": "plumbing"}


MEANINGS = (
    (),
    (Meaning("bag"),),
    (Meaning("red", colours=("red",)), Meaning("nike", brands=("nike",), guessed="nike")),
    (Meaning("shoes", categories=("shoes", "boots"), colours=("red",), brands=("nike",)), Meaning("50%_off\\")),
)
FILTERS = [
    Filter(meanings=meanings, category=category, brands=brands, colours=colours, least_rank=least, most_rank=most)
    for meanings, category, brands, colours, least, most in itertools.product(
        MEANINGS, ("", "shoes"), ((), ("nike",)), ((), ("red", "blue")), (None, 100), (None, 900)
    )
]


def test_every_form_of_a_search_is_sound(dsn: str) -> None:
    async def look() -> None:
        async with connected(dsn) as connection:
            for wanted in FILTERS:
                for sort in SORTS:
                    sql, values = hits_sql(wanted, sort, 48, 0)
                    statement = await connection.prepare(sql)
                    assert len(statement.get_parameters()) == len(values)
                    assert [one.name for one in statement.get_attributes()] == ["product_id", "score"]
                    assert await connection.fetch(sql, *values) == []
                sql, values = counts_sql(wanted)
                statement = await connection.prepare(sql)
                assert [(one.name, one.type.name) for one in statement.get_attributes()] == [
                    ("kind", "text"), ("key", "text"), ("n", "int8")
                ]  # fmt: skip
                assert [tuple(row) for row in await connection.fetch(sql, *values)] == [("total", "", 0)]

    asyncio.run(look())
