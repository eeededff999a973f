"""A served shop with a stocked store in Hong Kong, whose database tests may look into."""

from __future__ import annotations

import asyncio
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from argosy import running
from argosy.catalogue.reference import load_reference
from argosy.delivery.stores.load import load_stores
from argosy.demo.stocking import stock_stores
from argosy.markets.load import load_markets
from argosy.plumbing.config import Config
from argosy.plumbing.database import open_database
from conftest import config_for, free_port, named, run_sql
from faces.buyer import ADDRESSES, APPROVED

STORE = "hk"
ROOT = Path(__file__).parents[2]


class Hall:
    """The store over HTTP, and SQL for what HTTP does not tell."""

    def __init__(self, url: str, dsn: str) -> None:
        self.url = url
        self.dsn = dsn
        self.client = httpx.Client(base_url=url, timeout=30)
        self.given: dict[str, int] = {}

    def ask(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Rows of the shop's database."""

        async def fetch() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.dsn)
            try:
                return list(await connection.fetch(sql, *values))
            finally:
                await connection.close()

        return asyncio.run(fetch())

    def goods(self, *categories: str) -> list[str]:
        """A variant of each category that the store has plenty of, each another one."""
        return [
            str(
                self.ask(
                    "SELECT v.variant_id FROM variants v JOIN products p USING (product_id) JOIN quotas q"
                    " ON q.key = 'stock/' || v.variant_id || '/HK-KWC' WHERE p.category = $1 AND q.received > 20"
                    " ORDER BY v.variant_id LIMIT 1",
                    category,
                )[0]["variant_id"]
            )
            for category in categories
        ]

    def slots(self) -> list[dict[str, Any]]:
        """The store's slots as the API tells them."""
        found: list[dict[str, Any]] = self.client.get(f"/v1/stores/{STORE}/slots").json()
        return found

    def only(self, slot: str, places: int) -> None:
        """Let a slot that nobody has a place of have so many places left: all others count as sold."""
        times = tomllib.loads((ROOT / f"data/stores/{STORE}.toml").read_text(encoding="utf-8"))["slots"]
        capacity = next(one["capacity"] for one in times if one["code"] == slot.partition("/")[2])
        self.given[slot] = capacity - places
        self.ask(
            "INSERT INTO quotas (cell, key, received, sold) VALUES (1, $1, $2, $3)",
            f"slot/{STORE}/{slot}",
            capacity,
            self.given[slot],
        )

    def taken(self, slot: str) -> tuple[int, int]:
        """Places of a slot that orders hold and were sold."""
        rows = self.ask("SELECT held, sold FROM quotas WHERE key = $1", f"slot/{STORE}/{slot}")
        return (rows[0]["held"], rows[0]["sold"] - self.given.get(slot, 0)) if rows else (0, 0)

    def wished(self, *lines: tuple[str, int], slot: str = "", **destination: str) -> dict[str, Any]:
        """The body that asks for a quote."""
        return {
            "lines": [{"variant_id": variant, "quantity": count} for variant, count in lines],
            "destination": {"country": "HK", **destination},
            "store": STORE,
            "slot": slot or self.slots()[-1]["slot"],
        }

    def quote(self, *lines: tuple[str, int], slot: str = "") -> dict[str, Any]:
        """A quote."""
        answer = self.client.post("/v1/quotes", json=self.wished(*lines, slot=slot))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def order(self, quote: dict[str, Any], card: str = APPROVED, **address: Any) -> httpx.Response:
        """An order of a quote."""
        return self.client.post("/v1/orders", json=ordered(quote, card, **address))


def ordered(quote: dict[str, Any], card: str = APPROVED, **address: Any) -> dict[str, Any]:
    """The body of an order."""
    body: dict[str, Any] = {"quote": quote["quote"], "address": {"country": "HK", **ADDRESSES["HK"], **address}}
    return body | {"payment": {"card_number": card}} if card else body


async def stock_store(dsn: str) -> None:
    """Fill the hub of the demo's store."""
    config = Config()
    database = await open_database(dsn, size=1)
    paths = load_reference(config.data).tree.paths()
    markets = load_markets(config.data / "markets")
    stores = load_stores(config.data / "stores", markets, paths, datetime.now(UTC).date())
    async with database.transaction() as tx:
        await stock_stores(tx, config.cell, config.data, stores)
    await database.close()


@contextmanager
def hall(server: str, stocked: str, home: Path) -> Iterator[Hall]:
    """The store, served by two processes."""
    name = f"s_{uuid.uuid4().hex[:12]}"
    asyncio.run(run_sql(server, f"CREATE DATABASE {name} TEMPLATE {stocked}"))
    dsn, port = named(server, name), free_port()
    asyncio.run(stock_store(dsn))
    url = f"http://127.0.0.1:{port}"
    serving = running.Serving(config_for(dsn, home, port=port, workers=2, base_url=url), dsn)
    try:
        serving.wait_until_ready()
        yield Hall(url, dsn)
    finally:
        serving.stop()
        asyncio.run(run_sql(server, f"DROP DATABASE {name} WITH (FORCE)"))
