"""Make a store's quote an order in its slot."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.delivery.stores.rules import capacity_of, slots, store_of
from argosy.markets.model import Address
from argosy.orders.commands import Place, PlaceAnswer, SlotFull
from argosy.orders.desk import Desk
from argosy.orders.groceries.slots import places_left
from argosy.orders.model import Quote
from argosy.orders.quoting.stores import check_area

OFFERED = 6
"""Slots that are named when one is full."""


async def place_in_slot(desk: Desk, quote: Quote, address: Address, now: datetime) -> PlaceAnswer:
    """An order of a city's store: the slot is the promise, and the whole address is known now."""
    store, slot = store_of(desk.charts.stores, quote.store), quote.slot
    if slot is None:
        remedy = "Ask for a quote with a slot."
        raise Refused("slot_missing", "The quote names no slot.", field="quote", remedy=remedy, status=409)
    # Its places are those that the store's file states now, not those of when the quote was made.
    slot = replace(slot, capacity=capacity_of(store, slot))
    quote = replace(quote, slot=slot)
    check_area(store, address.country, address.country_area, address.city, address.postal_code, "address")
    answer = await desk.intake.submit(Place(quote, address, desk.payments.name, now, now + desk.hold_for))
    if isinstance(answer, SlotFull):
        free = await places_left(desk, slots(desk.charts.stores, store, now))
        return replace(answer, others=tuple(one for one, left in free if left > 0)[:OFFERED])
    return answer
