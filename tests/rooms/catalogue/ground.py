"""What tests of the catalogue stand on: rows of a made-up merchant, taken in for real, and what they then look like."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg
import msgspec

from argosy.catalogue import find
from argosy.catalogue.model import ImportRow, Product
from argosy.catalogue.reference import load_reference
from argosy.catalogue.take_in import product_id, take_in, variant_id
from argosy.plumbing.config import Config
from argosy.plumbing.database import Database, open_database

Made = TypeVar("Made")

REFERENCE = load_reference(Config().data)
TREE = REFERENCE.tree
NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
BAG = ImportRow(
    merchant="atelier",
    sku="b-1",
    group="b",
    name="Round bag",
    name_language="en",
    brand="Lumen",
    category="handbags",
    colour="red",
    price_minor=10_000,
    currency="CNY",
    stock=5,
)


def bag(sku: str, **changes: Any) -> ImportRow:
    """A variant of the round bag, with changes."""
    return msgspec.structs.replace(BAG, sku=sku, **changes)


def on(dsn: str, work: Callable[[Database], Awaitable[Made]]) -> Made:
    """Do something with an open database."""

    async def whole() -> Made:
        database = await open_database(dsn, size=3)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(whole())


async def taken(
    database: Database, rows: Sequence[ImportRow], now: datetime = NOW, **stories: Mapping[str, str]
) -> None:
    """Take rows in, ranked by their own price."""
    ranks = {variant_id(row.merchant, row.sku): row.price_minor for row in rows}
    async with database.transaction() as tx:
        await take_in(tx, rows, TREE, ranks, now, stories)


async def product(database: Database, group: str = "b", merchant: str = "atelier") -> Product:
    """The product of a group."""
    async with database.read() as reader:
        return (await find.products(reader, [product_id(merchant, group)]))[product_id(merchant, group)]


async def rows_of(database: Database, table: str) -> list[asyncpg.Record]:
    """Everything that a table holds, but when it was written."""
    async with database.read() as reader:
        found = await reader.connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")
    return [{key: value for key, value in record.items() if key != "changed_at"} for record in found]


async def listed(database: Database) -> dict[str, list[str]]:
    """Groups of products by the category that lists them."""
    names = {product_id("atelier", group): group for group in ("a", "b", "c")}
    found: dict[str, list[str]] = {}
    for row in await rows_of(database, "listing_ranks"):
        found.setdefault(row["category"], []).append(names[row["product_id"]])
    return {category: sorted(groups) for category, groups in found.items()}


async def searched(database: Database, group: str = "b") -> dict[str, Any]:
    """What the search knows of a product."""
    return next(
        row for row in await rows_of(database, "search_products") if row["product_id"] == product_id("atelier", group)
    )
