"""Keep a parcel from being sent, and change what is in it, as long as it is in the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from argosy.delivery.parcels import store
from argosy.delivery.parcels.model import Changed, Noted, Parcel, Piece
from argosy.delivery.parcels.rules import BEFORE_HAND_OVER, OVER, compensation
from argosy.plumbing.database import Tx


class Left(msgspec.Struct, frozen=True):
    """What is left of a parcel's goods after a refund; no pieces: nothing."""

    lines: tuple[Piece, ...]
    weight_g: int | None
    value_minor: int
    most_minor: int | None
    """Cap of what a broken promise costs, in the order's currency."""


LeftOf = Callable[[frozenset[int]], Left]
"""What is left of those lines of an order that a parcel holds."""


async def withdraw(tx: Tx, cell: int, orders: Mapping[UUID, LeftOf], now: datetime) -> int:
    """Bring the parcels of orders to what is left of them; how many were withdrawn.

    A parcel that a carrier has stays on its way; that it was called back is noted, for people to act on.
    """
    found = await store.lock_of_orders(tx, cell, sorted(orders))
    gone, called = [], []
    for parcel in found:
        left = orders[parcel.order_id](frozenset(piece.line for piece in parcel.pieces()))
        if left.lines:
            await _repack(tx, cell, parcel, left)
        elif parcel.state in BEFORE_HAND_OVER:
            gone.append(parcel)
        elif parcel.state not in OVER:
            called.append(parcel)
    events = [_event(parcel, "withdrawn", now) for parcel in gone] + [_event(one, "recalled", now) for one in called]
    if events:
        await store.add_events(tx, cell, events, "", now)
    if gone:
        await store.change_parcels(tx, cell, [_withdrawn(parcel) for parcel in gone])
        await store.end_runs(tx, cell, [parcel.parcel_id for parcel in gone])
    return len(gone)


async def _repack(tx: Tx, cell: int, parcel: Parcel, left: Left) -> None:
    if parcel.state in ("announced", "picked") and parcel.pieces() != left.lines:
        late = None if parcel.if_late_minor is None else compensation(left.value_minor, left.most_minor)
        await store.repack(tx, cell, parcel.parcel_id, left.lines, left.weight_g, left.value_minor, late)


def _event(parcel: Parcel, code: str, now: datetime) -> Noted:
    return Noted(parcel_id=parcel.parcel_id, at=now, code=code, place=parcel.hub, carrier="", detail="")


def _withdrawn(parcel: Parcel) -> Changed:
    return Changed(
        parcel_id=parcel.parcel_id,
        state="withdrawn",
        reached=parcel.reached,
        departure=parcel.departure,
        bag="",
        expected_day=None,
        unforeseen=False,
        due_at=None,
        owed_minor=None,
        broken_at=None,
        at_door_at=None,
        delivered_at=None,
    )


def in_the_house(parcels: Sequence[Parcel]) -> bool:
    """Whether all of these parcels are still in the house."""
    return all(parcel.state in BEFORE_HAND_OVER or parcel.state == "withdrawn" for parcel in parcels)
