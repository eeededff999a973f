"""The default payment provider: test cards decide, in this process, and nothing is stored."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from typing import TypeVar
from uuid import UUID

import msgspec

from argosy.base.errors import NotFound, Refused
from argosy.base.instants import iso
from argosy.base.money import Money
from argosy.orders.ports import Charge, ChargeState, Means, RefundAnswer, RefundState, WebhookEvent
from argosy.outside.cards import COURSES, Outcome, outcome_of
from argosy.outside.sealing import Seal, derived_key
from argosy.outside.sending import Delivery, Post, WebhookSender
from argosy.outside.standard_webhooks import secret_of, verify
from argosy.plumbing.clock import Clock, SystemClock

PREFIX = "sim_"
WEBHOOK_PATH = "/v1/webhooks/payments/simulated"
_EARLY_PATIENCE_SECONDS = 2.0
_NOTES = 10_000

Identity = tuple[bytes, bytes]
"""An order's id and a digest of the charge's key."""
_Note = TypeVar("_Note")


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """What was decided about a charge; sealed, it is the charge's reference."""

    order: bytes
    key: bytes
    minor: int
    currency: str
    outcome: Outcome
    at_ms: int = 0
    """Unix milliseconds of the decision; 0 where time changes nothing, so that repeated calls give one reference."""
    return_url: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A charge that waits for its shopper, as the provider's page shows it."""

    order_id: UUID
    amount: Money
    return_url: str
    """Where the shopper goes afterwards."""
    decided: ChargeState | None
    """What became of it, if this process knows."""


class _EventData(msgspec.Struct, frozen=True, kw_only=True):
    order_id: UUID
    reference: str
    amount_minor: int
    currency: str
    reason: str | None = None


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    timestamp: str
    data: msgspec.Raw


_EVENT_STATES = {
    "charge.captured": ChargeState.CAPTURED,
    "charge.declined": ChargeState.DECLINED,
}
_encode = msgspec.msgpack.Encoder().encode
_read_statement = msgspec.msgpack.Decoder(Statement).decode
_read_event = msgspec.json.Decoder(_Event).decode
_read_event_data = msgspec.json.Decoder(_EventData).decode


