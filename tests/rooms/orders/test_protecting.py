"""Price protection on a real database: each drop is paid back once, whatever comes before, after or in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from argosy.base.money import Money
from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.plan import Plan, Promotion
from argosy.orders.commands import RefundLine
from argosy.orders.model import ShelfItem
from argosy.orders.pay import Paid, pay
from argosy.orders.place import place
from argosy.orders.ports import Means
from argosy.orders.protecting import pay_drops as drops
from argosy.orders.protecting.follow import follow, take_in
from argosy.orders.protecting.look import Protection, protections
from argosy.orders.protecting.model import Owed
from argosy.orders.protecting.pay_drops import decide, pay_drops, protect
from argosy.orders.refund import refund
from argosy.plumbing import outbox
from argosy.plumbing.model import Event
from argosy.pricing.set_prices import NewPrice, set_prices
from rooms.orders.ground import ADDRESS, APPROVED, CELL, NOW, PLAIN, Bench, bench, quoted, wrong_in
from rooms.orders.test_protecting_rules import BAG, BLINK, DAY, DAYS, festival, later

# On a real database ------------------------------------------------------------------------------------------------


class _Shelf:
    """Goods that are made up, in place of the catalogue's."""

    async def items(self, variants: Iterable[UUID]) -> dict[UUID, ShelfItem]:
        return {variant: BAG for variant in variants if variant == BAG.variant.variant_id}


@asynccontextmanager
async def shop(dsn: str, *promotions: Promotion) -> AsyncIterator[Bench]:
    """A desk whose festival protects for 15 days, with a bag at EUR 100.00."""
    async with bench(dsn) as on:
        board = CampaignBoard([Plan(festival=festival(), promotions=promotions)])
        on.desk.charts = replace(PLAIN, campaigns=board, singles={})
        on.desk.shelf = _Shelf()  # type: ignore[assignment]
        await on.receive((BAG, 10))
        await priced_at(on, 10_000)
        yield on


async def priced_at(on: Bench, minor: int) -> None:
    """The seller sets a price from now on."""
    async with on.desk.database.transaction() as tx:
        now = on.clock.now()
        await set_prices(tx, "", [NewPrice(BAG.variant.variant_id, minor, "EUR", now)], "test", now)


async def bought(on: Bench, count: int = 2) -> UUID:
    """A paid order of bags, protected."""
    made = quoted((BAG, count), now=on.clock.now(), charts=on.desk.charts)
    await place(on.desk, made, ADDRESS)
    paid = await pay(
        on.desk, made.quote_id, 0, Money(made.total_minor, "EUR"), Means(card_number=APPROVED), "http://back"
    )
    assert isinstance(paid, Paid)
    await follow(on.desk)
    return made.quote_id


async def delivered(on: Bench, order_id: UUID) -> None:
    """A carrier tells that the parcel is there."""
    at = on.clock.now()
    async with on.desk.database.transaction() as tx:
        await outbox.write(tx, CELL, [Event("parcel.delivered", order_id, {"at": at.isoformat()})], at)
    await follow(on.desk)


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


