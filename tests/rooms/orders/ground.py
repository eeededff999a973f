"""What tests of orders stand on: goods that are made up, and a desk on a real database whose clock they move."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import structlog
from msgspec.structs import replace

from argosy.catalogue.model import Product, Variant
from argosy.landed.load import load_tables
from argosy.markets.load import load_markets
from argosy.markets.model import Address, Markets
from argosy.orders.commands import Placed
from argosy.orders.desk import Desk
from argosy.orders.intake import Intake
from argosy.orders.model import BasketLine, Charts, Destination, NotForSale, Quote, ShelfItem
from argosy.orders.place import place
from argosy.orders.quoting.exchange import Exchange
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.rules import stock_key
from argosy.orders.shelf import ShelfCache
from argosy.orders.stock import StockBoard
from argosy.outside.simulated import SimulatedPayments
from argosy.plumbing import outbox
from argosy.plumbing.clock import HeldClock
from argosy.plumbing.config import Config
from argosy.plumbing.database import BY_KEY, connect, open_database
from argosy.plumbing.ids import derived_id, maker
from argosy.plumbing.secrets import Signer
from argosy.pricing.load_rates import rates_of
from argosy.pricing.model import PriceRow, RateRow
from argosy.quotas.receive import receive

# Errors only, and their traces in plain text: drawn with all their variables they take seconds.
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
    wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
)

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
CELL = 1
HUB = "CNHGH"
SECRET = "a secret of thirty-two characters"
MARKETS = load_markets(Config().data / "markets")
RATES = rates_of(
    [
        RateRow(currency, NOW.date(), rate, 1, "bank", NOW.date())
        for currency, rate in (("CNY", 8), ("JPY", 160), ("HKD", 9))
    ]
)
TABLES = load_tables(Config().data / "landed", Exchange(RATES))
CHARTS = Charts(markets=MARKETS, rates=RATES, hub=HUB, quote_for=timedelta(minutes=30), tables=TABLES)
PLAIN = replace(
    CHARTS,
    markets=Markets(replace(market, terms="DAP") if market.code == "FR" else market for market in MARKETS.values()),
    doorsteps={},
)
"""France pays at the door here, so that sums are plain ones."""
HOLD = timedelta(minutes=15)
ADDRESS = Address(
    country="FR",
    name="Ana Souza",
    phone="+33142345678",
    street=("12 rue de Rivoli",),
    city="Paris",
    postal_code="75004",
)
APPROVED = "4242424242424242"
DECLINED = "4000000000000002"
STEP = "4000002500003155"
LATE = "4000000000004087"
LATE_DECLINE = "4000000000005043"
SILENT = "4000000000004046"
REFUND_FAILS = "4000000000005126"


def goods(name: str, minor: int = 10_000, currency: str = "CNY", limit: int | None = None) -> ShelfItem:
    """A thing that is sold, with the seller's price."""
    variant = Variant(
        variant_id=derived_id("test", name),
        sku=name,
        colour="",
        size="",
        gtin="",
        hs6="420222",
        origin="CN",
        weight_g=None,
        image="",
        limit_per_shopper=limit,
    )
    product = Product(
        product_id=derived_id("test product", name),
        handle=name,
        merchant="tester",
        brand="Brand",
        brand_slug="brand",
        category="handbags",
        name=name,
        name_language="en",
        names={"fr": f"{name} en français"},
        description="",
        description_language="",
        attributes={},
        popularity=0,
        changed_at=NOW,
        variants=(variant,),
    )
    prices = (PriceRow(variant.variant_id, "", NOW - timedelta(days=100), None, minor, currency, "test"),)
    return ShelfItem(product, variant, prices if minor else ())


def shelf(*items: ShelfItem) -> dict[UUID, ShelfItem]:
    return {item.variant.variant_id: item for item in items}


def line(item: ShelfItem, quantity: int = 1) -> BasketLine:
    return BasketLine(item.variant.variant_id, quantity)


