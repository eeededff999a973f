"""What tests stand on: one real PostgreSQL for the run, a database of its own for each test that wants one, a served shop."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import asyncpg
import pytest

from argosy import running
from argosy.catalogue.model import ImportRow
from argosy.catalogue.reference import load_reference
from argosy.demo.feed import rows
from argosy.loading import Stock, load
from argosy.markets.load import load_markets
from argosy.plumbing.clock import Clock
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database
from argosy.plumbing.embedded.server import EmbeddedServer
from argosy.plumbing.migrations import migrate
from argosy.pricing.load_rates import load_rates, read_rates
from argosy.shop import Shop, open_shop

SECRET = "a secret for tests that is long enough"
OPERATOR = "operator-key-for-tests"
GOODS = 1_200
"""Rows of the real catalogue that a test's shop is stocked with, taken evenly from all of it."""


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A folder for this run, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="argosy-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[str]:
    """The address of a real PostgreSQL: that of `ARGOSY_TEST_DATABASE_URL`, else our own for this run."""
    given = os.environ.get("ARGOSY_TEST_DATABASE_URL")
    if given:
        yield given
        return
    embedded = EmbeddedServer(home / "server", say=lambda _: None)
    yield embedded.start().dsn
    embedded.stop()


def named(dsn: str, name: str) -> str:
    """The address of another database on the same server."""
    base, _, query = dsn.partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{query}"


async def run_sql(dsn: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    connection = await asyncpg.connect(dsn)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="session")
def migrated(server: str) -> str:
    """The name of a template database with the schema."""
    asyncio.run(run_sql(server, "CREATE DATABASE schema_only"))
    asyncio.run(migrate(named(server, "schema_only"), datetime.now(UTC)))
    return "schema_only"


@pytest.fixture(scope="session")
def stocked(server: str, migrated: str) -> str:
    """The name of a template database with exchange rates and a part of the real catalogue."""
    asyncio.run(run_sql(server, f"CREATE DATABASE stocked TEMPLATE {migrated}"))
    asyncio.run(stock_up(named(server, "stocked")))
    return "stocked"


async def stock_up(dsn: str, goods: int = GOODS) -> None:
    """Load rates and an even part of the real catalogue."""
    database = await open_database(dsn, size=2)
    config = Config()
    now = datetime.now(UTC)
    async with database.transaction() as tx:
        await load_rates(tx, config.data / "exchange_rates.csv", now)
    async with database.read() as reader:
        rates = await read_rates(reader, now)
    home = load_markets(config.data / "markets").home.currency
    tree = load_reference(config.data).tree
    shop = Stock(cell=config.cell, tree=tree, rates=rates, home_currency=home)
    await load(database, shop, some_rows(goods), now, source="tests")
    await database.close()


def some_rows(goods: int = GOODS) -> list[ImportRow]:
    """Whole products from all over the real catalogue, in its order, about `goods` rows."""
    every = list(rows(Config().data))
    groups: dict[tuple[str, str], list[ImportRow]] = {}
    for row in every:
        groups.setdefault((row.merchant, row.group), []).append(row)
    step = max(1, len(every) // goods)
    return [row for group in islice(groups.values(), 0, None, step) for row in group]


@pytest.fixture
def dsn(server: str, migrated: str) -> Iterator[str]:
    """The address of an empty, migrated database of this test's own."""
    yield from _copy(server, migrated)


@pytest.fixture
def stocked_dsn(server: str, stocked: str) -> Iterator[str]:
    """The address of a stocked database of this test's own."""
    yield from _copy(server, stocked)


def _copy(server: str, template: str) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield named(server, name)
    asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))


def config_for(dsn: str, home: Path, **wishes: object) -> Config:
    """Settings of a shop on a database."""
    settings = {
        "database_url": dsn,
        "home": home,
        "secret": SECRET,
        "operator_key": OPERATOR,
        "promise_hub": "none",
        **wishes,
    }
    return Config(**settings)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(dsn: str, home: Path, clock: Clock | None = None) -> AsyncIterator[Shop]:
    """An open shop inside this process."""
    async with open_shop(config_for(dsn, home), dsn, clock) as shop:
        yield shop


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def shop_url(server: str, stocked: str, home: Path) -> Iterator[str]:
    """The address of a shop with a part of the real catalogue, served by a real server process for this module."""
    name = f"m_{uuid.uuid4().hex[:12]}"
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE {stocked}"))
    port = free_port()
    dsn = named(server, name)
    url = f"http://127.0.0.1:{port}"
    serving = running.Serving(config_for(dsn, home, port=port, workers=1, base_url=url), dsn)
    try:
        serving.wait_until_ready()
        yield url
    finally:
        serving.stop()
        asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def module_dsn(server: str, stocked: str) -> Iterator[str]:
    """The address of a stocked database that a module's tests share."""
    yield from _copy(server, stocked)
