"""A shopper's and an operator's view of a served shop, and a look into its database."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import httpx

from conftest import OPERATOR
from rooms.orders.ground import wrong_in

ADDRESS = {
    "country": "FR",
    "name": "Ana Souza",
    "phone": "+33142345678",
    "email": "ana@example.com",
    "street": ["12 rue de Rivoli"],
    "city": "Paris",
    "postal_code": "75004",
}
APPROVED = "4242424242424242"
DECLINED = "4000000000000002"


class Counter:
    """Where shoppers are served: HTTP calls, and SQL for what HTTP does not tell."""

    def __init__(self, url: str, dsn: str) -> None:
        self.url = url
        self.dsn = dsn

    def ask(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Rows of the shop's database."""

        async def fetch() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.dsn)
            try:
                return list(await connection.fetch(sql, *values))
            finally:
                await connection.close()

        return asyncio.run(fetch())

    def variants(self, count: int) -> list[str]:
        """Goods in stock, without a limit for each shopper; other ones at each call."""
        rows = self.ask(
            "UPDATE quotas SET received = received + 1000 WHERE key IN (SELECT key FROM quotas JOIN variants"
            " ON split_part(key, '/', 2) = variant_id::text WHERE key LIKE 'stock/%' AND held = 0 AND sold = 0"
            " AND received BETWEEN 1 AND 999 AND limit_per_shopper IS NULL"
            # Garments, shoes and bags, which may be sent everywhere.
            " AND left(hs6, 2) IN ('42', '61', '62', '64') ORDER BY key LIMIT $1)"
            " RETURNING split_part(key, '/', 2) AS id",
            count,
        )
        assert len(rows) == count
        return [row["id"] for row in rows]

    def set_stock(self, variant: str, free: int) -> None:
        """Let there be so many free pieces."""
        self.ask("UPDATE quotas SET received = held + sold + $2 WHERE key LIKE 'stock/' || $1 || '/%'", variant, free)

    def counters(self, variant: str) -> tuple[int, int, int]:
        """Free, held and sold pieces."""
        (row,) = self.ask("SELECT received, held, sold FROM quotas WHERE key LIKE 'stock/' || $1 || '/%'", variant)
        return row["received"] - row["held"] - row["sold"], row["held"], row["sold"]

    def wrong_books(self) -> list[str]:
        """What is wrong in the books of orders, lines, refunds, counters, trail and outbox."""

        async def look() -> list[str]:
            connection = await asyncpg.connect(self.dsn)
            try:
                return await wrong_in(connection.fetch)
            finally:
                await connection.close()

        return asyncio.run(look())

    def client(self, key: str = "") -> httpx.Client:
        """A client that shows a key, if there is one."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def operator(self) -> httpx.Client:
        return self.client(OPERATOR)

    def quote(self, *lines: tuple[str, int], country: str = "FR") -> dict[str, Any]:
        """A quote for so many of each."""
        body = wish(*lines, country=country)
        with self.client() as client:
            answer = client.post("/v1/quotes", json=body)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def wish(*lines: tuple[str, int], country: str = "FR") -> dict[str, Any]:
    """The body of a request for a quote."""
    return {
        "lines": [{"variant_id": variant, "quantity": count} for variant, count in lines],
        "destination": {"country": country},
    }


def order(quote: dict[str, Any], card: str | None = APPROVED) -> dict[str, Any]:
    """The body of an order of a quote."""
    body: dict[str, Any] = {"quote": quote["quote"], "address": ADDRESS}
    return body | {"payment": {"card_number": card}} if card else body
