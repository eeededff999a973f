"""How long parcels take, learned as deliveries come in: each row's estimate uses only what was known before its step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import msgspec
import numpy as np

from argosy.delivery.fitting.features import Places, crossed
from argosy.delivery.fitting.history import DAY, Flags, Floats, History, Settings, Whole
from argosy.delivery.fitting.regression import GroupMeans, Regression
from argosy.delivery.fitting.survival import mean_beyond
from argosy.delivery.fitting.working_clock import Timing

FIRST = 60
"""Deliveries that must be known before anything but the usual duration is expected."""
SETTLED = 0.25
"""Share of the horizon that must have passed before: until then only the fast ones have arrived."""
_STRAY = 2.5
"""Farthest that one parcel's logarithm of days may pull at an estimate."""
_ROUNDS = 8
"""Rounds of expecting and solving at the first step; later steps start from the one before."""
_NARROWEST = 0.02
"""Least usual spread, so that a history without any noise can still be divided by it."""
_WINDOW = 4_000
"""Latest parcels that say how the rest of a way spreads."""


class Estimates(msgspec.Struct, frozen=True):
    """For each row the middle of the logarithm of its counted seconds, and its upward spread, 1 being the average."""

    middle: Floats
    spread: Floats
    begin: int = 0
    """Rows before this one were estimated by too little to say anything about errors."""


