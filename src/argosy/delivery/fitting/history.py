"""A history of parcels as columns, and what a fit of promises reports."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAY = 86_400.0
"""Seconds of a day of 24 hours."""
MISSING = -1
"""Code of a name that a row does not have."""
TARGETS = (0.90, 0.92, 0.95)
"""Shares of promises to keep when none is asked for."""


class Refusal(msgspec.Struct, frozen=True):
    """A row that was not used: its line in the file (the header is line 1), the column, and why."""

    line: int
    field: str
    reason: str


class Parcel(msgspec.Struct, frozen=True, gc=False):
    """One row that can be used; instants are seconds since 1970 in UTC."""

    event_id: str
    ordered: float
    delivered: float | None
    shipped: float | None
    given: float | None
    origin: str | None
    origin_at: tuple[float, float] | None
    destination: str | None
    destination_at: tuple[float, float] | None
    origin_region: str | None
    destination_region: str | None
    zone: str
    service: str | None
    weight_g: float | None
    volume_cm3: float | None


class Taken(msgspec.Struct, frozen=True):
    """What a file held: usable parcels in the order of the file, refused rows, columns that mean nothing here."""

    parcels: list[Parcel]
    refusals: list[Refusal]
    read: int
    ignored_columns: list[str]


class History(msgspec.Struct, frozen=True):
    """Parcels as columns, sorted by order instant and id. Unknown numbers are NaN, unknown names `MISSING`.

    Codes of names are given in order of first appearance, so those of earlier rows do not depend on later ones.
    """

    event_ids: list[str]
    ordered: Floats
    delivered: Floats
    shipped: Floats
    given: Floats
    origin_latitude: Floats
    origin_longitude: Floats
    destination_latitude: Floats
    destination_longitude: Floats
    weight_g: Floats
    volume_cm3: Floats
    codes: dict[str, Whole]
    names: dict[str, list[str]]
    """For `origin`, `destination`, `origin_region`, `destination_region`, `service` and `zone`."""

    def __len__(self) -> int:
        return len(self.event_ids)


class Split(msgspec.Struct, frozen=True):
    """Where the sorted rows are cut: fit is [0, tune), tune is [tune, test), test is [test, rows)."""

    tune: int
    test: int
    rows: int


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the method is run with; chosen on the fit and tune parts only. Lengths are days."""

    step: float
    """The model is renewed once a step; a promise uses the one of the step it falls in."""
    clock: str
    """`plain`, `working` (nights and Sundays count less all along) or `landing` (they count at the door only)."""
    slow_half_life: float
    fast_half_life: float
    residual_half_life: float
    pooling: float
    """Parcels whose weight a coarser group has in a finer one's quantile."""
    usual: float
    """Median duration; what is expected until deliveries are known."""
    horizon: float
    """A parcel open for longer no longer counts as slow but as lost, when learning how fast deliveries are."""


class TargetFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How promises at one target were kept on the test part; a figure without parcels behind it is None."""

    target: float
    promised: int
    withheld: int
    kept_share: float | None
    kept_share_low: float | None
    kept_share_high: float | None
    mean_promised_days: float | None
    median_slack_days: float | None
    pinball_days: float | None


class GivenFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How the file's own promises were kept on the same rows."""

    events: int
    kept_share: float | None
    mean_promised_days: float | None
    median_slack_days: float | None
    pinball_days: dict[str, float | None]


class MonthFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One month of orders (UTC) of the test part."""

    month: str
    target: float
    events: int
    kept_share: float | None
    median_slack_days: float | None


class LaneFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One lane of the test part: the group whose history decided."""

    lane: str
    target: float
    events: int
    withheld: int
    kept_share: float | None
    median_slack_days: float | None


class EventFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the file's rows; `open` counts test rows whose outcome was not known at the end of the file."""

    read: int
    used: int
    refused: int
    open: int
    refusals: list[Refusal]
    ignored_columns: list[str]


class SplitFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of each part, and the order instants that the test part spans."""

    fit: int
    tune: int
    test: int
    test_from: str | None
    test_to: str | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer, in the shape that `argosy promise fit --json` prints."""

    schema: str
    events: EventFigures
    split: SplitFigures
    unit: str
    method: str
    settings: dict[str, Any]
    targets: list[TargetFigures]
    given: GivenFigures | None
    drift: list[MonthFigures]
    lanes: list[LaneFigures]
    cpu_seconds: float
    peak_mb: float
