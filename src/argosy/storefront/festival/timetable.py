"""When a festival is what, on a market's clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from argosy.campaigns.plan import Festival, Phase, PhaseKind, Plan, Promotion, instant, windows
from argosy.markets.model import Market

HIDDEN = frozenset({PhaseKind.DEPOSIT, PhaseKind.BALANCE})
"""Phases of pre-sales: their dates stand with each pre-sale, which may have been for other markets."""
When = Literal["before", "now", "after"]


class Stretch(msgspec.Struct, frozen=True):
    """A phase of a festival between two instants, in UTC; the second is the first that it is over at."""

    kind: PhaseKind
    starts: datetime
    ends: datetime
    when: When


def zone_of(market: Market) -> ZoneInfo:
    """The market's clock."""
    return ZoneInfo(market.calendar.time_zone)


def stretches(festival: Festival, market: Market, now: datetime) -> list[Stretch]:
    """A festival's phases in a market in the order of their beginnings, but for those of pre-sales."""
    zone = zone_of(market)
    shown = [_stretch(phase, zone, now) for phase in festival.phases if phase.kind not in HIDDEN]
    return sorted(shown, key=lambda one: (one.starts, one.ends))


def _stretch(phase: Phase, zone: ZoneInfo, now: datetime) -> Stretch:
    starts, ends = instant(phase.starts, zone).astimezone(UTC), instant(phase.ends, zone).astimezone(UTC)
    return Stretch(phase.kind, starts, ends, _when(starts, ends, now))


def _when(starts: datetime, ends: datetime, now: datetime) -> When:
    if now < starts:
        return "before"
    return "now" if now < ends else "after"


def running(phases: Iterable[Stretch]) -> Stretch | None:
    """The phase of now; where several run, the one that began last."""
    return max((one for one in phases if one.when == "now"), key=lambda one: one.starts, default=None)


def coming(phases: Iterable[Stretch]) -> Stretch | None:
    """The next phase."""
    return min((one for one in phases if one.when == "before"), key=lambda one: one.starts, default=None)


def times(promotion: Promotion, festival: Festival, market: Market) -> list[tuple[datetime, datetime]]:
    """When a promotion is live in a market, in UTC and in order; nothing where it does not take place there."""
    if market.code not in (promotion.markets or festival.markets):
        return []
    return sorted(
        (start.astimezone(UTC), end.astimezone(UTC)) for start, end in windows(promotion, festival, zone_of(market))
    )


def next_time(spans: Iterable[tuple[datetime, datetime]], now: datetime) -> tuple[datetime, datetime] | None:
    """The span that runs, else the next one."""
    return min((span for span in spans if span[1] > now), default=None)


def festival_at(plans: Iterable[Plan], market: Market, now: datetime, ahead: timedelta) -> Plan | None:
    """The festival to show in a market: the one that runs and began last, else the next one that begins soon enough."""
    found: list[tuple[bool, float, Plan]] = []
    for plan in plans:
        if market.code in plan.festival.markets:
            phases = stretches(plan.festival, market, now)
            here, soon = running(phases), coming(phases)
            if here is not None:
                found.append((False, -here.starts.timestamp(), plan))
            elif soon is not None and soon.starts - now <= ahead:
                found.append((True, soon.starts.timestamp(), plan))
    return min(found, key=lambda one: one[:2])[2] if found else None
