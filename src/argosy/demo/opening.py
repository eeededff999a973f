"""Open the demo: load the real catalogue once, serve it, and say what to try."""

from __future__ import annotations

import asyncio
import signal
import time
from datetime import UTC, datetime
from types import FrameType

import httpx
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from argosy import running
from argosy.base.errors import Misconfigured
from argosy.catalogue import find
from argosy.catalogue.reference import load_reference
from argosy.delivery.stores.load import load_stores
from argosy.demo.feed import count, rows
from argosy.demo.placing import best_sellers, place_demo
from argosy.demo.stocking import stock_stores
from argosy.demo.stories import brand_stories
from argosy.loading import Loaded, Stock, hints_of, load
from argosy.markets.load import load_markets
from argosy.plumbing.config import Config, variable
from argosy.plumbing.database import Database, open_database
from argosy.plumbing.secrets import OPERATOR_KEY_FILE, operator_key
from argosy.pricing.load_rates import load_rates, read_rates

ENOUGH = 18_000
"""Products that a loaded demo has at least."""
PRICES_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
"""Made up: so the clock can be set to any festival of the year that there is a plan for."""


async def load_demo(config: Config, dsn: str, say: running.Say) -> Loaded:
    """Load exchange rates and the catalogue, showing how far it is; safe to repeat and to break off."""
    database = await open_database(dsn, size=2)
    try:
        return await _load(config, database, say)
    finally:
        await database.close()


async def _load(config: Config, database: Database, say: running.Say) -> Loaded:
    now = datetime.now(UTC)
    say("Loading exchange rates ...")
    async with database.transaction() as tx:
        await load_rates(tx, config.data / "exchange_rates.csv", now)
    async with database.read() as reader:
        rates = await read_rates(reader, now)
    tree = load_reference(config.data).tree
    shop = Stock(
        cell=config.cell,
        tree=tree,
        hints=hints_of(config.data, tree),
        rates=rates,
        home_currency=load_markets(config.data / "markets").home.currency,
        priced_from=PRICES_SINCE,
    )
    stories = brand_stories(rows(config.data), config.data)
    with _bar() as bar:
        task = bar.add_task("Loading goods", total=count(config.data))
        loaded = await load(
            database,
            shop,
            rows(config.data),
            now,
            source="demo catalogue",
            stories=stories,
            on_refused=lambda row: say(f"row {row.line}, {row.field}: {row.reason}"),
            on_progress=lambda done: bar.update(task, completed=done),
        )
    async with database.transaction() as tx:
        await place_demo(tx, config.cell, await best_sellers(tx), config.data)
    async with database.read() as reader:
        await reader.connection.execute("ANALYZE")
    return loaded


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def demo(config: Config, say: running.Say, *, fresh: bool, check: bool) -> int:
    """Load what is missing, serve until interrupted; 0 when it ended well."""
    if not running.port_is_free(config.host, config.port):
        raise Misconfigured(f"Port {config.port} is taken. Set {variable('port')} to another, e.g. {config.port + 1}.")
    # A demo has an operator too: whoever may read its home folder.
    config = msgspec.structs.replace(config, operator_key=operator_key(config))
    with running.database(config, say) as dsn:
        if fresh or asyncio.run(products_in(dsn)) < ENOUGH:
            asyncio.run(load_demo(config, dsn, say))
        asyncio.run(stock_hubs(config, dsn))
        return _open(config, dsn, say, check=check)


def serve(config: Config, say: running.Say) -> int:
    """Serve what is loaded until interrupted."""
    if not running.port_is_free(config.host, config.port):
        raise Misconfigured(f"Port {config.port} is taken. Set {variable('port')} to another, e.g. {config.port + 1}.")
    with running.database(config, say) as dsn:
        return _open(config, dsn, say, check=False)


async def stock_hubs(config: Config, dsn: str) -> None:
    """Fill the hubs of the cities' stores, also of those that were added since the demo was loaded."""
    database = await open_database(dsn, size=1)
    markets, paths = load_markets(config.data / "markets"), load_reference(config.data).tree.paths()
    stores = load_stores(config.data / "stores", markets, paths, datetime.now(UTC).date())
    try:
        async with database.transaction() as tx:
            await stock_stores(tx, config.cell, config.data, stores)
    finally:
        await database.close()


async def products_in(dsn: str) -> int:
    """How many products the shop has."""
    database = await open_database(dsn, size=1)
    async with database.read() as reader:
        found = await find.product_count(reader)
    await database.close()
    return found


def _open(config: Config, dsn: str, say: running.Say, *, check: bool) -> int:
    serving = running.Serving(config, dsn)
    ended: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        ended.append(number)

    # SIGHUP: the terminal was closed.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    try:
        serving.wait_until_ready()
        goods = asyncio.run(products_in(dsn))
        address = f"http://{config.host}:{config.port}"
        say(_welcome(address, goods, config))
        if check:
            return _look(address)
        while not ended and serving.process.poll() is None:
            time.sleep(0.2)
        return 0 if ended else 1
    finally:
        serving.stop()


def _look(address: str) -> int:
    page = httpx.get(f"{address}/fr/en/", timeout=30, follow_redirects=True)
    print(f"front page: {page.status_code}, {len(page.content):,} bytes")  # noqa: T201
    return 0 if page.status_code == 200 else 1


def _welcome(address: str, goods: int, config: Config) -> str:
    lines = [
        "",
        f"  The shop is open: {address}",
        f"  {goods:,} products, {len(load_markets(config.data / 'markets'))} markets, 15 languages.",
        "",
        "  Try:",
        f"    {address}/fr/fr/           a shopper in France, in French, in euros",
        f"    {address}/hk/zh-hant/      Hong Kong; search for 手袋",
        f"    {address}/hk/zh-hant/supermarket   groceries in Hong Kong, in the hours that you choose",
        f"    {address}/ae/ar/           the Emirates, right to left",
        f"    {address}/schema           the open API",
        *_console(address, config),
        "    pay with 4242 4242 4242 4242; 4000 0000 0000 0002 is declined (docs/reference/test-cards.md)",
        "",
        "  Stop with Ctrl-C. Everything is kept in " + str(config.home),
        "",
    ]
    return "\n".join(lines)


def _console(address: str, config: Config) -> list[str]:
    """Where the operator's console is and where its key is kept; the key itself is never printed."""
    if not config.operator_key:
        return []
    kept = config.home / OPERATOR_KEY_FILE
    made = kept.exists() and kept.read_text().strip() == config.operator_key
    where = f"its key is in {kept}" if made else "its key is that of ARGOSY_OPERATOR_KEY"
    return [f"    {address}/console          the operator's console; {where}"]
