"""The shelf while goods change under it: what is for sale is found all the same."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from argosy.orders.shelf import ShelfCache
from argosy.plumbing.database import Database, open_database

ROUNDS = 60


async def change_all(database: Database) -> None:
    """Every product changes."""
    async with database.transaction() as tx:
        now = datetime.now(UTC)
        await tx.connection.execute("UPDATE products SET changed_at = $1", now)


def test_goods_that_change_are_never_missing(stocked_dsn: str) -> None:
    async def scene() -> None:
        database = await open_database(stocked_dsn, size=6)
        async with database.read() as reader:
            rows = await reader.connection.fetch("SELECT variant_id, product_id FROM variants LIMIT 40")
        variants, products = [row["variant_id"] for row in rows], list({row["product_id"] for row in rows})
        shelf = ShelfCache(database, datetime.now(UTC))
        going = True

        async def look(at: list[UUID]) -> None:
            while going:
                assert set(await shelf.items(at)) == set(at)
                await asyncio.sleep(0)

        async def list_products() -> None:
            while going:
                assert len(await shelf.products(products)) == len(products)
                await asyncio.sleep(0)

        looking = [asyncio.create_task(look(variants[n::4])) for n in range(4)]
        looking.append(asyncio.create_task(list_products()))
        for _ in range(ROUNDS):
            await change_all(database)
            await shelf.refresh()
        going = False
        await asyncio.gather(*looking)
        await database.close()

    asyncio.run(scene())