def quoted(
    *wishes: tuple[ShelfItem, int],
    country: str = "FR",
    now: datetime = NOW,
    shopper: UUID | None = None,
    charts: Charts = PLAIN,
) -> Quote:
    """A quote for so many of each thing, by a shopper of her own if none is named."""
    made = quote_basket(
        charts,
        shelf(*(item for item, _ in wishes)),
        [line(item, count) for item, count in wishes],
        Destination(country=country),
        now,
        quote_id=maker(CELL)(),
        shopper_id=shopper or uuid4(),
        language="fr",
    )
    assert not isinstance(made, NotForSale)
    return made


def stock(item: ShelfItem) -> str:
    return stock_key(item.variant.variant_id, HUB)


class Bench:
    """A desk on a real database, with what tests look at."""

    def __init__(self, desk: Desk, dsn: str, clock: HeldClock, payments: SimulatedPayments) -> None:
        self.desk = desk
        self.dsn = dsn
        self.clock = clock
        self.payments = payments

    async def receive(self, *units: tuple[ShelfItem, int]) -> None:
        """Goods come in at the hub."""
        async with self.desk.database.transaction() as tx:
            await receive(tx, CELL, {stock(item): count for item, count in units})

    async def place(self, *wishes: tuple[ShelfItem, int], shopper: UUID | None = None) -> UUID:
        """An order that stands."""
        quote = quoted(*wishes, now=self.clock.now(), shopper=shopper)
        answer = await place(self.desk, quote, ADDRESS)
        assert answer == Placed(quote.quote_id, "placed")
        return quote.quote_id

    async def ask(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Rows of the database."""
        async with self.desk.database.read() as reader:
            return list(await reader.connection.fetch(sql, *values))

    async def one(self, sql: str, *values: Any) -> asyncpg.Record:
        """The only row."""
        (row,) = await self.ask(sql, *values)
        return row

    async def counters(self, item: ShelfItem) -> tuple[int, int, int]:
        """Free, held and sold of a thing's stock."""
        row = await self.one(
            "SELECT received - held - sold AS free, held, sold FROM quotas WHERE key = $1", stock(item)
        )
        return row["free"], row["held"], row["sold"]

    async def state(self, order_id: UUID) -> str:
        row = await self.one("SELECT state FROM orders WHERE order_id = $1", order_id)
        return str(row["state"])

    async def trail(self, order_id: UUID) -> list[str]:
        """What the audit trail says, oldest first; the outbox must say the same."""
        told = [row["what"] for row in await self.ask(_HISTORY, order_id)]
        sent = [row["topic"] for row in await self.ask(_OUTBOX, order_id)]
        assert told == sent
        return told


_HISTORY = "SELECT what FROM order_history WHERE order_id = $1 ORDER BY entry_id"
_OUTBOX = "SELECT topic FROM outbox WHERE subject = $1 ORDER BY position"


@asynccontextmanager
async def bench(dsn: str, clock: HeldClock | None = None, *, late_seconds: float = 5.0) -> AsyncIterator[Bench]:
    """A desk with an intake of its own. The provider sends its webhooks to nobody: tests tell what it would say."""
    held = clock or HeldClock(NOW)
    database = await open_database(dsn, size=4)
    new_id = maker(CELL)
    intake = Intake(lambda: connect(dsn, **BY_KEY), CELL, new_id)
    payments = SimulatedPayments(
        SECRET, "http://127.0.0.1:9", held, wall=held, late_seconds=late_seconds, wait_seconds=0.0
    )
    desk = Desk(
        cell=CELL,
        clock=held,
        new_id=new_id,
        database=database,
        intake=intake,
        shelf=ShelfCache(database, NOW),
        stock=StockBoard(database, CELL, HUB),
        payments=payments,
        signer=Signer(SECRET, "quote"),
        hold_for=HOLD,
        charts=PLAIN,
    )
    try:
        async with database.transaction() as tx:
            await outbox.open_cell(tx, CELL)
        intake.start()
        yield Bench(desk, dsn, held, payments)
    finally:
        await payments.stop()
        await intake.stop()
        await database.close()


def on(dsn: str, scene: Callable[[Bench], Awaitable[None]]) -> None:
    """Run a scene on a bench."""

    async def run() -> None:
        async with bench(dsn) as made:
            await scene(made)

    asyncio.run(run())


BOOKS = """
SELECT 'lines do not add up to order ' || o.order_id AS wrong FROM orders AS o LEFT JOIN order_lines AS l USING (cell, order_id)
GROUP BY o.cell, o.order_id HAVING count(l.line) = 0 OR sum(l.total_minor) <> o.total_minor
    OR sum(l.refunded_minor) <> o.refunded_minor
UNION ALL
SELECT 'goods, shipping, duty and tax do not add up in order ' || order_id FROM orders
WHERE goods_minor + shipping_minor + coalesce(duty_minor, 0) + coalesce(tax_minor, 0)
    + coalesce(fees_minor, 0) <> total_minor
UNION ALL
SELECT 'a line without an order: ' || l.order_id FROM order_lines AS l LEFT JOIN orders AS o USING (cell, order_id)
WHERE o.order_id IS NULL
UNION ALL
SELECT 'refunds do not add up in order ' || o.order_id FROM orders AS o
LEFT JOIN (SELECT order_id, sum(amount_minor) AS back FROM refunds WHERE lines <> '[]' GROUP BY 1) AS r USING (order_id)
WHERE coalesce(r.back, 0) <> o.refunded_minor
UNION ALL
SELECT 'what was paid back does not add up in order ' || o.order_id FROM orders AS o
LEFT JOIN (SELECT order_id, sum(amount_minor) AS back FROM refunds WHERE why <> '' GROUP BY 1) AS r USING (order_id)
WHERE coalesce(r.back, 0) <> o.paid_back_minor
UNION ALL
SELECT 'positions have a gap: ' || count(*) || ' of ' || max(position) FROM outbox
HAVING count(*) > 0 AND (max(position) <> count(*) OR min(position) <> 1)
UNION ALL
SELECT 'trail and outbox differ: ' || what FROM (
    (SELECT order_id, what FROM order_history EXCEPT ALL SELECT subject, topic FROM outbox WHERE topic NOT LIKE 'parcel.%')
    UNION ALL (SELECT subject, topic FROM outbox WHERE topic NOT LIKE 'parcel.%'
        EXCEPT ALL SELECT order_id, what FROM order_history)) AS d
UNION ALL
SELECT 'held of ' || q.key || ' is ' || q.held || ', orders say ' || coalesce(w.pieces, 0) FROM quotas AS q
LEFT JOIN (SELECT key, sum(quantity) AS pieces
    FROM orders AS o JOIN order_lines AS l USING (cell, order_id), unnest(l.take_keys) AS key
    WHERE o.state = 'placed' GROUP BY 1) AS w USING (key) WHERE q.held <> coalesce(w.pieces, 0)
"""
"""Rows that say what is wrong; none in books that are right. Held must be what placed orders want of each counter."""

SOLD = """
SELECT q.key, q.sold, coalesce(w.pieces, 0) AS pieces, coalesce(w.back, 0) AS back FROM quotas AS q
LEFT JOIN (SELECT key, sum(quantity) AS pieces, sum(refunded_quantity) AS back
    FROM orders AS o JOIN order_lines AS l USING (cell, order_id), unnest(l.take_keys) AS key
    WHERE o.state IN ('paid', 'refunded') GROUP BY 1) AS w USING (key)
"""
"""Sold pieces of each counter, the pieces of paid orders, and those of them that were refunded, restocked or not."""


async def wrong_in(ask: Callable[..., Awaitable[Sequence[asyncpg.Record]]]) -> list[str]:
    """What is wrong in the books of orders, lines, refunds, counters, trail and outbox."""
    return [row["wrong"] for row in await ask(BOOKS)]
