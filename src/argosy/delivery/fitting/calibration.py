"""From estimates to promises: the quantile that was kept lately, taken on days as they are promised, lane by lane."""

from __future__ import annotations

import msgspec
import numpy as np

from argosy.delivery.fitting.features import Places, crossed
from argosy.delivery.fitting.history import DAY, MISSING, Flags, Floats, History, Settings, Whole
from argosy.delivery.fitting.learning import Estimates, step_edges
from argosy.delivery.fitting.local_days import LocalDays
from argosy.delivery.fitting.survival import quantiles
from argosy.delivery.fitting.working_clock import Timing

MISSES = 5.0
"""Promises broken that must be expected in a group's history before its quantile is believed: 5 / (1 - target) parcels."""
PLACE = 20
"""Parcels delivered that make a place or a service known."""
NEW = "new places"
ALL = "all"
_REPAY = 0.75
"""How much of a shortfall or surplus of kept promises is repaid over the next window."""
_NEVER, _ALWAYS = 60.0, -60.0


class Promises(msgspec.Struct, frozen=True):
    """Per target and row: the instant promised (NaN: withheld or not asked for), and the index of the lane that decided."""

    promised: Floats
    lane: Whole
    lanes: list[str]


class Level(msgspec.Struct, frozen=True):
    """One way to group parcels, with the names of its groups."""

    codes: Whole
    names: list[str]


