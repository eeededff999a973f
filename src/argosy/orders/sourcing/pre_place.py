"""Bring goods to a hub before anybody orders them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from argosy.orders.rules import stock_key
from argosy.orders.sourcing import store
from argosy.plumbing.database import Tx
from argosy.quotas.receive import receive, receive_new


async def pre_place(tx: Tx, cell: int, units: Mapping[tuple[UUID, str], int], *, again: bool = True) -> None:
    """So many more pieces of variants at hubs (UN/LOCODE); quotes know of them some seconds later.

    `again` False: where pieces came in before, nothing is added, so that the same call twice changes nothing.
    """
    if not units:
        return
    await store.add_places(tx, cell, list(units))
    counters = {stock_key(*place): count for place, count in units.items()}
    await (receive if again else receive_new)(tx, cell, counters)
