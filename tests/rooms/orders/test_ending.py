"""Ends of an order: cancelled, withdrawn, refunded in parts or whole; every cent and every piece accounted for."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from argosy.base.errors import NotFound, Refused
from argosy.base.money import Money
from argosy.orders import look
from argosy.orders.cancel import cancel
from argosy.orders.commands import Changed, NoOrder, RefundLine, TooLate
from argosy.orders.forwarding.withdraw import withdraw
from argosy.orders.pay import Paid, pay
from argosy.orders.ports import Means, RefundAnswer, RefundState
from argosy.orders.refund import carry_out_open, refund
from rooms.orders.ground import APPROVED, NOW, REFUND_FAILS, Bench, goods, on, wrong_in

BAG = goods("bag", 42_700)
SHOE = goods("shoe", 1_000)
TOTAL = 3 * 5_340 + 130


async def paid(made: Bench, card: str = APPROVED, shopper: UUID | None = None) -> UUID:
    """A paid order of three bags and a shoe."""
    await made.receive((BAG, 10), (SHOE, 10))
    order = await made.place((BAG, 3), (SHOE, 1), shopper=shopper)
    amount = Money(TOTAL, "EUR")
    assert await pay(made.desk, order, 0, amount, Means(card_number=card), "") == Paid(order)
    return order


async def give_back(made: Bench, order: UUID, *lines: tuple[int, int], restock: bool = True) -> object:
    wishes = [RefundLine(*one) for one in lines]
    return await refund(made.desk, order, wishes, restock=restock, who="operator")


def test_a_cancelled_order_frees_its_goods_once(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 5))
        order = await made.place((BAG, 3))
        assert await cancel(made.desk, order, "shopper") == Changed(order, "cancelled")
        assert await cancel(made.desk, order, "shopper") == Changed(order, "cancelled", again=True)
        assert await made.counters(BAG) == (5, 0, 0)
        view = await look.order(made.desk, order, None)
        assert [(entry.what, entry.who, entry.at) for entry in view.history] == [
            ("order.placed", "shopper", NOW),
            ("order.cancelled", "shopper", NOW),
        ]
        assert view.order.settled_at == NOW
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_an_order_there_is_not(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        nobody = uuid4()
        assert await cancel(made.desk, nobody, "shopper") == NoOrder(nobody)
        assert await withdraw(made.desk, nobody) == NoOrder(nobody)
        assert await give_back(made, nobody) == NoOrder(nobody)
        with pytest.raises(NotFound):
            await look.order(made.desk, nobody, None)

    on(dsn, scene)


def test_an_order_is_shown_to_its_shopper_only(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        shopper = uuid4()
        order = await paid(made, shopper=shopper)
        view = await look.order(made.desk, order, shopper)
        assert [(line.line, line.quantity, line.total_minor) for line in view.lines] == [(1, 3, 16_020), (2, 1, 130)]
        assert [told["sku"] for told in view.order.quote["lines"]] == ["bag", "shoe"]
        assert [listed.order_id for listed in await look.orders(made.desk, shopper)] == [order]
        assert await look.orders(made.desk, uuid4()) == []
        with pytest.raises(NotFound) as caught:
            await look.order(made.desk, order, uuid4())
        assert caught.value.code == "unknown_order"

    on(dsn, scene)


@pytest.mark.parametrize("restock", [pytest.param(True, id="restocked"), pytest.param(False, id="lost")])
def test_a_whole_refund(dsn: str, restock: bool) -> None:
    async def scene(made: Bench) -> None:
        order = await paid(made)
        assert await give_back(made, order, restock=restock) == Changed(order, "refunded")
        assert await made.counters(BAG) == ((10, 0, 0) if restock else (7, 0, 3))
        assert await made.counters(SHOE) == ((10, 0, 0) if restock else (9, 0, 1))
        view = await look.order(made.desk, order, None)
        assert (view.order.state, view.order.refunded_minor) == ("refunded", TOTAL)
        assert [(one.state, one.amount_minor, one.currency) for one in view.refunds] == [("done", TOTAL, "EUR")]
        assert await give_back(made, order) == TooLate(order, "refunded")
        assert await made.trail(order) == ["order.placed", "order.paid", "order.refunded"]
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_refunds_by_line_add_up(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await paid(made)
        assert await give_back(made, order, (1, 1)) == Changed(order, "paid")
        assert await give_back(made, order, (2, 1), restock=False) == Changed(order, "paid")
        with pytest.raises(Refused) as caught:
            await give_back(made, order, (1, 3))
        assert (caught.value.code, caught.value.remedy) == ("refund_out_of_range", "Send 1 to 2.")
        assert await give_back(made, order, (1, 2)) == Changed(order, "refunded")
        view = await look.order(made.desk, order, None)
        assert sorted(one.amount_minor for one in view.refunds) == [130, 5_340, 10_680]
        assert [(one.refunded_quantity, one.refunded_minor) for one in view.lines] == [(3, 16_020), (1, 130)]
        assert await made.counters(BAG) == (10, 0, 0)
        assert await made.counters(SHOE) == (9, 0, 1)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_refunds_side_by_side_give_each_piece_back_once(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await paid(made)
        answers = await asyncio.gather(*(give_back(made, order, (1, 2)) for _ in range(4)), return_exceptions=True)
        assert sum(answer == Changed(order, "paid") for answer in answers) == 1
        assert sum(isinstance(answer, Refused) for answer in answers) == 3
        view = await look.order(made.desk, order, None)
        assert (view.order.refunded_minor, [one.state for one in view.refunds]) == (10_680, ["done"])
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_an_unpaid_order_has_nothing_to_refund(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 5))
        order = await made.place((BAG, 1))
        assert await give_back(made, order) == TooLate(order, "placed")
        assert await made.ask("SELECT 1 FROM refunds") == []

    on(dsn, scene)


def test_a_refund_that_the_provider_refuses_stays_open_and_stops_no_other(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        stuck = await paid(made, REFUND_FAILS)
        good = await paid(made)
        assert await give_back(made, stuck) == Changed(stuck, "refunded")
        assert await give_back(made, good) == Changed(good, "refunded")
        states = {row["order_id"]: row["state"] for row in await made.ask("SELECT order_id, state FROM refunds")}
        assert states == {stuck: "failed", good: "done"}
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


_OLD_FAILURES = """
INSERT INTO refunds (cell, order_id, refund_id, state, amount_minor, currency, provider, charge_reference, reference, lines, at)
SELECT 1, $1, gen_random_uuid(), 'failed', 1, 'EUR', 'simulated', o.charge_reference, '', '[]', $2
FROM orders AS o, generate_series(1, $3) WHERE o.order_id = $1
"""


def test_however_many_have_failed_a_new_refund_is_carried_out(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        stuck = await paid(made, REFUND_FAILS)
        good = await paid(made)
        await made.ask(_OLD_FAILURES, stuck, NOW - timedelta(days=1), 150)
        made.clock.move(timedelta(minutes=1))
        await give_back(made, good)
        made.clock.move(timedelta(minutes=1))
        await carry_out_open(made.desk)
        (row,) = await made.ask("SELECT state FROM refunds WHERE order_id = $1", good)
        assert row["state"] == "done"

    on(dsn, scene)


def test_a_refund_whose_charge_nobody_knows_stops_no_other(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        lost, good = await paid(made), await paid(made)
        await made.ask("UPDATE orders SET charge_reference = 'of another provider' WHERE order_id = $1", lost)
        answers = await asyncio.gather(give_back(made, lost), return_exceptions=True)
        assert answers
        assert await give_back(made, good) == Changed(good, "refunded")
        rows = await made.ask("SELECT order_id, state FROM refunds")
        assert {row["order_id"]: row["state"] == "done" for row in rows} == {lost: False, good: True}

    on(dsn, scene)


def test_a_refund_that_was_written_and_not_carried_out_is_carried_out_later(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await paid(made)
        await give_back(made, order, (1, 1))
        # As if the process had ended between the two: what is open is tried again, with the same key.
        await made.ask("UPDATE refunds SET state = 'open', reference = ''")
        assert await carry_out_open(made.desk) == 0
        made.clock.move(timedelta(seconds=31))
        assert await carry_out_open(made.desk) == 1
        (row,) = await made.ask("SELECT state, reference FROM refunds")
        assert row["state"] == "done"
        assert row["reference"]
        assert await carry_out_open(made.desk) == 0

    on(dsn, scene)


def test_a_refund_that_waits_is_asked_for_by_its_number(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        RefundAnswer(reference=number, state=state)
        for number, state in (
            ("re_1", RefundState.PENDING), ("", RefundState.PENDING), ("", RefundState.FAILED), ("re_1", RefundState.DONE),
        )
    ]  # fmt: skip
    known: list[str] = []

    async def slow(_order: UUID, _key: str, _charge: str, _amount: Money, refunded: str = "") -> RefundAnswer:
        known.append(refunded)
        return answers[len(known) - 1]

    async def scene(made: Bench) -> None:
        order = await paid(made)
        monkeypatch.setattr(made.payments, "refund", slow)
        await give_back(made, order, (1, 1))
        for _ in range(5):
            made.clock.move(timedelta(hours=7))
            await carry_out_open(made.desk)
        assert known == ["", "re_1", "re_1", "re_1"]
        (row,) = await made.ask("SELECT state, reference FROM refunds")
        assert (row["state"], row["reference"]) == ("done", "re_1")

    on(dsn, scene)


def test_who_asks_for_a_refund_waits_for_that_one_alone(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        other, order = await paid(made), await paid(made)
        # As if the process had ended before the provider was asked.
        await give_back(made, other, (1, 1))
        await made.ask("UPDATE refunds SET state = 'open', reference = '', tries = 0, next_try_at = NULL")
        assert await give_back(made, order, (1, 1)) == Changed(order, "paid")
        states = {row["order_id"]: row["state"] for row in await made.ask("SELECT order_id, state FROM refunds")}
        assert states == {other: "open", order: "done"}
        made.clock.move(timedelta(seconds=31))
        assert await carry_out_open(made.desk) == 1

    on(dsn, scene)


def test_a_shopper_withdraws(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await paid(made)
        unpaid = await made.place((BAG, 1))
        assert await withdraw(made.desk, unpaid) == Changed(unpaid, "cancelled")
        assert await withdraw(made.desk, order) == Changed(order, "refunded")
        assert await withdraw(made.desk, order) == TooLate(order, "refunded")
        assert await made.counters(BAG) == (10, 0, 0)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


_GIVEN_AWAY = """
UPDATE order_lines SET total_minor = 0, facts = facts || '{"goods_minor": 0}' WHERE order_id = $1
"""


def test_an_order_of_free_goods_is_refunded_without_money(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await paid(made)
        await made.ask("UPDATE orders SET total_minor = 0, goods_minor = 0 WHERE order_id = $1", order)
        await made.ask(_GIVEN_AWAY, order)
        assert await give_back(made, order) == Changed(order, "refunded")
        assert await made.ask("SELECT 1 FROM refunds") == []
        assert await made.counters(BAG) == (10, 0, 0)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)
