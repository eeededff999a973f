"""The Stripe adapter against a running localstripe, and against servers that answer badly or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
import pytest

from argosy.base.errors import Misconfigured, Refused
from argosy.base.money import Money
from argosy.orders.ports import Charge, ChargeState, Means, RefundState, WebhookEvent
from argosy.outside.errors import ProviderUnavailable
from rooms.outside.receiver import receiver
from rooms.outside.stripe_ground import (
    AMOUNT,
    BACK,
    DECLINING,
    ERROR,
    KEY,
    VISA,
    WEBHOOK_SECRET,
    account,
    localstripe,
    pay,
    post,
    run,
)


@pytest.fixture(scope="module")
def stripe_address() -> Iterator[str]:
    with localstripe() as address:
        yield address


def secure_card(address: str) -> str:
    """A payment method that wants the shopper's confirmation."""
    card = {"number": "4000002500003155", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    data = {"type": "card"} | {f"card[{name}]": value for name, value in card.items()}
    return str(post(address, "/v1/payment_methods", data)["id"])


def confirm(address: str, reference: str, success: bool) -> None:
    """The shopper's word on Stripe's page."""
    headers = {"Authorization": f"Bearer {KEY}"}
    url = f"{address}/v1/payment_intents/{reference}"
    secret = httpx.get(url, headers=headers, trust_env=False).json()["client_secret"]
    post(address, f"/v1/payment_intents/{reference}/_authenticate", {"client_secret": secret, "success": str(success)})


def test_an_approved_charge(stripe_address: str) -> None:
    async def scene() -> None:
        order = uuid4()
        async with account(stripe_address) as payments:
            charge = await pay(payments, order)
            assert charge.reference.startswith("pi_")
            assert charge == Charge(reference=charge.reference, state=ChargeState.CAPTURED, amount=AMOUNT)
            assert await payments.look_up(order, f"{order}-1", charge.reference) == charge
            assert await payments.look_up(uuid4(), f"{order}-1", charge.reference) is None

    run(scene)


def test_a_declined_charge(stripe_address: str) -> None:
    async def scene() -> None:
        async with account(stripe_address) as payments:
            charge = await pay(payments, uuid4(), DECLINING)
            assert (charge.state, charge.reason, charge.amount) == (ChargeState.DECLINED, "card_declined", AMOUNT)

    run(scene)


def test_a_currency_without_decimals(stripe_address: str) -> None:
    async def scene() -> None:
        async with account(stripe_address) as payments:
            order, amount = uuid4(), Money(1200, "JPY")
            charge = await payments.charge(order, f"{order}-1", amount, Means(token=VISA), BACK)
            assert (charge.state, charge.amount) == (ChargeState.CAPTURED, amount)

    run(scene)


@pytest.mark.parametrize(
    ("success", "state", "reason"),
    [(True, ChargeState.CAPTURED, None), (False, ChargeState.DECLINED, "authentication_failed")],
)
def test_a_step_that_the_shopper_takes(
    stripe_address: str, success: bool, state: ChargeState, reason: str | None
) -> None:
    async def scene() -> None:
        order = uuid4()
        async with account(stripe_address) as payments:
            asked = await pay(payments, order, secure_card(stripe_address))
            assert asked.state is ChargeState.NEEDS_ACTION
            assert asked.next_url == f"https://stripe.example/authenticate/{asked.reference}"
            confirm(stripe_address, asked.reference, success)
            charge = await payments.look_up(order, f"{order}-1", asked.reference)
            assert charge == Charge(reference=asked.reference, state=state, amount=AMOUNT, reason=reason)

    run(scene)


def test_a_repeated_key_is_one_charge(stripe_address: str) -> None:
    async def scene() -> None:
        order = uuid4()
        async with account(stripe_address) as payments:
            assert await pay(payments, order) == await pay(payments, order)
            assert (await pay(payments, order, key=f"{order}-2")).reference != (await pay(payments, order)).reference
            with pytest.raises(Refused) as refused:
                await pay(payments, order, DECLINING)
            assert refused.value.code == "payment_key_reused"

    run(scene)


def test_a_charge_is_found_without_its_reference(stripe_address: str) -> None:
    async def scene() -> None:
        order = uuid4()
        async with account(stripe_address) as payments:
            first, second = await pay(payments, order), await pay(payments, order, key=f"{order}-2")
            assert await payments.look_up(order, f"{order}-2", "") == second
            assert await payments.look_up(order, f"{order}-1", "") == first
            assert await payments.look_up(order, f"{order}-3", "") is None
            assert await payments.look_up(uuid4(), f"{order}-1", "") is None
            assert await payments.look_up(order, f"{order}-1", "pi_that_never_was") is None

    run(scene)


def test_a_charge_is_found_on_a_later_page(stripe_address: str) -> None:
    async def scene() -> None:
        async with account(stripe_address) as payments:
            for _ in range(101):
                order = uuid4()
                last = await pay(payments, order)
            assert await payments.look_up(order, f"{order}-1", "") == last

    run(scene)


def test_void(stripe_address: str) -> None:
    async def scene() -> None:
        order = uuid4()
        async with account(stripe_address) as payments:
            asked = await pay(payments, order, secure_card(stripe_address))
            for _ in range(2):
                await payments.void(order, asked.reference)
            voided = await payments.look_up(order, f"{order}-1", asked.reference)
            assert voided is not None and voided.state is ChargeState.VOIDED
            taken = await pay(payments, order, key=f"{order}-2")
            for reference in (taken.reference, "pi_that_never_was", ""):
                await payments.void(order, reference)
            assert await payments.look_up(order, f"{order}-2", taken.reference) == taken

    run(scene)


def test_webhooks_by_stripes_own_signature(stripe_address: str) -> None:
    async def scene() -> None:
        with receiver() as shop:
            hook = {"url": shop.url + "/hook", "secret": WEBHOOK_SECRET}
            post(stripe_address, "/_config/webhooks/argosy", hook)
            async with account(stripe_address) as payments:
                order, failing = uuid4(), uuid4()
                charge = await pay(payments, order)
                await pay(payments, failing, DECLINING)
                seen: dict[UUID, WebhookEvent] = {}
                while len(seen) < 2:
                    request = await asyncio.to_thread(shop.next)
                    event = payments.read_webhook(request.body, request.headers)
                    if event is not None and event.order_id in (order, failing):
                        seen[event.order_id] = event
                assert seen[order].charge == charge
                assert seen[order].event_id.startswith("evt_")
                assert seen[failing].charge.state is ChargeState.DECLINED
                assert seen[failing].charge.reason == "card_declined"
                wrong: list[tuple[bytes, dict[str, str]]] = [
                    (request.body.replace(b"12900", b"90000"), request.headers),
                    (request.body, {}),
                    (request.body, {"Stripe-Signature": "t=1,v1=00"}),
                    (b"\xff", request.headers),
                ]
                for body, headers in wrong:
                    with pytest.raises(Refused) as refused:
                        payments.read_webhook(body, headers)
                    assert refused.value.code == "webhook_signature_invalid"

    run(scene)


def test_a_bank_debit_is_pending_until_the_bank_speaks(stripe_address: str) -> None:
    async def scene() -> None:
        data = {"type": "sepa_debit", "sepa_debit[iban]": "DE62370400440532013001"}
        token = str(post(stripe_address, "/v1/payment_methods", data)["id"])
        order = uuid4()
        with receiver() as shop:
            post(stripe_address, "/_config/webhooks/argosy", {"url": shop.url, "secret": WEBHOOK_SECRET})
            async with account(stripe_address) as payments:
                asked = await pay(payments, order, token)
                assert asked.state is ChargeState.PENDING
                event = None
                while event is None or event.order_id != order:
                    request = await asyncio.to_thread(shop.next)
                    event = payments.read_webhook(request.body, request.headers)
                assert (event.charge.reference, event.charge.state) == (asked.reference, ChargeState.DECLINED)

    run(scene)


@pytest.mark.parametrize(("token", "field"), [("", "payment.token"), ("pm_that_never_was", None)])
def test_a_token_that_is_no_payment_method(stripe_address: str, token: str, field: str | None) -> None:
    async def scene() -> None:
        async with account(stripe_address) as payments:
            with pytest.raises(Refused) as refused:
                await pay(payments, uuid4(), token)
            assert refused.value.code == ("payment_not_accepted" if token else "payment_method_missing")
            assert refused.value.field == field

    run(scene)


def test_a_refused_key_is_not_repeated(stripe_address: str) -> None:
    async def scene() -> None:
        wrong = "rk_not_a_key_of_this_account"
        async with account(stripe_address, wrong) as payments:
            with pytest.raises(Misconfigured) as refused:
                await pay(payments, uuid4())
            told = f"{refused.value!r} {refused.value.__cause__!r} {payments!r}"
            assert "ARGOSY_STRIPE_KEY" in told
            assert wrong not in told and WEBHOOK_SECRET not in told
            assert refused.value.__suppress_context__

    run(scene)


INTENT = {"id": "pi_1", "object": "payment_intent", "status": "processing", "amount": 12900, "currency": "eur"}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, ERROR),
        (503, ERROR),
        (429, {"type": "invalid_request_error", "code": "rate_limit"}),
        (409, {"type": "idempotency_error", "code": "idempotency_key_in_use"}),
        (409, {"type": "invalid_request_error", "code": "lock_timeout"}),
    ],
)
def test_an_answer_that_decides_nothing_is_pending(status: int, error: dict[str, object]) -> None:
    async def scene() -> None:
        with receiver() as server:
            async with account(server.url) as payments:
                server.answers.extend([(status, {"error": error})] * 4)
                assert await pay(payments, uuid4()) == Charge(reference="", state=ChargeState.PENDING, amount=AMOUNT)
                assert (await payments.refund(uuid4(), "r1", "pi_1", AMOUNT)).state is RefundState.PENDING
                with pytest.raises(ProviderUnavailable):
                    await payments.look_up(uuid4(), "k1", "pi_1")
                with pytest.raises(ProviderUnavailable):
                    await payments.void(uuid4(), "pi_1")

    run(scene)


