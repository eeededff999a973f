"""Fit promises to a history and report how they would have been kept."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from argosy.base.errors import Refused
from argosy.base.instants import iso
from argosy.delivery.fitting.calibration import Calibrator, Promises
from argosy.delivery.fitting.history import (
    TARGETS,
    EventFigures,
    History,
    Report,
    Settings,
    Split,
    SplitFigures,
    Taken,
)
from argosy.delivery.fitting.reading import history_of
from argosy.delivery.fitting.scoring import (
    Outcomes,
    given_figures,
    lane_figures,
    month_figures,
    target_figures,
)
from argosy.delivery.fitting.tuning import choose, estimate, prepare, warm_up

Say = Callable[[str], None]
SCHEMA = "argosy.promise.fit/1"
MOST_REFUSED = 0.05
"""Share of refused rows beyond which nothing is computed."""
METHOD = (
    "Decaying ridge regression on the logarithm of counted time, parcels still open standing with their expected time; "
    "then the Kaplan-Meier quantile of recent residuals, taken on whole days where days are promised, drawn from coarse "
    "groups to lanes, with shortfalls repaid."
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to fit: targets in ascending order, shares of the three parts, whole days or instants."""

    targets: tuple[float, ...] = TARGETS
    split: tuple[float, float, float] = (0.6, 0.1, 0.3)
    whole_days: bool = True


class Fitted(msgspec.Struct, frozen=True):
    """A report and the promises behind it."""

    report: Report
    history: History
    split: Split
    promises: Promises | None
    """None if the file had no row to learn from."""


def cut(rows: int, shares: tuple[float, float, float]) -> Split:
    """Where the sorted rows are cut: fit the first floor(a n), test from floor((a + b) n) on."""
    # 0.6 + 0.1 is a hair below 0.7: without the nudge a row would change sides.
    tune, test = (int(np.floor(rows * share + 1e-9)) for share in (shares[0], shares[0] + shares[1]))
    return Split(tune=tune, test=test, rows=rows)


def too_many_refused(taken: Taken) -> bool:
    """Whether so many rows were refused that the rest says nothing about the whole."""
    return len(taken.refusals) > MOST_REFUSED * taken.read


def fit(taken: Taken, asked: Asked, say: Say) -> Fitted:
    """Learn promises from a history, day by day with what was known then, and judge them on its last part.

    Raises Refused with `history_refused` where more than 5% of the rows were. Same rows, same question: the same promises.
    """
    began = time.process_time()
    if too_many_refused(taken):
        first = taken.refusals[0]
        raise Refused(
            "history_refused",
            f"{len(taken.refusals)} of {taken.read} rows were refused, more than 5%; the first: line {first.line}, "
            f"{first.field or 'row'}: {first.reason}.",
            field="--events",
            remedy="Correct the rows; --json lists them all.",
        )
    history = history_of(taken.parcels)
    split = cut(len(history), asked.split)
    settings: dict[str, Any] = {"split": list(asked.split), "targets": list(asked.targets)}
    promises = None
    if split.rows:
        ground = prepare(history, split)
        chosen, losses = choose(ground, asked.targets, whole_days=asked.whole_days, say=say)
        settings |= msgspec.to_builtins(chosen) | {"tune_pinball_days": losses}
        promises = _promises(ground, chosen, asked, say)
    report = _report(taken, history, split, promises, asked, settings, time.process_time() - began)
    return Fitted(report, history, split, promises)


def _promises(ground: Any, settings: Settings, asked: Asked, say: Say) -> Promises:
    say("Promising for the test part.")
    history = ground.history
    estimates = estimate(ground, settings)
    return Calibrator(
        history, ground.places, ground.timings[settings.clock], ground.days, estimates, settings, asked.targets,
        whole_days=asked.whole_days,
    ).run(warm_up(ground.split.test, ground.split), len(history))  # fmt: skip


def _report(
    taken: Taken,
    history: History,
    split: Split,
    promises: Promises | None,
    asked: Asked,
    settings: dict[str, Any],
    seconds: float,
) -> Report:
    rows = np.arange(split.test, split.rows)
    last = float(np.nanmax(np.concatenate([history.ordered, history.delivered, history.shipped, [0.0]])))
    judged = [
        Outcomes(history, rows, np.full(len(rows), np.nan) if promises is None else promises.promised[at, rows], last)
        for at in range(len(asked.targets))
    ]
    given = Outcomes(history, rows, history.given[rows], last)
    unknown = np.zeros(len(rows), dtype=np.bool_)
    for outcomes in judged:
        unknown |= outcomes.unknown
    each = list(zip(asked.targets, judged, strict=True))
    return Report(
        schema=SCHEMA,
        events=events_of(taken, int(unknown.sum())),
        split=SplitFigures(
            fit=split.tune,
            tune=split.test - split.tune,
            test=len(rows),
            test_from=_iso(history.ordered[rows[0]]) if len(rows) else None,
            test_to=_iso(history.ordered[rows[-1]]) if len(rows) else None,
        ),
        unit="day" if asked.whole_days else "instant",
        method=METHOD,
        settings=settings,
        targets=[target_figures(target, outcomes) for target, outcomes in each],
        given=given_figures(given, asked.targets) if given.made.any() else None,
        drift=[month for target, outcomes in each for month in month_figures(target, outcomes)],
        lanes=[] if promises is None else [
            lane
            for at, (target, outcomes) in enumerate(each)
            for lane in lane_figures(target, outcomes, promises.lane[at, rows], promises.lanes)
        ],
        cpu_seconds=round(seconds, 3),
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    )  # fmt: skip


def events_of(taken: Taken, unknown: int) -> EventFigures:
    """What became of the rows; `unknown` test rows had no outcome when the file ended."""
    return EventFigures(
        read=taken.read,
        used=len(taken.parcels),
        refused=len(taken.refusals),
        open=unknown,
        refusals=taken.refusals,
        ignored_columns=taken.ignored_columns,
    )


def _iso(at: float) -> str:
    return iso(datetime.fromtimestamp(at, UTC))


def too_thin(report: Report) -> bool:
    """Whether no promise could be made at any target."""
    return all(target.promised == 0 for target in report.targets)


def prediction_lines(fitted: Fitted, targets: Sequence[float]) -> list[tuple[str, str, str, str]]:
    """`event_id, target, promised_at, lane` of each test row and target; the instant is empty where withheld."""
    found = []
    for row in range(fitted.split.test, fitted.split.rows):
        for at, target in enumerate(targets):
            promised, lane = "", ""
            if fitted.promises is not None:
                instant = float(fitted.promises.promised[at, row])
                promised = "" if np.isnan(instant) else _iso(instant)
                lane = fitted.promises.lanes[fitted.promises.lane[at, row]]
            found.append((fitted.history.event_ids[row], f"{target:g}", promised, lane))
    return found