def test_what_is_protected_can_be_seen_until_it_is_over(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        assert await protections(on.desk, order_id) == [Protection(1, 15, None)]
        on.clock.move(3 * DAY)
        await delivered(on, order_id)
        last = on.clock.now() + 15 * DAY
        assert await protections(on.desk, order_id) == [Protection(1, 15, last)]
        on.clock.move(15 * DAY)
        assert await protections(on.desk, order_id) == [Protection(1, 15, last)]
        # Over, though nobody has looked at the line since.
        on.clock.move(BLINK)
        assert await protections(on.desk, order_id) == []
        await protect(on.desk)
        assert await protections(on.desk, order_id) == []

    played(dsn, scene)


def test_a_drop_is_paid_back_once_and_a_rise_takes_nothing(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await delivered(on, order_id)
        assert await protect(on.desk) == 2
        assert await paid_back(on, order_id) == [2_000]
        assert await protect(on.desk) == 0
        on.clock.move(DAY / 2)
        await priced_at(on, 8_500)
        on.clock.move(DAY / 4)
        await priced_at(on, 12_000)
        on.clock.move(DAY)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [2_000, 1_000]
        on.clock.move(30 * DAY)
        await priced_at(on, 1_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [2_000, 1_000]
        assert await on.ask("SELECT FROM protections WHERE next_check_at IS NOT NULL") == []
        row = await on.one("SELECT state, refunded_minor, paid_back_minor FROM orders WHERE order_id = $1", order_id)
        assert tuple(row) == ("paid", 0, 3_000)
        lines = await on.one("SELECT refunded_quantity FROM order_lines WHERE order_id = $1", order_id)
        assert lines["refunded_quantity"] == 0
        assert (await on.counters(BAG)) == (8, 0, 2)

    played(dsn, scene)


@pytest.mark.parametrize(("late", "back"), [(timedelta(0), [2_000]), (BLINK, [])])
def test_the_last_day_counts_to_its_end(dsn: str, late: timedelta, back: list[int]) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(3 * DAY)
        await delivered(on, order_id)
        on.clock.move(DAYS * DAY + late)
        await priced_at(on, 9_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == back
        assert await on.ask("SELECT FROM protections WHERE next_check_at IS NOT NULL") == []

    played(dsn, scene)


def test_promotions_of_everybody_count_and_others_do_not(dsn: str) -> None:
    promotions = (
        later("members", "percent", 2, per_mille=500, levels=("gold",)),
        later("flash", "flash", 2, unit_minor={"FR": 4_000}, units=9),
        later("weekend", "percent", 4, per_mille=100),
    )

    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(3 * DAY)
        await protect(on.desk)
        assert await paid_back(on, order_id) == []
        # The weekend came and went between two looks.
        on.clock.move(4 * DAY)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [2_000]

    played(dsn, scene, *promotions)


def test_of_what_went_back_before_nothing_is_protected(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        await refund(on.desk, order_id, [RefundLine(1, 1)], restock=True, who="operator")
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [1_000]
        # All the rest goes back: in all what was paid, and not a cent more.
        await refund(on.desk, order_id, (), restock=True, who="operator")
        row = await on.one(
            "SELECT state, refunded_minor, refunded_minor + paid_back_minor AS back FROM orders WHERE order_id = $1",
            order_id,
        )
        assert tuple(row) == ("refunded", 19_000, 20_000)
        on.clock.move(2 * DAY)
        await priced_at(on, 5_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [1_000]

    played(dsn, scene)


@pytest.mark.parametrize("paid_first", [True, False])
def test_a_piece_that_goes_back_later_is_worth_what_was_left_of_its_price(dsn: str, paid_first: bool) -> None:
    """Two at 100.00 fell to 90.00: whoever returns one has 90.00 back for it, and one that cost 90.00; long after it, too."""

    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await decide(on.desk)
        if paid_first:
            await pay_drops(on.desk)
            await delivered(on, order_id)
            on.clock.move(40 * DAY)
            await protect(on.desk)
        await refund(on.desk, order_id, [RefundLine(1, 1)], restock=True, who="operator")
        await pay_drops(on.desk)
        assert await paid_back(on, order_id) == [2_000]
        row = await on.one("SELECT refunded_minor FROM orders WHERE order_id = $1", order_id)
        assert row["refunded_minor"] == 9_000
        await refund(on.desk, order_id, (), restock=True, who="operator")
        row = await on.one("SELECT state, refunded_minor FROM orders WHERE order_id = $1", order_id)
        assert tuple(row) == ("refunded", 18_000)

    played(dsn, scene)


def test_a_payment_that_was_cut_off_is_repeated_as_it_was(dsn: str) -> None:
    """Paid and not noted, and the price falls further before it is noted: each drop goes back once."""

    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await decide(on.desk)
        (due,) = await on.ask("SELECT * FROM protections")
        cut_off = Owed(order_id, 1, due["owed_minor"], due["owed_to_minor"])
        await drops._pay(on.desk, cut_off)
        on.clock.move(2 * DAY)
        await priced_at(on, 8_000)
        assert await decide(on.desk) == 0
        assert await pay_drops(on.desk) == 1
        assert await paid_back(on, order_id) == [2_000]
        await protect(on.desk)
        assert await paid_back(on, order_id) == [2_000, 2_000]

    played(dsn, scene)


def test_two_processes_pay_once(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        orders = [await bought(on, 1) for _ in range(4)]
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await asyncio.gather(*(protect(on.desk) for _ in range(6)))
        while await protect(on.desk):
            pass
        for order_id in orders:
            assert await paid_back(on, order_id) == [1_000]

    played(dsn, scene)


def test_events_that_come_twice_change_nothing(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        await delivered(on, order_id)
        before = await on.ask("SELECT * FROM protections")
        async with on.desk.database.transaction() as tx:
            await take_in(on.desk, tx, await outbox.read(tx, CELL, 0))
        assert await on.ask("SELECT * FROM protections") == before
        assert before[0]["delivered_at"] == NOW
        assert before[0]["unit_minor"] == 10_000

    played(dsn, scene)


def test_a_deposit_is_no_price_of_goods(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        assert len(await on.ask("SELECT FROM protections")) == 1
        async with on.desk.database.transaction() as tx:
            await tx.connection.execute("DELETE FROM protections")
            await tx.connection.execute(
                "UPDATE orders SET quote = quote || '{\"deposit\": {}}' WHERE order_id = $1", order_id
            )
            await take_in(on.desk, tx, await outbox.read(tx, CELL, 0))
        assert await on.ask("SELECT FROM protections") == []

    played(dsn, scene)