def test_no_answer_is_pending() -> None:
    async def scene() -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        async with server, account(f"http://{host}:{port}", patience=0.2) as payments:
            assert (await pay(payments, uuid4())).state is ChargeState.PENDING
        async with account(f"http://{host}:{port}") as payments:
            charge = await pay(payments, uuid4())
            assert (charge.state, charge.reference) == (ChargeState.PENDING, "")

    run(scene)


def test_what_is_sent_to_stripe() -> None:
    async def scene() -> None:
        order = uuid4()
        with receiver() as server:
            server.answers.append((200, INTENT))
            async with account(server.url) as payments:
                assert (await pay(payments, order)).state is ChargeState.PENDING
            request = server.next()
        sent = dict(httpx.QueryParams(request.body.decode()).items())
        assert request.path == "/v1/payment_intents"
        assert {name.lower(): value for name, value in request.headers.items()}[
            "idempotency-key"
        ] == f"charge-{order}-1"
        assert sent == {
            "amount": "12900",
            "currency": "eur",
            "payment_method": VISA,
            "confirm": "true",
            "return_url": BACK,
            "metadata[order_id]": str(order),
            "metadata[key]": f"{order}-1",
        }

    run(scene)


def test_the_search_is_asked_before_the_list() -> None:
    async def scene() -> None:
        order = uuid4()
        metadata = {"order_id": str(order), "key": "k2"}
        wanted = INTENT | {"id": "pi_2", "status": "succeeded", "metadata": metadata}
        hits = {"object": "search_result", "has_more": False, "data": [INTENT, wanted]}
        with receiver() as server:
            server.answers.append((200, hits))
            async with account(server.url) as payments:
                charge = await payments.look_up(order, "k2", "")
            request = server.next()
        assert charge is not None and (charge.reference, charge.state) == ("pi_2", ChargeState.CAPTURED)
        assert request.path.startswith("/v1/payment_intents/search?")
        assert str(order) in request.path

    run(scene)


def test_a_list_too_long_to_be_sure() -> None:
    async def scene() -> None:
        intent = INTENT | {"created": 4_000_000_000}
        nothing = {"object": "search_result", "has_more": False, "data": []}
        page = {"object": "list", "has_more": True, "data": [intent]}
        with receiver() as server:
            async with account(server.url) as payments:
                server.answers.extend([(200, nothing), *[(200, page)] * 10])
                with pytest.raises(ProviderUnavailable):
                    await payments.look_up(uuid4(), "k1", "")
                server.answers.extend([(200, nothing), (200, page | {"data": [intent | {"created": 1}]})])
                assert await payments.look_up(uuid4(), "k1", "") is None

    run(scene)
