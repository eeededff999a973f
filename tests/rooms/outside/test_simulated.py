"""The simulated provider, card by card, and its webhooks over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from argosy.base.errors import NotFound, Refused
from argosy.base.money import Money
from argosy.orders.ports import Charge, ChargeState, Means, RefundState
from argosy.outside.cards import CARDS, Outcome
from argosy.outside.simulated import SimulatedPayments
from argosy.plumbing.clock import HeldClock
from rooms.outside.receiver import receiver

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
ORDER = UUID("01977f2e-4c00-7001-8000-3f2a9d1c5b7e")
OTHER = UUID("01977f2e-4c00-7001-8000-3f2a9d1c5b7f")
AMOUNT = Money(12900, "EUR")
BACK = "https://shop.example/fr/fr/thanks"
SECRET = "a secret of thirty-two characters"
APPROVED = "4242424242424242"
STEP = "4000002500003155"
LATE = "4000000000004087"


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scene())


def provider(clock: HeldClock | None = None, base_url: str = "http://127.0.0.1:9", **more: Any) -> SimulatedPayments:
    held = clock or HeldClock(NOW)
    return SimulatedPayments(SECRET, base_url, held, wall=held, wait_seconds=0.0, pause_seconds=0.01, **more)


@asynccontextmanager
async def running(payments: SimulatedPayments) -> AsyncIterator[SimulatedPayments]:
    await payments.start()
    try:
        yield payments
    finally:
        await payments.stop()


async def pay(payments: SimulatedPayments, card: str, key: str = "k1", order: UUID = ORDER) -> Charge:
    return await payments.charge(order, key, AMOUNT, Means(card_number=card), BACK)


@pytest.mark.parametrize(
    ("card", "state", "reason", "later"),
    [
        ("4242424242424242", ChargeState.CAPTURED, None, ChargeState.CAPTURED),
        ("4242 4242-4242 4242", ChargeState.CAPTURED, None, ChargeState.CAPTURED),
        ("4000000000000002", ChargeState.DECLINED, "card_declined", ChargeState.DECLINED),
        ("4000000000009995", ChargeState.DECLINED, "insufficient_funds", ChargeState.DECLINED),
        ("4000000000000069", ChargeState.DECLINED, "expired_card", ChargeState.DECLINED),
        ("4000002500003155", ChargeState.NEEDS_ACTION, None, ChargeState.NEEDS_ACTION),
        ("4000000000004087", ChargeState.PENDING, None, ChargeState.CAPTURED),
        ("4000000000005043", ChargeState.PENDING, None, ChargeState.DECLINED),
        ("4000000000002222", ChargeState.PENDING, None, ChargeState.CAPTURED),
        ("4000000000004046", ChargeState.PENDING, None, ChargeState.CAPTURED),
        ("4000000000005126", ChargeState.CAPTURED, None, ChargeState.CAPTURED),
    ],
)
def test_each_card(card: str, state: ChargeState, reason: str | None, later: ChargeState) -> None:
    async def scene() -> None:
        clock = HeldClock(NOW)
        charge = await pay(provider(clock), card)
        assert (charge.state, charge.reason, charge.amount) == (state, reason, AMOUNT)
        clock.move(timedelta(seconds=5))
        restarted = provider(clock)
        found = await restarted.look_up(ORDER, "k1", charge.reference)
        assert found is not None
        assert (found.state, found.amount, found.reference) == (later, AMOUNT, charge.reference)

    run(scene)


@pytest.mark.parametrize("card", [card for card, outcome in CARDS.items() if outcome is Outcome.APPROVED])
def test_cards_of_every_scheme(card: str) -> None:
    assert asyncio.run(pay(provider(), card)).state is ChargeState.CAPTURED


def test_a_late_charge_is_pending_until_it_is_due() -> None:
    async def scene() -> None:
        clock = HeldClock(NOW)
        payments = provider(clock)
        charge = await pay(payments, LATE)
        clock.move(timedelta(seconds=4.9))
        found = await payments.look_up(ORDER, "k1", charge.reference)
        assert found is not None and found.state is ChargeState.PENDING

    run(scene)


@pytest.mark.parametrize("number", ["4111111111111111", "4242424242424241", "", "4000056655665556", "hello"])
def test_any_other_number_is_refused_and_not_repeated(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def scene() -> None:
        with pytest.raises(Refused) as refused:
            await pay(provider(), number)
        assert (refused.value.code, refused.value.field) == ("unknown_test_card", "payment.card_number")
        assert refused.value.remedy
        assert not number or number not in f"{refused.value}{refused.value!r}{refused.value.__dict__}"

    run(scene)
    told = capsys.readouterr()
    assert not number or number not in told.out + told.err


@pytest.mark.parametrize("card", sorted(set(CARDS) - {"4000000000001026"}))
def test_the_same_key_again_is_the_same_charge(card: str) -> None:
    async def scene() -> None:
        payments = provider()
        assert await pay(payments, card) == await pay(payments, card)
        assert (await pay(payments, card, "k2")).reference != (await pay(payments, card)).reference

    run(scene)


def test_a_reference_belongs_to_its_order_key_and_shop() -> None:
    async def scene() -> None:
        payments = provider()
        charge = await pay(payments, APPROVED)
        stranger = SimulatedPayments("b secret of thirty-two characters", "http://127.0.0.1:9", HeldClock(NOW))
        assert await payments.look_up(OTHER, "k1", charge.reference) is None
        assert await payments.look_up(ORDER, "k2", charge.reference) is None
        assert await payments.look_up(ORDER, "k1", "") is None
        assert await payments.look_up(ORDER, "k1", charge.reference[:-1]) is None
        assert await payments.look_up(ORDER, "k1", charge.reference + "é") is None
        assert await stranger.look_up(ORDER, "k1", charge.reference) is None

    run(scene)


@pytest.mark.parametrize(
    ("approve", "state", "reason"),
    [(True, ChargeState.CAPTURED, None), (False, ChargeState.DECLINED, "authentication_failed")],
)
def test_a_step(approve: bool, state: ChargeState, reason: str | None) -> None:
    async def scene() -> None:
        first = provider(base_url="https://shop.example/")
        asked = await pay(first, STEP)
        assert asked.next_url is not None and asked.next_url.startswith("https://shop.example/pay/simulated/")
        token = asked.next_url.rpartition("/")[2]
        payments = provider()
        step = payments.read_step(token)
        assert (step.order_id, step.amount, step.return_url, step.decided) == (ORDER, AMOUNT, BACK, None)
        charge = payments.complete_step(token, approve)
        assert (charge.state, charge.reason, charge.amount, charge.next_url) == (state, reason, AMOUNT, None)
        assert payments.complete_step(token, not approve) == charge
        assert payments.read_step(token).decided is state
        assert await payments.look_up(ORDER, "k1", asked.reference) == charge
        assert await provider().look_up(ORDER, "k1", charge.reference) == charge

    run(scene)


def test_a_token_is_not_a_reference_and_cannot_be_made_up() -> None:
    async def scene() -> None:
        payments = provider()
        asked = await pay(payments, STEP)
        assert asked.next_url is not None
        token = asked.next_url.rpartition("/")[2]
        assert await payments.look_up(ORDER, "k1", "sim_" + token) is None
        for wrong in (asked.reference.removeprefix("sim_"), token[:-2] + "AA", "", "%"):
            with pytest.raises(NotFound):
                payments.read_step(wrong)
            with pytest.raises(NotFound):
                payments.complete_step(wrong, True)

    run(scene)


def test_a_voided_step_cannot_be_taken() -> None:
    async def scene() -> None:
        payments = provider()
        asked = await pay(payments, STEP)
        await payments.void(ORDER, asked.reference)
        assert asked.next_url is not None
        assert payments.complete_step(asked.next_url.rpartition("/")[2], True).state is ChargeState.VOIDED

    run(scene)


@pytest.mark.parametrize("card", [APPROVED, "4000000000000002"])
def test_a_final_charge_is_not_voided(card: str) -> None:
    async def scene() -> None:
        payments = provider()
        charge = await pay(payments, card)
        await payments.void(ORDER, charge.reference)
        assert await payments.look_up(ORDER, "k1", charge.reference) == charge

    run(scene)


def test_refunds_in_parts_up_to_the_whole() -> None:
    async def scene() -> None:
        payments = provider()
        charge = await pay(payments, APPROVED)
        first = await payments.refund(ORDER, "r1", charge.reference, Money(900, "EUR"))
        assert first.state is RefundState.DONE
        assert await payments.refund(ORDER, "r1", charge.reference, Money(900, "EUR")) == first
        rest = await payments.refund(ORDER, "r2", charge.reference, Money(12000, "EUR"))
        assert rest.state is RefundState.DONE and rest.reference != first.reference
        beyond = await payments.refund(ORDER, "r3", charge.reference, Money(1, "EUR"))
        assert (beyond.state, beyond.reason) == (RefundState.FAILED, "refund_exceeds_charge")

    run(scene)


@pytest.mark.parametrize(
    ("card", "amount", "reason"),
    [
        ("4000000000005126", AMOUNT, "refund_declined"),
        ("4000000000000002", AMOUNT, "charge_not_captured"),
        (STEP, AMOUNT, "charge_not_captured"),
        (LATE, AMOUNT, "charge_not_captured"),
        (APPROVED, Money(100, "USD"), "currency_mismatch"),
        (APPROVED, Money(0, "EUR"), "amount_not_positive"),
        (APPROVED, Money(12901, "EUR"), "refund_exceeds_charge"),
    ],
)
def test_a_refund_that_fails(card: str, amount: Money, reason: str) -> None:
    async def scene() -> None:
        payments = provider()
        charge = await pay(payments, card)
        answer = await payments.refund(ORDER, "r1", charge.reference, amount)
        assert (answer.state, answer.reason) == (RefundState.FAILED, reason)

    run(scene)


def test_a_refund_of_a_charge_that_is_not_there() -> None:
    async def scene() -> None:
        payments = provider()
        charge = await pay(payments, APPROVED)
        for order, reference in ((OTHER, charge.reference), (ORDER, "sim_AAAA"), (ORDER, "pi_1")):
            with pytest.raises(NotFound):
                await payments.refund(order, "r1", reference, AMOUNT)

    run(scene)


@pytest.mark.parametrize(
    ("card", "state", "times"),
    [
        (LATE, ChargeState.CAPTURED, 1),
        ("4000000000005043", ChargeState.DECLINED, 1),
        ("4000000000002222", ChargeState.CAPTURED, 2),
    ],
)
def test_late_webhooks_arrive_over_http(card: str, state: ChargeState, times: int) -> None:
    async def scene() -> None:
        with receiver() as shop:
            async with running(provider(base_url=shop.url, late_seconds=0.05)) as payments:
                charge = await pay(payments, card)
                assert charge.state is ChargeState.PENDING
                requests = [await asyncio.to_thread(shop.next) for _ in range(times)]
                events = [payments.read_webhook(request.body, request.headers) for request in requests]
                assert {request.path for request in requests} == {"/v1/webhooks/payments/simulated"}
            assert shop.requests.empty()
        told = events[0]
        assert told is not None
        assert (told.order_id, told.charge.state, told.charge.amount) == (ORDER, state, AMOUNT)
        assert told.charge.reference == charge.reference
        assert {event.event_id for event in events if event} == {told.event_id}

    run(scene)


def test_the_early_webhook_is_there_before_the_answer() -> None:
    async def scene() -> None:
        with receiver() as shop:
            async with running(provider(base_url=shop.url)) as payments:
                charge = await pay(payments, "4000000000001026")
                request = shop.requests.get_nowait()
                event = payments.read_webhook(request.body, request.headers)
        assert event is not None and event.charge == charge
        assert charge.state is ChargeState.CAPTURED

    run(scene)


def test_a_taken_step_sends_its_webhook() -> None:
    async def scene() -> None:
        with receiver() as shop:
            async with running(provider(base_url=shop.url)) as payments:
                asked = await pay(payments, STEP)
                assert asked.next_url is not None
                charge = payments.complete_step(asked.next_url.rpartition("/")[2], False)
                request = await asyncio.to_thread(shop.next)
                event = payments.read_webhook(request.body, request.headers)
        assert event is not None and event.charge == charge
        assert event.charge.reason == "authentication_failed"

    run(scene)


def test_a_webhook_is_tried_again_with_the_same_id() -> None:
    async def scene() -> None:
        with receiver() as shop:
            shop.answers.extend([(500, {}), (404, {}), (503, {})])
            async with running(provider(base_url=shop.url, late_seconds=0.01)) as payments:
                await pay(payments, LATE)
                requests = [await asyncio.to_thread(shop.next) for _ in range(4)]
        assert len({request.headers["webhook-id"] for request in requests}) == 1

    run(scene)


def test_a_webhook_is_given_up_after_four_times() -> None:
    async def scene() -> None:
        tries: list[dict[str, str]] = []

        async def broken(url: str, body: bytes, headers: dict[str, str]) -> int:
            tries.append(headers)
            raise ConnectionRefusedError(url)

        async with running(provider(deliver=broken)) as payments:
            charge = await pay(payments, "4000000000001026")
            assert len(tries) == 4
            assert charge.state is ChargeState.CAPTURED

    run(scene)


def test_a_voided_charge_sends_no_webhook() -> None:
    async def scene() -> None:
        with receiver() as shop:
            async with running(provider(base_url=shop.url, late_seconds=0.05)) as payments:
                voided = await pay(payments, LATE)
                await payments.void(ORDER, voided.reference)
                found = await payments.look_up(ORDER, "k1", voided.reference)
                assert found is not None and found.state is ChargeState.VOIDED
                # This one is due later than the voided one's was: its arrival shows that none came.
                await pay(payments, LATE, order=OTHER)
                request = await asyncio.to_thread(shop.next)
                event = payments.read_webhook(request.body, request.headers)
            assert event is not None and event.order_id == OTHER
            assert shop.requests.empty()

    run(scene)


def test_webhooks_that_are_not_ours() -> None:
    async def scene() -> None:
        kept: list[tuple[bytes, dict[str, str]]] = []

        async def keep(url: str, body: bytes, headers: dict[str, str]) -> int:
            kept.append((body, headers))
            return 204

        clock = HeldClock(NOW)
        async with running(provider(clock, deliver=keep)) as payments:
            await pay(payments, "4000000000001026")
            body, headers = kept[0]
            event = payments.read_webhook(body, headers)
            assert event is not None
            # Told once more within the tolerance it is the same event by its id.
            again = provider(clock).read_webhook(body, headers)
            assert again is not None and again.event_id == event.event_id
            stranger = SimulatedPayments("b secret of thirty-two characters", "http://x", clock, wall=clock)
            for reader, given in ((payments, body.replace(b"12900", b"90000")), (stranger, body)):
                with pytest.raises(Refused) as refused:
                    reader.read_webhook(given, headers)
                assert refused.value.code == "webhook_signature_invalid"
            clock.move(timedelta(minutes=6))
            with pytest.raises(Refused) as refused:
                payments.read_webhook(body, headers)
            assert refused.value.code == "webhook_too_old"

    run(scene)


def test_no_more_than_the_limit_waits(capsys: pytest.CaptureFixture[str]) -> None:
    async def scene() -> None:
        payments = provider()
        charges = [await pay(payments, LATE, key=f"k{i}") for i in range(1001)]
        assert "waiting=1000" in repr(payments._sender)
        assert charges[-1].state is ChargeState.PENDING
        await payments.stop()
        assert "waiting=0" in repr(payments._sender)

    run(scene)
    assert SECRET not in capsys.readouterr().out


def test_the_secret_is_nowhere_to_be_read() -> None:
    payments = provider()
    parts = (payments, payments._sender, payments._references, payments._steps, payments._refunds)
    shown = " ".join(f"{part!r} {part}" for part in parts)
    assert SECRET not in shown
    assert payments._webhook_secret not in shown