class Learner:
    """Goes through a history step by step; `run` gives the estimates of the rows [begin, until)."""

    def __init__(self, history: History, own: Floats, places: Places, timing: Timing, settings: Settings) -> None:
        count = len(history)
        self.history = history
        self.timing = timing
        self.settings = settings
        self.own = own
        self.zero = float(history.ordered[0])
        self.groups = _groups(history, places)
        self.extra = np.zeros((count, len(self.groups) + 12))
        self.shape = np.zeros((count, len(self.groups) + 11))
        self.y = np.full(count, np.nan)
        arrived = np.flatnonzero(~np.isnan(history.delivered))
        self.y[arrived] = np.log(timing.elapsed(arrived, history.ordered[arrived], history.delivered[arrived]))
        self.arrivals = arrived[np.argsort(history.delivered[arrived], kind="stable")]
        shipped = np.flatnonzero(~np.isnan(history.shipped) & (history.shipped >= history.ordered))
        self.shipments = shipped[np.argsort(history.shipped[shipped], kind="stable")]
        self.shipped_at = history.shipped[self.shipments]
        self.delivered_at = history.delivered[self.arrivals]
        self.handling = np.log(np.maximum(history.shipped - history.ordered, 600.0) / DAY)
        self.base, self.middle, self.spread = (np.full(count, np.nan) for _ in range(3))
        slow, fast = settings.slow_half_life * DAY, settings.fast_half_life * DAY
        self.slow = Regression(own.shape[1], slow, self.zero, ridge=3.0)
        self.fast = Regression(self.extra.shape[1], fast, self.zero, ridge=10.0)
        self.scale = Regression(self.shape.shape[1], slow, self.zero, ridge=20.0)
        self.means = [GroupMeans(codes, slow, self.zero) for codes in self.groups]
        self.spreads = [GroupMeans(codes, slow, self.zero) for codes in self.groups]
        self.hands = GroupMeans(places.of("origin")[0], fast, self.zero)
        self.all_hands = GroupMeans(np.zeros(count, dtype=np.int64), fast, self.zero)
        self.recent = GroupMeans(np.zeros(count, dtype=np.int64), max(4 * DAY, fast / 6), self.zero)
        self.open = np.zeros(0, dtype=np.int64)
        self.first_settled: int | None = None
        self.begin = 0
        self.learned = 0
        self.came = 0
        self.sent = 0

    def run(self, begin: int, until: int) -> Estimates:
        """Estimates of the rows [begin, until); the rest stay NaN, and nothing is learned from rows before."""
        self.begin = begin
        for first, last, now in step_edges(self.history.ordered, self.settings.step * DAY, begin, until):
            self._learn(now)
            self._estimate(np.arange(first, last), now)
        settled = until if self.first_settled is None else self.first_settled
        return Estimates(self.middle, self.spread, settled)

    def _learn(self, now: float) -> None:
        """Take in what has become known by `now`."""
        came = self.arrivals[self.came : np.searchsorted(self.delivered_at, now, side="right")]
        self.came += len(came)
        came = came[came >= self.begin]
        sent = self.shipments[self.sent : np.searchsorted(self.shipped_at, now, side="right")]
        self.sent += len(sent)
        if len(sent):
            self.all_hands.add(sent, self.handling[sent], self.history.ordered[sent])
            usual = self.all_hands.mean(sent, now, 0.0)
            self.hands.add(sent, self.handling[sent] - usual, self.history.ordered[sent])
        if len(came):
            self._settle(came, now)
            self.open = np.setdiff1d(self.open, came, assume_unique=True)
        lost = self.open[self.history.ordered[self.open] < now - self.settings.horizon * DAY]
        if len(lost):
            self.open = np.setdiff1d(self.open, lost, assume_unique=True)
            for regression, rows in self._models():
                settled = lost if regression is self.slow else lost[lost >= (self.first_settled or 0)]
                regression.forget(rows[settled], self.history.ordered[settled])
        self.learned += len(came)
        if self.learned >= FIRST and now >= self.history.ordered[self.begin] + SETTLED * self.settings.horizon * DAY:
            self._solve(now)

    def _models(self) -> list[tuple[Regression, Floats]]:
        return [(self.slow, self.own), (self.fast, self.extra), (self.scale, self.shape)]

    def _settle(self, came: Whole, now: float) -> None:
        """Parcels that have arrived: what they say for good."""
        ordered = self.history.ordered
        off = np.clip(self.y[came] - self.base[came], -_STRAY, _STRAY)
        self.slow.observe(self.own[came], self.base[came] + off, ordered[came])
        if self.first_settled is None:
            return
        chosen = came >= self.first_settled
        came, off = came[chosen], off[chosen]
        if not len(came):
            return
        over = np.clip(self.y[came] - self.middle[came], 0.0, _STRAY)
        self.fast.observe(self.extra[came], off, ordered[came])
        self.scale.observe(self.shape[came], over, ordered[came])
        general = self.recent.mean(came[:1], now, 3.0)[0]
        usual = max(self.scale.level, _NARROWEST)
        for means, spreads in zip(self.means, self.spreads, strict=True):
            means.add(came, off - general, ordered[came])
            spreads.add(came, over - usual, ordered[came])
        self.recent.add(came, off, self.history.delivered[came])

    def _solve(self, now: float) -> None:
        """Renew the regressions; a parcel still open stands for what is expected of it, given how long it has been."""
        ordered = self.history.ordered
        met = int(np.searchsorted(ordered, now))
        latest = slice(max(self.begin, met - _WINDOW), met)
        rows = np.arange(latest.start, met)
        known = self.history.delivered[latest] <= now
        seen = np.where(known, self.y[latest], 0.0)
        seen[~known] = self._so_far(rows[~known], now)
        still = self._so_far(self.open, now)
        for _ in range(1 if self.slow.ready else _ROUNDS):
            left = seen - self.slow.predict(self.own[latest])
            mean = self.slow.predict(self.own[self.open])
            y = mean + _expected(left, known, still - mean, _STRAY)
            self.slow.solve(now, self.own[self.open], y, ordered[self.open])
        if self.first_settled is None:
            return
        settled = slice(max(latest.start, self.first_settled), met)
        part = slice(settled.start - latest.start, None)
        if settled.start >= met:
            return
        chosen = self.open >= self.first_settled
        waiting, still = self.open[chosen], still[chosen]
        off, mean = seen[part] - self.base[settled], self.fast.predict(self.extra[settled])
        guess = self.fast.predict(self.extra[waiting])
        e = guess + _expected(off - mean, known[part], still - self.base[waiting] - guess, _STRAY)
        self.fast.solve(now, self.extra[waiting], e, ordered[waiting])
        over = seen[part] - self.middle[settled]
        up = _expected(over, known[part], still - self.middle[waiting], _STRAY, upward=True)
        self.scale.solve(now, self.shape[waiting], up, ordered[waiting])

    def _so_far(self, rows: Whole, now: float) -> Floats:
        """Logarithm of the counted seconds that parcels have been on their way."""
        return np.log(self.timing.elapsed(rows, self.history.ordered[rows], np.full(len(rows), now)))

    def _estimate(self, rows: Whole, now: float) -> None:
        """Estimate the rows ordered in this step, and remember what they were estimated from."""
        ordered = self.history.ordered[rows]
        self.open = np.concatenate([self.open, rows])
        self.slow.meet(self.own[rows], ordered)
        if not self.slow.ready:
            self.base[rows] = self.middle[rows] = np.log(self.settings.usual * DAY)
            self.spread[rows] = 1.0
            return
        if self.first_settled is None:
            self.first_settled = int(rows[0])
        self.base[rows] = self.slow.predict(self.own[rows])
        self.extra[rows] = self._extra(rows, now, int(np.searchsorted(self.history.ordered, now)))
        self.middle[rows] = self.base[rows] + self.fast.predict(self.extra[rows])
        pace = np.clip(self.middle[rows] - np.log(self.settings.usual * DAY), -4.0, 4.0)
        spreads = [spread.mean(rows, now, 10.0) for spread in self.spreads]
        extra = self.extra[rows]
        self.shape[rows] = np.column_stack(
            [np.ones(len(rows)), pace, extra[:, 1], extra[:, 2], *spreads, extra[:, -7:]]
        )
        usual = max(self.scale.level, _NARROWEST) if self.scale.ready else 0.2
        guess = self.scale.predict(self.shape[rows]) if self.scale.ready else np.full(len(rows), usual)
        # Relative only: how wide all of it is at a time, recent residuals say better.
        self.spread[rows] = np.clip(guess / usual, 1 / 3, 3.0)
        self.fast.meet(extra, ordered)
        self.scale.meet(self.shape[rows], ordered)

    def _extra(self, rows: Whole, now: float, known: int) -> Floats:
        """Columns that change with time: how things went lately, on the whole and in the row's groups."""
        ones = np.ones(len(rows))
        ordered = self.history.ordered
        week, month = (known - int(np.searchsorted(ordered, now - days * DAY)) for days in (7, 28))
        surge = np.log((week + 5.0) / (month / 4.0 + 5.0)) if now - self.zero > 28 * DAY else 0.0
        columns = [ones, ones * self.recent.mean(rows[:1], now, 20.0)[0], ones * surge, self.hands.mean(rows, now, 5.0)]
        columns += [self.hands.weight(rows, now) < 1.0]
        columns += [means.mean(rows, now, 8.0) for means in self.means]
        weekday = self.own[rows][:, -33:-26]
        return np.column_stack([*columns, weekday])


