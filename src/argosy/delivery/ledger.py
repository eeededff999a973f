"""The ledger of promises: what each parcel was promised and what happened, judged with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

DAY = 86_400.0
LEAST = 30
"""Promises that must be due before a lane's kept share is called off its confidence."""
_NORMAL = 1.959964
"""97.5% quantile of the standard normal distribution."""


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A date that a parcel was promised by; `confidence` is the share of such promises that should be kept."""

    parcel_id: UUID
    order_id: UUID
    lane: str
    confidence: float
    ordered_at: datetime
    promised_at: datetime


class LedgerWeek(msgspec.Struct, frozen=True, kw_only=True):
    """Promises of one lane, confidence and week of orders (its Monday, UTC).

    Those due (their day has passed) were `kept` or `broken`, also if the parcel is still open. Those not due are `waiting`,
    or came `early`: these are not judged, because among parcels not due yet only the fast ones have arrived.
    """

    lane: str
    confidence: float
    week: date
    made: int
    waiting: int
    broken: int
    kept: int
    early: int


class LedgerSlack(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds between delivery and promise, of parcels delivered whose promise was due; no lane: all lanes together."""

    lane: str | None
    confidence: float
    median: float
    low: float
    promised: float


class LaneAudit(msgspec.Struct, frozen=True, kw_only=True):
    """How promises of one lane were kept; what nothing is known of is None."""

    lane: str | None
    confidence: float
    made: int
    due: int
    kept: int
    kept_share: float | None
    kept_share_low: float | None
    kept_share_high: float | None
    verdict: str
    """`as promised`, `broken too often`, `kept too easily` or `too few`."""
    mean_promised_days: float | None
    median_slack_days: float | None
    low_slack_days: float | None
    """A tenth of the parcels had less slack."""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """How promises of a span were kept: in all by confidence, and by lane."""

    schema: str
    at: datetime
    since: datetime
    promises: int
    due: int
    summary: str
    overall: list[LaneAudit]
    lanes: list[LaneAudit]


def interval(weeks: Sequence[tuple[int, int]]) -> tuple[float, float] | None:
    """95% interval of a kept share from (due, kept) by week; None where nothing is due.

    Wilson's score interval (E. B. Wilson, 1927), widened by how much weeks differ more than chance: broken promises come in
    bad weeks, so a week counts for fewer parcels than it has (design effect of L. Kish, Survey Sampling, 1965).
    """
    due = sum(week[0] for week in weeks)
    kept = sum(week[1] for week in weeks)
    if not due:
        return None
    share = kept / due
    count = len(weeks)
    chance = due * share * (1 - share)
    effect = 1.0
    if count > 1 and chance > 0:
        between = sum((here - share * size) ** 2 for size, here in weeks) * count / (count - 1)
        effect = max(1.0, between / chance)
    size = due / effect
    square = _NORMAL * _NORMAL / size
    middle = (share + square / 2) / (1 + square)
    half = _NORMAL * math.sqrt(share * (1 - share) / size + square / (4 * size)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def verdict(confidence: float, due: int, bounds: tuple[float, float] | None) -> str:
    """What a kept share says of its confidence: only what its interval leaves no doubt about."""
    if bounds is None or due < LEAST:
        return "too few"
    if bounds[1] < confidence:
        return "broken too often"
    return "kept too easily" if bounds[0] > confidence else "as promised"


def judge(weeks: Iterable[LedgerWeek], slacks: Iterable[LedgerSlack], at: datetime, since: datetime) -> Audit:
    """The audit of a ledger at an instant; an empty ledger gives one that says so."""
    rows = list(weeks)
    by_key = {(slack.lane, slack.confidence): slack for slack in slacks}
    lanes: dict[tuple[str | None, float], list[LedgerWeek]] = {}
    for row in rows:
        lanes.setdefault((row.lane, row.confidence), []).append(row)
        lanes.setdefault((None, row.confidence), []).append(row)
    judged = [_lane(key, found, by_key.get(key)) for key, found in sorted(lanes.items(), key=lambda one: str(one[0]))]
    overall = [one for one in judged if one.lane is None]
    due = sum(one.due for one in overall)
    made = sum(row.made for row in rows)
    return Audit(
        schema="argosy.promise.audit/1",
        at=at,
        since=since,
        promises=made,
        due=due,
        summary=_summary(made, due, overall),
        overall=overall,
        lanes=[one for one in judged if one.lane is not None],
    )


def _lane(key: tuple[str | None, float], rows: list[LedgerWeek], slack: LedgerSlack | None) -> LaneAudit:
    weeks: dict[date, tuple[int, int]] = {}
    for row in rows:
        size, kept_before = weeks.get(row.week, (0, 0))
        weeks[row.week] = (size + row.kept + row.broken, kept_before + row.kept)
    due = sum(size for size, _ in weeks.values())
    kept = sum(row.kept for row in rows)
    bounds = interval([week for week in weeks.values() if week[0]])
    return LaneAudit(
        lane=key[0],
        confidence=key[1],
        made=sum(row.made for row in rows),
        due=due,
        kept=kept,
        kept_share=kept / due if due else None,
        kept_share_low=bounds[0] if bounds else None,
        kept_share_high=bounds[1] if bounds else None,
        verdict=verdict(key[1], due, bounds),
        mean_promised_days=slack.promised / DAY if slack else None,
        median_slack_days=slack.median / DAY if slack else None,
        low_slack_days=slack.low / DAY if slack else None,
    )


def _summary(made: int, due: int, overall: list[LaneAudit]) -> str:
    if not made:
        return "No promises yet."
    if not due:
        return f"{made} promises, none of them due yet."
    shares = ", ".join(
        f"{one.kept_share:.1%} kept of {one.due} at {one.confidence:.0%} ({one.verdict})"
        for one in overall
        if one.kept_share is not None
    )
    return f"{made} promises, {due} due: {shares}."
