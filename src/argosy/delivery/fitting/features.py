"""What a row itself says at its order instant, as numbers for a regression, and the groups that it belongs to."""

from __future__ import annotations

import numpy as np

from argosy.delivery.fitting.history import DAY, MISSING, Flags, Floats, History, Whole
from argosy.delivery.fitting.local_days import LocalDays

EARTH_KM = 6371.0
"""Mean radius (IUGG)."""
CELL_DEGREES = 1.0
"""Side of the squares that stand for a region where a file has coordinates only."""
_DUMMIES = {"origin_region": 30, "destination_region": 60, "service": 30}
"""Names that get a column of their own, in order of appearance; those after them share one."""


def great_circle_km(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Kilometres between places on the sphere; NaN where a place is not known."""
    here, there = np.radians(latitude), np.radians(to_latitude)
    half = np.sin((there - here) / 2) ** 2
    half += np.cos(here) * np.cos(there) * np.sin(np.radians(to_longitude - longitude) / 2) ** 2
    found: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return found


def own_features(history: History, days: LocalDays, known: int) -> Floats:
    """A row of numbers for each parcel, the first being 1.

    Which columns there are, and what coordinates are centred on, depends on the first `known` rows only.
    """
    columns: list[Floats] = [np.ones(len(history))]
    columns += _distance(history, known)
    for field, most in _DUMMIES.items():
        codes = history.codes[field]
        columns += [(codes == code).astype(float) for code in range(min(most, int(codes[:known].max(initial=-1)) + 1))]
    here, there = history.codes["origin_region"], history.codes["destination_region"]
    same = _same_name(history, "origin_region", "destination_region") & (here != MISSING) & (there != MISSING)
    columns.append(same.astype(float))
    for measure, usual in ((history.weight_g, 1_000.0), (history.volume_cm3, 10_000.0)):
        if not np.isnan(measure[:known]).all():
            columns += [np.nan_to_num(np.log(measure / usual)), np.isnan(measure).astype(float)]
    local = days.local(history.codes["zone"], history.ordered)
    weekday = (np.floor(local / DAY).astype(np.int64) + 3) % 7
    hour = np.floor(local % DAY / 3600.0).astype(np.int64)
    columns += [(weekday == one).astype(float) for one in range(7)]
    columns += [(hour == one).astype(float) for one in range(24)]
    into_week = (weekday * 24.0 + hour) / 168.0
    columns += [turn(2 * np.pi * 2 * into_week) for turn in (np.sin, np.cos)]
    return np.column_stack(columns)


def _distance(history: History, known: int) -> list[Floats]:
    """Columns of distance and place, where any coordinates are known."""
    places = (
        history.origin_latitude, history.origin_longitude, history.destination_latitude, history.destination_longitude
    )  # fmt: skip
    columns: list[Floats] = []
    km = great_circle_km(*places)
    if not np.isnan(km[:known]).all():
        columns += [
            np.nan_to_num(np.log1p(km / 30.0)), np.nan_to_num(km / 1_000.0), np.nan_to_num(np.sqrt(km / 1_000.0)),
            np.isnan(km).astype(float), (km < 30.0).astype(float),
        ]  # fmt: skip
    for latitude, longitude in (places[:2], places[2:]):
        if np.isnan(latitude[:known]).all():
            continue
        north, east = (_centred(values, known) for values in (latitude, longitude))
        columns += [north, east, north * north, east * east, north * east]
    return columns


def _centred(values: Floats, known: int) -> Floats:
    spread = float(np.nanstd(values[:known])) or 1.0
    return np.clip(np.nan_to_num((values - float(np.nanmean(values[:known]))) / max(spread, 1e-6)), -4.0, 4.0)


def _same_name(history: History, left: str, right: str) -> Flags:
    """Whether two fields of a row hold the same name."""
    numbers = {name: code for code, name in enumerate(history.names[right])}
    into = np.array([numbers.get(name, -2) for name in history.names[left]] + [-3], dtype=np.int64)
    same: Flags = into[history.codes[left]] == history.codes[right]
    return same


def crossed(*codes: Whole) -> Whole:
    """One code for each combination; `MISSING` where a part is."""
    key = np.zeros(len(codes[0]), dtype=np.int64)
    lacking = np.zeros(len(codes[0]), dtype=np.bool_)
    for part in codes:
        key = key * (int(part.max(initial=0)) + 2) + part + 1
        lacking |= part == MISSING
    _, found = np.unique(key, return_inverse=True)
    joined: Whole = np.where(lacking, MISSING, found).astype(np.int64)
    return joined


def cells(latitude: Floats, longitude: Floats, side: float) -> Whole:
    """A code for each square of `side` degrees; `MISSING` where the place is not known."""
    unknown = np.isnan(latitude) | np.isnan(longitude)
    row = np.floor(np.nan_to_num(latitude) / side).astype(np.int64) + 1_000_000
    column = np.floor(np.nan_to_num(longitude) / side).astype(np.int64) + 1_000_000
    return crossed(np.where(unknown, MISSING, row), np.where(unknown, MISSING, column))


class Places:
    """The groups of a history: where a parcel starts and goes, fine and coarse."""

    def __init__(self, history: History, known: int) -> None:
        """Which kinds of groups there are depends on the first `known` rows only."""
        self.served = bool((history.codes["service"][:known] != MISSING).any())
        self.fine: dict[str, Whole] = {}
        for end, latitude, longitude in (
            ("origin", history.origin_latitude, history.origin_longitude),
            ("destination", history.destination_latitude, history.destination_longitude),
        ):
            region, name = history.codes[f"{end}_region"], history.codes[end]
            if (name[:known] != MISSING).any():
                self.fine[end] = name
            if not np.isnan(latitude[:known]).all():
                self.fine[f"{end}_square"] = cells(latitude, longitude, CELL_DEGREES / 4)
                self.fine[f"{end}_area"] = cells(latitude, longitude, CELL_DEGREES)
            if (region[:known] != MISSING).any():
                self.fine[f"{end}_region"] = region

    def of(self, end: str) -> list[Whole]:
        """Codes of all groups that hold one end of the way, fine ones first."""
        return [
            self.fine[f"{end}{kind}"] for kind in ("", "_square", "_area", "_region") if f"{end}{kind}" in self.fine
        ]

    def coarse(self, end: str) -> tuple[str, Whole]:
        """The group that stands for one end in a lane: its region, else its area, else its id."""
        for kind in ("_region", "_area", ""):
            if f"{end}{kind}" in self.fine:
                return f"{end}{kind}", self.fine[f"{end}{kind}"]
        raise AssertionError(f"a history without any {end}")
