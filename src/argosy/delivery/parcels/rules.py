"""A parcel's rules: what its events make of it, when a leg was missed, what a broken promise costs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import get_args

import msgspec

from argosy.base.money import round_half_up
from argosy.delivery.parcels.model import Code, Noted, Stage

SERVICE_LETTERS = "ZPABCDEFGHIJKLMNOQRSTUVWXY"
BAG_HOLDS = 100
"""Parcels in a bag: an estimate from a bag's 30 kg (UPU Convention Manual) and parcels of 300 g."""
LATE_SHARE = Fraction(1, 10)
LATE_MOST_EURO_MINOR = 2_000
"""What a broken promise costs: a tenth of what the parcel's goods cost, 20 EUR at most. Our own rule."""

_ORDER = {code: place for place, code in enumerate(get_args(Code))}
_STATE = {
    "departed": "in_transit",
    "arrived": "in_transit",
    "cleared": "in_transit",
    "delayed": None,
    "recalled": None,
}
BEFORE_HAND_OVER = frozenset({"announced", "picked", "packed"})
OVER = frozenset({"delivered", "returned", "withdrawn"})
_OURS = frozenset({"announced", "withdrawn", "recalled"})
"""Codes that no carrier may send."""
CARRIERS_CODES = tuple(code for code in get_args(Code) if code not in _OURS)


class Standing(msgspec.Struct, frozen=True):
    """What its events make of a parcel."""

    state: str
    reached: int
    """Stages that are over."""
    since: datetime
    """The instant of the last event that counts."""
    departed: bool
    """It is under way on the stage after those that are over."""
    at_door_at: datetime | None
    delivered_at: datetime | None


def service_of(cell: int) -> str:
    """The two letters of a cell's S10 numbers: LP for cell 1; each of 25 cells has a hundred million numbers of its own."""
    return "L" + SERVICE_LETTERS[1 + (cell - 1) % (len(SERVICE_LETTERS) - 1)]


def in_order(events: Iterable[Noted]) -> list[Noted]:
    """Events as they happened, however they came in."""
    return sorted(events, key=lambda event: (event.at, _ORDER.get(event.code, 0), event.place))


def standing(events: Iterable[Noted], stages: Sequence[Stage]) -> Standing:
    """Where a parcel is by all that was told of it; what was told late changes nothing that happened after it."""
    state, since, reached, departed = "announced", None, 0, False
    at_door = delivered = None
    for event in in_order(events):
        turned = _STATE.get(event.code, event.code)
        if state == "withdrawn" or turned is None:
            continue
        state, since = turned, event.at
        if event.code in ("failed_attempt", "delivered"):
            at_door = at_door or event.at
        if event.code == "delivered":
            delivered = delivered or event.at
        over = stages_over(event, stages, reached)
        if over is not None:
            reached, departed = over, event.code == "departed"
    assert since is not None, "a parcel is announced before anything else"  # noqa: S101
    return Standing(state, reached, since, departed, at_door, delivered)


def stages_over(event: Noted, stages: Sequence[Stage], reached: int) -> int | None:
    """How many stages are over after an event; None where it tells nothing of the way as planned. It never goes back."""
    if event.code in ("packed", "handed_over"):
        found = next((n for n, stage in enumerate(stages) if stage.step == "pick"), None)
        return None if found is None else max(reached, found + 1)
    for place in range(reached, len(stages)):
        stage = stages[place]
        if _ends(event, stage):
            return place + 1
        if event.code == "departed" and stage.step == "lane" and event.place == stage.place:
            return place
    return None


def _ends(event: Noted, stage: Stage) -> bool:
    match event.code:
        case "arrived":
            return stage.step == "lane" and event.place == stage.to
        case "cleared":
            return stage.step == "customs" and event.place == stage.place
        case "out_for_delivery":
            return stage.step == "sort"
        case "delivered":
            return stage.step == "door"
        case _:
            return False


def missed(now: Standing, stages: Sequence[Stage]) -> bool:
    """Whether what a parcel has done so far took longer than its promise allows for."""
    if now.at_door_at is not None or not stages:
        return False
    if now.departed:
        return now.since > stages[now.reached].slow_until - _duration(stages[now.reached])
    return now.reached > 0 and now.since > stages[now.reached - 1].slow_until


def _duration(stage: Stage) -> timedelta:
    return stage.usual_until - stage.usual_from


def due_at(stages: Sequence[Stage], now: Standing | None = None) -> datetime | None:
    """By when something must be heard of a parcel; None without a way."""
    place = now.reached if now else 0
    return stages[place].slow_until if place < len(stages) else None


def new_day(promised: date | None, told: date | None, expected: date | None) -> date | None:
    """The day to tell: none while the promise holds or nothing is known; a day that was told late is not kept if it betters."""
    if promised is None or expected is None:
        return told
    return expected if expected > promised else None


def compensation(goods_minor: int, most_minor: int | None) -> int:
    """What a broken promise costs, in the order's currency; `most_minor` is the cap in it, None where no rate is known."""
    share = round_half_up(goods_minor * LATE_SHARE)
    return share if most_minor is None else min(share, most_minor)


def is_broken(promised_at: datetime | None, at_door_at: datetime | None, now: datetime) -> bool:
    """Whether a promise is broken: the parcel was at the door too late, or is not and should be."""
    return promised_at is not None and (at_door_at or now) > promised_at
