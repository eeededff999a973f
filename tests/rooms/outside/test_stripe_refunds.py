"""Refunds by the Stripe adapter: in parts and whole, found again, and never made twice."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from argosy.base.money import Money
from argosy.orders.ports import RefundState
from rooms.outside.receiver import receiver
from rooms.outside.stripe_ground import AMOUNT, ERROR, KEY, account, localstripe, pay, post, run


@pytest.fixture(scope="module")
def stripe_address() -> Iterator[str]:
    with localstripe() as address:
        yield address


def test_refunds_in_parts_and_whole(stripe_address: str) -> None:
    async def scene() -> None:
        order, other = uuid4(), uuid4()
        async with account(stripe_address) as payments:
            charge, whole = await pay(payments, order), await pay(payments, other)
            part = await payments.refund(order, f"{order}-r1", charge.reference, Money(900, "EUR"))
            assert part.state is RefundState.DONE and part.reference.startswith("re_")
            assert await payments.refund(order, f"{order}-r1", charge.reference, Money(900, "EUR")) == part
            await payments.refund(order, f"{order}-r2", charge.reference, Money(100, "EUR"))
            await payments.refund(other, f"{other}-r1", whole.reference, AMOUNT)
        for reference, back in ((charge.reference, 1000), (whole.reference, 12900)):
            headers = {"Authorization": f"Bearer {KEY}"}
            url = f"{stripe_address}/v1/refunds?payment_intent={reference}"
            refunds = httpx.get(url, headers=headers, trust_env=False).json()["data"]
            assert sum(refund["amount"] for refund in refunds) == back

    run(scene)


def test_a_refund_is_found_again_when_its_key_is_forgotten(stripe_address: str) -> None:
    async def scene() -> None:
        order, back = uuid4(), Money(900, "EUR")
        async with account(stripe_address) as payments:
            charge = await pay(payments, order)
            # Made by somebody else's call: no key of ours is kept for it.
            data = {"payment_intent": charge.reference, "amount": "900", "metadata[key]": "r1"}
            made = post(stripe_address, "/v1/refunds", data)["id"]
            await payments.refund(order, "r2", charge.reference, back)
            for known in ("", made, "re_that_never_was"):
                again = await payments.refund(order, "r1", charge.reference, back, known)
                assert (again.reference, again.state) == (made, RefundState.DONE)

    run(scene)


def test_a_refund_that_waits_is_asked_for_and_not_made_anew() -> None:
    async def scene() -> None:
        refund = {"id": "re_1", "object": "refund", "status": "pending", "metadata": {"key": "r1"}}
        nothing = {"object": "list", "has_more": False, "data": []}
        order = uuid4()
        with receiver() as server:
            async with account(server.url) as payments:
                server.answers.extend([(200, nothing), (200, refund), (200, refund), (200, refund)])
                server.answers.extend([(500, {"error": ERROR}), (200, refund | {"status": "succeeded"})])
                made = await payments.refund(order, "r1", "pi_1", AMOUNT)
                answers = [await payments.refund(order, "r1", "pi_1", AMOUNT, made.reference) for _ in range(4)]
            asked = [server.next() for _ in range(6)]
        assert {one.reference for one in (made, *answers)} == {"re_1"}
        assert [one.state for one in answers] == [RefundState.PENDING] * 3 + [RefundState.DONE]
        assert [bool(one.body) for one in asked] == [False, True, False, False, False, False]

    run(scene)


def test_a_refund_that_failed_is_made_once_more() -> None:
    async def scene() -> None:
        failed = {"id": "re_1", "object": "refund", "status": "failed", "metadata": {"key": "r1"}}
        other = {"id": "re_0", "object": "refund", "status": "succeeded", "metadata": {"key": "r0"}}
        pages = [{"object": "list", "has_more": more, "data": [one]} for one, more in ((other, True), (failed, False))]
        with receiver() as server:
            async with account(server.url) as payments:
                answers = (failed, *pages, failed | {"id": "re_2", "status": "pending"})
                server.answers.extend((200, one) for one in answers)
                made = await payments.refund(uuid4(), "r1", "pi_1", AMOUNT, "re_1")
            asked = [server.next() for _ in range(4)]
        assert (made.reference, made.state) == ("re_2", RefundState.PENDING)
        assert "starting_after=re_0" in asked[2].path
        sent = {name.lower(): value for name, value in asked[3].headers.items()}
        assert sent["idempotency-key"] == "refund-r1-re_1"

    run(scene)


def test_a_refund_of_what_was_not_taken(stripe_address: str) -> None:
    async def scene() -> None:
        async with account(stripe_address) as payments:
            answer = await payments.refund(uuid4(), "r1", "pi_that_never_was", AMOUNT)
            assert (answer.state, answer.reason) == (RefundState.FAILED, "refund_refused")

    run(scene)
