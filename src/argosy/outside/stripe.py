"""Payments by Stripe: one PaymentIntent for each charge, confirmed as it is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import stripe
from stripe.params import PaymentIntentListParams, RefundListParams

from argosy.base.errors import Misconfigured, Refused
from argosy.base.money import Money
from argosy.orders.ports import Charge, ChargeState, Means, RefundAnswer, RefundState, WebhookEvent
from argosy.outside.errors import ProviderUnavailable
from argosy.outside.stripe_shapes import (
    Intent,
    charge_of,
    declined_charge,
    read_intent,
    refund_key,
    refund_of,
    to_stripe,
)
from argosy.plumbing.clock import real_milliseconds

# Nobody knows what Stripe did: no answer, too many calls, or trouble on its side.
_UNDECIDED = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError, TimeoutError)
_KEY_REFUSED = (stripe.AuthenticationError, stripe.PermissionError)
_EVENTS = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "payment_intent.processing",
    }
)
# Search lags behind by up to a minute; twice that is asked of the list, newest first, page by page.
_SEARCH_LAG_SECONDS = 120
_PAGE = 100
_PAGES = 10

_Answer = TypeVar("_Answer")


class StripePayments:
    """Stripe as a payment provider, by its official library and the API version that this pins.

    A call that Stripe did not answer within `patience_seconds` is PENDING, never declined: ask again by `look_up`, or
    repeat it with the same key. Raises `Misconfigured` if Stripe refuses the account's key.
    `look_up` and `void` raise `ProviderUnavailable` (a `ConnectionError`) while Stripe does not answer.
    """

    name = "stripe"

    def __init__(self, key: str, webhook_secret: str, api_base: str = "", *, patience_seconds: float = 10.0) -> None:
        self._webhook_secret = webhook_secret
        self._patience_seconds = patience_seconds
        self._http = stripe.HTTPXClient(timeout=patience_seconds)
        self._client = stripe.StripeClient(
            key,
            http_client=self._http,
            max_network_retries=0,
            base_addresses={"api": api_base.rstrip("/")} if api_base else None,
        )
        self._address = api_base or "Stripe"

    def __repr__(self) -> str:
        return f"StripePayments({self._address!r})"

    async def start(self) -> None:
        """Nothing: connections are opened as they are needed."""

    async def stop(self) -> None:
        """Close the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def charge(self, order_id: UUID, key: str, amount: Money, means: Means, return_url: str) -> Charge:
        """Make a PaymentIntent and confirm it with the payment method `means.token`.

        Raises `Refused` with `payment_method_missing` or `payment_not_accepted` for a request that Stripe would not
        take, `amount_not_chargeable`, or `payment_key_reused` for a key that came before with something else.
        """
        if not means.token:
            raise Refused(
                "payment_method_missing",
                "There is no payment method.",
                field="payment.token",
                remedy="Send the id of a payment method made by Stripe's form.",
            )
        try:
            intent = await self._ask(
                self._client.v1.payment_intents.create_async(
                    {
                        "amount": to_stripe(amount),
                        "currency": amount.currency.lower(),
                        "payment_method": means.token,
                        "confirm": True,
                        "return_url": return_url,
                        "metadata": {"order_id": str(order_id), "key": key},
                    },
                    {"idempotency_key": f"charge-{key}"},
                )
            )
        except stripe.CardError as declined:
            return declined_charge(_error(declined), amount)
        except _UNDECIDED:
            return Charge(reference="", state=ChargeState.PENDING, amount=amount)
        except (stripe.InvalidRequestError, stripe.IdempotencyError) as refused:
            raise _refusal(refused) from None
        return charge_of(read_intent(intent.to_dict()))

    async def look_up(self, order_id: UUID, key: str, reference: str) -> Charge | None:
        """What became of a charge; without a reference it is searched for by order and key."""
        try:
            if not reference:
                return await self._find(order_id, key)
            intent = await self._ask(self._client.v1.payment_intents.retrieve_async(reference))
        except _UNDECIDED:
            raise ProviderUnavailable("Stripe does not say what became of the charge. Ask again later.") from None
        except stripe.InvalidRequestError:
            return None
        found = read_intent(intent.to_dict())
        return charge_of(found) if found.belongs_to(order_id) else None

    async def void(self, order_id: UUID, reference: str) -> None:
        """Cancel the PaymentIntent, unless it is too late for that."""
        if not reference:
            return
        try:
            await self._ask(self._client.v1.payment_intents.cancel_async(reference))
        except _UNDECIDED:
            raise ProviderUnavailable("Stripe does not say whether the charge is void. Try again later.") from None
        except stripe.InvalidRequestError:
            return

    async def refund(self, order_id: UUID, key: str, reference: str, amount: Money, refunded: str = "") -> RefundAnswer:
        """Give back a part or all of a captured PaymentIntent; PENDING, with the reference given, if there is no answer.

        Stripe forgets keys after a day: a refund that was made is looked for before another is.
        """
        try:
            made = await self._refund_made(key, reference, refunded)
            if made is not None and made.state is not RefundState.FAILED:
                return made
            attempt = key if made is None else f"{key}-{made.reference}"
            refund = await self._ask(
                self._client.v1.refunds.create_async(
                    {
                        "payment_intent": reference,
                        "amount": to_stripe(amount),
                        "metadata": {"order_id": str(order_id), "key": key},
                    },
                    {"idempotency_key": f"refund-{attempt}"},
                )
            )
        except _UNDECIDED:
            return RefundAnswer(reference=refunded, state=RefundState.PENDING)
        except stripe.IdempotencyError as refused:
            raise _refusal(refused) from None
        except (stripe.InvalidRequestError, stripe.CardError) as refused:
            return RefundAnswer(reference="", state=RefundState.FAILED, reason=refused.code or "refund_refused")
        return refund_of(refund.to_dict())

    def read_webhook(self, body: bytes, headers: dict[str, str]) -> WebhookEvent | None:
        """The event of a webhook; None for other kinds and for payments that are not of this shop.

        Raises `Refused` with `webhook_signature_invalid`, also for one signed more than five minutes ago.
        """
        given = {name.lower(): value for name, value in headers.items()}
        try:
            event = self._client.construct_event(body, given.get("stripe-signature"), self._webhook_secret)
        except (stripe.SignatureVerificationError, ValueError):
            raise Refused(
                "webhook_signature_invalid",
                "The message is not signed by Stripe for this shop.",
                remedy="Set ARGOSY_STRIPE_WEBHOOK_SECRET to the secret of this endpoint.",
                status=401,
            ) from None
        if event.type not in _EVENTS:
            return None
        try:
            intent = read_intent(event.data.object.to_dict())
            order_id = UUID((intent.metadata or {})["order_id"])
        except (KeyError, ValueError, msgspec.ValidationError):
            return None
        return WebhookEvent(event_id=event.id, order_id=order_id, charge=charge_of(intent))

    async def _ask(self, call: Awaitable[_Answer]) -> _Answer:
        """The answer within the patience; a refused key becomes `Misconfigured`, without the key."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await call
        except _KEY_REFUSED as refused:
            raise Misconfigured(
                f"Stripe refused the account's key (status {refused.http_status}). "
                "Set ARGOSY_STRIPE_KEY to a valid secret key that may read and write PaymentIntents and Refunds."
            ) from None

    async def _refund_made(self, key: str, reference: str, refunded: str) -> RefundAnswer | None:
        """The refund with this key of a PaymentIntent; one that failed only where no other was made since."""
        if refunded:
            with suppress(stripe.InvalidRequestError):
                found = refund_of((await self._ask(self._client.v1.refunds.retrieve_async(refunded))).to_dict())
                if found.state is not RefundState.FAILED:
                    return found
        failed = None
        part: RefundListParams = {"payment_intent": reference, "limit": _PAGE}
        for _ in range(_PAGES):
            page = await self._ask(self._client.v1.refunds.list_async(part))
            for raw in (made.to_dict() for made in page.data):
                if refund_key(raw) != key:
                    continue
                found = refund_of(raw)
                if found.state is not RefundState.FAILED:
                    return found
                # The newest come first.
                failed = failed or found
            if not page.has_more:
                return failed
            part = {"payment_intent": reference, "limit": _PAGE, "starting_after": page.data[-1].id}
        raise TimeoutError("so many refunds of one charge that they cannot be looked through")

    async def _find(self, order_id: UUID, key: str) -> Charge | None:
        """The charge by its metadata: in the search, and in the newest of the list that the search may lack.

        Raises `ProviderUnavailable` if the list is too long to be sure that it is not there.
        """
        searched_until = real_milliseconds() // 1000 - _SEARCH_LAG_SECONDS
        try:
            hits = await self._ask(
                self._client.v1.payment_intents.search_async(
                    {"query": f"metadata['order_id']:'{order_id}'", "limit": _PAGE}
                )
            )
            found = _charged(hits.data, order_id, key)
        except stripe.InvalidRequestError:
            # Search is not offered to accounts of every country: then the list alone must tell.
            found, searched_until = None, 0
        if found is not None:
            return charge_of(found)
        part: PaymentIntentListParams = {"limit": _PAGE}
        for _ in range(_PAGES):
            page = await self._ask(self._client.v1.payment_intents.list_async(part))
            found = _charged(page.data, order_id, key)
            if found is not None:
                return charge_of(found)
            if not page.has_more or page.data[-1].created < searched_until:
                return None
            part = {"limit": _PAGE, "starting_after": page.data[-1].id}
        raise ProviderUnavailable("Too many charges were made of late to tell. Ask again in two minutes.")


def _charged(intents: list[stripe.PaymentIntent], order_id: UUID, key: str) -> Intent | None:
    for raw in intents:
        intent = read_intent(raw.to_dict())
        if intent.belongs_to(order_id) and (intent.metadata or {}).get("key") == key:
            return intent
    return None


def _error(raised: stripe.StripeError) -> dict[str, Any]:
    body = raised.json_body
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _refusal(raised: stripe.StripeError) -> Refused:
    if isinstance(raised, stripe.IdempotencyError):
        return Refused(
            "payment_key_reused",
            "This key came before, with another amount or payment method.",
            field="key",
            remedy="Take a new key for another attempt.",
            status=409,
        )
    error = _error(raised)
    param = str(error.get("param") or "")
    about = "payment.token" if param.startswith("payment_method") else param or None
    return Refused(
        "payment_not_accepted",
        f"Stripe did not accept the payment ({error.get('code') or 'invalid_request'}).",
        field=about,
        remedy="Try another means of payment.",
        status=422,
    )
