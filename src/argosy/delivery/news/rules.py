"""What may be told of a network, until when it matters, and what it comes to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import cast

from argosy.base.errors import NotFound, Refused
from argosy.delivery.model import Closure, ClosureKind, Network, News
from argosy.delivery.news.model import NewsRow, Told

MOST_MINUTES = 7 * 24 * 60
_MATTERS = timedelta(days=2)
"""How long after its day a thing still matters: days are local, and parcels of before are on their way."""
_FIELDS = {"hub": "hubs", "lane": "lanes", "country": "countries"}


def until(told: Told) -> datetime | None:
    """From when on it no longer matters; None where it is open-ended."""
    last = _key_day(told.code).date() if told.subject == "departure" else told.last
    return None if last is None else datetime.combine(last, time(), UTC) + timedelta(days=1) + _MATTERS


def check(network: Network, told: Told) -> None:
    """Refuse what is not of this network, with the field that is wrong and the remedy.

    `unknown_place` for a hub, lane or country that it does not have, `unknown_departure` for one that does not leave then.
    """
    if told.subject == "departure":
        _check_departure(network, told)
        return
    known = {row.code for row in getattr(network, _FIELDS[told.subject])}
    if told.code not in known:
        near = sorted(code for code in known if told.code.upper() in code.upper())[:8]
        raise NotFound(
            "unknown_place",
            f"The network has no {told.subject} {told.code!r}.",
            field="code",
            remedy=f"Perhaps: {', '.join(near)}."
            if near
            else "`argosy network export DIR` writes all codes as CSV files.",
        )
    if told.first is not None and told.last is not None and told.last < told.first:
        raise Refused("bad_dates", "It ends before it begins.", field="until", remedy="Take a later last day.")


def _check_departure(network: Network, told: Told) -> None:
    lane, _, _ = told.code.rpartition("/")
    leaves = _key_day(told.code)
    minute = leaves.hour * 60 + leaves.minute
    rows = [row for row in network.departures if row.lane == lane]
    if not any(row.leaves == minute and leaves.isoweekday() in row.weekdays for row in rows):
        times = sorted({f"{row.leaves // 60:02}:{row.leaves % 60:02}" for row in rows})[:12]
        raise NotFound(
            "unknown_departure",
            f"Nothing leaves as {told.code!r}.",
            field="code",
            remedy=f"The lane leaves at {', '.join(times)}, not on every weekday."
            if times
            else "Check the lane's code.",
        )
    if told.kind == "late" and not 1 <= (told.minutes or 0) <= MOST_MINUTES:
        raise Refused(
            "bad_minutes", "A delay is 1 minute to a week.", field="minutes", remedy=f"Take 1 to {MOST_MINUTES}."
        )


def _key_day(key: str) -> datetime:
    """The local time in a departure's name."""
    try:
        return datetime.strptime(key.rpartition("/")[2], "%Y-%m-%dT%H:%M")  # noqa: DTZ007  local to where it leaves
    except ValueError:
        raise Refused(
            "bad_departure",
            f"{key!r} names no departure.",
            field="code",
            remedy="Name its lane and local time: CN-HGH>HGH/2026-06-18T22:00.",
        ) from None


def news_of(rows: Iterable[NewsRow], full: frozenset[str] = frozenset()) -> News:
    """All that is in force as one value; `full` are departures that have no room left, by the shop's own counters."""
    closures: list[Closure] = []
    late: dict[str, int] = {}
    cancelled: set[str] = set()
    told_full = set(full)
    for row in rows:
        if row.kind == "closed":
            kind = cast(ClosureKind, row.subject)
            closures.append(Closure(kind=kind, code=row.code, first=row.first, last=row.last, reason=row.reason))
        elif row.kind == "late":
            # Told again, the last word holds.
            late[row.code] = row.minutes or 0
        else:
            (cancelled if row.kind == "cancelled" else told_full).add(row.code)
    return News(
        full=frozenset(told_full),
        cancelled=frozenset(cancelled),
        late=tuple(sorted(late.items())),
        closures=tuple(closures),
    )