class Calibrator:
    """Makes the promises of a history; `run` does so for rows [first, until), step by step."""

    def __init__(
        self,
        history: History,
        places: Places,
        timing: Timing,
        days: LocalDays,
        estimates: Estimates,
        settings: Settings,
        targets: tuple[float, ...],
        *,
        whole_days: bool,
    ) -> None:
        self.history = history
        self.timing = timing
        self.days = days
        self.estimates = estimates
        self.settings = settings
        self.targets = np.array(targets)
        self.whole_days = whole_days
        self.zone = history.codes["zone"]
        self.levels = lane_levels(history, places)
        self.lanes = [name for level in self.levels for name in level.names] + [ALL, NEW]
        self.offsets = np.cumsum([0] + [len(level.names) for level in self.levels])
        arrived = np.flatnonzero(~np.isnan(history.delivered))
        self.arrivals = arrived[np.argsort(history.delivered[arrived], kind="stable")]
        self.delivered_at = history.delivered[self.arrivals]
        self.ends = [places.of("origin"), places.of("destination")]
        if places.served:
            self.ends.append([history.codes["service"]])
        self.counts = [[np.zeros(int(codes.max(initial=0)) + 1) for codes in end] for end in self.ends]
        count = len(history)
        self.points = np.full(count, np.nan)
        self.points[arrived] = self._points(arrived, history.delivered[arrived])
        self.new = np.zeros(count, dtype=np.bool_)
        self.promised = np.full((len(targets), count), np.nan)
        self.lane = np.full((len(targets), count), len(self.lanes) - 2)

    def run(self, first_row: int, until: int) -> Promises:
        """Promises for the rows [first_row, until); those before it only count as evidence."""
        ordered = self.history.ordered
        came = 0
        for first, last, now in step_edges(ordered, self.settings.step * DAY, 0, until):
            known = int(np.searchsorted(self.delivered_at, now, side="right"))
            self._count(self.arrivals[came:known])
            came = known
            rows = np.arange(first, last)
            self.new[rows] = self._unknown(rows)
            if came and last > first_row:
                self._promise(rows, now, int(np.searchsorted(ordered, now)))
        return Promises(self.promised, self.lane, self.lanes)

    def _points(self, rows: Whole, at: Floats) -> Floats:
        """How far out each row's estimate must be taken for a promise that covers `at`."""
        ordered = self.history.ordered[rows]
        least = self.days.begins(self.zone[rows], at) if self.whole_days else at
        elapsed = self.timing.elapsed(rows, ordered, np.maximum(least, ordered))
        points = (np.log(elapsed) - self.estimates.middle[rows]) / self.estimates.spread[rows]
        return np.where(least <= ordered, _ALWAYS, points)

    def _instants(self, rows: Whole, points: Floats) -> Floats:
        """The promise of each row at a point, whole seconds."""
        ordered = self.history.ordered[rows]
        reach = self.estimates.middle[rows] + self.estimates.spread[rows] * (points + 1e-9)
        longest = np.log(4 * self.settings.horizon * DAY)
        at = self.timing.instant(rows, ordered, np.exp(np.minimum(reach, longest)))
        if not self.whole_days:
            return np.asarray(np.ceil(at))
        ends = self.days.ends(self.zone[rows], at)
        return np.asarray(np.where(ends > ordered, ends, self.days.ends(self.zone[rows], ordered + DAY)))

    def _count(self, rows: Whole) -> None:
        for end, counts in zip(self.ends, self.counts, strict=True):
            for codes, count in zip(end, counts, strict=True):
                mine = codes[rows]
                np.add.at(count, mine[mine != MISSING], 1.0)

    def _unknown(self, rows: Whole) -> Flags:
        """Whether one end of the way, or the service, has hardly been delivered to before."""
        unknown = np.zeros(len(rows), dtype=np.bool_)
        for end, counts in zip(self.ends, self.counts, strict=True):
            most = np.zeros(len(rows))
            lacking = np.ones(len(rows), dtype=np.bool_)
            for codes, count in zip(end, counts, strict=True):
                mine = codes[rows]
                most = np.maximum(most, np.where(mine == MISSING, 0.0, count[np.maximum(mine, 0)]))
                lacking &= mine == MISSING
            unknown |= (most < PLACE) & ~lacking
        return unknown

    def _promise(self, rows: Whole, now: float, known: int) -> None:
        half_life = self.settings.residual_half_life * DAY
        first = int(np.searchsorted(self.history.ordered, now - 4 * half_life))
        window = np.arange(max(first, self.estimates.begin), known)
        arrived = self.history.delivered[window] <= now
        points = np.where(arrived, self.points[window], 0.0)
        waiting = window[~arrived]
        points[~arrived] = self._points(waiting, np.full(len(waiting), now))
        weights = np.exp2((self.history.ordered[window] - now) / half_life)
        by = np.lexsort((~arrived, points))
        sample = Sample(window[by], points[by], arrived[by], weights[by])
        levels = np.clip(self.targets + self._repayment(now, known), 0.5, 1 - (1 - self.targets) / 4)
        found, lanes = self._quantiles(rows, sample, levels)
        for at in range(len(self.targets)):
            given = np.isfinite(found[at])
            self.promised[at, rows[given]] = self._instants(rows[given], found[at][given])
            self.lane[at, rows] = lanes[at]

    def _repayment(self, now: float, known: int) -> Floats:
        """What to add to each level, from promises whose day has passed: whether they were kept is known by now."""
        half_life = max(2 * self.settings.residual_half_life, self.settings.horizon / 2) * DAY
        rows = np.arange(int(np.searchsorted(self.history.ordered, now - 4 * half_life)), known)
        found = np.zeros(len(self.targets))
        if not len(rows):
            return found
        weights = np.exp2((self.history.ordered[rows] - now) / half_life)
        for at, target in enumerate(self.targets):
            over = self.promised[at, rows] < now
            broken = ~(self.history.delivered[rows] <= self.promised[at, rows])
            owed = float((weights * over * (broken - (1 - target))).sum())
            found[at] = _REPAY * owed / (float((weights * over).sum()) + MISSES / (1 - target))
        return found

    def _quantiles(self, rows: Whole, sample: Sample, levels: Floats) -> tuple[Floats, Whole]:
        """For each target and row how far out to go (infinite: withheld), and which lane said so."""
        everywhere = sample.quantiles(levels)
        enough = sample.evidence() * (1 - self.targets) >= MISSES
        found = np.repeat(np.where(enough, everywhere, np.inf)[:, None], len(rows), axis=1)
        lanes = np.full((len(levels), len(rows)), len(self.lanes) - 2)
        for offset, level in reversed(list(zip(self.offsets[:-1], self.levels, strict=True))):
            self._refine(rows, sample, levels, int(offset), level.codes, found, lanes)
        new = self.new[rows]
        if new.any():
            mine = sample.of(self.new[sample.rows])
            own = mine.quantiles(levels)
            enough = mine.evidence() * (1 - self.targets) >= MISSES
            found[:, new] = np.where(enough, own, np.inf)[:, None]
            lanes[:, new] = len(self.lanes) - 1
        return found, lanes

    def _refine(
        self, rows: Whole, sample: Sample, levels: Floats, offset: int, codes: Whole, found: Floats, lanes: Whole
    ) -> None:
        """Draw each row's point to the one of its own group, as far as that group has evidence."""
        groups = sample.by_group(codes[sample.rows], levels)
        if not len(groups.codes):
            return
        mine = codes[rows]
        place = np.minimum(np.searchsorted(groups.codes, mine), len(groups.codes) - 1)
        known = (groups.codes[place] == mine) & (mine != MISSING)
        evidence = groups.evidence[place]
        share = evidence / (evidence + self.settings.pooling)
        for at, target in enumerate(self.targets):
            own = groups.points[at, place]
            enough = known & (evidence * (1 - target) >= MISSES) & np.isfinite(own) & np.isfinite(found[at])
            found[at, enough] += share[enough] * (own[enough] - found[at, enough])
            lanes[at, enough] = offset + mine[enough]


