"""What a store may promise and sell: slots at an instant, minimum, fee, area, goods, parcels. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from argosy.base.errors import NotFound, Refused
from argosy.delivery.stores.model import TEMPERATURES, WEEKDAYS, Area, Kept, Slot, SlotTime, Store, Stores, Temperature

LOOKS_AHEAD = timedelta(days=60)
"""A store that is closed for longer has no slots."""


def store_of(stores: Stores, code: str) -> Store:
    """The store with a code; refuses (`unknown_store`) if there is none."""
    store = stores.by_code.get(code)
    if store is None:
        raise NotFound("unknown_store", "There is no such store.", field="store", remedy="GET /v1/stores lists them.")
    return store


# Slots -------------------------------------------------------------------------------------------------------------


def slots(stores: Stores, store: Store, now: datetime) -> list[Slot]:
    """The slots that can still be booked, of the next `days_offered` days of delivery, whatever is left in them.

    A slot closes at the cut-off, to the instant: whoever orders at it is too late. The day is the city's.
    """
    found: list[Slot] = []
    today = now.astimezone(ZoneInfo(store.time_zone)).date()
    days = 0
    for ahead in range(LOOKS_AHEAD.days):
        day = today + timedelta(days=ahead)
        open_then = [one for one in slots_of(stores, store, day) if now < one.order_by]
        if open_then:
            found += open_then
            days += 1
        if days == store.days_offered:
            break
    return found


def slots_of(stores: Stores, store: Store, day: date) -> list[Slot]:
    """All slots of a day in order, whether or not they can still be booked; none of a day on which it is closed."""
    if day in stores.closed.get(store.code, frozenset()):
        return []
    weekday = WEEKDAYS[day.weekday()]
    return [_on(store, day, one) for one in store.slots if weekday in one.weekdays]


def _on(store: Store, day: date, of: SlotTime) -> Slot:
    return Slot(
        store=store.code,
        day=day,
        code=of.code,
        starts=_instant(store, day, of.starts),
        ends=_instant(store, day, of.ends),
        order_by=_instant(store, day - timedelta(days=store.days_before), store.cut_off),
        time_zone=store.time_zone,
        capacity=of.capacity,
    )


def _instant(store: Store, day: date, at: time) -> datetime:
    """A time on the city's clock; one that the clock shows twice is the first, one that it skips the hour after."""
    return datetime.combine(day, at, ZoneInfo(store.time_zone)).astimezone(UTC)


def capacity_of(store: Store, slot: Slot) -> int:
    """Orders that a slot holds by the store as it is now; what it held before, where the store no longer has it."""
    return next((one.capacity for one in store.slots if one.code == slot.code), slot.capacity)


def slot_named(stores: Stores, store: Store, name: str, now: datetime) -> Slot:
    """The slot with a name (`2026-11-24/18-20`) that can be booked now.

    Refuses what is no slot of the store (`unknown_slot`) and one that can no longer, or not yet, be booked (`slot_closed`).
    """
    day, _, code = name.partition("/")
    try:
        found = [one for one in slots_of(stores, store, date.fromisoformat(day)) if one.code == code]
    except (ValueError, OverflowError):
        # A day at the end of time has no evening before it.
        found = []
    remedy = f"GET /v1/stores/{store.code}/slots lists those that can be booked."
    if not found:
        raise NotFound("unknown_slot", f"The store has no slot {name[:40]!r}.", field="slot", remedy=remedy)
    if found[0] not in slots(stores, store, now):
        told = "It can no longer be booked" if found[0].order_by <= now else "It cannot be booked yet"
        raise Refused("slot_closed", f"{told}: {found[0].name}.", field="slot", remedy=remedy, status=409)
    return found[0]


# Money -------------------------------------------------------------------------------------------------------------


def fee_minor(store: Store, goods_minor: int) -> int:
    """What delivery of these goods, less discounts, costs."""
    return 0 if goods_minor >= store.free_from_minor else store.fee_minor


def missing_minor(store: Store, goods_minor: int) -> int:
    """What is missing to the minimum; 0 if nothing is."""
    return max(store.minimum_minor - goods_minor, 0)


def missing_to_free_minor(store: Store, goods_minor: int) -> int:
    """What is missing to free delivery; 0 where it is free already, or always costs the same."""
    return max(store.free_from_minor - goods_minor, 0) if store.fee_minor else 0


# Goods and places --------------------------------------------------------------------------------------------------


def carries(store: Store, path: Sequence[str]) -> bool:
    """Whether goods of a category are sold, given by its path from the root of the tree."""
    for code in reversed(path):
        if code in store.without:
            return False
        if code in store.carries:
            return True
    return False


def kept_at(kept: Mapping[str, Kept], path: Sequence[str]) -> Kept | None:
    """How goods of a category are kept: what is said of the nearest one; None where nothing is."""
    return next((kept[code] for code in reversed(path) if code in kept), None)


def packed(lines: Sequence[tuple[int, int, Temperature]]) -> list[tuple[Temperature, tuple[tuple[int, int], ...]]]:
    """Lines (number, quantity, how they are kept) as parcels: one for each temperature, in the order of `TEMPERATURES`."""
    parcels = []
    for temperature in TEMPERATURES:
        inside = tuple((number, quantity) for number, quantity, own in lines if own == temperature)
        if inside:
            parcels.append((temperature, inside))
    return parcels


def serves(area: Area, country_area: str, city: str, postal_code: str) -> bool:
    """Whether an address is within an area; parts that are empty are not known yet and stand in nobody's way."""
    if area.country_areas and country_area and _plain(country_area) not in {_plain(one) for one in area.country_areas}:
        return False
    cities = {_plain(one) for one in area.cities}
    if cities and city and _plain(city) not in cities:
        return False
    if city and _plain(city) in {_plain(one) for one in area.not_cities}:
        return False
    code = _plain(postal_code)
    return not (area.postal_codes and code and not code.startswith(tuple(_plain(one) for one in area.postal_codes)))


def _plain(text: str) -> str:
    """A name as it is compared: no case, accents, spaces or punctuation."""
    return "".join(ch for ch in unicodedata.normalize("NFKD", text).casefold() if ch.isalnum())
