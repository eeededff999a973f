"""A row of a file to a parcel: every field checked, the first fault named."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from argosy.delivery.fitting.history import Parcel

COLUMNS = (
    "event_id", "ordered_at", "delivered_at", "origin_id", "origin_lat", "origin_lon", "destination_id",
    "destination_lat", "destination_lon", "origin_region", "destination_region", "destination_zone", "service",
    "weight_g", "volume_cm3", "shipped_at", "promised_at",
)  # fmt: skip
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Faulty(Exception):
    """A row that cannot be used: the column and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def parcel_of(row: Mapping[str, Any], clock: str) -> Parcel:
    """A checked parcel of a row of texts or typed values; `clock` names the column that its clock starts by.

    Raises Faulty for the first field that is wrong.
    """
    event_id = _text(row, "event_id")
    if event_id is None:
        raise Faulty("event_id", "is empty; every row needs a name of its own")
    ordered = _instant(row, clock)
    if ordered is None:
        raise Faulty(clock, "is empty; a promise needs the instant it is given at")
    delivered = _instant(row, "delivered_at")
    if delivered is not None and delivered < ordered:
        raise Faulty("delivered_at", f"is before {clock}")
    origin, origin_at = _place(row, "origin")
    destination, destination_at = _place(row, "destination")
    shipped = None if clock == "shipped_at" else _instant(row, "shipped_at")
    return Parcel(
        event_id=event_id,
        ordered=ordered,
        delivered=delivered,
        shipped=shipped,
        given=_instant(row, "promised_at"),
        origin=origin,
        origin_at=origin_at,
        destination=destination,
        destination_at=destination_at,
        origin_region=_text(row, "origin_region"),
        destination_region=_text(row, "destination_region"),
        zone=_zone(row),
        service=_text(row, "service"),
        weight_g=_measure(row, "weight_g"),
        volume_cm3=_measure(row, "volume_cm3"),
    )


def _text(row: Mapping[str, Any], field: str) -> str | None:
    value = row.get(field)
    if value is None:
        return None
    text = str(value).strip()
    return text or None


def _instant(row: Mapping[str, Any], field: str) -> float | None:
    value = row.get(field)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Faulty(field, "has no offset from UTC; store the column with a time zone")
        return value.timestamp()
    text = _text(row, field)
    if text is None:
        return None
    if not _INSTANT.fullmatch(text):
        raise Faulty(field, f"{text!r} is no RFC 3339 instant with an offset, as 2018-03-01T12:00:00Z")
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as wrong:
        raise Faulty(field, f"{text!r} is no instant: {wrong}") from None


def _number(row: Mapping[str, Any], field: str, right: Callable[[float], bool], rule: str) -> float | None:
    text = _text(row, field)
    if text is None or text.lower() == "nan":
        return None
    try:
        value = float(text)
    except ValueError:
        raise Faulty(field, f"{text!r} is no number") from None
    if not math.isfinite(value) or not right(value):
        raise Faulty(field, f"{text} is not {rule}")
    return value


def _measure(row: Mapping[str, Any], field: str) -> float | None:
    return _number(row, field, lambda value: value > 0, "above 0; leave it empty if unknown")


def _place(row: Mapping[str, Any], end: str) -> tuple[str | None, tuple[float, float] | None]:
    latitude = _number(row, f"{end}_lat", lambda value: -90 <= value <= 90, "between -90 and 90 degrees")
    longitude = _number(row, f"{end}_lon", lambda value: -180 <= value <= 180, "between -180 and 180 degrees")
    name = _text(row, f"{end}_id")
    if (latitude is None) != (longitude is None):
        lacking = f"{end}_lat" if latitude is None else f"{end}_lon"
        raise Faulty(lacking, "is empty while its partner is given")
    if latitude is None or longitude is None:
        if name is None:
            raise Faulty(f"{end}_id", f"is empty, and so are {end}_lat and {end}_lon; one of the two is needed")
        return name, None
    return name, (latitude, longitude)


def _zone(row: Mapping[str, Any]) -> str:
    name = _text(row, "destination_zone") or "UTC"
    if not _is_zone(name):
        raise Faulty("destination_zone", f"{name!r} is no IANA time zone, as America/Sao_Paulo")
    return name


@lru_cache(maxsize=4096)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
