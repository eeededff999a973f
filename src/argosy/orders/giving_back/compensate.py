"""Pay for broken promises: what is owed for a parcel that came too late goes back to the card, without anybody's asking."""

from __future__ import annotations

from datetime import timedelta

import structlog

from argosy.base.errors import Refused
from argosy.delivery.parcels.compensating import compensated, to_compensate
from argosy.delivery.parcels.model import ToCompensate
from argosy.orders import store
from argosy.orders.desk import Desk
from argosy.orders.giving_back.model import PayBack
from argosy.orders.refund import carry_out_open
from argosy.plumbing.database import Tx
from argosy.plumbing.ids import derived_id
from argosy.plumbing.jobs import alone

_log = structlog.get_logger()
WHO = "promises"


async def compensate(desk: Desk) -> int:
    """Pay for the promises that are broken for sure; of how many parcels. One process does it at a time.

    Each is a refund of its own whose id comes from the parcel's: whatever dies in between, it is paid once. It is what is
    owed, or what is left of the order's money if that is less.
    """

    async def work(tx: Tx) -> int:
        due = await to_compensate(tx, desk.cell, desk.clock.now())
        for one in due:
            await compensated(tx, desk.cell, one.parcel_id, await _pay(desk, tx, one))
        return len(due)

    done = await alone(desk.database, desk.cell, "compensate", work)
    if done:
        await carry_out_open(desk, timedelta(0))
    return done


async def _pay(desk: Desk, tx: Tx, one: ToCompensate) -> int:
    """Write the refund down, through the intake; the amount that it is of."""
    refund_id = derived_id("late parcel", str(one.parcel_id))
    command = PayBack(one.order_id, refund_id, one.owed_minor, "late", WHO, desk.clock.now())
    try:
        await desk.intake.submit(command)
    except Refused as wrong:
        if wrong.code != "nothing_to_pay_back":
            raise
        _log.info("nothing_left_to_compensate", order=str(one.order_id), parcel=one.number)
    written = await store.refunds_of(tx, desk.cell, one.order_id)
    return sum(refund.amount_minor for refund in written if refund.refund_id == refund_id)
