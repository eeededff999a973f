"""A pre-sale on a bench: goods, its plan, and what the counters of it have to add up to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace

from argosy.base.money import Money
from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.load import load_plans
from argosy.campaigns.presale import presale_key
from argosy.orders.commands import Placed
from argosy.orders.deposits.quote_balance import quote_balance
from argosy.orders.deposits.quote_deposit import quote_deposit
from argosy.orders.limits import presales, served
from argosy.orders.model import BasketLine, Charts, Destination, Quote, ShelfItem
from argosy.orders.pay import Paid, PayAnswer, pay
from argosy.orders.place import place
from argosy.orders.ports import Means
from rooms.orders.ground import ADDRESS, APPROVED, MARKETS, PLAIN, Bench, bench, goods, stock

WATCH = goods("watch", 80_000)
"""99.90 EUR at the bench's rate."""
PLAN = """
[festival]
code = "spring"
names = { en = "Spring" }
markets = ["FR", "JP"]

[[festival.phases]]
kind = "deposit"
starts = 2026-06-10T00:00:00+00:00
ends = 2026-06-20T00:00:00+00:00

[[festival.phases]]
kind = "balance"
starts = 2026-06-20T00:00:00+00:00
ends = 2026-06-23T00:00:00+00:00

[[promotions]]
code = "early"
names = { en = "Early birds" }
layer = "item"
phases = ["deposit", "balance"]
seller_per_mille = 500

[promotions.effect]
kind = "presale"
units = 6
deposit_minor = { FR = 1000, JP = 1000 }
counts_minor = { FR = 2500, JP = 2500 }
balance_from = 2026-06-20T00:00:00+00:00
balance_until = 2026-06-23T00:00:00+00:00

[[promotions]]
code = "tenth"
names = { en = "A tenth off" }
layer = "shop"
shop = "tester"
phases = ["balance"]
effect = { kind = "percent", per_mille = 100 }
"""
OPENS = datetime.fromisoformat("2026-06-20T00:00:00+00:00")
ENDS = datetime.fromisoformat("2026-06-23T00:00:00+00:00")
TO = Destination(country="FR")


def charts(folder: Path, plan: str = PLAN) -> Charts:
    """What quotes are made from while the plan is on."""
    (folder / "spring.toml").write_text(plan, encoding="utf-8")
    plans = load_plans(folder, MARKETS)
    return replace(
        PLAIN,
        campaigns=CampaignBoard(served(plans)),
        presales=CampaignBoard(presales(plans)),
        singles={},
        doorsteps={},
    )


class Goods:
    """A shelf of what a test sells."""

    def __init__(self, *items: ShelfItem) -> None:
        self._items = {item.variant.variant_id: item for item in items}

    async def items(self, ids: Sequence[UUID]) -> dict[UUID, ShelfItem]:
        return {one: self._items[one] for one in ids if one in self._items}


class Stand:
    """A bench with the pre-sale on."""

    def __init__(self, made: Bench, facts: Charts) -> None:
        self.bench = made
        self.desk = made.desk
        self.desk.charts = facts
        self.desk.shelf = Goods(WATCH)  # type: ignore[assignment]

    async def deposit_quoted(self, pieces: int = 1, shopper: UUID | None = None) -> Quote:
        made = await quote_deposit(
            self.desk, BasketLine(WATCH.variant.variant_id, pieces), TO, shopper_id=shopper or uuid4(), language="en"
        )
        assert isinstance(made, tuple)
        return made[0]

    async def deposit(self, pieces: int = 1, shopper: UUID | None = None) -> UUID:
        """A deposit that was paid."""
        made = await self.deposit_quoted(pieces, shopper)
        assert isinstance(await place(self.desk, made, ADDRESS), Placed)
        assert isinstance(await self.pay(made), Paid)
        return made.quote_id

    async def balance_quoted(self, deposit_id: UUID, shopper: UUID | None = None) -> Quote:
        made = await quote_balance(self.desk, deposit_id, TO, shopper_id=shopper, language="en")
        assert isinstance(made, tuple)
        return made[0]

    async def pay(self, made: Quote) -> PayAnswer:
        amount, means = Money(made.total_minor, made.currency), Means(card_number=APPROVED)
        return await pay(self.desk, made.quote_id, 0, amount, means, "")

    def move_to(self, at: datetime) -> None:
        self.bench.clock.move(at - self.bench.clock.now())

    async def row(self, deposit_id: UUID) -> Any:
        return await self.bench.one("SELECT * FROM deposits WHERE deposit_id = $1", deposit_id)

    async def units(self) -> tuple[int, int, int]:
        """Free, held and sold pieces of the pre-sale."""
        row = await self.bench.one(
            "SELECT received - held - sold AS free, held, sold FROM quotas WHERE key = $1",
            presale_key("early", WATCH.variant.variant_id),
        )
        return row["free"], row["held"], row["sold"]

    async def stock(self) -> tuple[int, int, int]:
        return await self.bench.counters(WATCH)

    async def wrong(self) -> list[str]:
        """What is wrong in the books of orders, deposits and counters."""
        return [
            row["wrong"]
            for row in await self.bench.ask(BOOKS, stock(WATCH), presale_key("early", WATCH.variant.variant_id))
        ]


