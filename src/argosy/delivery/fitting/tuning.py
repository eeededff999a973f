"""Settings for a history, from what its fit and tune parts had shown when the test part began."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np

from argosy.delivery.fitting.calendars import holiday_table
from argosy.delivery.fitting.calibration import Calibrator
from argosy.delivery.fitting.features import Places, own_features
from argosy.delivery.fitting.history import DAY, Floats, History, Settings, Split
from argosy.delivery.fitting.learning import Estimates, Learner
from argosy.delivery.fitting.local_days import LocalDays
from argosy.delivery.fitting.scoring import Outcomes
from argosy.delivery.fitting.working_clock import Clock, Timing, even_speeds, learn_speeds

Say = Callable[[str], None]
LEAST_TUNE = 100
"""Rows of the tune part below which the usual settings stand: fewer cannot tell them apart."""
_LEARNABLE = 500
"""Deliveries from which the working hours of a history can be learned."""
_ENOUGH = 35_000
"""Rows before the tune part that settings are compared on; more tell them apart no better."""
_STEPS = 2_000
"""Most steps up to the test part."""


class Ground(NamedTuple):
    """A history made ready: what does not depend on the settings."""

    history: History
    split: Split
    days: LocalDays
    places: Places
    own: Floats
    timings: dict[str, Timing]
    known: History
    """The history as it was known when the test part began: what was delivered later is open."""


def prepare(history: History, split: Split) -> Ground:
    """Local days, features and clocks of a history."""
    start = float(history.ordered[min(split.test, split.rows - 1)])
    known = msgspec.structs.replace(history, delivered=np.where(history.delivered <= start, history.delivered, np.nan))
    last = float(np.nanmax([history.ordered[-1], np.nanmax(history.delivered, initial=0.0)])) + 800 * DAY
    days = LocalDays(history.names["zone"], float(history.ordered[0]), last)
    first_day = int(np.floor(history.ordered[0] / DAY)) - 8
    holidays, of_zone = holiday_table(history.names["zone"], first_day, int((last - history.ordered[0]) / DAY) + 16)
    zone = history.codes["zone"]
    calendar = of_zone[zone]
    arrived = np.flatnonzero(known.delivered[: split.tune] <= history.ordered[split.tune])
    duration = known.delivered[arrived] - history.ordered[arrived]
    kinds = ["plain"]
    speeds = even_speeds()
    if len(arrived) >= _LEARNABLE and float(np.median(duration)) >= DAY / 2:
        kinds = ["plain", "working", "landing"]
        started, ended = (days.local(zone[arrived], at[arrived]) for at in (history.ordered, known.delivered))
        speeds = learn_speeds(started, ended, calendar[arrived], holidays, first_day)
    timings = {
        kind: Timing(kind, Clock(speeds, holidays, first_day, weekly=kind == "landing"), days, zone, calendar)
        for kind in kinds
    }
    places = Places(history, max(split.test, 1))
    return Ground(history, split, days, places, own_features(history, days, max(split.test, 1)), timings, known)


def usual_settings(ground: Ground) -> Settings:
    """Settings by the scale of a history: how long parcels take and how many there are a day."""
    ordered, split = ground.history.ordered, ground.split
    start = float(ordered[min(split.test, split.rows - 1)])
    arrived = ground.known.delivered[: split.test] - ordered[: split.test]
    arrived = arrived[~np.isnan(arrived)] / DAY
    usual = float(np.median(arrived)) if len(arrived) else 3.0
    usual = max(usual, 1.0 / 1440)
    late = float(np.quantile(arrived, 0.97)) if len(arrived) else 4 * usual
    span = max(start - float(ordered[0]), DAY / 24) / DAY
    day = max(split.test, 1) / span
    step = 1.0 if usual > 0.75 else min(1.0, max(usual / 4, span / _STEPS))
    return Settings(
        step=step,
        clock="plain",
        slow_half_life=max(120.0, 8 * usual, 1_500 / day),
        fast_half_life=max(30.0, 2 * usual, 300 / day),
        residual_half_life=max(20.0, 1.5 * late, 250 / day),
        pooling=200.0,
        usual=usual,
        horizon=max(4 * late, 3 * usual, 2 * step),
    )


def estimate(ground: Ground, settings: Settings) -> Estimates:
    """Estimates of all rows."""
    learner = Learner(ground.history, ground.own, ground.places, ground.timings[settings.clock], settings)
    return learner.run(0, len(ground.history))


def _tried(ground: Ground, settings: Settings) -> Estimates:
    """Estimates up to the test part, by what was known when it began, from the latest rows only."""
    learner = Learner(ground.known, ground.own, ground.places, ground.timings[settings.clock], settings)
    until = ground.split.test
    return learner.run(max(0, ground.split.tune - _ENOUGH), until)


def choose(
    ground: Ground, targets: tuple[float, ...], *, whole_days: bool, say: Say
) -> tuple[Settings, dict[str, float]]:
    """The settings with the least pinball loss on the tune part as it was known, and the losses met on the way.

    One thing at a time: the clock, how fast it forgets, how long residuals count, how much lanes are pooled.
    """
    best = usual_settings(ground)
    losses: dict[str, float] = {}
    if ground.split.test - ground.split.tune < LEAST_TUNE:
        return best, losses
    least, estimates = np.inf, None
    for kind in ground.timings:
        say(f"Trying the {kind} clock on the tune part.")
        tried = msgspec.structs.replace(best, clock=kind)
        found = _tried(ground, tried)
        loss = losses[f"clock {kind}"] = _loss(ground, tried, found, targets, whole_days=whole_days)
        if loss < least:
            least, chosen, estimates = loss, tried, found
    if estimates is None:
        return best, losses
    best = chosen
    say("Trying how fast to forget on the tune part.")
    for factor in (0.4, 2.5):
        tried = msgspec.structs.replace(best, fast_half_life=best.fast_half_life * factor)
        found = _tried(ground, tried)
        loss = losses[f"pace {tried.fast_half_life:g}"] = _loss(ground, tried, found, targets, whole_days=whole_days)
        if loss < least:
            least, chosen, estimates = loss, tried, found
    best = chosen
    for field, factors in (("residual_half_life", (0.5, 2.0)), ("pooling", (0.3, 4.0))):
        say(f"Trying {field.replace('_', ' ')} on the tune part.")
        usual = getattr(best, field)
        for factor in factors:
            tried = msgspec.structs.replace(best, **{field: usual * factor})
            loss = _loss(ground, tried, estimates, targets, whole_days=whole_days)
            losses[f"{field} {usual * factor:g}"] = loss
            if loss < least:
                least, chosen = loss, tried
        best = chosen
    return best, losses


def warm_up(first: int, split: Split) -> int:
    """The row from which promises are made so that those from `first` on can repay shortfalls of earlier ones."""
    return max(first - (split.rows - split.test) // 2, 0)


def _loss(
    ground: Ground, settings: Settings, estimates: Estimates, targets: tuple[float, ...], *, whole_days: bool
) -> float:
    """Mean pinball loss of the tune rows, by what was known when the test part began."""
    made = Calibrator(
        ground.known, ground.places, ground.timings[settings.clock], ground.days, estimates, settings, targets,
        whole_days=whole_days,
    ).run(ground.split.tune, ground.split.test)  # fmt: skip
    rows = np.arange(ground.split.tune, ground.split.test)
    start = float(ground.history.ordered[min(ground.split.test, ground.split.rows - 1)])
    found = []
    for at, target in enumerate(targets):
        outcomes = Outcomes(ground.known, rows, made.promised[at, rows], start)
        waited = np.where(np.isnan(outcomes.delivered), start, outcomes.delivered)
        over = (waited - outcomes.promised)[outcomes.judged] / DAY
        found.append(float(np.maximum(target * over, (target - 1) * over).mean()) if len(over) else np.inf)
    return float(np.mean(found))
