"""The ledger of promises: what is judged and what is not, how sure it is, and that the tables say the same as the rules."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.delivery.audit import audit
from argosy.delivery.delivered import delivered
from argosy.delivery.ledger import LedgerSlack, LedgerWeek, Promise, interval, judge, verdict
from argosy.delivery.promise_made import promise_made
from argosy.plumbing.database import open_database

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEEKS = st.lists(st.integers(1, 200).flatmap(lambda due: st.tuples(st.just(due), st.integers(0, due))), min_size=1)


def test_an_empty_ledger_says_so() -> None:
    found = judge([], [], NOW, NOW - 90 * DAY)
    assert found.summary == "No promises yet."
    assert (found.promises, found.due, found.overall, found.lanes) == (0, 0, [], [])


def test_what_is_not_due_is_not_judged() -> None:
    week = LedgerWeek(lane="a", confidence=0.9, week=date(2026, 6, 15), made=9, waiting=4, broken=0, kept=0, early=5)
    found = judge([week], [], NOW, NOW - 90 * DAY)
    assert found.summary == "9 promises, none of them due yet."
    assert found.lanes[0].kept_share is None
    assert found.lanes[0].verdict == "too few"


@given(WEEKS)
def test_an_interval_holds_its_share(weeks: list[tuple[int, int]]) -> None:
    found = interval(weeks)
    assert found is not None
    low, high = found
    share = sum(week[1] for week in weeks) / sum(week[0] for week in weeks)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    assert low < high


def test_an_interval_is_wilsons_where_weeks_are_alike() -> None:
    """0.8 of 100: 0.711 to 0.867 (Wilson's score interval)."""
    found = interval([(50, 40), (50, 40)])
    assert found == pytest.approx((0.7112, 0.8666), abs=2e-4)


@pytest.mark.parametrize("bad_weeks", [False, True])
def test_an_interval_covers_the_truth(bad_weeks: bool) -> None:
    """About 95 of 100 ledgers hold the true share, also where some weeks are bad as a whole."""
    draw = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        share = draw.beta(9, 1, size=26) if bad_weeks else np.full(26, 0.9)
        found = interval([(60, int(draw.binomial(60, one))) for one in share])
        assert found is not None
        hits += found[0] <= 0.9 <= found[1]
    assert 0.91 <= hits / 400 <= 0.99


@pytest.mark.parametrize(
    ("due", "bounds", "told"),
    [
        (0, None, "too few"),
        (29, (0.1, 0.2), "too few"),
        (30, (0.8, 0.95), "as promised"),
        (30, (0.8, 0.89), "broken too often"),
        (30, (0.91, 0.99), "kept too easily"),
    ],
)
def test_a_verdict_leaves_no_doubt(due: int, bounds: tuple[float, float] | None, told: str) -> None:
    assert verdict(0.9, due, bounds) == told


def test_confidences_are_judged_apart() -> None:
    weeks = [
        LedgerWeek(
            lane=lane, confidence=confidence, week=date(2026, 6, 1), made=40, waiting=0, broken=4, kept=36, early=0
        )
        for lane in ("a", "b")
        for confidence in (0.9, 0.98)
    ]
    slack = [LedgerSlack(lane=None, confidence=0.9, median=86_400.0, low=-3_600.0, promised=259_200.0)]
    found = judge(weeks, slack, NOW, NOW - 90 * DAY)
    assert [(one.confidence, one.due, one.kept_share, one.verdict) for one in found.overall] == [
        (0.9, 80, 0.9, "as promised"),
        (0.98, 80, 0.9, "broken too often"),
    ]
    assert (found.overall[0].median_slack_days, found.overall[0].mean_promised_days) == (1.0, 3.0)
    assert found.overall[1].median_slack_days is None
    assert [(one.lane, one.confidence) for one in found.lanes] == [("a", 0.9), ("a", 0.98), ("b", 0.9), ("b", 0.98)]


def promise(number: int, ordered: datetime, days: int, lane: str = "CN-HGH>FR air") -> Promise:
    """A promise some days after its order."""
    return Promise(
        parcel_id=UUID(int=number), order_id=UUID(int=9), lane=lane, confidence=0.95, ordered_at=ordered,
        promised_at=ordered + days * DAY,
    )  # fmt: skip


def test_the_ledger_from_promise_to_audit(dsn: str) -> None:
    async def tell() -> None:
        database = await open_database(dsn, size=2)
        async with database.read() as reader:
            assert (await audit(reader, 1, NOW, 90)).summary == "No promises yet."
        old, new = NOW - 10 * DAY, NOW - 2 * DAY
        made = [promise(n, old, 5) for n in range(4)] + [
            promise(4, new, 5),
            promise(5, new, 5),
            promise(6, NOW - 99 * DAY, 5),
        ]
        async with database.transaction() as tx:
            assert await promise_made(tx, 1, made) == 7
            assert await promise_made(tx, 1, [promise(0, old, 60)]) == 0
            assert await promise_made(tx, 1, []) == 0
            on_time, late = old + 4 * DAY, old + 7 * DAY
            came = {UUID(int=0): on_time, UUID(int=1): old + 5 * DAY, UUID(int=2): late, UUID(int=4): new + DAY}
            assert await delivered(tx, 1, came) == 4
            assert await delivered(tx, 1, {UUID(int=0): late, UUID(int=77): late}) == 0
            assert await delivered(tx, 2, {UUID(int=3): on_time}) == 0
        async with database.read() as reader:
            found = await audit(reader, 1, NOW, 90)
            assert (await audit(reader, 2, NOW, 90)).promises == 0
            then = await audit(reader, 1, old + 6 * DAY, 90)
        await database.close()
        (lane,) = found.lanes
        assert (lane.lane, lane.made, lane.due, lane.kept, lane.kept_share) == ("CN-HGH>FR air", 6, 4, 2, 0.5)
        assert lane.median_slack_days == pytest.approx(0.0)
        assert found.promises == 6
        assert found.due == 4
        # As it was known then: the late one was open, its day past.
        assert (then.due, then.lanes[0].kept) == (4, 2)
        assert then.lanes[0].median_slack_days == pytest.approx(0.5)

    asyncio.run(tell())
