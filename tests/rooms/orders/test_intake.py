"""The intake on a real database: batches, the same quote from two sides, broken commands, lost connections."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.orders.commands import (
    Changed,
    Lack,
    LimitReached,
    NoOrder,
    Pay,
    Place,
    PlaceAnswer,
    Placed,
    QuoteExpired,
    Refund,
    Release,
    SoldOut,
    TooLate,
)
from argosy.orders.intake import Intake
from argosy.orders.model import (
    Quote,
)
from argosy.orders.place import place
from argosy.plumbing.database import BY_KEY, connect
from argosy.plumbing.ids import maker
from rooms.orders.ground import ADDRESS, CELL, HOLD, NOW, Bench, bench, goods, on, quoted, stock, wrong_in

BAG = goods("bag")
SHOE = goods("shoe", 20_000)
RARE = goods("rare", 5_000, limit=2)


def command(quote: Quote) -> Place:
    return Place(quote, ADDRESS, "simulated", NOW, NOW + HOLD)


def test_a_batch_of_many_kinds(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 4), (SHOE, 1))
        first, second, third = [await made.place((BAG, 1)) for _ in range(3)]
        intake = made.desk.intake
        batches = intake.batches
        again = quoted((SHOE, 1))
        answers = await asyncio.gather(
            intake.submit(Pay(first, "simulated", "r1", NOW)),
            intake.submit(command(quoted((BAG, 1), (SHOE, 1)))),
            intake.submit(Release(second, "cancelled", "shopper", NOW)),
            intake.submit(Pay(uuid4(), "simulated", "r2", NOW)),
            intake.submit(command(again)),
            intake.submit(Refund(third, uuid4(), (), True, "operator", NOW)),
            intake.submit(Release(first, "cancelled", "shopper", NOW)),
        )
        assert intake.batches == batches + 1
        assert [type(answer) for answer in answers] == [Changed, Placed, Changed, NoOrder, SoldOut, TooLate, TooLate]
        assert await made.counters(BAG) == (1, 2, 1)
        assert await made.counters(SHOE) == (0, 1, 0)
        assert await made.trail(first) == ["order.placed", "order.paid"]
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_what_a_batch_frees_its_orders_may_take(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 2))
        old = await made.place((BAG, 2))
        new = quoted((BAG, 2))
        answers = await asyncio.gather(
            made.desk.intake.submit(command(new)),
            made.desk.intake.submit(Release(old, "expired", "clock", NOW)),
        )
        assert answers == [Placed(new.quote_id, "placed"), Changed(old, "expired")]
        assert await made.counters(BAG) == (0, 2, 0)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_one_order_changed_twice_in_a_batch(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 5))
        order = await made.place((BAG, 3))
        submit = made.desk.intake.submit
        answers = await asyncio.gather(
            submit(Pay(order, "simulated", "r1", NOW)),
            submit(Refund(order, uuid4(), (), True, "operator", NOW)),
            submit(Pay(order, "simulated", "r1", NOW)),
            submit(Refund(order, uuid4(), (), True, "operator", NOW)),
        )
        assert answers == [
            Changed(order, "paid"),
            Changed(order, "refunded"),
            Changed(order, "refunded", again=True),
            TooLate(order, "refunded"),
        ]
        assert await made.trail(order) == ["order.placed", "order.paid", "order.refunded"]
        assert await made.counters(BAG) == (5, 0, 0)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_the_same_quote_is_the_same_order(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 5))
        quote = quoted((BAG, 2))
        submit = made.desk.intake.submit
        together = await asyncio.gather(*(submit(command(quote)) for _ in range(4)))
        assert {answer.order_id for answer in together if isinstance(answer, Placed)} == {quote.quote_id}
        assert await submit(command(quote)) == Placed(quote.quote_id, "placed", again=True)
        await submit(Pay(quote.quote_id, "simulated", "r1", NOW))
        # Also after its time, and when its goods are gone: the order stands.
        late = replace(command(quote), now=NOW + timedelta(days=1))
        assert await submit(late) == Placed(quote.quote_id, "paid", again=True)
        assert await made.counters(BAG) == (3, 0, 2)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_two_processes_placing_one_quote_make_one_order(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 50), (RARE, 50))
        other = Intake(lambda: connect(dsn, **BY_KEY), CELL, maker(CELL))
        other.start()
        quotes = [quoted((BAG, 1), (RARE, 1)) for _ in range(20)]
        here = asyncio.gather(*(made.desk.intake.submit(command(quote)) for quote in quotes))
        there = asyncio.gather(*(other.submit(command(quote)) for quote in reversed(quotes)))
        answers = [*(await here), *(await there)]
        assert all(isinstance(answer, Placed) for answer in answers)
        assert sum(answer.again for answer in answers if isinstance(answer, Placed)) == 20
        assert (await made.one("SELECT count(*) AS n FROM orders"))["n"] == 20
        assert await made.counters(BAG) == (30, 20, 0)
        assert await wrong_in(made.ask) == []
        await other.stop()

    on(dsn, scene)


def test_two_processes_never_oversell(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 17), (SHOE, 23))
        other = Intake(lambda: connect(dsn, **BY_KEY), CELL, maker(CELL))
        other.start()

        async def storm(intake: Intake) -> list[PlaceAnswer]:
            answers: list[PlaceAnswer] = []
            for _ in range(6):
                wishes = [((BAG, 1), (SHOE, 2)) if n % 2 else ((SHOE, 1), (BAG, 2)) for n in range(10)]
                answers += await asyncio.gather(*(intake.submit(command(quoted(*wish))) for wish in wishes))
            return answers

        both = await asyncio.gather(storm(made.desk.intake), storm(other))
        placed = [answer for answers in both for answer in answers if isinstance(answer, Placed)]
        assert (await made.one("SELECT count(*) AS n FROM orders"))["n"] == len(placed)
        bags, shoes = (await made.counters(BAG))[0], (await made.counters(SHOE))[0]
        # Nothing below zero, and what is left is too little for the smallest wish.
        assert bags == 0 or shoes == 0 or bags + shoes == 2
        assert await wrong_in(made.ask) == []
        await other.stop()

    on(dsn, scene)


@pytest.mark.parametrize(
    ("wishes", "lacks"),
    [
        pytest.param([(BAG, 4)], [(BAG, 4, 3)], id="one-too-many"),
        pytest.param([(SHOE, 1)], [(SHOE, 1, 0)], id="none-left"),
        pytest.param([(goods("never came"), 1)], [(goods("never came"), 1, 0)], id="never-came-in"),
        pytest.param([(BAG, 1), (SHOE, 2)], [(SHOE, 2, 0)], id="one-of-two"),
        pytest.param([(BAG, 9), (SHOE, 2)], [(BAG, 9, 3), (SHOE, 2, 0)], id="both"),
        pytest.param([(RARE, 2), (SHOE, 1)], [(SHOE, 1, 0)], id="sold-out-goes-before-a-limit"),
    ],
)
def test_sold_out_says_what_is_left(dsn: str, wishes: list, lacks: list) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 3), (SHOE, 0), (RARE, 9))
        told = await place(made.desk, quoted(*wishes), ADDRESS)
        assert told == SoldOut(tuple(Lack(item.variant.variant_id, wanted, left) for item, wanted, left in lacks))
        assert await made.counters(BAG) == (3, 0, 0)
        assert await made.ask("SELECT 1 FROM orders UNION ALL SELECT 1 FROM outbox") == []

    on(dsn, scene)


def test_a_shopper_has_her_limit_and_no_more(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((RARE, 9), (BAG, 9))
        one, other = uuid4(), uuid4()

        async def want(shopper: UUID, count: int) -> PlaceAnswer:
            return await place(made.desk, quoted((RARE, count), (BAG, 1), shopper=shopper), ADDRESS)

        def reached(wanted: int, left: int) -> LimitReached:
            return LimitReached((Lack(RARE.variant.variant_id, wanted, left),))

        assert await want(one, 3) == reached(3, 2)
        first = await want(one, 1)
        assert isinstance(first, Placed)
        assert await want(one, 2) == reached(2, 1)
        assert isinstance(await want(one, 1), Placed)
        assert await want(one, 1) == reached(1, 0)
        assert isinstance(await want(other, 2), Placed)
        # What she gives up she may take again.
        await made.desk.intake.submit(Release(first.order_id, "cancelled", "shopper", NOW))
        assert isinstance(await want(one, 1), Placed)
        assert await made.counters(RARE) == (5, 4, 0)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_a_quote_ends_at_its_instant(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 2))
        last, late = quoted((BAG, 1)), quoted((BAG, 1))
        made.clock.move(timedelta(minutes=30) - timedelta(microseconds=1))
        assert isinstance(await place(made.desk, last, ADDRESS), Placed)
        made.clock.move(timedelta(microseconds=1))
        assert await place(made.desk, late, ADDRESS) == QuoteExpired(late.expires_at)
        assert await made.counters(BAG) == (1, 1, 0)

    on(dsn, scene)


def test_an_order_goes_where_its_quote_said(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        with pytest.raises(Refused) as caught:
            await place(made.desk, quoted((BAG, 1), country="HK"), ADDRESS)
        assert (caught.value.code, caught.value.field) == ("destination_changed", "address.country")

    on(dsn, scene)


def test_a_broken_command_does_not_fail_its_neighbours(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 10))
        # More than a column of the database holds: nothing that the shop's own rules let through.
        broken = replace(quoted((BAG, 1)), total_minor=2**63)
        good = [quoted((BAG, 1)) for _ in range(5)]
        submit = made.desk.intake.submit
        wishes = [*good[:3], broken, *good[3:]]
        answers = await asyncio.gather(*(submit(command(quote)) for quote in wishes), return_exceptions=True)
        wrong = answers.pop(3)
        assert isinstance(wrong, asyncpg.DataError | asyncpg.PostgresError)
        assert answers == [Placed(quote.quote_id, "placed") for quote in good]
        assert await made.counters(BAG) == (5, 5, 0)
        assert await submit(command(quoted((BAG, 5)))) is not None
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_a_lost_connection_is_told_and_the_next_order_has_another(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 10))
        await made.place((BAG, 1))
        await made.ask(_END_OTHERS)
        answers = await asyncio.gather(
            *(made.desk.intake.submit(command(quoted((BAG, 1)))) for _ in range(3)), return_exceptions=True
        )
        for answer in answers:
            told = isinstance(answer, Refused) and (answer.code, answer.status) == ("database_unavailable", 503)
            assert told or isinstance(answer, Placed)
        await made.place((BAG, 1))
        placed = (await made.one("SELECT count(*) AS n FROM orders"))["n"]
        assert placed == 2 + sum(isinstance(answer, Placed) for answer in answers)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def test_a_connection_lost_in_the_middle_of_a_batch(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 10))
        await made.place((BAG, 1))
        quote = quoted((BAG, 1))
        async with made.desk.database.transaction() as tx:
            # Whoever holds the counter makes the batch wait, and then its connection is ended under it.
            await tx.connection.execute("SELECT 1 FROM quotas WHERE key = $1 FOR UPDATE", stock(BAG))
            waiting = asyncio.create_task(made.desk.intake.submit(command(quote)))
            while not await tx.connection.fetchval(_BLOCKED):
                await asyncio.sleep(0.01)
            assert await tx.connection.fetchval(_END_BLOCKED)
        with pytest.raises(Refused) as caught:
            await waiting
        assert (caught.value.code, caught.value.status) == ("database_unavailable", 503)
        assert await made.ask("SELECT 1 FROM orders WHERE order_id = $1", quote.quote_id) == []
        assert await made.desk.intake.submit(command(quote)) == Placed(quote.quote_id, "placed")
        assert await made.counters(BAG) == (8, 2, 0)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


_BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_END_BLOCKED = f"SELECT bool_and(pg_terminate_backend(pid)) {_BLOCKED.removeprefix('SELECT count(*)')}"


def test_what_is_being_committed_when_the_shop_closes_is_committed(dsn: str) -> None:
    quotes = [quoted((BAG, 1)) for _ in range(5)]

    async def closing() -> list[object]:
        async with bench(dsn) as made:
            await made.receive((BAG, 10))
            waiting = [asyncio.create_task(made.desk.intake.submit(command(quote))) for quote in quotes[:3]]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            waiting += [asyncio.create_task(made.desk.intake.submit(command(quote))) for quote in quotes[3:]]
            await asyncio.sleep(0)
        return await asyncio.gather(*waiting, return_exceptions=True)

    async def after() -> None:
        async with bench(dsn) as made:
            assert await made.counters(BAG) == (5, 5, 0)
            assert await wrong_in(made.ask) == []

    assert asyncio.run(closing()) == [Placed(quote.quote_id, "placed") for quote in quotes]
    asyncio.run(after())


def test_nobody_waits_for_a_shop_that_has_closed(dsn: str) -> None:
    async def scene() -> None:
        async with bench(dsn) as made:
            intake = made.desk.intake
        with pytest.raises(Refused) as caught:
            await asyncio.wait_for(intake.submit(command(quoted((BAG, 1)))), 5)
        assert caught.value.status == 503

    asyncio.run(scene())
