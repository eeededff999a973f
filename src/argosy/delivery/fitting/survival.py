"""The share that has arrived by each point, counting what is still on the way: the Kaplan-Meier estimate, weighted."""

from __future__ import annotations

import numpy as np

from argosy.delivery.fitting.history import Flags, Floats


def arrived_share(points: Floats, arrived: Flags, weights: Floats) -> Floats:
    """For points sorted ascending, the estimated share arrived by each; what has not arrived was seen up to its point.

    E. L. Kaplan, P. Meier, Nonparametric Estimation from Incomplete Observations, 1958. At equal points arrivals count first
    when they stand first.
    """
    waiting = np.cumsum(weights[::-1])[::-1]
    stay = 1.0 - np.where(arrived, weights / waiting, 0.0)
    return np.asarray(1.0 - np.cumprod(stay), dtype=np.float64)


def quantiles(points: Floats, arrived: Flags, weights: Floats, levels: Floats) -> Floats:
    """The first point at which each level is reached; infinite where it never is. Points are sorted ascending."""
    if not len(points):
        return np.full(len(levels), np.inf)
    share = arrived_share(points, arrived, weights)
    at = np.searchsorted(share, levels - 1e-12)
    found: Floats = np.where(at < len(points), points[np.minimum(at, len(points) - 1)], np.inf)
    return found


def mean_beyond(points: Floats, arrived: Flags, beyond: Floats, values: Floats) -> Floats:
    """The value expected of what has not arrived by `beyond`, by the estimate; `values` rise with the sorted points."""
    share = arrived_share(points, arrived, np.ones(len(points)))
    mass = np.diff(share, prepend=0.0)
    rest = 1.0 - share[-1]
    above = np.append(np.cumsum((mass * values)[::-1])[::-1], 0.0) + rest * values[-1]
    left = np.append(np.cumsum(mass[::-1])[::-1], 0.0) + rest
    at = np.searchsorted(points, beyond, side="right")
    found: Floats = np.where(left[at] > 1e-9, above[at] / np.maximum(left[at], 1e-9), values[-1])
    return found