class SimulatedPayments:
    """A payment provider that moves no money and keeps nothing: a charge's reference says, signed, what was decided.

    So `look_up`, `void` and `refund` work after a restart and in every process with the same `secret`. What only the
    process that decided it knows, and forgets: that a step was taken, a charge voided, how much was given back, and
    webhooks that were not sent yet. A finished step is a charge with a new reference; keep the one told last.

    `late_seconds` and `wait_seconds` are spans of real time. `clock` dates the events, `wall` signs the webhooks.
    """

    name = "simulated"

    def __init__(
        self,
        secret: str,
        base_url: str,
        clock: Clock,
        deliver: Post | None = None,
        *,
        wall: Clock | None = None,
        late_seconds: float = 5.0,
        wait_seconds: float = 0.2,
        pause_seconds: float = 0.5,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._wall: Clock = wall or SystemClock()
        self._late_seconds = late_seconds
        self._wait_seconds = wait_seconds
        self._references = Seal(secret, "simulated payment reference")
        self._steps = Seal(secret, "simulated payment step")
        self._refunds = Seal(secret, "simulated payment refund")
        self._webhook_secret = secret_of(derived_key(secret, "simulated payment webhooks"))
        self._sender = WebhookSender(
            self._base_url + WEBHOOK_PATH,
            self._webhook_secret,
            self._wall,
            post=deliver,
            pause_seconds=pause_seconds,
        )
        self._fates: OrderedDict[Identity, Charge] = OrderedDict()
        self._given_back: OrderedDict[Identity, dict[str, int]] = OrderedDict()
        self._coming: dict[Identity, list[Delivery]] = {}

    def __repr__(self) -> str:
        return f"SimulatedPayments({self._base_url!r})"

    async def start(self) -> None:
        """Begin to send webhooks."""
        await self._sender.start()

    async def stop(self) -> None:
        """Stop sending webhooks; those that wait are lost, and `look_up` still tells."""
        await self._sender.stop()

    async def charge(self, order_id: UUID, key: str, amount: Money, means: Means, return_url: str) -> Charge:
        """What the test card brings about. Any other number raises `Refused` with `unknown_test_card`."""
        outcome = outcome_of(means.card_number)
        if outcome is None:
            raise Refused(
                "unknown_test_card",
                "This shop takes no real money: it knows test cards only.",
                field="payment.card_number",
                remedy="Use 4242 4242 4242 4242, or another number from docs/reference/test-cards.md.",
            )
        course = COURSES[outcome]
        if course.answer is ChargeState.PENDING:
            return await self._leave_open(order_id, key, amount, outcome)
        if outcome is Outcome.STEP:
            return self._ask_shopper(order_id, key, amount, return_url)
        statement = Statement(order_id.bytes, _digest(key), amount.minor, amount.currency, outcome)
        charge = self._charge_of(statement, course.answer)
        if outcome is Outcome.EARLY:
            delivery = self._announce(statement, charge, 0.0)
            await asyncio.wait([delivery.done], timeout=_EARLY_PATIENCE_SECONDS)
        return charge

    async def look_up(self, order_id: UUID, key: str, reference: str) -> Charge | None:
        """What became of a charge; None for a reference that is empty, forged or another charge's."""
        statement = self._opened(reference)
        if statement is None or statement.order != order_id.bytes or statement.key != _digest(key):
            return None
        return self._present(statement)

    async def void(self, order_id: UUID, reference: str) -> None:
        """Give up a charge that waits: its webhook is not sent, its step cannot be taken any more in this process."""
        statement = self._opened(reference)
        if statement is None or statement.order != order_id.bytes:
            return
        present = self._present(statement)
        if present.state not in (ChargeState.PENDING, ChargeState.NEEDS_ACTION):
            return
        identity = (statement.order, statement.key)
        _note(self._fates, identity, self._charge_of(statement, ChargeState.VOIDED))
        for delivery in self._coming.pop(identity, ()):
            self._sender.give_up(delivery)

    async def refund(self, order_id: UUID, key: str, reference: str, amount: Money, refunded: str = "") -> RefundAnswer:
        """Give back at once; fails for a charge that took nothing, in another currency, or beyond what it took.

        What was given back before is known to this process only; orders keep the count that holds.
        """
        statement = self._opened(reference)
        if statement is None or statement.order != order_id.bytes:
            raise NotFound("unknown_charge", "There is no such charge.", field="reference")
        identity = (statement.order, statement.key)
        number = "sim_re_" + self._refunds.close(_digest(reference + "\x1f" + key))
        failed = self._why_not_back(statement, amount)
        if failed is None:
            given = self._given_back.get(identity, {})
            if amount.minor + sum(minor for other, minor in given.items() if other != key) > statement.minor:
                failed = "refund_exceeds_charge"
            else:
                _note(self._given_back, identity, {**given, key: amount.minor})
        return RefundAnswer(reference=number, state=RefundState.FAILED if failed else RefundState.DONE, reason=failed)

    def read_webhook(self, body: bytes, headers: dict[str, str]) -> WebhookEvent | None:
        """The event of a webhook sent here; see `standard_webhooks.verify` for what it refuses."""
        message_id = verify([self._webhook_secret], headers, body, self._wall.now())
        try:
            event = _read_event(body)
            state = _EVENT_STATES.get(event.type)
            if state is None:
                return None
            data = _read_event_data(event.data)
        except msgspec.DecodeError:
            raise Refused("webhook_malformed", "The message is signed, but not one of this provider's.") from None
        charge = Charge(
            reference=data.reference,
            state=state,
            amount=Money(data.amount_minor, data.currency),
            reason=data.reason,
        )
        return WebhookEvent(event_id=message_id, order_id=data.order_id, charge=charge)

    def read_step(self, token: str) -> Step:
        """What the provider's page has to show; `NotFound` for a token that was not made here."""
        statement = self._step(token)
        fate = self._fates.get((statement.order, statement.key))
        return Step(
            order_id=UUID(bytes=statement.order),
            amount=Money(statement.minor, statement.currency),
            return_url=statement.return_url,
            decided=fate.state if fate else None,
        )

    def complete_step(self, token: str, approve: bool) -> Charge:
        """The shopper's word: the charge is captured or declined, and its webhook goes out.

        Saying it again changes nothing and sends the webhook again; the first word counts, within this process.
        Needs a running event loop. `NotFound` for a token that was not made here.
        """
        statement = self._step(token)
        identity = (statement.order, statement.key)
        fate = self._fates.get(identity)
        if fate is not None and fate.state is ChargeState.VOIDED:
            return fate
        outcome = Outcome.APPROVED if approve else Outcome.STEP_REFUSED
        told = self._opened(fate.reference) if fate else None
        final = told or msgspec.structs.replace(statement, outcome=outcome, at_ms=0, return_url="")
        charge = self._charge_of(final, COURSES[final.outcome].answer)
        _note(self._fates, identity, charge)
        self._announce(final, charge, 0.0)
        return charge

    async def _leave_open(self, order_id: UUID, key: str, amount: Money, outcome: Outcome) -> Charge:
        """Answer nothing in time, and have the webhook sent later."""
        at_ms = int(self._wall.now().timestamp() * 1000)
        statement = Statement(order_id.bytes, _digest(key), amount.minor, amount.currency, outcome, at_ms)
        known = self._fates.get((statement.order, statement.key))
        if known is not None:
            return self._present(self._opened(known.reference) or statement)
        charge = self._charge_of(statement, ChargeState.PENDING)
        _note(self._fates, (statement.order, statement.key), charge)
        course = COURSES[outcome]
        later = self._charge_of(statement, course.end)
        for _ in range(course.webhooks):
            self._announce(statement, later, self._late_seconds)
        await asyncio.sleep(self._wait_seconds)
        return charge

    def _ask_shopper(self, order_id: UUID, key: str, amount: Money, return_url: str) -> Charge:
        statement = Statement(order_id.bytes, _digest(key), amount.minor, amount.currency, Outcome.STEP, 0, return_url)
        return self._fates.get((statement.order, statement.key)) or self._charge_of(statement, ChargeState.NEEDS_ACTION)

    def _opened(self, reference: str) -> Statement | None:
        content = self._references.open(reference[len(PREFIX) :]) if reference.startswith(PREFIX) else None
        return None if content is None else _read_statement(content)

    def _step(self, token: str) -> Statement:
        content = self._steps.open(token)
        if content is None:
            raise NotFound("unknown_payment_step", "There is no such payment to confirm.", field="token")
        return _read_statement(content)

    def _charge_of(self, statement: Statement, state: ChargeState) -> Charge:
        content = _encode(statement)
        next_url = None
        if state is ChargeState.NEEDS_ACTION:
            next_url = f"{self._base_url}/pay/simulated/{self._steps.close(content)}"
        return Charge(
            reference=PREFIX + self._references.close(content),
            state=state,
            amount=Money(statement.minor, statement.currency),
            reason=COURSES[statement.outcome].reason if state is ChargeState.DECLINED else None,
            next_url=next_url,
        )

    def _present(self, statement: Statement) -> Charge:
        """The charge as it stands now."""
        fate = self._fates.get((statement.order, statement.key))
        if fate is not None and fate.state is not ChargeState.PENDING:
            return fate
        course = COURSES[statement.outcome]
        passed_ms = self._wall.now().timestamp() * 1000 - statement.at_ms
        return self._charge_of(statement, course.end if passed_ms >= self._late_seconds * 1000 else course.answer)

    def _why_not_back(self, statement: Statement, amount: Money) -> str | None:
        if self._present(statement).state is not ChargeState.CAPTURED:
            return "charge_not_captured"
        if amount.currency != statement.currency:
            return "currency_mismatch"
        if amount.minor <= 0:
            return "amount_not_positive"
        return "refund_declined" if statement.outcome is Outcome.REFUND_FAILS else None

    def _announce(self, statement: Statement, charge: Charge, after_seconds: float) -> Delivery:
        data = _EventData(
            order_id=UUID(bytes=statement.order),
            reference=charge.reference,
            amount_minor=statement.minor,
            currency=statement.currency,
            reason=charge.reason,
        )
        event_type = f"charge.{charge.state}"
        event = _Event(type=event_type, timestamp=iso(self._clock.now()), data=msgspec.Raw(msgspec.json.encode(data)))
        # The same news has the same id, however often it is told.
        message_id = "msg_" + hashlib.sha256(f"{charge.reference}\x1f{event_type}".encode()).hexdigest()[:32]
        delivery = self._sender.send(message_id, msgspec.json.encode(event), after_seconds)
        identity = (statement.order, statement.key)
        self._coming.setdefault(identity, []).append(delivery)
        delivery.done.add_done_callback(lambda _: self._arrived(identity, delivery))
        return delivery

    def _arrived(self, identity: Identity, delivery: Delivery) -> None:
        waiting = self._coming.get(identity)
        if waiting and delivery in waiting:
            waiting.remove(delivery)
        if not waiting:
            self._coming.pop(identity, None)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=8).digest()


def _note(notes: OrderedDict[Identity, _Note], identity: Identity, note: _Note) -> None:
    """Keep a note, and no more than the newest ten thousand."""
    notes[identity] = note
    notes.move_to_end(identity)
    if len(notes) > _NOTES:
        notes.popitem(last=False)
