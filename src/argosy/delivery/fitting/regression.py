"""Ridge regression and group means that forget: the weight of a parcel halves with each half-life of its order's age."""

from __future__ import annotations

import numpy as np

from argosy.delivery.fitting.history import MISSING, Floats, Whole


def _growth(at: Floats | float, half_life: float, zero: float) -> Floats:
    """Weights that grow with time instead of shrinking with age, so that sums need no renewal."""
    found: Floats = np.exp2((np.asarray(at, dtype=np.float64) - zero) / half_life)
    return found


class Regression:
    """Least squares over parcels met; those that have arrived count with their outcome, others with an expected one.

    `ridge` parcels of weight draw each coefficient to zero, all but the first.
    """

    def __init__(self, columns: int, half_life: float, zero: float, *, ridge: float) -> None:
        self._half_life = half_life
        self._zero = zero
        self._ridge = ridge
        self._products = np.zeros((columns, columns))
        self._sums = np.zeros(columns)
        self._coefficients: Floats = np.zeros(columns)
        self._weight = 0.0
        self._total = 0.0
        self.level = 0.0
        self.ready = False

    def meet(self, rows: Floats, ordered: Floats) -> None:
        """Parcels that are on their way."""
        self._products += rows.T @ (rows * _growth(ordered, self._half_life, self._zero)[:, None])

    def forget(self, rows: Floats, ordered: Floats) -> None:
        """Parcels that were met and of which nothing is expected any more."""
        self._products -= rows.T @ (rows * _growth(ordered, self._half_life, self._zero)[:, None])

    def observe(self, rows: Floats, outcome: Floats, ordered: Floats) -> None:
        """Outcomes of parcels that were met."""
        weights = _growth(ordered, self._half_life, self._zero)
        self._sums += rows.T @ (weights * outcome)
        self._weight += float(weights.sum())
        self._total += float((weights * outcome).sum())

    def solve(self, now: float, rows: Floats, expected: Floats, ordered: Floats) -> None:
        """Renew the coefficients; `rows` are the parcels still open with their expected outcomes."""
        weights = _growth(ordered, self._half_life, self._zero)
        sums = self._sums + rows.T @ (weights * expected)
        penalty = np.full(len(sums), self._ridge * float(_growth(now, self._half_life, self._zero)))
        penalty[0] *= 1e-3
        self._coefficients = np.asarray(np.linalg.solve(self._products + np.diag(penalty), sums), dtype=np.float64)
        self.level = (self._total + float((weights * expected).sum())) / (self._weight + float(weights.sum()))
        self.ready = True

    def predict(self, rows: Floats) -> Floats:
        """The outcome expected of rows."""
        found: Floats = rows @ self._coefficients
        return found


class GroupMeans:
    """The mean of what parcels of a group showed, drawn to zero where the group is thin."""

    def __init__(self, codes: Whole, half_life: float, zero: float) -> None:
        self._codes = codes
        self._half_life = half_life
        self._zero = zero
        self._sums = np.zeros(int(codes.max(initial=0)) + 1)
        self._weights = np.zeros(int(codes.max(initial=0)) + 1)

    def add(self, rows: Whole, values: Floats, at: Floats) -> None:
        """Values of parcels, each at its instant."""
        codes = self._codes[rows]
        weights = np.where(codes == MISSING, 0.0, _growth(at, self._half_life, self._zero))
        codes = np.maximum(codes, 0)
        np.add.at(self._sums, codes, weights * values)
        np.add.at(self._weights, codes, weights)

    def mean(self, rows: Whole, now: float, prior: float) -> Floats:
        """The mean of each row's group with `prior` parcels at zero; 0 without a group."""
        codes = self._codes[rows]
        at = np.maximum(codes, 0)
        found: Floats = self._sums[at] / (self._weights[at] + prior * float(_growth(now, self._half_life, self._zero)))
        return np.where(codes == MISSING, 0.0, found)

    def weight(self, rows: Whole, now: float) -> Floats:
        """Parcels that each row's group rests on, old ones counted less."""
        codes = self._codes[rows]
        held = self._weights[np.maximum(codes, 0)] / float(_growth(now, self._half_life, self._zero))
        found: Floats = np.where(codes == MISSING, 0.0, held)
        return found
