"""Pay an order: the provider takes the money while no transaction is open, then what was held is sold."""

from __future__ import annotations

from uuid import UUID

import msgspec

from argosy.base.money import Money
from argosy.orders.commands import Changed, NoteCharge, Pay, TooLate
from argosy.orders.desk import Desk
from argosy.orders.give_back import give_back
from argosy.orders.ports import Charge, ChargeState, Means


class Paid(msgspec.Struct, frozen=True, tag=True):
    """The money is taken and the goods are the shopper's."""

    order_id: UUID


class Declined(msgspec.Struct, frozen=True, tag=True):
    """The bank refused; nothing was taken, and the goods stay held for another try."""

    order_id: UUID
    reason: str


class NeedsAction(msgspec.Struct, frozen=True, tag=True):
    """The shopper has to confirm at this address; the goods stay held."""

    order_id: UUID
    next_url: str


class Pending(msgspec.Struct, frozen=True, tag=True):
    """The provider has not decided; its message will settle it, and the goods stay held."""

    order_id: UUID


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The order was cancelled or had expired; whatever was taken is given back."""

    order_id: UUID
    state: str


PayAnswer = Paid | Declined | NeedsAction | Pending | Ended


def charge_key(order_id: UUID, attempt: int) -> str:
    """The idempotency key of an order's n-th charge."""
    return f"{order_id}/{attempt}"


async def pay(desk: Desk, order_id: UUID, attempt: int, amount: Money, means: Means, return_url: str) -> PayAnswer:
    """Charge an order that is placed. `attempt` is the number of tries so far, so that a repeated call charges once."""
    if not amount.minor:
        # Promotions pay it all: there is nothing to charge.
        free = Charge(reference="", state=ChargeState.CAPTURED, amount=amount)
        return await settle(desk, order_id, free, attempt)
    charge = await desk.payments.charge(order_id, charge_key(order_id, attempt), amount, means, return_url)
    return await settle(desk, order_id, charge, attempt)


async def settle(desk: Desk, order_id: UUID, charge: Charge, attempt: int | None = None) -> PayAnswer:
    """Bring an order to where the provider says its charge is; safe to repeat, also by webhooks that come twice.

    `attempt` is the number of the try that the charge was made in, where the caller knows it.
    """
    now = desk.clock.now()
    name = desk.payments.name
    if charge.state is not ChargeState.CAPTURED:
        noted = await desk.intake.submit(
            NoteCharge(order_id, name, charge.reference, charge.state.value, charge.reason or "", now, attempt)
        )
        return _waiting(order_id, charge, noted)
    answer = await desk.intake.submit(Pay(order_id, name, charge.reference, now))
    if isinstance(answer, Changed):
        return Paid(order_id)
    # Paid twice, or paid after its end.
    await give_back(desk, order_id, charge)
    return Ended(order_id, answer.state if isinstance(answer, TooLate) else "unknown")


def _waiting(order_id: UUID, charge: Charge, noted: object) -> PayAnswer:
    if isinstance(noted, TooLate) and noted.state in ("paid", "refunded"):
        return Paid(order_id)
    if not isinstance(noted, Changed):
        return Ended(order_id, noted.state if isinstance(noted, TooLate) else "unknown")
    if charge.state is ChargeState.NEEDS_ACTION and charge.next_url:
        return NeedsAction(order_id, charge.next_url)
    if charge.state is ChargeState.PENDING or charge.state is ChargeState.NEEDS_ACTION:
        return Pending(order_id)
    return Declined(order_id, charge.reason or "card_declined")
