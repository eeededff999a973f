"""Give money back: decided and written first, then carried out, and tried again until the provider has done it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.delivery.parcels import look
from argosy.landed.returns import ReturnReason
from argosy.orders import store
from argosy.orders.commands import ChangeAnswer, Changed, LineCharges, Refund, RefundLine
from argosy.orders.desk import Desk
from argosy.orders.gifts import gifts_back
from argosy.orders.ports import RefundAnswer, RefundState
from argosy.orders.refunding.charges_back import charges_back
from argosy.orders.refunding.room_back import room_back
from argosy.orders.rows import OpenRefund
from argosy.orders.sourcing.model import Seat

_log = structlog.get_logger()
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=6)


def next_try(tries: int) -> timedelta:
    """How long to leave a provider alone after `tries` earlier tries: 30 s, twice as long each time, 6 hours at most."""
    return min(_FIRST_WAIT * (1 << min(tries, 20)), _LONGEST_WAIT)


async def refund(
    desk: Desk,
    order_id: UUID,
    lines: Sequence[RefundLine] = (),
    *,
    restock: bool,
    who: str,
    refund_id: UUID | None = None,
    reason: ReturnReason = "changed_mind",
    sent: bool | None = None,
) -> ChangeAnswer:
    """Refund some pieces of a paid order, or all that is left of it, with their duty and tax as the law and the shop have it.

    `sent` tells whether they had left the house; None: each line as the parcels say that hold it. With the last piece the order's
    places on departures that have not left are free for others.

    Gifts that what is left no longer earns go back with it (`gifts.gifts_back`). Refuses (`unknown_line`,
    `refund_out_of_range`) pieces that the order does not have. A provider that does not answer changes nothing: the refund
    stays open and is tried again by `carry_out_open`.
    """
    key, now = refund_id or desk.new_id(), desk.clock.now()
    charges: tuple[LineCharges, ...] = ()
    room: tuple[Seat, ...] = ()
    async with desk.database.read() as reader:
        order = await store.order_of(reader, desk.cell, order_id)
        if order is not None:
            parcels = [one.parcel for one in await look.parcels(reader, desk.cell, order_id)] if sent is None else []
            charges = charges_back(desk, order, parcels, reason, sent, now)
            room = room_back(order, parcels, sent, now)
            # The gifts that no longer belong to what is left go too.
            if lines and any(line.get("gift") for line in order.quote["lines"]):
                kept = await store.lines_of(reader, desk.cell, order_id)
                lines = [*lines, *gifts_back(order.quote["lines"], kept, lines)]
    answer = await desk.intake.submit(Refund(order_id, key, tuple(lines), restock, who, now, reason, charges, room))
    if isinstance(answer, Changed):
        await carry_out(desk, order_id, key)
    return answer


async def carry_out(desk: Desk, order_id: UUID, refund_id: UUID) -> None:
    """Carry out one refund as soon as it is written, for who waits for it; all others are `carry_out_open`'s."""
    async with desk.database.read() as reader:
        one = await store.open_refund(reader, desk.cell, order_id, refund_id, desk.clock.now())
    if one is not None:
        await _carry_out(desk, one)


async def carry_out_open(desk: Desk, age: timedelta = timedelta(seconds=30)) -> int:
    """Carry out refunds that are older than `age` and not confirmed; the number now done."""
    async with desk.database.read() as reader:
        now = desk.clock.now()
        waiting = await store.open_refunds(reader, desk.cell, now - age + timedelta(microseconds=1), now)
    return sum([await _carry_out(desk, one) for one in waiting])


async def _carry_out(desk: Desk, one: OpenRefund) -> int:
    amount = Money(one.amount_minor, one.currency)
    try:
        answer = await desk.payments.refund(
            one.order_id, str(one.refund_id), one.charge_reference, amount, one.reference
        )
    except Refused as wrong:
        # A refund that the provider cannot take must not stop those after it.
        _log.warning("refund_refused", order=str(one.order_id), refund=str(one.refund_id), code=wrong.code)
        answer = RefundAnswer(reference="", state=RefundState.FAILED, reason=wrong.code)
    # A number once told is kept: it finds the refund again when its key is long forgotten.
    reference = answer.reference or one.reference
    again = desk.clock.now() + next_try(one.tries)
    async with desk.database.transaction() as tx:
        await store.settle_refund(tx, desk.cell, one.order_id, one.refund_id, answer.state.value, reference, again)
    return int(answer.state is RefundState.DONE)
