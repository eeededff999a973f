"""Promises fitted to histories whose truth is known: kept as often as asked, with drift and without, and never from the future."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from argosy.delivery.fitting.fit import Asked, Fitted, fit
from argosy.delivery.fitting.history import Parcel, Report, Taken
from rooms.delivery.fitting_worlds import DAY, START, world


def fitted(parcels: list[Parcel], **asked: object) -> Fitted:
    """A fit without any words."""
    return fit(Taken(parcels, [], len(parcels), []), Asked(**asked), lambda _: None)  # type: ignore[arg-type]


def shares(report: Report) -> dict[float, float]:
    """Kept share by target."""
    return {one.target: one.kept_share for one in report.targets if one.kept_share is not None}


def ramp(to: float) -> Callable[[float], float]:
    """A speed that changes evenly over two months, from day 150 on."""
    return lambda day: 1 + (to - 1) * min(max((day - 150) / 60, 0), 1)


@pytest.mark.parametrize("median", [3.0, 10.0])
def test_promises_are_kept_as_often_as_asked(median: float) -> None:
    report = fitted(world(median=median, seen_until=320)).report
    for one in report.targets:
        assert one.promised >= 2_000
        assert one.kept_share is not None
        assert one.kept_share == pytest.approx(one.target, abs=0.01)
        assert one.median_slack_days is not None
        assert 0 < one.median_slack_days < 1.2 * median


@pytest.mark.parametrize(("median", "to"), [(3.0, 0.77), (10.0, 1.3)])
def test_promises_follow_a_drift(median: float, to: float) -> None:
    report = fitted(world(median=median, drift=ramp(to), seen_until=320), targets=(0.92,)).report
    assert report.targets[0].promised >= 2_000
    assert shares(report)[0.92] == pytest.approx(0.92, abs=0.02)


def test_weekends_and_holidays_do_not_break_promises() -> None:
    report = fitted(world(2_500, weekends=True, median=4.0, seen_until=320), targets=(0.92,)).report
    assert shares(report)[0.92] == pytest.approx(0.92, abs=0.03)
    assert report.settings["clock"] in {"working", "landing"}


def test_parcels_still_open_count_as_evidence() -> None:
    """Most of the last month is open when the file is made; those that came are the fast ones."""
    whole = world(2_000, median=10.0, seen_until=320)
    end = START + 240 * DAY
    cut = [
        one if one.delivered and one.delivered <= end else msgspec.structs.replace(one, delivered=None) for one in whole
    ]
    truth, seen = fitted(whole, targets=(0.92,)), fitted(cut, targets=(0.92,))
    rows = slice(seen.split.test, None)
    assert seen.promises is not None
    assert truth.promises is not None
    np.testing.assert_array_equal(seen.promises.promised[0, rows], truth.promises.promised[0, rows])
    assert seen.report.events.open > 50
    promised = seen.promises.promised[0, rows]
    kept = (truth.history.delivered[rows] <= promised)[np.isfinite(promised)]
    assert kept.mean() == pytest.approx(0.92, abs=0.03)


def altered(parcels: list[Parcel], after: float, draw: np.random.Generator) -> list[Parcel]:
    """The same history with everything that became known after an instant changed at random."""
    found = []
    for one in parcels:
        if one.delivered is None or one.delivered > after:
            late = max(after, one.ordered) + 1.0 + float(draw.integers(0, 40 * DAY))
            one = msgspec.structs.replace(one, delivered=None if draw.random() < 0.3 else late)
        if one.shipped is None or one.shipped > after:
            later = max(after, one.ordered) + 1.0 + float(draw.integers(0, 9 * DAY))
            one = msgspec.structs.replace(one, shipped=None if draw.random() < 0.3 else later)
        if one.ordered > after:
            one = msgspec.structs.replace(
                one, destination=f"X{int(draw.integers(0, 9))}", destination_region=f"Y{int(draw.integers(0, 4))}",
                service=str(draw.choice(["express", "standard", "sea"])), weight_g=float(draw.integers(1, 9_000)),
            )  # fmt: skip
        found.append(msgspec.structs.replace(one, given=one.ordered + float(draw.integers(1, 9 * DAY))))
    return found


@pytest.mark.parametrize(("whole_days", "ids_only"), [(False, False), (True, False), (False, True)])
def test_no_promise_changes_when_later_facts_do(whole_days: bool, ids_only: bool) -> None:
    parcels = world(1_000, days=100, seen_until=150, ids_only=ids_only, seed=5)
    draw = np.random.default_rng(8)
    first = fitted(parcels, whole_days=whole_days)
    assert first.promises is not None
    test = first.split.test
    for row in (test, test + 140):
        after = float(first.history.ordered[row])
        second = fitted(altered(parcels, after, draw), whole_days=whole_days)
        assert second.promises is not None
        upto = int(np.searchsorted(first.history.ordered, after, side="right"))
        assert upto > row
        np.testing.assert_array_equal(second.promises.promised[:, test:upto], first.promises.promised[:, test:upto])
    assert np.isfinite(first.promises.promised[:, test:]).mean() > 0.8
    assert second.promises.promised.shape == first.promises.promised.shape
    assert not np.array_equal(second.promises.promised, first.promises.promised, equal_nan=True)


def test_the_alteration_would_be_noticed() -> None:
    """A model that looked at later deliveries would change: the check above can fail."""
    parcels = world(1_000, days=100, seen_until=150, seed=5)
    first = fitted(parcels, whole_days=False)
    after = float(first.history.ordered[first.split.test + 60])
    second = fitted(altered(parcels, after - 20 * DAY, np.random.default_rng(8)), whole_days=False)
    assert first.promises is not None
    assert second.promises is not None
    upto = int(np.searchsorted(first.history.ordered, after, side="right"))
    rows = slice(first.split.test, upto)
    assert not np.array_equal(first.promises.promised[:, rows], second.promises.promised[:, rows], equal_nan=True)


def test_a_thin_history_promises_nothing() -> None:
    report = fitted(world(120, days=60, seen_until=90)).report
    assert all(one.promised == 0 and one.withheld == 36 for one in report.targets)
    assert all(one.kept_share is None for one in report.targets)


def test_a_new_country_is_not_guessed_at() -> None:
    """Parcels to a place that nothing was ever delivered to have no promise, while known places have one."""
    parcels = world(2_000, days=120, seen_until=170)
    late = START + 100 * DAY
    abroad = [
        msgspec.structs.replace(
            one, destination="far", destination_region="FAR", destination_at=(60.0, 100.0), delivered=None
        )
        if one.ordered > late and number % 40 == 0
        else one
        for number, one in enumerate(parcels)
    ]
    found = fitted(abroad, targets=(0.9,))
    assert found.promises is not None
    names = found.history.names["destination_region"]
    rows = np.arange(found.split.test, found.split.rows)
    far = rows[found.history.codes["destination_region"][rows] == names.index("FAR")]
    near = np.setdiff1d(rows, far)
    assert len(far) > 5
    assert np.isnan(found.promises.promised[0, far]).all()
    assert np.isfinite(found.promises.promised[0, near]).mean() > 0.95
