"""Put parcels into bags: those of one departure together, each bag with an SSCC."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from argosy.delivery.parcels import store
from argosy.delivery.parcels.model import Bag
from argosy.delivery.parcels.numbers import sscc
from argosy.delivery.parcels.rules import BAG_HOLDS
from argosy.plumbing.database import Tx

COMPANY = 952
"""GS1's prefix for demonstrations and examples; a firm that bags in earnest puts its own company prefix here."""


async def bag_up(tx: Tx, cell: int, parcels: Mapping[UUID, str]) -> dict[UUID, tuple[str, str]]:
    """Departure and bag of parcels by id, given their departures; a bag that is full is followed by a new one."""
    if not parcels:
        return {}
    # Taken first, so that nobody else opens a bag meanwhile.
    counted = await store.take_serials(tx, cell, 0, 0)
    bags = await store.open_bags(tx, cell, sorted(set(parcels.values())))
    filled: dict[str, Bag] = {}
    serial, found = counted.first_bag, {}
    for key, departure in sorted(parcels.items()):
        bag = bags.get(departure)
        if bag is None or bag.parcels >= BAG_HOLDS:
            bag = Bag(sscc(0, f"{COMPANY}{cell:04d}", serial), departure, 0)
            serial += 1
        bag = bags[departure] = filled[bag.number] = Bag(bag.number, departure, bag.parcels + 1)
        found[key] = departure, bag.number
    if serial > counted.first_bag:
        await store.take_serials(tx, cell, 0, serial - counted.first_bag)
    await store.fill_bags(tx, cell, list(filled.values()))
    return found