class Groups(msgspec.Struct, frozen=True):
    """Codes of groups in ascending order, deliveries each is worth, and a row of their quantiles for each level."""

    codes: Whole
    evidence: Floats
    points: Floats


class Sample(msgspec.Struct, frozen=True):
    """Parcels of a window, sorted by how far out they went; those still open have gone at least so far."""

    rows: Whole
    points: Floats
    arrived: Flags
    weights: Floats

    def of(self, chosen: Whole | Flags) -> Sample:
        """Some of them, in the same order."""
        return Sample(self.rows[chosen], self.points[chosen], self.arrived[chosen], self.weights[chosen])

    def quantiles(self, levels: Floats) -> Floats:
        """The points at which the levels are reached; one parcel more than seen is asked for, as the next is one of them."""
        evidence = max(self.evidence(), 1.0)
        return quantiles(self.points, self.arrived, self.weights, np.minimum(levels * (1 + 1 / evidence), 1.0))

    def evidence(self) -> float:
        """How many equally weighted deliveries they are worth (Kish's effective size)."""
        weights = self.weights[self.arrived]
        squares = float((weights * weights).sum())
        return float(weights.sum()) ** 2 / squares if squares else 0.0

    def by_group(self, codes: Whole, levels: Floats) -> Groups:
        """`quantiles` and `evidence` of each group, all at once: the same estimate along each stretch of one code."""
        by = np.argsort(codes, kind="stable")
        groups, begins, sizes = np.unique(codes[by], return_index=True, return_counts=True)
        stretch = np.repeat(np.arange(len(groups)), sizes)
        weights = self.weights[by]
        arrived = np.where(self.arrived[by], weights, 0.0)
        before = np.cumsum(weights) - weights
        totals = np.bincount(stretch, weights, len(groups))
        waiting = np.maximum(totals[stretch] - (before - before[begins][stretch]), weights)
        stay = np.cumsum(np.log(np.maximum(1.0 - arrived / waiting, 1e-12)))
        share = 1.0 - np.exp(stay - np.where(begins, stay[begins - 1], 0.0)[stretch])
        squares = np.bincount(stretch, arrived * arrived, len(groups))
        evidence = np.bincount(stretch, arrived, len(groups)) ** 2 / np.maximum(squares, 1e-300)
        # Shares rise along a stretch, so shares plus twice the stretch's number rise along all of it.
        keys = share + 2.0 * stretch
        wanted = np.minimum(levels[:, None] * (1 + 1 / np.maximum(evidence, 1.0)), 1.0)
        at = np.searchsorted(keys, 2.0 * np.arange(len(groups)) + wanted - 1e-9)
        points = np.where(at < begins + sizes, self.points[by][np.minimum(at, len(by) - 1)], np.inf)
        return Groups(groups, evidence, points)


def lane_levels(history: History, places: Places) -> list[Level]:
    """Groups that may decide a promise, the finest first: lane by service, destination by service, destination, service."""
    origin, destination, service = places.coarse("origin"), places.coarse("destination"), history.codes["service"]
    start = place_names(history, *origin)
    end = place_names(history, *destination)
    classes = [history.names["service"][code] if code != MISSING else "" for code in service]
    written = [f"{a}>{b}" for a, b in zip(start, end, strict=True)]
    levels = [_level(crossed(origin[1], destination[1]), written)]
    if places.served:
        levels = [
            _level(
                crossed(origin[1], destination[1], service), [f"{a} {b}" for a, b in zip(written, classes, strict=True)]
            ),
            *levels,
            _level(crossed(destination[1], service), [f"*>{a} {b}" for a, b in zip(end, classes, strict=True)]),
        ]
    levels.append(_level(destination[1], [f"*>{name}" for name in end]))
    if places.served:
        levels.append(_level(service, [f"*>* {name}" for name in classes]))
    return levels


def _level(codes: Whole, written: list[str]) -> Level:
    names = [""] * (int(codes.max(initial=-1)) + 1)
    for code, name in zip(codes.tolist(), written, strict=True):
        if code != MISSING and not names[code]:
            names[code] = name
    return Level(codes, names)


def place_names(history: History, field: str, codes: Whole) -> list[str]:
    """How each row's region, area or id is written."""
    if field in history.names:
        known = history.names[field]
        return [known[code] if code != MISSING else "?" for code in codes]
    end = field.partition("_")[0]
    latitude, longitude = getattr(history, f"{end}_latitude"), getattr(history, f"{end}_longitude")
    return [
        "?" if np.isnan(north) else f"{int(np.floor(north)):+03d}{int(np.floor(east)):+04d}"
        for north, east in zip(latitude, longitude, strict=True)
    ]
