"""What a change makes of an order: its new state and what moves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.delivery.stores.model import SLOT_KEY
from argosy.orders.commands import (
    Change,
    ChangeAnswer,
    Changed,
    NoteCharge,
    Pay,
    Refund,
    Release,
    TooLate,
)
from argosy.orders.deposits.model import EndDeposit
from argosy.orders.giving_back.model import PayBack
from argosy.orders.giving_back.rules import at_most, less_dropped
from argosy.orders.rows import LineState, OrderState
from argosy.orders.rules import charge_parts, refund_lines, refund_parts
from argosy.quotas.model import Move

OPEN = "placed"
PAID = "paid"
REFUNDED = "refunded"


class Effect(msgspec.Struct, frozen=True):
    """All that a change does, to be written in one transaction."""

    answer: ChangeAnswer | Refused
    order: OrderState | None = None
    lines: tuple[LineState, ...] = ()
    moves: tuple[Move, ...] = ()
    settled_at: datetime | None = None
    what: str = ""
    """Name of the event and of the entry in the audit trail; empty: nothing happened."""
    who: str = ""
    detail: dict[str, Any] = {}
    refund_minor: int = 0
    refunded_lines: tuple[dict[str, Any], ...] = ()
    why: str = ""
    """Of money that goes back without goods."""


def effect_of(change: Change, order: OrderState, lines: Sequence[LineState]) -> Effect:
    """What a change does to an order as it stands."""
    match change:
        case Pay():
            return _paid(change, order)
        case NoteCharge():
            return _noted(change, order)
        case Release():
            return _released(change, order)
        case Refund():
            return _refunded(change, order, lines)
        case PayBack():
            return _paid_back(change, order)
        case EndDeposit():
            raise AssertionError("a deposit's end is decided where deposits are known")


def _paid(change: Pay, order: OrderState) -> Effect:
    if order.state in (PAID, REFUNDED) and order.charge_reference == change.reference:
        return Effect(Changed(order.order_id, order.state, again=True))
    if order.state != OPEN:
        return Effect(TooLate(order.order_id, order.state))
    return Effect(
        Changed(order.order_id, PAID),
        replace(order, state=PAID, provider=change.provider, charge_reference=change.reference),
        moves=tuple(Move(k, held=-n, sold=n) for k, n in zip(order.take_keys, order.take_counts, strict=True)),
        settled_at=change.now,
        what="order.paid",
        who=change.provider,
        detail={"reference": change.reference, "amount_minor": order.total_minor, "currency": order.currency},
    )


def _noted(change: NoteCharge, order: OrderState) -> Effect:
    if order.state != OPEN:
        return Effect(TooLate(order.order_id, order.state))
    ended = change.state in ("declined", "voided")
    if _is_over(change, order, ended):
        return Effect(Changed(order.order_id, order.state, again=True))
    return Effect(
        Changed(order.order_id, order.state),
        replace(
            order,
            provider=change.provider,
            charge_reference="" if ended else change.reference,
            charge_attempts=order.charge_attempts + ended,
        ),
        what=f"payment.{change.state}",
        who=change.provider,
        detail={"reason": change.reason} if change.reason else {},
    )


def _is_over(change: NoteCharge, order: OrderState, ended: bool) -> bool:
    """Whether this is a late or repeated word about a try that has ended, or that a newer one has replaced."""
    if change.attempt is not None:
        return change.attempt < order.charge_attempts
    # Without its number a charge is known by its reference: only the open one can end, and only none can be replaced.
    return order.charge_reference != change.reference and (ended or order.charge_reference != "")


def _released(change: Release, order: OrderState) -> Effect:
    if order.state == change.state:
        return Effect(Changed(order.order_id, order.state, again=True))
    if order.state != OPEN:
        return Effect(TooLate(order.order_id, order.state))
    return Effect(
        Changed(order.order_id, change.state),
        replace(order, state=change.state),
        moves=tuple(Move(k, held=-n) for k, n in zip(order.take_keys, order.take_counts, strict=True)),
        settled_at=change.now,
        what=f"order.{change.state}",
        who=change.who,
    )


def _refunded(change: Refund, order: OrderState, lines: Sequence[LineState]) -> Effect:
    if order.state != PAID:
        return Effect(TooLate(order.order_id, order.state))
    chosen = refund_lines(lines, change.lines)
    if isinstance(chosen, Refused):
        return Effect(chosen)
    charges = {one.line: one.charges for one in change.charges}
    parts = at_most(
        order.left_minor,
        [
            less_dropped(refund_parts(line, quantity, charges.get(line.line, ())), line.dropped_minor * quantity)
            for line, quantity in chosen
        ],
    )
    worths = [sum(part.values()) for part in parts]
    after = tuple(
        replace(line, refunded_quantity=line.refunded_quantity + n, refunded_minor=line.refunded_minor + worth)
        for (line, n), worth in zip(chosen, worths, strict=True)
    )
    touched = {line.line: line for line in lines} | {line.line: line for line in after}
    all_back = all(line.refunded_quantity == line.quantity for line in touched.values())
    state = REFUNDED if all_back else PAID
    back = [Move(key, sold=-n) for line, n in chosen for key in line.take_keys] if change.restock else []
    if all_back:
        # Nothing is brought any more, so the van's place is free; of a slot that is over nobody can take it.
        taken = zip(order.take_keys, order.take_counts, strict=True)
        back += [Move(key, sold=-n) for key, n in taken if key.startswith(SLOT_KEY)]
        back += [Move(take.key, sold=-take.count) for take in change.room]
    pieces = tuple(
        {"line": line.line, "quantity": n, "amount_minor": sum(part.values()), **part, "reason": change.reason}
        | charge_parts(line, n, charges.get(line.line, ()))
        for (line, n), part in zip(chosen, parts, strict=True)
    )
    return Effect(
        Changed(order.order_id, state),
        replace(order, state=state, refunded_minor=order.refunded_minor + sum(worths)),
        lines=after,
        moves=tuple(back),
        settled_at=change.now,
        what="order.refunded",
        who=change.who,
        detail={"refund": str(change.refund_id), "amount_minor": sum(worths), "lines": list(pieces)},
        refund_minor=sum(worths),
        refunded_lines=pieces,
    )


def _paid_back(change: PayBack, order: OrderState) -> Effect:
    if order.state not in (PAID, REFUNDED):
        return Effect(TooLate(order.order_id, order.state))
    amount = min(change.amount_minor, order.left_minor)
    if amount <= 0:
        return Effect(
            Refused(
                "nothing_to_pay_back",
                "All that was paid for the order has gone back.",
                field="amount_minor",
                remedy="Nothing more can be paid back.",
                status=409,
            )
        )
    detail = {"refund": str(change.refund_id), "amount_minor": amount, "why": change.why}
    return Effect(
        Changed(order.order_id, order.state),
        replace(order, paid_back_minor=order.paid_back_minor + amount),
        what="order.paid_back",
        who=change.who,
        detail=detail if amount == change.amount_minor else {**detail, "wished_minor": change.amount_minor},
        refund_minor=amount,
        why=change.why,
    )
