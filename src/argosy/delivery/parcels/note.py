"""Note what carriers tell of parcels: where they are, whether they will be in time, and what is owed if they were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from argosy.base.errors import NotFound, Refused
from argosy.delivery.delivered import delivered
from argosy.delivery.ledger import Promise
from argosy.delivery.parcels import store
from argosy.delivery.parcels.bagging import bag_up
from argosy.delivery.parcels.model import Changed, Noted, Parcel, Report
from argosy.delivery.parcels.rules import BEFORE_HAND_OVER, OVER, Standing, due_at, is_broken, missed, standing
from argosy.delivery.promise_made import promise_made
from argosy.plumbing import outbox
from argosy.plumbing.database import Tx
from argosy.plumbing.model import Event

_AHEAD = timedelta(minutes=5)
"""How far a carrier's clock may be ahead of ours."""


async def note(tx: Tx, cell: int, reports: Sequence[Report], carrier: str, now: datetime) -> int:
    """Note reports, all or none; how many parcels they told something new of.

    They may come twice and in any order: what counts is the instant at which a thing happened. Refuses an unknown number
    (`unknown_parcel`) and an instant in the future or before the parcel was there (`event_out_of_time`), naming the report.
    """
    parcels = await store.lock_numbers(tx, cell, [report.number for report in reports])
    events = [_checked(place, report, parcels, now) for place, report in enumerate(reports)]
    new = await store.add_events(tx, cell, events, carrier, now)
    if new:
        touched = {parcel.parcel_id: parcel for parcel in parcels.values() if parcel.parcel_id in new}
        await _follow(tx, cell, touched, now)
    return len(new)


def _checked(place: int, report: Report, parcels: Mapping[str, Parcel], now: datetime) -> Noted:
    parcel = parcels.get(report.number)
    if parcel is None:
        raise NotFound(
            "unknown_parcel",
            f"There is no parcel {report.number}.",
            field=f"events[{place}].number",
            remedy="Send the number as on the label, and leave out parcels that are not ours: nothing was noted.",
        )
    if not parcel.announced_at <= report.at <= now + _AHEAD:
        raise Refused(
            "event_out_of_time",
            f"{report.at.isoformat()} lies in the future, or before the parcel {report.number} was there.",
            field=f"events[{place}].at",
            remedy="Send the instant at which it happened, with its offset from UTC: nothing was noted.",
        )
    return Noted(
        parcel_id=parcel.parcel_id,
        at=report.at,
        code=report.code,
        place=report.place,
        carrier="",
        detail=report.detail,
    )


async def _follow(tx: Tx, cell: int, parcels: Mapping[UUID, Parcel], now: datetime) -> None:
    """Bring parcels that are locked to where their events say they are."""
    events = await store.events_of(tx, cell, parcels)
    bags = await bag_up(tx, cell, _handed_over(parcels, events))
    changes = []
    for key, parcel in parcels.items():
        departure, bag = bags.get(key, (parcel.departure, parcel.bag))
        change = changed(parcel, standing(events[key], parcel.way()), now)
        changes.append(msgspec.structs.replace(change, departure=departure, bag=bag))
    await write_changes(tx, cell, parcels, changes, now)


async def write_changes(
    tx: Tx, cell: int, parcels: Mapping[UUID, Parcel], changes: Sequence[Changed], now: datetime
) -> None:
    """Write what became of parcels that are locked, and tell the ledger of promises and the rest of the shop."""
    await store.change_parcels(tx, cell, changes)
    await _tell_ledger(tx, cell, parcels, changes)
    told = [event for change in changes for event in _told(parcels[change.parcel_id], change)]
    await outbox.write(tx, cell, told, now)


def _handed_over(parcels: Mapping[UUID, Parcel], events: Mapping[UUID, Sequence[Noted]]) -> dict[UUID, str]:
    """Parcels that go into a bag now, with the departure that they were handed over for."""
    found = {}
    for key, parcel in parcels.items():
        named = next((event for event in events[key] if event.code == "handed_over"), None)
        departure = (named.detail or parcel.departure) if named else ""
        if departure and not parcel.bag:
            found[key] = departure
    return found


def changed(parcel: Parcel, stands: Standing, now: datetime) -> Changed:
    """What its events make of a parcel; `unforeseen` if they show that a leg was missed."""
    state = parcel.state if parcel.state == "withdrawn" else stands.state
    over = state in OVER or stands.at_door_at is not None
    never = state in OVER and stands.at_door_at is None
    broken = not never and is_broken(parcel.promised_at, stands.at_door_at, now)
    late = not over and (broken or missed(stands, parcel.way()))
    moved = stands.reached > parcel.reached
    return Changed(
        parcel_id=parcel.parcel_id,
        state=state,
        reached=max(parcel.reached, stands.reached),
        departure=parcel.departure,
        bag=parcel.bag,
        # One that has caught up is promised as before.
        expected_day=parcel.expected_day if late or (not over and not moved) else None,
        unforeseen=late,
        due_at=None if over or state == "withdrawn" else due_at(parcel.way(), stands),
        owed_minor=parcel.if_late_minor if broken else None,
        broken_at=parcel.promised_at if broken else None,
        at_door_at=stands.at_door_at,
        delivered_at=stands.delivered_at,
    )


def _told(before: Parcel, after: Changed) -> list[Event]:
    """What the rest of the shop is told."""
    body: dict[str, Any] = {"number": before.number, "parcel": str(before.parcel_id)}
    found = []
    if after.expected_day is not None and after.expected_day != before.expected_day:
        promised = before.promised_day.isoformat() if before.promised_day else None
        days = {"promised_day": promised, "expected_day": after.expected_day.isoformat()}
        found.append(Event("parcel.late", before.order_id, {**body, **days}))
    if after.broken_at is not None and before.broken_at is None:
        owed = {"owed_minor": after.owed_minor, "currency": before.currency}
        found.append(Event("parcel.promise_broken", before.order_id, {**body, **owed}))
    if after.delivered_at is not None and before.delivered_at is None:
        found.append(Event("parcel.delivered", before.order_id, {**body, "at": after.delivered_at.isoformat()}))
    return found


async def _tell_ledger(tx: Tx, cell: int, parcels: Mapping[UUID, Parcel], changes: Sequence[Changed]) -> None:
    """Promises of parcels that left the house or are overdue, and when those were at the door that were.

    Not before that: what is withdrawn in the house was never to be brought, and must not count as broken.
    """
    due = [
        msgspec.convert(parcels[change.parcel_id].promise, Promise)
        for change in changes
        if parcels[change.parcel_id].promise is not None
        and (change.state not in BEFORE_HAND_OVER | {"withdrawn"} or change.broken_at is not None)
    ]
    await promise_made(tx, cell, due)
    doors = {change.parcel_id: change.at_door_at for change in changes if change.at_door_at is not None}
    await delivered(tx, cell, doors)
