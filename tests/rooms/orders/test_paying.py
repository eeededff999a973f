"""Paying through the simulated provider: each way it can go, and no way that takes money for nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.orders import look
from argosy.orders.cancel import cancel
from argosy.orders.commands import Changed, TooLate
from argosy.orders.expire import expire
from argosy.orders.follow_up import follow_up
from argosy.orders.pay import Declined, Ended, NeedsAction, Paid, PayAnswer, Pending, charge_key, pay, settle
from argosy.orders.ports import Charge, Means
from argosy.plumbing.ids import derived_id
from rooms.orders.ground import (
    APPROVED,
    DECLINED,
    HOLD,
    LATE,
    LATE_DECLINE,
    SILENT,
    STEP,
    Bench,
    bench,
    goods,
    on,
    wrong_in,
)

BAG = goods("bag", 42_700)
PRICE = Money(10_680, "EUR")


async def ordered(made: Bench) -> UUID:
    await made.receive((BAG, 5))
    return await made.place((BAG, 2))


async def try_card(made: Bench, order: UUID, card: str, attempt: int = 0) -> PayAnswer:
    return await pay(made.desk, order, attempt, PRICE, Means(card_number=card), "https://shop.example/back")


async def told(made: Bench, order: UUID, attempt: int = 0) -> Charge:
    """The charge as the provider tells it now, by its webhook or when it is asked."""
    row = await made.one("SELECT charge_reference FROM orders WHERE order_id = $1", order)
    charge = await made.payments.look_up(order, charge_key(order, attempt), row["charge_reference"])
    assert charge is not None
    return charge


async def books(made: Bench, order: UUID, *, paid: bool, trail: list[str]) -> None:
    """The order is paid and its goods sold, or it still waits and they are held."""
    assert await made.state(order) == ("paid" if paid else "placed")
    assert await made.counters(BAG) == ((3, 0, 2) if paid else (3, 2, 0))
    assert await made.trail(order) == ["order.placed", *trail]
    assert await wrong_in(made.ask) == []


def test_approved(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        assert await try_card(made, order, APPROVED) == Paid(order)
        await books(made, order, paid=True, trail=["order.paid"])
        view = await look.order(made.desk, order, None)
        assert view.order.settled_at == made.clock.now()
        assert view.history[-1].detail == {
            "reference": view.order.charge_reference,
            "amount_minor": 10_680,
            "currency": "EUR",
        }

    on(dsn, scene)


def test_a_repeated_request_is_charged_once(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        answers = await asyncio.gather(*(try_card(made, order, APPROVED) for _ in range(5)))
        assert answers == [Paid(order)] * 5
        await books(made, order, paid=True, trail=["order.paid"])

    on(dsn, scene)


def test_declined_then_another_card(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        assert await try_card(made, order, DECLINED) == Declined(order, "card_declined")
        await books(made, order, paid=False, trail=["payment.declined"])
        assert await try_card(made, order, "4000000000009995", 1) == Declined(order, "insufficient_funds")
        assert await try_card(made, order, APPROVED, 2) == Paid(order)
        await books(made, order, paid=True, trail=["payment.declined", "payment.declined", "order.paid"])

    on(dsn, scene)


def test_a_decline_that_is_told_again_counts_once(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        await try_card(made, order, LATE_DECLINE)
        made.clock.move(timedelta(seconds=5))
        charge = await told(made, order)
        for attempt in (None, 0, None):
            assert await settle(made.desk, order, charge, attempt) == Declined(order, "card_declined")
        row = await made.one("SELECT charge_attempts FROM orders WHERE order_id = $1", order)
        assert row["charge_attempts"] == 1
        await books(made, order, paid=False, trail=["payment.pending", "payment.declined"])

    on(dsn, scene)


def test_a_number_that_is_no_test_card_charges_nothing(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        with pytest.raises(Refused) as caught:
            await try_card(made, order, "4111111111111111")
        assert caught.value.code == "unknown_test_card"
        await books(made, order, paid=False, trail=[])

    on(dsn, scene)


@pytest.mark.parametrize("approve", [pytest.param(True, id="confirmed"), pytest.param(False, id="refused")])
def test_a_step_that_the_shopper_takes(dsn: str, approve: bool) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        asked = await try_card(made, order, STEP)
        assert isinstance(asked, NeedsAction)
        await books(made, order, paid=False, trail=["payment.needs_action"])
        view = await look.order(made.desk, order, None)
        assert await follow_up(made.desk, view) == asked
        charge = made.payments.complete_step(asked.next_url.rpartition("/")[2], approve)
        if approve:
            assert await follow_up(made.desk, view) == Paid(order)
            assert await settle(made.desk, order, charge) == Paid(order)
            await books(made, order, paid=True, trail=["payment.needs_action", "order.paid"])
        else:
            assert await follow_up(made.desk, view) == Declined(order, "authentication_failed")
            await settle(made.desk, order, charge)
            await books(made, order, paid=False, trail=["payment.needs_action", "payment.declined"])
            assert await try_card(made, order, APPROVED, 1) == Paid(order)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_pending_and_its_webhook_comes_twice(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        assert await try_card(made, order, LATE) == Pending(order)
        await books(made, order, paid=False, trail=["payment.pending"])
        view = await look.order(made.desk, order, None)
        assert await follow_up(made.desk, view) == Pending(order)
        made.clock.move(timedelta(seconds=5))
        charge = await told(made, order)
        assert await asyncio.gather(*(settle(made.desk, order, charge) for _ in range(2))) == [Paid(order)] * 2
        assert await settle(made.desk, order, charge) == Paid(order)
        await books(made, order, paid=True, trail=["payment.pending", "order.paid"])

    on(dsn, scene)


async def given_back(made: Bench, order: UUID, charge: Charge, *, key: str) -> bool:
    """Whether the provider has given all of a charge back: then one more cent is too much, and the same again is not."""
    more = await made.payments.refund(order, "more", charge.reference, Money(1, "EUR"))
    same = await made.payments.refund(order, key, charge.reference, charge.amount)
    return (more.reason, same.reason) == ("refund_exceeds_charge", None)


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
def test_money_that_comes_after_the_end_goes_back(dsn: str, ending: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        if ending == "expired":
            made.clock.move(HOLD)
            assert await expire(made.desk) == 1
        else:
            assert await cancel(made.desk, order, "shopper") == Changed(order, "cancelled")
        assert await try_card(made, order, APPROVED) == Ended(order, ending)
        charge = await made.payments.charge(order, charge_key(order, 0), PRICE, Means(card_number=APPROVED), "")
        assert await given_back(made, order, charge, key=str(derived_id("late charge", charge.reference)))
        assert await settle(made.desk, order, charge) == Ended(order, ending)
        assert await made.state(order) == ending
        assert await made.counters(BAG) == (5, 0, 0)
        assert await made.trail(order) == ["order.placed", f"order.{ending}", "payment.given_back"]
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_an_order_paid_twice_keeps_one_payment(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        assert await try_card(made, order, APPROVED, 0) == Paid(order)
        kept = await told(made, order)
        assert await try_card(made, order, APPROVED, 1) == Ended(order, "paid")
        second = await made.payments.charge(order, charge_key(order, 1), PRICE, Means(card_number=APPROVED), "")
        assert second.reference != kept.reference
        assert await given_back(made, order, second, key=str(derived_id("late charge", second.reference)))
        # Of the first nothing was given back: all of it still can be.
        assert (await made.payments.refund(order, "all", kept.reference, kept.amount)).reason is None
        await books(made, order, paid=True, trail=["order.paid", "payment.given_back"])

    on(dsn, scene)


def test_a_decline_after_another_card_paid_changes_nothing(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        assert await try_card(made, order, LATE_DECLINE) == Pending(order)
        assert await try_card(made, order, APPROVED, 1) == Paid(order)
        made.clock.move(timedelta(seconds=5))
        first = await made.payments.charge(order, charge_key(order, 0), PRICE, Means(card_number=LATE_DECLINE), "")
        assert await settle(made.desk, order, first) == Paid(order)
        await books(made, order, paid=True, trail=["payment.pending", "order.paid"])

    on(dsn, scene)


@pytest.mark.parametrize(
    ("card", "pause", "state", "trail"),
    [
        pytest.param(None, HOLD, "expired", ["order.expired"], id="never-tried"),
        pytest.param(DECLINED, HOLD, "expired", ["payment.declined", "order.expired"], id="declined"),
        pytest.param(STEP, HOLD, "expired", ["payment.needs_action", "order.expired"], id="step-not-taken"),
        pytest.param(SILENT, HOLD, "paid", ["payment.pending", "order.paid"], id="captured-without-a-word"),
        pytest.param(LATE_DECLINE, HOLD, "expired", ["payment.pending", "order.expired"], id="declined-without-a-word"),
        pytest.param(SILENT, HOLD - timedelta(seconds=1), "placed", ["payment.pending"], id="not-yet-due"),
    ],
)
def test_before_it_ends_an_order_the_shop_asks_the_provider(
    dsn: str, card: str | None, pause: timedelta, state: str, trail: list[str]
) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        if card:
            await try_card(made, order, card)
        made.clock.move(pause)
        ended = int(state != "placed")
        assert await asyncio.gather(expire(made.desk)) == [ended]
        assert await expire(made.desk) == 0
        assert await made.state(order) == state
        assert await made.trail(order) == ["order.placed", *trail]
        free = {"placed": (3, 2, 0), "paid": (3, 0, 2), "expired": (5, 0, 0)}
        assert await made.counters(BAG) == free[state]
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_a_payment_that_waits_is_given_up_with_its_order(dsn: str) -> None:
    async def scene() -> None:
        async with bench(dsn, late_seconds=1e9) as made:
            order = await ordered(made)
            assert await try_card(made, order, SILENT) == Pending(order)
            assert await cancel(made.desk, order, "shopper") == Changed(order, "cancelled")
            charge = await told(made, order)
            assert charge.state == "voided"
            assert await settle(made.desk, order, charge) == Ended(order, "cancelled")
            other = await made.place((BAG, 1))
            await pay(made.desk, other, 0, PRICE, Means(card_number=SILENT), "")
            made.clock.move(HOLD)
            assert await expire(made.desk) == 1
            assert (await told(made, other)).state == "voided"
            assert await made.counters(BAG) == (5, 0, 0)

    asyncio.run(scene())


def test_two_processes_that_expire_together_end_each_order_once(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        await made.receive((BAG, 20))
        orders = [await made.place((BAG, 1)) for _ in range(6)]
        for order in orders[:3]:
            await pay(made.desk, order, 0, Money(5_340, "EUR"), Means(card_number=SILENT), "")
        made.clock.move(HOLD)
        async with bench(dsn, made.clock) as other:
            await asyncio.gather(expire(made.desk), expire(other.desk))
        assert await made.counters(BAG) == (17, 0, 3)
        assert [await made.state(order) for order in orders] == ["paid"] * 3 + ["expired"] * 3
        for order in orders:
            assert len(await made.trail(order)) in (2, 3)
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_a_paid_order_is_not_cancelled(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order = await ordered(made)
        await try_card(made, order, APPROVED)
        assert await cancel(made.desk, order, "shopper") == TooLate(order, "paid")
        await books(made, order, paid=True, trail=["order.paid"])

    on(dsn, scene)
