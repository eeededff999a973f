"""A store that is made up, for tests of its rules."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from argosy.delivery.stores.model import Kept, SlotTime, Store, Stores

HONG_KONG = ZoneInfo("Asia/Hong_Kong")


def slot_time(code: str, **changes: object) -> SlotTime:
    """A slot of two hours, named after them."""
    first, last = (int(part) for part in code.split("-"))
    return SlotTime(**{"code": code, "starts": time(first), "ends": time(last), "capacity": 2} | changes)  # type: ignore[arg-type]


def store(**changes: object) -> Store:
    """A store of Hong Kong that has two slots a day."""
    fields: dict[str, object] = {
        "code": "hk",
        "market": "HK",
        "names": {"en": "Market hall"},
        "city": "Hong Kong",
        "time_zone": "Asia/Hong_Kong",
        "hub": "HK-KWC",
        "hub_names": {"en": "Kwai Chung"},
        "cut_off": time(22),
        "days_offered": 2,
        "currency": "HKD",
        "minimum_minor": 10_000,
        "fee_minor": 3_000,
        "free_from_minor": 25_000,
        "kept_share": 0.95,
        "carries": ("fresh", "pantry", "drinks"),
        "without": ("wine",),
        "slots": (slot_time("8-10"), slot_time("18-20")),
    }
    return Store(**fields | changes)  # type: ignore[arg-type]


KEPT = {
    "pantry": Kept("ambient", "dry"),
    "drinks": Kept("ambient", "bottled"),
    "fresh": Kept("chilled", "perishable"),
    "ice": Kept("frozen", "melts"),
}


def stores(one: Store, *closed: date) -> Stores:
    """The store alone, closed on these days."""
    return Stores({one.code: one}, KEPT, {one.code: frozenset(closed)})


def local(text: str, zone: ZoneInfo = HONG_KONG) -> datetime:
    """An instant on the wall of a place."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)
