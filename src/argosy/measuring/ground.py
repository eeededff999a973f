"""A shop of its own to measure: database, goods, server processes, all in a folder that is thrown away."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count, islice
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
from msgspec.structs import replace

from argosy import running
from argosy.catalogue.model import ImportRow
from argosy.catalogue.reference import load_reference
from argosy.catalogue.take_in import variant_id
from argosy.demo.feed import rows
from argosy.landed.classification.load import load_goods_facts
from argosy.landed.load import load_tables
from argosy.landed.model import Consignment, LandedLine
from argosy.landed.rules import land
from argosy.loading import Stock, load
from argosy.markets.load import load_markets
from argosy.measuring.accounting import Spent, spent
from argosy.measuring.plan import ADDRESSES, Outcome, Plan
from argosy.orders.quoting.exchange import Exchange
from argosy.orders.quoting.landing import CHANNELS
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database
from argosy.plumbing.embedded.server import EmbeddedServer
from argosy.plumbing.migrations import migrate
from argosy.pricing.load_rates import load_rates, read_rates
from argosy.pricing.model import Rates
from argosy.shop import HUB

AMPLE = 10_000_000
# CPU seconds a second of a shop that nobody visits.
_RESTING = 0.15


class Ground:
    """A shop that is being measured."""

    def __init__(self, config: Config, dsn: str, database_pid: int, variants: list[str]) -> None:
        self.config = config
        self.dsn = dsn
        self.variants = variants
        self._database_pid = database_pid
        self.serving = running.Serving(config, dsn)
        self.serving.wait_until_ready()

    def drive(self, operation: str, **wishes: object) -> tuple[Outcome, Spent]:
        """Carry out a plan from another process; what happened, and the CPU time it took here."""
        plan = Plan(host=self.config.host, port=self.config.port, operation=operation, **wishes)  # type: ignore[arg-type]
        before = spent(self.serving.process.pid, self._database_pid)
        command = [sys.executable, "-m", "argosy.measuring.driver"]
        ran = subprocess.run(command, input=msgspec.json.encode(plan), stdout=subprocess.PIPE, check=True)
        return msgspec.json.decode(ran.stdout, type=Outcome), spent(self.serving.process.pid, self._database_pid).since(
            before
        )

    def settle(self, seconds: float = 120.0) -> None:
        """Return when the processes rest, at the latest after so many seconds: on opening they make tables beside the requests."""
        until = time.monotonic() + seconds
        resting = 0
        while resting < 3 and time.monotonic() < until:
            before = spent(self.serving.process.pid, self._database_pid)
            time.sleep(1.0)
            used = spent(self.serving.process.pid, self._database_pid).since(before)
            resting = resting + 1 if used.server + used.database < _RESTING else 0

    def ask(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Rows of the database, for checking the books."""

        async def fetch() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.dsn)
            try:
                return list(await connection.fetch(sql, *values))
            finally:
                await connection.close()

        return asyncio.run(fetch())

    def set_stock(self, variant: str, units: int) -> None:
        """Let there be so many free units of a variant."""
        self.ask(
            "UPDATE quotas SET received = held + sold + $2 WHERE key LIKE 'stock/' || $1 || '/%' RETURNING key",
            variant,
            units,
        )


@contextmanager
def ground(config: Config, workers: int, products: int) -> Iterator[Ground]:
    """A shop with ample stock of real goods (or of `products` made-up ones) on a database and port of its own."""
    home = Path(tempfile.mkdtemp(prefix="argosy-bench-"))
    # The database runs as another account where we are root: it must be able to get in.
    home.chmod(0o755)
    own = replace(
        config,
        home=home / "home",
        database_url="",
        port=_free_port(),
        workers=workers,
        payment_provider="simulated",
        secret="b" * 64,
    )
    server = EmbeddedServer(
        own.home, settings={"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "top"}
    )
    attached = server.start()
    running_ground = None
    try:
        asyncio.run(migrate(attached.dsn, datetime.now(UTC)))
        asyncio.run(_count_statements(attached.dsn))
        variants = asyncio.run(_stock_up(own, attached.dsn, products))
        running_ground = Ground(own, attached.dsn, attached.server_pid, variants)
        yield running_ground
    finally:
        if running_ground:
            running_ground.serving.stop()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


async def _count_statements(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    await connection.close()


async def _stock_up(config: Config, dsn: str, products: int) -> list[str]:
    database = await open_database(dsn, size=2)
    now = datetime.now(UTC)
    async with database.transaction() as tx:
        await load_rates(tx, config.data / "exchange_rates.csv", now)
    async with database.read() as reader:
        rates = await read_rates(reader, now)
    home = load_markets(config.data / "markets").home.currency
    shop = Stock(cell=config.cell, tree=load_reference(config.data).tree, rates=rates, home_currency=home)
    goods = _made_up(config.data, products) if products else rows(config.data)
    variants: list[UUID] = []

    allowed = _allowed_everywhere(config, rates, now.date())

    def ample() -> Iterator[ImportRow]:
        for row in goods:
            if len(variants) < 20_000 and allowed(row):
                variants.append(variant_id(row.merchant, row.sku))
            yield replace(row, stock=AMPLE, limit_per_shopper=None)

    await load(database, shop, ample(), now, source="benchmark")
    async with database.read() as reader:
        await reader.connection.execute("ANALYZE")
    await database.close()
    return [str(one) for one in variants]


def _allowed_everywhere(config: Config, rates: Rates, day: date) -> Callable[[ImportRow], bool]:
    """Whether goods may be sent to all the countries that the driver orders from."""
    tables = load_tables(config.data / "landed", Exchange(rates))
    facts = load_goods_facts(config.data / "landed")
    known: dict[tuple[str, str, str], bool] = {}

    def allowed(row: ImportRow) -> bool:
        key = (row.hs6, row.origin, row.category)
        if key not in known:
            fact = facts.get(row.category)
            goods = LandedLine(
                line="1",
                hs=row.hs6,
                origin=row.origin,
                quantity=1,
                goods_minor=10_000,
                battery=fact.battery if fact else "none",
                blade_mm=fact.blade_mm if fact else None,
            )
            known[key] = not any(
                all(
                    land(
                        tables,
                        Consignment(
                            at=day, to=country, ship_from=HUB[:2], channel=channel, currency="CNY",
                            shipping_minor=0, lines=(goods,),
                        ),
                    ).state == "banned"
                    for channel in CHANNELS
                )
                for country in ADDRESSES
            )  # fmt: skip
        return known[key]

    return allowed


def _made_up(data: Path, products: int) -> Iterator[ImportRow]:
    """Real goods over and over under new numbers, one variant a product."""

    single = [row for row in rows(data) if row.sku == row.group or row.size in ("", "M")]

    def again() -> Iterator[ImportRow]:
        for turn in count():
            for row in single:
                sku = f"{row.sku}-{turn}"
                yield replace(row, sku=sku, group=sku, popularity=row.popularity + turn)

    return islice(again(), products)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
