"""How promises were kept: share, slack, pinball loss, by target, month and lane."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from argosy.delivery.fitting.history import (
    DAY,
    Flags,
    Floats,
    GivenFigures,
    History,
    LaneFigures,
    MonthFigures,
    TargetFigures,
    Whole,
)

_SEED = 20_180_301
_RESAMPLES = 2_000
_MONDAY = 4 * DAY
"""1970-01-05 was a Monday."""


class Outcomes:
    """Promises of the same rows with what became of them.

    A parcel that is still open counts as not kept once its promise has passed the last instant of the file; before that
    nothing is known of it, and it is in no figure (`unknown`).
    """

    def __init__(self, history: History, rows: Whole, promised: Floats, last: float) -> None:
        self.ordered = history.ordered[rows]
        self.delivered = history.delivered[rows]
        self.promised = promised
        still = np.isnan(self.delivered)
        self.made: Flags = ~np.isnan(promised)
        self.unknown: Flags = self.made & still & ~(promised < last)
        self.judged: Flags = self.made & ~self.unknown
        self.kept: Flags = self.delivered <= promised
        self.told: Flags = self.judged & ~still

    def kept_share(self, chosen: Flags | None = None) -> float | None:
        """Kept promises over judged ones."""
        judged = self.judged if chosen is None else self.judged & chosen
        return float(self.kept[judged].mean()) if judged.any() else None

    def interval(self) -> tuple[float | None, float | None]:
        """95% of kept shares when whole weeks (Monday to Sunday, UTC) are drawn again."""
        if not self.judged.any():
            return None, None
        _, week = np.unique(np.floor((self.ordered[self.judged] - _MONDAY) / (7 * DAY)), return_inverse=True)
        judged, kept = np.bincount(week), np.bincount(week, self.kept[self.judged])
        drawn = np.random.default_rng(_SEED).integers(0, len(judged), (_RESAMPLES, len(judged)))
        low, high = np.quantile(kept[drawn].sum(axis=1) / judged[drawn].sum(axis=1), [0.025, 0.975])
        return float(low), float(high)

    def mean_promised_days(self) -> float | None:
        """Mean of promise minus order."""
        if not self.judged.any():
            return None
        return float((self.promised - self.ordered)[self.judged].mean() / DAY)

    def median_slack_days(self, chosen: Flags | None = None) -> float | None:
        """Median of promise minus delivery, of parcels that were delivered."""
        told = self.told if chosen is None else self.told & chosen
        return float(np.median((self.promised - self.delivered)[told]) / DAY) if told.any() else None

    def pinball_days(self, target: float) -> float | None:
        """Mean pinball loss of the promised days at a target, of parcels that were delivered."""
        if not self.told.any():
            return None
        over = ((self.delivered - self.promised)[self.told]) / DAY
        return float(np.maximum(target * over, (target - 1) * over).mean())


def target_figures(target: float, outcomes: Outcomes) -> TargetFigures:
    """The figures of one target."""
    low, high = outcomes.interval()
    promised = int(outcomes.made.sum())
    return TargetFigures(
        target=target,
        promised=promised,
        withheld=len(outcomes.made) - promised,
        kept_share=outcomes.kept_share(),
        kept_share_low=low,
        kept_share_high=high,
        mean_promised_days=outcomes.mean_promised_days(),
        median_slack_days=outcomes.median_slack_days(),
        pinball_days=outcomes.pinball_days(target),
    )


def given_figures(outcomes: Outcomes, targets: Sequence[float]) -> GivenFigures:
    """The same figures of the promises that the file itself holds."""
    return GivenFigures(
        events=int(outcomes.judged.sum()),
        kept_share=outcomes.kept_share(),
        mean_promised_days=outcomes.mean_promised_days(),
        median_slack_days=outcomes.median_slack_days(),
        pinball_days={f"{target:g}": outcomes.pinball_days(target) for target in targets},
    )


def month_figures(target: float, outcomes: Outcomes) -> list[MonthFigures]:
    """Figures by month of the order, UTC."""
    months = np.array([datetime.fromtimestamp(at, UTC).strftime("%Y-%m") for at in outcomes.ordered])
    return [
        MonthFigures(
            month=str(month),
            target=target,
            events=int((outcomes.judged & (months == month)).sum()),
            kept_share=outcomes.kept_share(months == month),
            median_slack_days=outcomes.median_slack_days(months == month),
        )
        for month in np.unique(months)
    ]


def lane_figures(target: float, outcomes: Outcomes, lane: Whole, names: Sequence[str]) -> list[LaneFigures]:
    """Figures by the group whose history decided, in order of name."""
    found = []
    for code in sorted(np.unique(lane), key=lambda code: names[code]):
        mine = lane == code
        found.append(
            LaneFigures(
                lane=names[code],
                target=target,
                events=int((outcomes.judged & mine).sum()),
                withheld=int((~outcomes.made & mine).sum()),
                kept_share=outcomes.kept_share(mine),
                median_slack_days=outcomes.median_slack_days(mine),
            )
        )
    return found
