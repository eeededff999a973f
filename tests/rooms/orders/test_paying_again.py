"""Paying again: one charge at a time, and money that comes too late goes back for good."""

from __future__ import annotations

from uuid import UUID

from argosy.base.money import Money
from argosy.orders import look
from argosy.orders.cancel import cancel
from argosy.orders.pay import Ended, NeedsAction, Paid, PayAnswer, pay, settle
from argosy.orders.pay_again import pay_again
from argosy.orders.ports import Charge, ChargeState, Means
from rooms.orders.ground import APPROVED, DECLINED, REFUND_FAILS, STEP, Bench, goods, on, wrong_in

BAG = goods("bag", 42_700)
PRICE = Money(10_680, "EUR")
BACK = "https://shop.example/back"


async def begun(made: Bench, card: str) -> tuple[UUID, PayAnswer]:
    await made.receive((BAG, 5))
    order = await made.place((BAG, 2))
    return order, await pay(made.desk, order, 0, PRICE, Means(card_number=card), BACK)


async def again(made: Bench, order: UUID, card: str) -> PayAnswer:
    return await pay_again(made.desk, order, Means(card_number=card), BACK)


def test_another_card_after_leaving_the_bank_gives_up_the_first_charge(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order, first = await begun(made, STEP)
        assert isinstance(first, NeedsAction)
        assert await again(made, order, APPROVED) == Paid(order)
        assert await made.trail(order) == ["order.placed", "payment.needs_action", "payment.voided", "order.paid"]
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_a_first_charge_that_came_through_pays_the_order_and_nothing_more_is_charged(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order, first = await begun(made, STEP)
        assert isinstance(first, NeedsAction)
        made.payments.complete_step(first.next_url.rpartition("/")[2], approve=True)
        assert await again(made, order, APPROVED) == Paid(order)
        assert await made.trail(order) == ["order.placed", "payment.needs_action", "order.paid"]
        assert (await made.one("SELECT count(*) AS n FROM refunds"))["n"] == 0

    on(dsn, scene)


def test_a_refused_card_and_then_another(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order, _ = await begun(made, DECLINED)
        assert await again(made, order, APPROVED) == Paid(order)
        assert await again(made, order, APPROVED) == Paid(order)
        assert await made.trail(order) == ["order.placed", "payment.declined", "order.paid"]

    on(dsn, scene)


async def cancelled_and_charged(made: Bench, card: str) -> tuple[UUID, Charge]:
    """A cancelled order, and a charge of it that the provider took all the same."""
    await made.receive((BAG, 5))
    order = await made.place((BAG, 2))
    await cancel(made.desk, order, "shopper")
    charge = await made.payments.charge(order, f"{order}/0", PRICE, Means(card_number=card), BACK)
    assert charge.state is ChargeState.CAPTURED
    return order, charge


def test_money_for_a_cancelled_order_is_written_down_and_goes_back_once(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order, charge = await cancelled_and_charged(made, APPROVED)
        assert await settle(made.desk, order, charge) == Ended(order, "cancelled")
        assert await settle(made.desk, order, charge) == Ended(order, "cancelled")
        view = await look.order(made.desk, order, None)
        assert [(one.state, one.amount_minor, one.currency) for one in view.refunds] == [("done", 10_680, "EUR")]
        assert await made.trail(order) == ["order.placed", "order.cancelled", "payment.given_back"]
        told = await made.ask("SELECT topic FROM outbox WHERE subject = $1 ORDER BY position", order)
        assert [row["topic"] for row in told] == ["order.placed", "order.cancelled", "payment.given_back"]

    on(dsn, scene)


def test_money_that_could_not_go_back_stays_on_the_list(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order, charge = await cancelled_and_charged(made, REFUND_FAILS)
        assert await settle(made.desk, order, charge) == Ended(order, "cancelled")
        row = await made.one("SELECT state, charge_reference FROM refunds WHERE order_id = $1", order)
        assert row["state"] != "done" and row["charge_reference"] == charge.reference

    on(dsn, scene)
