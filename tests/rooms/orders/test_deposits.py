"""Deposits: paid, used in their window or forfeited after it, cancelled before it, and given back with their goods."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from argosy.base.errors import NotFound, Refused
from argosy.orders.commands import (
    Changed,
    LimitReached,
    OfferGone,
    Placed,
    QuoteExpired,
    RefundLine,
    Release,
    SoldOut,
    TooLate,
)
from argosy.orders.deposits.cancel_deposit import cancel_deposit
from argosy.orders.deposits.ending import end_deposits, forfeit
from argosy.orders.deposits.look import deposits
from argosy.orders.deposits.rules import share
from argosy.orders.desk import Desk
from argosy.orders.expire import expire
from argosy.orders.intake import Intake
from argosy.orders.model import Charts, Quote
from argosy.orders.pay import Paid
from argosy.orders.place import place
from argosy.orders.refund import refund
from argosy.orders.withdraw import withdraw
from argosy.plumbing.database import BY_KEY, connect
from argosy.plumbing.ids import maker
from rooms.orders.ground import ADDRESS, CELL, HOLD, NOW
from rooms.orders.presale_ground import ENDS, JUST_BEFORE, OPENS, Stand, charts, on


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Charts:
    return charts(tmp_path_factory.mktemp("plans"))


def test_a_deposit_is_an_order_that_holds_its_goods(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        made = await stand.deposit_quoted(2)
        assert (made.total_minor, made.duty_minor, made.promise) == (2_000, None, None)
        assert made.deposit is not None
        assert (made.deposit.counts_minor, made.deposit.price_minor) == (5_000, 19_980)
        assert await place(stand.desk, made, ADDRESS) == Placed(made.quote_id, "placed")
        assert await stand.units() == (4, 2, 0)
        assert isinstance(await stand.pay(made), Paid)
        assert (await stand.units(), await stand.stock()) == ((4, 2, 0), (8, 2, 0))
        row = await stand.row(made.quote_id)
        assert (row["state"], row["quantity"], row["paid_minor"], row["counts_minor"]) == ("paid", 2, 2_000, 5_000)
        assert (row["balance_from"], row["balance_until"]) == (OPENS, ENDS)

    on(dsn, facts, scene)


def test_the_balance_is_the_days_price_less_what_the_deposit_counts_for(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        shopper = uuid4()
        deposit = await stand.deposit(2, shopper)
        stand.move_to(OPENS)
        made = await stand.balance_quoted(deposit, shopper)
        # 199.80 less a tenth is 179.82; the deposit of 20.00 counts for 50.00.
        assert (made.total_minor, made.saved_minor) == (12_982, 4_998)
        assert made.balance is not None and made.balance.credit_minor == 2_000
        (line,) = made.lines
        assert [(one.promotion, one.off_minor, one.seller_minor) for one in line.taken] == [
            ("tenth", 1_998, 1_998),
            ("early", 3_000, 1_500),
        ]
        assert await place(stand.desk, made, ADDRESS) == Placed(made.quote_id, "placed")
        assert (await stand.units(), await stand.stock()) == ((4, 2, 0), (8, 2, 0))
        assert isinstance(await stand.pay(made), Paid)
        assert (await stand.units(), await stand.stock()) == ((4, 0, 2), (8, 0, 2))
        row = await stand.row(deposit)
        assert (row["state"], row["balance_order_id"]) == ("used", made.quote_id)
        assert [one.standing.value for one in await deposits(stand.desk, shopper)] == ["used"]

    on(dsn, facts, scene)


def test_a_missed_window_forfeits_the_deposit_and_frees_the_units(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        deposit = await stand.deposit(3)
        stand.move_to(JUST_BEFORE)
        assert await forfeit(stand.desk) == 0
        stand.move_to(ENDS)
        assert await forfeit(stand.desk) == 1
        assert await forfeit(stand.desk) == 0
        assert (await stand.units(), await stand.stock()) == ((6, 0, 0), (10, 0, 0))
        assert (await stand.row(deposit))["state"] == "forfeited"
        assert await stand.bench.trail(deposit) == ["order.placed", "order.paid", "order.deposit_forfeited"]
        with pytest.raises(Refused) as wrong:
            await stand.balance_quoted(deposit)
        assert wrong.value.code == "deposit_not_due"
        assert await cancel_deposit(stand.desk, deposit, "operator") == TooLate(deposit, "forfeited")

    on(dsn, facts, scene)


def test_who_orders_in_the_window_may_pay_within_the_hold(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        paid, left = await stand.deposit(), await stand.deposit()
        stand.move_to(JUST_BEFORE)
        first, second = await stand.balance_quoted(paid), await stand.balance_quoted(left)
        assert first.expires_at == ENDS
        for made in (first, second):
            assert isinstance(await place(stand.desk, made, ADDRESS), Placed)
        stand.move_to(ENDS + timedelta(minutes=1))
        assert await forfeit(stand.desk) == 0
        assert isinstance(await stand.pay(first), Paid)
        stand.move_to(JUST_BEFORE + HOLD)
        assert await expire(stand.desk) == 1
        assert await forfeit(stand.desk) == 1
        assert ((await stand.row(paid))["state"], (await stand.row(left))["state"]) == ("used", "forfeited")
        assert (await stand.units(), await stand.stock()) == ((5, 0, 1), (9, 0, 1))

    on(dsn, facts, scene)


def test_a_balance_quote_ends_with_the_window(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        deposit = await stand.deposit()
        stand.move_to(JUST_BEFORE)
        made = await stand.balance_quoted(deposit)
        stand.move_to(ENDS)
        assert await place(stand.desk, made, ADDRESS) == QuoteExpired(ENDS)

    on(dsn, facts, scene)


def test_a_deposit_pays_one_balance(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        deposit = await stand.deposit()
        stand.move_to(OPENS)
        quotes = [await stand.balance_quoted(deposit) for _ in range(8)]
        answers = await asyncio.gather(*(place(stand.desk, made, ADDRESS) for made in quotes))
        assert sum(isinstance(one, Placed) for one in answers) == 1
        assert sum(isinstance(one, OfferGone) for one in answers) == 7
        with pytest.raises(Refused) as wrong:
            await stand.balance_quoted(deposit)
        assert wrong.value.code == "deposit_not_due"
        won = next(one.order_id for one in answers if isinstance(one, Placed))
        # Given up, it can be paid by another order.
        await stand.desk.intake.submit(Release(won, "cancelled", "shopper", stand.desk.clock.now()))
        made = await stand.balance_quoted(deposit)
        assert isinstance(await place(stand.desk, made, ADDRESS), Placed)
        assert isinstance(await stand.pay(made), Paid)

    on(dsn, facts, scene)


def test_no_more_deposits_than_units(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        quotes = [await stand.deposit_quoted() for _ in range(12)]
        answers = await asyncio.gather(*(place(stand.desk, made, ADDRESS) for made in quotes))
        assert sum(isinstance(one, Placed) for one in answers) == 6
        assert all(isinstance(one, Placed | SoldOut | LimitReached | OfferGone) for one in answers)

    on(dsn, facts, scene)


def test_an_unpaid_deposit_expires_like_any_hold(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        made = await stand.deposit_quoted(2)
        await place(stand.desk, made, ADDRESS)
        stand.move_to(NOW + HOLD)
        assert await expire(stand.desk) == 1
        assert (await stand.units(), await stand.stock()) == ((6, 0, 0), (10, 0, 0))
        assert await stand.bench.ask("SELECT 1 FROM deposits") == []

    on(dsn, facts, scene)


def test_a_shopper_may_cancel_until_the_window_opens(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        deposit, late = await stand.deposit(2), await stand.deposit()
        assert await withdraw(stand.desk, deposit) == Changed(deposit, "returned")
        assert await cancel_deposit(stand.desk, deposit, "shopper") == TooLate(deposit, "returned")
        order = await stand.bench.one("SELECT * FROM orders WHERE order_id = $1", deposit)
        assert (order["state"], order["paid_back_minor"]) == ("refunded", 2_000)
        back = await stand.bench.one("SELECT * FROM refunds WHERE order_id = $1", deposit)
        assert (back["amount_minor"], back["why"], back["state"]) == (2_000, "deposit", "done")
        assert await stand.units() == (5, 1, 0)
        stand.move_to(OPENS)
        assert await withdraw(stand.desk, late) == TooLate(late, "due")
        assert await cancel_deposit(stand.desk, late, "operator") == Changed(late, "returned")

    on(dsn, facts, scene)


def test_goods_that_go_back_bring_their_part_of_the_deposit(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        deposit = await stand.deposit(3)
        stand.move_to(OPENS)
        made = await stand.balance_quoted(deposit)
        await place(stand.desk, made, ADDRESS)
        await stand.pay(made)
        with pytest.raises(Refused) as wrong:
            await refund(stand.desk, deposit, restock=True, who="operator")
        assert wrong.value.code == "deposit_order"
        await refund(stand.desk, made.quote_id, [RefundLine(1, 1)], restock=False, who="operator")
        assert await end_deposits(stand.desk) == 1
        assert await end_deposits(stand.desk) == 0
        order = "SELECT refunded_minor, paid_back_minor, total_minor FROM orders WHERE order_id = $1"
        assert (await stand.bench.one(order, deposit))["paid_back_minor"] == 1_000
        await refund(stand.desk, made.quote_id, restock=False, who="operator")
        assert await end_deposits(stand.desk) == 1
        assert (await stand.bench.one(order, deposit))["paid_back_minor"] == 3_000
        balance = await stand.bench.one(order, made.quote_id)
        assert balance["refunded_minor"] == balance["total_minor"] == 19_473
        assert await stand.bench.ask("SELECT 1 FROM refunds WHERE state <> 'done'") == []

    on(dsn, facts, scene)


def test_restocked_goods_of_a_balance_are_for_sale_again(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        deposit = await stand.deposit(2)
        stand.move_to(OPENS)
        made = await stand.balance_quoted(deposit)
        await place(stand.desk, made, ADDRESS)
        await stand.pay(made)
        await refund(stand.desk, made.quote_id, restock=True, who="operator")
        assert (await stand.units(), await stand.stock()) == ((6, 0, 0), (10, 0, 0))

    on(dsn, facts, scene)


def test_refusals_of_deposits(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        shopper = uuid4()
        deposit = await stand.deposit(1, shopper)
        for wanted, who in (("deposit_not_due", shopper), ("unknown_deposit", uuid4())):
            with pytest.raises((Refused, NotFound)) as wrong:
                await stand.balance_quoted(deposit, who)
            assert wrong.value.code == wanted
        stand.move_to(OPENS)
        with pytest.raises(Refused) as closed:
            await stand.deposit_quoted()
        assert closed.value.code == "no_presale"

    on(dsn, facts, scene)


@asynccontextmanager
async def other_process(stand: Stand) -> AsyncIterator[Desk]:
    """The same shop with an intake of its own, as another server process has it."""
    intake = Intake(lambda: connect(stand.bench.dsn, **BY_KEY), CELL, maker(CELL))
    intake.start()
    try:
        yield replace(stand.desk, intake=intake)
    finally:
        await intake.stop()


@pytest.mark.parametrize("seed", range(4))
def test_at_the_windows_edge_it_is_never_both_forfeited_and_paid(dsn: str, facts: Charts, seed: int) -> None:
    """Balances, payments, cancellations and forfeitures at once, from two processes' intakes, while the window closes."""
    chance = random.Random(seed)

    async def scene(stand: Stand) -> None:
        ids = [await stand.deposit() for _ in range(6)]
        stand.move_to(JUST_BEFORE)
        quotes: list[Quote] = [await stand.balance_quoted(one) for one in ids for _ in range(2)]
        chance.shuffle(quotes)

        async def buy(made: Quote) -> None:
            await asyncio.sleep(chance.random() * 0.024)
            answer = await place(stand.desk, made, ADDRESS)
            if not isinstance(answer, Placed):
                return
            if chance.random() < 0.3:
                await withdraw(stand.desk, made.quote_id)
                return
            await asyncio.sleep(chance.random() * 0.01)
            await stand.pay(made)

        async def close(desk: Desk) -> None:
            await asyncio.sleep(0.012)
            stand.move_to(ENDS)
            for _ in range(20):
                await forfeit(desk)
                await asyncio.sleep(0.002)

        async with other_process(stand) as other:
            await asyncio.gather(close(stand.desk), *(buy(made) for made in quotes), close(other))
        await forfeit(stand.desk)
        states = [str((await stand.row(one))["state"]) for one in ids]
        assert set(states) <= {"used", "forfeited"}
        sold = states.count("used")
        assert (await stand.units(), await stand.stock()) == ((6 - sold, 0, sold), (10 - sold, 0, sold))

    on(dsn, facts, scene)


@given(st.integers(0, 10_000), st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_shares_of_all_pieces_add_up_to_the_deposit(paid: int, parts: list[int]) -> None:
    quantity, done, back = sum(parts), 0, 0
    for part in parts:
        back += share(paid, quantity, done, done + part)
        done += part
    assert back == paid
