"""The database: reading and writing handles, and SQL kept in files under names."""

from __future__ import annotations

import asyncio
import functools
import importlib.resources
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
import msgspec

Row = TypeVar("Row", bound=msgspec.Struct)

_NAMED = re.compile(r"^-- name: (?P<name>\w+)(?: -> (?P<struct>\w+))?$", re.MULTILINE)


class Query(msgspec.Struct, frozen=True):
    """One named query of a package: its sentence, its SQL and the struct its rows fit."""

    package: str
    name: str
    struct: str | None
    sentence: str
    sql: str


@functools.cache
def load_queries(package: str) -> dict[str, Query]:
    """All named queries of a package's `queries.sql`, by name."""
    text = importlib.resources.files(package).joinpath("queries.sql").read_text(encoding="utf-8")
    heads = list(_NAMED.finditer(text))
    queries: dict[str, Query] = {}
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : after.start() if after else len(text)].strip().splitlines()
        comment = [line for line in body if line.startswith("--")]
        sql = "\n".join(line for line in body if not line.startswith("--")).strip().rstrip(";")
        sentence = " ".join(line.removeprefix("--").strip() for line in comment)
        name = head["name"]
        assert name not in queries, f"{package}: query {name} stands twice"  # noqa: S101
        queries[name] = Query(package, name, head["struct"], sentence, sql)
    return queries


class Reader:
    """A handle that only reads."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self.connection = connection

    async def rows(self, struct: type[Row], query: Query, *values: Any) -> list[Row]:
        """All rows, as structs."""
        return [struct(**record) for record in await self.connection.fetch(query.sql, *values)]

    async def row(self, struct: type[Row], query: Query, *values: Any) -> Row | None:
        """The first row as a struct, or None."""
        record = await self.connection.fetchrow(query.sql, *values)
        return None if record is None else struct(**record)

    async def value(self, query: Query, *values: Any) -> Any:
        """The first column of the first row, or None."""
        return await self.connection.fetchval(query.sql, *values)

    async def column(self, query: Query, *values: Any) -> list[Any]:
        """The first column of all rows."""
        return [record[0] for record in await self.connection.fetch(query.sql, *values)]


class Tx(Reader):
    """A handle inside an open transaction, which may write; only the edge opens and commits one."""

    async def do(self, query: Query, *values: Any) -> int:
        """Run a statement; the number of rows it touched."""
        status = await self.connection.execute(query.sql, *values)
        return int(status.rpartition(" ")[2]) if status[-1].isdigit() else 0

    async def fill(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Copy many rows into a table of the caller's own package."""
        await self.connection.copy_records_to_table(table, records=rows, columns=list(columns))


class Database:
    """A pool of connections to one cell's database."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], dsn: str) -> None:
        self._pool = pool
        self._dsn = dsn

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """A reading handle; each statement sees the latest commits."""
        async with self._pool.acquire() as connection:
            yield Reader(connection)  # type: ignore[arg-type]

    @asynccontextmanager
    async def transaction(self, **settings: str) -> AsyncIterator[Tx]:
        """A transaction with settings of its own: committed when the block ends well, rolled back otherwise."""
        async with self._pool.acquire() as connection, connection.transaction():
            for name, value in settings.items():
                await connection.execute(load_queries("argosy.plumbing")["set_for_now"].sql, name, value)
            yield Tx(connection)  # type: ignore[arg-type]

    async def alone(self) -> asyncpg.Connection[asyncpg.Record]:
        """A connection for one owner, which closes it: for locks that are kept and for the intake."""
        return await connect(self._dsn)

    async def close(self) -> None:
        """Close all connections, waiting at most five seconds for those in use."""
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


async def _prepare(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(bytes(data[1:])),
    )


async def _keep(_connection: Any) -> None:
    """Nothing to reset: handles set no session state, and asyncpg's own reset costs a round trip a query."""


async def connect(dsn: str, **settings: str) -> asyncpg.Connection[asyncpg.Record]:
    """One connection, ready for use, with settings of its session."""
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        dsn, server_settings={**_SESSION, **settings}
    )
    await _prepare(connection)
    return connection


_SESSION = {"application_name": "argosy", "jit": "off", "timezone": "UTC"}


BY_KEY = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
}
"""Settings for a session that only touches rows by their keys: planned once, by index, whatever the statistics of the day say."""


async def open_database(dsn: str, *, size: int = 6) -> Database:
    """A database by its address, with up to `size` connections."""
    pool = await asyncpg.create_pool(
        dsn, min_size=1, max_size=size, init=_prepare, reset=_keep, server_settings=_SESSION, command_timeout=60
    )
    return Database(pool, dsn)
