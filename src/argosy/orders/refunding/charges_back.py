"""What becomes of an order's duty and tax when its goods go back, by the snapshot that it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from argosy.delivery.parcels.model import Parcel
from argosy.delivery.parcels.withdraw import in_the_house
from argosy.landed.model import Landed
from argosy.landed.returns import GoingBack, ReturnReason, refundable
from argosy.orders.commands import LineCharges
from argosy.orders.desk import Desk
from argosy.orders.quoting.landing import business_date
from argosy.orders.rows import OrderRow


def charges_back(
    desk: Desk, order: OrderRow, parcels: Sequence[Parcel], reason: ReturnReason, sent: bool | None, now: datetime
) -> tuple[LineCharges, ...]:
    """Duty, tax and fees of each line; none for an order that was charged none in advance.

    `sent` as `refund` has it; `parcels` count where it is None.
    """
    market = desk.charts.markets.get(order.market)
    if market is None or order.quote.get("terms") != "DDP" or not order.quote.get("landed"):
        return ()
    landed = msgspec.convert(order.quote["landed"], Landed)
    law = desk.charts.tables.refund_law
    found = []
    for share in landed.shares:
        line = int(share.line)
        going = GoingBack(
            to=order.market,
            reason=reason,
            sent=_sent(parcels, line) if sent is None else sent,
            ordered=business_date(market, order.placed_at),
            at=business_date(market, now),
        )
        charges = refundable(landed, share.line, going, law, shop_bears=desk.bears_charges)
        found.append(LineCharges(line, charges))
    return tuple(one for one in found if one.charges)


def _sent(parcels: Sequence[Parcel], line: int) -> bool:
    """Whether a parcel with pieces of a line has left the house."""
    return not in_the_house([one for one in parcels if any(piece.line == line for piece in one.pieces())])
