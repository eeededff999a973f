"""Parcels of a city's store: one for each temperature, on the van of the slot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from argosy.delivery.ledger import Promise as LedgerPromise
from argosy.delivery.model import City
from argosy.delivery.parcels.model import NewParcel, Stage
from argosy.delivery.parcels.rules import compensation, due_at
from argosy.delivery.parcels.ways import Drawn
from argosy.delivery.parcels.withdraw import Left
from argosy.delivery.stores.model import Slot, Store
from argosy.markets.model import Address
from argosy.orders import store as rows
from argosy.orders.model import Promise, StoreParcel
from argosy.orders.sourcing.parcel_ids import parcel_id_of

LOADED_BEFORE = timedelta(minutes=45)
"""Parcels are on the van so long before its slot begins: the drive to the first door. An assumption."""
PICKED_BEFORE = timedelta(hours=3)
LATE_MOST = timedelta(minutes=45)
"""A simulated order that misses its slot comes at most so much after it. An assumption."""
CHANNEL = "van"


class Bought(msgspec.Struct, frozen=True):
    """An order of a store as far as its parcels depend on it."""

    order: rows.ToDispatch
    store: Store
    slot: Slot
    promise: Promise
    planned: tuple[StoreParcel, ...]
    contact: Address


def bought_at(order: rows.ToDispatch, store: Store) -> Bought:
    """What an order's quote says of its store's part."""
    quote = order.quote
    return Bought(
        order,
        store,
        msgspec.convert(quote["slot"], Slot),
        msgspec.convert(quote["promise"], Promise),
        msgspec.convert(quote["packed"], tuple[StoreParcel, ...]),
        msgspec.convert(order.contact, Address),
    )


def parcels_of(
    bought: Bought, city: City | None, left: Callable[[frozenset[int]], Left], now: datetime
) -> list[tuple[NewParcel, list[Drawn]]]:
    """The parcels of an order, with what a simulated carrier will tell of each; `left` says what is left of some lines."""
    found = []
    for number, planned in enumerate(bought.planned, start=1):
        inside = left(frozenset(line for line, _ in planned.lines))
        if inside.lines:
            parcel_id = parcel_id_of(bought.order.order_id, number)
            found.append((_parcel(bought, city, inside, parcel_id, now), drawn(bought, now)))
    return found


def _parcel(bought: Bought, city: City | None, inside: Left, parcel_id: UUID, now: datetime) -> NewParcel:
    order, slot, promise = bought.order, bought.slot, bought.promise
    stages = stages_of(bought, city, now) if city else ()
    return NewParcel(
        parcel_id=parcel_id,
        order_id=order.order_id,
        hub=bought.store.hub,
        country=bought.contact.country,
        city=bought.contact.city or bought.store.city,
        geonames=city.number if city else None,
        time_zone=slot.time_zone,
        channel=CHANNEL,
        weight_g=inside.weight_g,
        lines=inside.lines,
        value_minor=inside.value_minor,
        currency=order.currency,
        stages=stages,
        departure="",
        promise=LedgerPromise(
            parcel_id=parcel_id,
            order_id=order.order_id,
            lane=f"{promise.hub}>{promise.country} {CHANNEL}",
            confidence=promise.confidence,
            ordered_at=order.placed_at,
            promised_at=slot.ends,
        ),
        promised_day=slot.day,
        promised_at=slot.ends,
        if_late_minor=compensation(inside.value_minor, inside.most_minor),
        announced_at=now,
        due_at=due_at(stages),
    )


def stages_of(bought: Bought, city: City, now: datetime) -> tuple[Stage, ...]:
    """The way of a store's parcel: packed at its hub, then at the door within the slot."""
    store, slot = bought.store, bought.slot
    loaded = max(slot.starts - LOADED_BEFORE, now)
    name, zone = store.hub_named("en"), slot.time_zone
    pick = Stage(
        "pick", store.hub, store.hub, "", "", "", min(now, loaded), loaded, max(loaded, slot.starts), name, zone,
        city.latitude, city.longitude,
    )  # fmt: skip
    door = Stage(
        "door", store.hub, city.name, CHANNEL, "road", "", slot.starts, slot.ends, slot.ends, city.name, zone,
        city.latitude, city.longitude,
    )  # fmt: skip
    return pick, door


def drawn(bought: Bought, now: datetime) -> list[Drawn]:
    """All that will happen to the simulated parcels of an order, which come together: always the same for the same order.

    As many orders miss their slot as the store says.
    """
    store, slot = bought.store, bought.slot
    seed = hashlib.sha256(bought.order.order_id.bytes).digest()
    lot, within = (int.from_bytes(seed[place : place + 4], "big") / 2**32 for place in (0, 4))
    if lot < store.kept_share:
        at = slot.starts + (slot.ends - slot.starts) * within
    else:
        at = slot.ends + timedelta(minutes=1) + (LATE_MOST - timedelta(minutes=1)) * within
    loaded = max(slot.starts - LOADED_BEFORE, now)
    return [
        Drawn(max(slot.starts - PICKED_BEFORE, now), "picked", store.hub),
        Drawn(max(slot.starts - 2 * LOADED_BEFORE, now), "packed", store.hub),
        Drawn(loaded, "handed_over", store.hub),
        Drawn(max(slot.starts, loaded), "out_for_delivery", store.hub),
        Drawn(max(at, loaded), "delivered", bought.contact.city or store.city),
    ]
