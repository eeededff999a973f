"""What becomes of an order's duty and tax when its goods go back, by the snapshot that it keeps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from argosy.delivery.parcels import look
from argosy.delivery.parcels.withdraw import in_the_house
from argosy.landed.model import Landed
from argosy.landed.returns import GoingBack, ReturnReason, refundable
from argosy.orders import store
from argosy.orders.commands import LineCharges
from argosy.orders.desk import Desk
from argosy.orders.quoting.landing import business_date


async def charges_back(
    desk: Desk, order_id: UUID, reason: ReturnReason, sent: bool | None, now: datetime
) -> tuple[LineCharges, ...]:
    """Duty, tax and fees of each line; none for an order that there is not, or that was charged none in advance.

    `sent` as `refund` has it.
    """
    async with desk.database.read() as reader:
        order = await store.order_of(reader, desk.cell, order_id)
        if order is None or order.quote.get("terms") != "DDP" or not order.quote.get("landed"):
            return ()
        if sent is None:
            sent = not in_the_house([one.parcel for one in await look.parcels(reader, desk.cell, order_id)])
    landed = msgspec.convert(order.quote["landed"], Landed)
    market = desk.charts.markets.get(order.market)
    if market is None:
        return ()
    going = GoingBack(
        to=order.market,
        reason=reason,
        sent=sent,
        ordered=business_date(market, order.placed_at),
        at=business_date(market, now),
    )
    law = desk.charts.tables.refund_law
    found = (
        LineCharges(int(share.line), refundable(landed, share.line, going, law, shop_bears=desk.bears_charges))
        for share in landed.shares
    )
    return tuple(one for one in found if one.charges)