def step_edges(ordered: Floats, step: float, begin: int, until: int) -> Iterator[tuple[int, int, float]]:
    """The rows [first, last) of each step that has any, and the instant at which it begins."""
    steps = np.floor((ordered[begin:until] - ordered[0]) / step).astype(np.int64)
    edges = np.append(np.flatnonzero(np.diff(steps, prepend=-1)), until - begin)
    for first, last in pairwise(edges):
        yield begin + int(first), begin + int(last), float(ordered[0] + steps[first] * step)


def _expected(seen: Floats, arrived: Flags, beyond: Floats, most: float, *, upward: bool = False) -> Floats:
    """Expected residuals of parcels that have none beyond `beyond` yet, from residuals of others; `upward`: of their upper part."""
    by = np.lexsort((~arrived, seen))
    values = np.clip(seen[by], 0.0 if upward else -most, most)
    return mean_beyond(seen[by], arrived[by], beyond, values)


def _groups(history: History, places: Places) -> list[Whole]:
    """Groups whose own pace is learned: both ends fine and coarse, lanes, lanes by service."""
    origin, destination = places.of("origin"), places.of("destination")
    lane = crossed(places.coarse("origin")[1], places.coarse("destination")[1])
    groups = [*origin, *destination, lane, crossed(origin[0], destination[0])]
    service = history.codes["service"]
    if places.served:
        groups += [crossed(lane, service), crossed(places.coarse("destination")[1], service)]
    return groups