BOOKS = """
WITH holding AS (
    SELECT coalesce(sum(l.quantity), 0) AS pieces FROM orders AS o JOIN order_lines AS l USING (cell, order_id)
    WHERE o.state = 'placed' AND NOT (o.quote ? 'balance' AND o.quote->'balance' <> 'null')
), kept AS (SELECT coalesce(sum(quantity), 0) AS pieces FROM deposits WHERE state = 'paid'
), gone AS (SELECT coalesce(sum(quantity - owed_pieces), 0) AS least, coalesce(sum(quantity), 0) AS most
    FROM deposits WHERE state = 'used')
SELECT 'held of ' || key || ' is ' || held || ', not ' || holding.pieces + kept.pieces AS wrong FROM quotas, holding, kept
WHERE key IN ($1, $2) AND held <> holding.pieces + kept.pieces
UNION ALL
SELECT 'sold of ' || key || ' is ' || sold || ', not ' || gone.least || ' to ' || gone.most FROM quotas, gone
WHERE key IN ($1, $2) AND sold NOT BETWEEN gone.least AND gone.most
UNION ALL
SELECT 'lines do not add up to order ' || o.order_id FROM orders AS o JOIN order_lines AS l USING (cell, order_id)
GROUP BY o.cell, o.order_id HAVING sum(l.total_minor) <> o.total_minor OR sum(l.refunded_minor) <> o.refunded_minor
UNION ALL
SELECT 'what was paid back does not add up in order ' || o.order_id FROM orders AS o
LEFT JOIN (SELECT order_id, sum(amount_minor) AS back FROM refunds WHERE why <> '' GROUP BY 1) AS r USING (order_id)
WHERE coalesce(r.back, 0) <> o.paid_back_minor
UNION ALL
SELECT 'a deposit was forfeited and its balance paid: ' || d.deposit_id FROM deposits AS d JOIN orders AS o
ON o.quote->'balance'->>'deposit_id' = d.deposit_id::text WHERE o.state = 'paid' AND d.state <> 'used'
UNION ALL
SELECT 'two balances of ' || (quote->'balance'->>'deposit_id') FROM orders
WHERE state IN ('placed', 'paid', 'refunded') AND quote->'balance'->>'deposit_id' IS NOT NULL
GROUP BY quote->'balance'->>'deposit_id' HAVING count(*) > 1
UNION ALL
SELECT 'trail and outbox differ: ' || what FROM (
    (SELECT order_id, what FROM order_history EXCEPT ALL SELECT subject, topic FROM outbox)
    UNION ALL (SELECT subject, topic FROM outbox EXCEPT ALL SELECT order_id, what FROM order_history)) AS d
"""


def on(dsn: str, facts: Charts, scene: Callable[[Stand], Awaitable[None]]) -> None:
    """Run a scene in which the pre-sale is on and ten pieces are in the house."""

    async def run() -> None:
        async with bench(dsn) as made:
            stand = Stand(made, facts)
            await made.receive((WATCH, 10))
            await scene(stand)
            assert await stand.wrong() == []

    asyncio.run(run())


JUST_BEFORE = ENDS - timedelta(seconds=1)
