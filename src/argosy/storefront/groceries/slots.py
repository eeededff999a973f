"""The slots that a reader can choose from, day by day, as pages show them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_skeleton

from argosy.delivery.stores.model import Slot
from argosy.markets import formats
from argosy.orders.groceries.slots import open_slots
from argosy.storefront.visit import Visit

FEW = 10
"""Below so many places left a page says how many: `last n` only where it is true."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A slot that can be chosen, or is full."""

    slot: Slot
    hours: str
    left: int
    on: bool

    @property
    def few(self) -> bool:
        """Whether the places left are worth a word."""
        return 0 < self.left < FEW


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day of delivery."""

    day: date
    words: str
    """`tomorrow` or the weekday."""
    told: str
    on: bool


class Picker(msgspec.Struct, frozen=True, kw_only=True):
    """What can be chosen: the days, the slots of the day that is shown, and the one that is chosen."""

    days: tuple[Day, ...]
    choices: tuple[Choice, ...]
    every: tuple[tuple[Day, tuple[Choice, ...]], ...]
    chosen: Choice | None
    """None: nothing is, or it can no longer be had."""
    lost: bool
    """What was chosen can no longer be had."""
    order_by: datetime | None
    """The next cut-off."""
    until: str
    """That instant on the city's clock, with its day unless it is today."""
    tomorrow: bool
    """Whether the first day is the one after today."""


async def picker(visit: Visit, wished: str = "") -> Picker | None:
    """The slots of the visit's store; None in the mall. `wished` is the day to show, the first one otherwise."""
    if visit.store is None:
        return None
    found = await open_slots(visit.front.desk, visit.store)
    choices = [
        Choice(slot=slot, hours=hours_of(visit, slot), left=left, on=slot.name == visit.slot and left > 0)
        for slot, left in found
    ]
    chosen = next((one for one in choices if one.on), None)
    days = list(dict.fromkeys(one.slot.day for one in choices))
    shown = next((day for day in days if day.isoformat() == wished), chosen.slot.day if chosen else None)
    shown = shown or next(iter(days), None)
    told = tuple(_day(visit, day, day == shown) for day in days)
    every = tuple((day, tuple(one for one in choices if one.slot.day == day.day)) for day in told)
    return Picker(
        days=told,
        choices=next((those for day, those in every if day.on), ()),
        every=every,
        chosen=chosen,
        lost=bool(visit.slot) and chosen is None,
        order_by=choices[0].slot.order_by if choices else None,
        until=_until(visit, choices[0].slot.order_by) if choices else "",
        tomorrow=bool(days) and days[0] == _today(visit) + timedelta(days=1),
    )


def _today(visit: Visit) -> date:
    assert visit.store is not None  # noqa: S101
    return visit.front.now.astimezone(ZoneInfo(visit.store.time_zone)).date()


def _until(visit: Visit, at: datetime) -> str:
    assert visit.store is not None  # noqa: S101
    local = at.astimezone(ZoneInfo(visit.store.time_zone))
    if local.date() == _today(visit):
        return format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=visit.locale)
    return formats.instant(at, visit.store.time_zone, visit.locale, named=False)


def _day(visit: Visit, day: date, on: bool) -> Day:
    today = _today(visit)
    told = formats.day(day, visit.locale)
    words = {today: visit.gettext("Today"), today + timedelta(days=1): visit.gettext("Tomorrow")}.get(day, "")
    return Day(day=day, words=words, told=told, on=on)


def hours_of(visit: Visit, slot: Slot) -> str:
    """A slot's hours on the city's clock."""
    return formats.hours(slot.starts, slot.ends, slot.time_zone, visit.locale)


def slot_words(visit: Visit, slot: Slot) -> str:
    """A slot with its day: `Tue 24 Nov, 18:00–20:00`."""
    return visit.gettext("%(day)s, %(hours)s", day=formats.day(slot.day, visit.locale), hours=hours_of(visit, slot))
