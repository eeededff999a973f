"""A shop whose festival protects prices, with a bag at EUR 100.00 and what happens to orders of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

from msgspec.structs import replace

from argosy.base.money import Money
from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.plan import Plan, Promotion
from argosy.delivery.parcels.announce import announce
from argosy.delivery.parcels.model import Code, NewParcel, Piece, Report
from argosy.delivery.parcels.note import note
from argosy.orders.model import ShelfItem
from argosy.orders.pay import Paid, pay
from argosy.orders.place import place
from argosy.orders.ports import Means
from argosy.orders.protecting.follow import follow
from argosy.pricing.set_prices import NewPrice, set_prices
from rooms.orders.ground import ADDRESS, APPROVED, CELL, PLAIN, Bench, bench, quoted, wrong_in
from rooms.orders.test_protecting_rules import BAG, festival


class BagShelf:
    """Goods that are made up, in place of the catalogue's."""

    async def items(self, variants: Iterable[UUID]) -> dict[UUID, ShelfItem]:
        return {variant: BAG for variant in variants if variant == BAG.variant.variant_id}


@asynccontextmanager
async def shop(dsn: str, *promotions: Promotion) -> AsyncIterator[Bench]:
    """A desk whose festival protects for 15 days, with a bag at EUR 100.00."""
    async with bench(dsn) as on:
        board = CampaignBoard([Plan(festival=festival(), promotions=promotions)])
        on.desk.charts = replace(PLAIN, campaigns=board, singles={})
        on.desk.shelf = BagShelf()  # type: ignore[assignment]
        await on.receive((BAG, 10))
        await priced_at(on, 10_000)
        yield on


async def priced_at(on: Bench, minor: int) -> None:
    """The seller sets a price from now on."""
    async with on.desk.database.transaction() as tx:
        now = on.clock.now()
        await set_prices(tx, "", [NewPrice(BAG.variant.variant_id, minor, "EUR", now)], "test", now)


async def bought(on: Bench, count: int = 2, *besides: tuple[ShelfItem, int]) -> UUID:
    """A paid order of bags, protected, and of what else she takes."""
    made = quoted((BAG, count), *besides, now=on.clock.now(), charts=on.desk.charts)
    await place(on.desk, made, ADDRESS)
    paid = await pay(
        on.desk, made.quote_id, 0, Money(made.total_minor, "EUR"), Means(card_number=APPROVED), "http://back"
    )
    assert isinstance(paid, Paid)
    await follow(on.desk)
    return made.quote_id


async def sent(on: Bench, order_id: UUID, *parcels: tuple[Piece, ...]) -> list[str]:
    """Parcels of an order, announced; their numbers."""
    at = on.clock.now()
    new = [
        NewParcel(
            parcel_id=on.desk.new_id(), order_id=order_id, hub="CN-HGH", country="FR", city="Paris", geonames=None,
            time_zone="Europe/Paris", channel="", weight_g=None, lines=pieces, value_minor=0, currency="EUR", stages=(),
            departure="", promise=None, promised_day=None, promised_at=None, if_late_minor=None, announced_at=at, due_at=None,
        )
        for pieces in parcels
    ]  # fmt: skip
    async with on.desk.database.transaction() as tx:
        numbers = await announce(tx, CELL, new, {})
    return [numbers[one.parcel_id] for one in new]


async def told(on: Bench, number: str, code: Code) -> None:
    """A carrier tells something of a parcel."""
    now = on.clock.now()
    async with on.desk.database.transaction() as tx:
        await note(tx, CELL, [Report(number=number, code=code, at=now)], "laposte", now)


async def delivered(on: Bench, order_id: UUID) -> None:
    """A carrier tells that the only parcel is there."""
    (number,) = await sent(on, order_id, (Piece(1, 2),))
    await told(on, number, "delivered")


async def paid_back(on: Bench, order_id: UUID) -> list[int]:
    """Amounts that went back for prices that fell; the books must be right."""
    rows = await on.ask(
        "SELECT amount_minor, state FROM refunds WHERE order_id = $1 AND why = 'price_protection' ORDER BY at, refund_id",
        order_id,
    )
    assert {row["state"] for row in rows} <= {"done"}
    assert await wrong_in(on.ask) == []
    return [row["amount_minor"] for row in rows]


def played(dsn: str, scene: Callable[[Bench], Awaitable[None]], *promotions: Promotion) -> None:
    """Run a scene in the shop."""

    async def whole() -> None:
        async with shop(dsn, *promotions) as on:
            await scene(on)

    asyncio.run(whole())
