"""Shapes of stores and their slots in the API. Amounts are whole minor units of the store's currency."""

from __future__ import annotations

from datetime import datetime

import msgspec

from argosy.delivery.stores.model import Slot


class StoreAnswer(msgspec.Struct, frozen=True):
    """A grocery store of a city."""

    store: str
    name: str
    market: str
    city: str
    time_zone: str
    currency: str
    minimum_minor: int
    """Goods, less discounts, that an order holds at least."""
    fee_minor: int
    """Of a delivery below `free_from_minor`."""
    free_from_minor: int
    cut_off: str
    """Time of day in the city until which the next day's slots can be had."""
    categories: list[str]
    """Categories that are sold, with all that is below them but for `without`."""
    without: list[str]


class SlotAnswer(msgspec.Struct, frozen=True):
    """A slot of one day."""

    slot: str
    """What to send with a quote: `2026-11-24/18-20`."""
    starts: datetime
    ends: datetime
    order_by: datetime
    """It can be had before this instant."""


class OpenSlotAnswer(msgspec.Struct, frozen=True):
    """A slot that can be booked, and how many orders it still holds."""

    slot: str
    starts: datetime
    ends: datetime
    order_by: datetime
    left: int


class StoreParcelAnswer(msgspec.Struct, frozen=True):
    """A parcel of a quote: goods that are kept at one temperature."""

    temperature: str
    """`ambient`, `chilled` or `frozen`."""
    lines: dict[str, int]
    """Pieces by number of the line, from 1."""


def slot_answer(slot: Slot) -> SlotAnswer:
    """A slot as the API tells it."""
    return SlotAnswer(slot.name, slot.starts, slot.ends, slot.order_by)
