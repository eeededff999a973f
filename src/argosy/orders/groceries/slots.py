"""See which slots of a city's store have places left, and choose one for a quote."""

from __future__ import annotations

from collections.abc import Sequence

from argosy.base.errors import Refused
from argosy.delivery.stores.model import Slot, Store
from argosy.delivery.stores.rules import slot_named, slots
from argosy.orders.desk import Desk
from argosy.orders.quoting.stores import AtStore
from argosy.quotas.look import look


async def places_left(desk: Desk, wanted: Sequence[Slot]) -> list[tuple[Slot, int]]:
    """Slots with the places left in each, as they are at this moment; one query for all.

    Of so many as the store states now, whatever it stated when the first order took one.
    """
    async with desk.database.read() as reader:
        counters = await look(reader, desk.cell, [slot.key for slot in wanted])
    taken = {key: one.held + one.sold for key, one in counters.items()}
    return [(slot, max(slot.capacity - taken.get(slot.key, 0), 0)) for slot in wanted]


async def open_slots(desk: Desk, store: Store) -> list[tuple[Slot, int]]:
    """The slots of a store that can be booked now, with the places left in each, full ones among them."""
    return await places_left(desk, slots(desk.charts.stores, store, desk.clock.now()))


async def in_slot(desk: Desk, store: Store, name: str) -> AtStore:
    """A store with the slot of a name, for a quote.

    Refuses what `slot_named` refuses, and (`slot_full`) one without a place left, naming the next that have one.
    """
    slot = slot_named(desk.charts.stores, store, name, desk.clock.now())
    left = dict(await places_left(desk, [slot]))
    if left[slot] < 1:
        free = [one.name for one, places in await open_slots(desk, store) if places > 0]
        remedy = (
            f"These have places left: {', '.join(free[:6])}." if free else "No slot has a place left at this moment."
        )
        raise Refused("slot_full", f"The slot {name} is full.", field="slot", remedy=remedy, status=409)
    return AtStore(store, slot)
