"""Price protection on a real database: each drop is paid back once, whatever comes before, after or in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from argosy.campaigns.board import CampaignBoard
from argosy.delivery.parcels.model import Code, Piece
from argosy.orders.commands import RefundLine
from argosy.orders.model import ShelfItem
from argosy.orders.protecting import pay_drops as drops
from argosy.orders.protecting.follow import follow, take_in
from argosy.orders.protecting.look import Protection, protections
from argosy.orders.protecting.model import Owed
from argosy.orders.protecting.pay_drops import decide, pay_drops, protect
from argosy.orders.refund import refund
from argosy.plumbing import outbox
from rooms.campaigns.trade import effect, promotion
from rooms.orders.ground import CELL, NOW, Bench, goods
from rooms.orders.protecting_ground import BagShelf, bought, delivered, paid_back, played, priced_at, sent, told
from rooms.orders.test_protecting_rules import BAG, BLINK, DAY, DAYS, later


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


def test_days_end_though_no_plan_protects_any_more(dsn: str) -> None:
    """What was delivered while the shop had no such plan left was delivered all the same."""

    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(2 * DAY)
        on.desk.charts = replace(on.desk.charts, campaigns=CampaignBoard([]))
        await delivered(on, order_id)
        await follow(on.desk)
        on.clock.move((DAYS + 1) * DAY)
        await priced_at(on, 5_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == []
        assert await on.ask("SELECT FROM protections") == []

    played(dsn, scene)


@pytest.mark.parametrize(("ends", "days"), [("delivered", 20), ("returned", 0)])
def test_of_several_parcels_the_last_one_counts(dsn: str, ends: Code, days: int) -> None:
    """Days begin when no parcel is under way any more, at the last one that was delivered."""

    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(2 * DAY)
        first, second = await sent(on, order_id, (Piece(1, 1),), (Piece(1, 1),))
        await told(on, first, "delivered")
        at = on.clock.now()
        on.clock.move(20 * DAY)
        await protect(on.desk)
        (row,) = await on.ask("SELECT delivered_at, next_check_at FROM protections")
        assert row["delivered_at"] is None
        assert row["next_check_at"] is not None
        await told(on, second, ends)
        on.clock.move(DAY)
        await priced_at(on, 5_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == ([10_000] if days else [])
        found = await on.ask("SELECT delivered_at FROM protections")
        assert [one["delivered_at"] for one in found] == ([at + days * DAY] if days else [])

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


def test_drops_of_a_line_pay_no_more_than_it_cost(dsn: str) -> None:
    """Two at 100.00 cost 60.00 after the basket's promotion: all of that goes back at 50.00, and at 20.00 nothing more."""
    basket = promotion("basket", "platform", effect("percent", per_mille=700), starts=NOW - DAY, ends=NOW + DAY)
    scarf = goods("scarf", 10_000, "EUR")

    async def scene(on: Bench) -> None:
        await on.receive((scarf, 1))
        order_id = await bought(on, 2, (scarf, 1))
        lines = await on.ask("SELECT total_minor FROM order_lines WHERE order_id = $1 ORDER BY line", order_id)
        assert [line["total_minor"] for line in lines] == [6_000, 3_000]
        on.clock.move(2 * DAY)
        await priced_at(on, 5_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [6_000]
        await refund(on.desk, order_id, [RefundLine(1, 1)], restock=True, who="operator")
        await priced_at(on, 2_000)
        on.clock.move(2 * DAY)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [6_000]
        row = await on.one("SELECT refunded_minor, paid_back_minor FROM orders WHERE order_id = $1", order_id)
        assert tuple(row) == (0, 6_000)

    played(dsn, scene, basket)


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


def test_a_refund_while_a_drop_is_found_knows_of_it(dsn: str) -> None:
    """Two at 100.00 fall to 90.00, and one goes back at that instant: 20.00 and 90.00, or 100.00 and 10.00, in any case 110.00."""

    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        one_back: list[asyncio.Task[object]] = []

        class Slow(BagShelf):
            """Goods that are found only after somebody tried to return a piece."""

            async def items(self, variants: Iterable[UUID]) -> dict[UUID, ShelfItem]:
                work = refund(on.desk, order_id, [RefundLine(1, 1)], restock=True, who="operator")
                one_back.append(asyncio.create_task(work))
                await asyncio.wait(one_back, timeout=0.5)
                return await super().items(variants)

        on.desk.shelf = Slow()  # type: ignore[assignment]
        assert await decide(on.desk) == 1
        await asyncio.gather(*one_back)
        await pay_drops(on.desk)
        row = await on.one("SELECT refunded_minor + paid_back_minor AS back FROM orders WHERE order_id = $1", order_id)
        assert row["back"] == 11_000
        await paid_back(on, order_id)
        await refund(on.desk, order_id, (), restock=True, who="operator")
        row = await on.one("SELECT refunded_minor + paid_back_minor AS back FROM orders WHERE order_id = $1", order_id)
        assert row["back"] == 20_000

    played(dsn, scene)


def test_events_that_come_twice_change_nothing(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        await bought(on)
        before = await on.ask("SELECT * FROM protections")
        async with on.desk.database.transaction() as tx:
            await take_in(on.desk, tx, await outbox.read(tx, CELL, 0))
        assert await on.ask("SELECT * FROM protections") == before
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
