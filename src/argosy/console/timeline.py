"""A festival's phases on a calendar: by day on one market's clock, and one phase by hour in all markets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from argosy.campaigns.plan import Festival, Phase, PhaseKind, instant
from argosy.markets.model import Market

PHASES = {
    PhaseKind.TEASER: "Preview",
    PhaseKind.DEPOSIT: "Pre-sale",
    PhaseKind.BALANCE: "Balance",
    PhaseKind.OPENING: "Opening hour",
    PhaseKind.MAIN: "Main days",
    PhaseKind.RETURN: "Return",
    PhaseKind.ENCORE: "Encore",
}
State = Literal["past", "now", "next"]
_FIRST = 2
"""The column after the names."""
_HEADS = 7


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in columns of the grid, with what stands in or beside it."""

    name: str
    state: State
    column: int
    span: int
    starts: datetime
    """On the clock that is shown."""
    ends: datetime

    @property
    def after(self) -> int:
        """The first column behind it."""
        return self.column + self.span


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """Bars over columns of equal length; `now` is how far the present is along, in thousandths, None outside."""

    columns: int
    heads: tuple[tuple[int, datetime], ...]
    bars: tuple[Bar, ...]
    now: int | None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a festival stands in a market."""

    state: State
    phase: Phase | None
    """The one that runs, else the next one, else None."""
    at: datetime | None
    """When it ends, or begins."""


def clock(market: Market) -> ZoneInfo:
    """The clock of a market."""
    return ZoneInfo(market.calendar.time_zone)


def standing(festival: Festival, market: Market, now: datetime) -> Standing:
    """What runs now, or comes next."""
    zone = clock(market)
    times = [(instant(one.starts, zone), instant(one.ends, zone), one) for one in festival.phases]
    running = [one for one in times if one[0] <= now < one[1]]
    if running:
        _, ends, phase = max(running, key=lambda one: one[0])
        return Standing(state="now", phase=phase, at=ends)
    coming = [one for one in times if one[0] > now]
    if coming:
        starts, _, phase = min(coming, key=lambda one: one[0])
        return Standing(state="next", phase=phase, at=starts)
    return Standing(state="past", phase=None, at=None)


def by_day(festival: Festival, market: Market, now: datetime) -> Calendar:
    """All phases by day on a market's clock; a phase takes every day that it touches."""
    zone = clock(market)
    times = [
        (PHASES[one.kind], instant(one.starts, zone).astimezone(zone), instant(one.ends, zone).astimezone(zone))
        for one in festival.phases
    ]
    first = min(starts for _, starts, _ in times).date()
    last = max(_last_day(ends) for _, _, ends in times)
    columns = (last - first).days + 1
    bars = tuple(
        _bar(name, starts, ends, now, (starts.date() - first).days, (_last_day(ends) - first).days + 1)
        for name, starts, ends in sorted(times, key=lambda one: one[1])
    )
    begin = datetime.combine(first, datetime.min.time(), zone)
    step = max(1, math.ceil(columns / _HEADS))
    heads = tuple((_FIRST + n, begin + timedelta(days=n)) for n in range(0, columns, step))
    return Calendar(columns=columns, heads=heads, bars=bars, now=_along(begin, timedelta(days=columns), now))


def by_market(festival: Festival, phase: Phase, markets: Iterable[Market], home: Market, now: datetime) -> Calendar:
    """One phase in each market, by hours on the home market's clock; the bars are named by the market's code."""
    zone = clock(home)
    times = []
    for market in markets:
        local = clock(market)
        times.append((
            market.code, instant(phase.starts, local).astimezone(zone), instant(phase.ends, local).astimezone(zone),
        ))  # fmt: skip
    first = min(starts for _, starts, _ in times).replace(minute=0, second=0, microsecond=0)
    length = max(ends for _, _, ends in times) - first
    hours = max(1, math.ceil(length / timedelta(hours=1) / 48))
    unit = timedelta(hours=hours)
    columns = max(1, math.ceil(length / unit))
    bars = []
    for code, starts, ends in times:
        begins, stops = int((starts - first) / unit), math.ceil((ends - first) / unit)
        bars.append(_bar(code, starts, ends, now, begins, stops))
    step = max(1, math.ceil(columns / _HEADS))
    heads = tuple((_FIRST + n, first + n * unit) for n in range(0, columns, step))
    return Calendar(columns=columns, heads=heads, bars=tuple(bars), now=_along(first, columns * unit, now))


def _bar(name: str, starts: datetime, ends: datetime, now: datetime, begins: int, stops: int) -> Bar:
    state: State = "past" if ends <= now else "now" if starts <= now else "next"
    return Bar(name=name, state=state, column=_FIRST + begins, span=max(1, stops - begins), starts=starts, ends=ends)


def _last_day(ends: datetime) -> date:
    """The last day that something which is over at an instant touches."""
    return (ends - timedelta(microseconds=1)).date()


def _along(first: datetime, length: timedelta, now: datetime) -> int | None:
    part = (now - first) / length
    return round(1000 * part) if 0 <= part <= 1 else None


def in_order(festivals: Sequence[tuple[Festival, Standing]]) -> list[tuple[Festival, Standing]]:
    """What runs first, then what comes next by its day, then what is over."""
    rank = {"now": 0, "next": 1, "past": 2}
    far = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    return sorted(festivals, key=lambda pair: (rank[pair[1].state], pair[1].at or far, pair[0].code))
