"""Histories of parcels made up by seed, with a truth that is known: speed, drift, weekends, holidays, open parcels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from argosy.delivery.fitting.history import Parcel

START = datetime(2017, 1, 2, tzinfo=UTC).timestamp()
DAY = 86_400.0


def world(
    count: int = 7_000,
    *,
    days: float = 240,
    median: float = 3.0,
    spread: float = 0.35,
    seed: int = 1,
    drift: Callable[[float], float] = lambda day: 1.0,
    zone: str = "America/Sao_Paulo",
    weekends: bool = False,
    ids_only: bool = False,
    lost: float = 0.004,
    waves: bool = True,
    seen_until: float | None = None,
) -> list[Parcel]:
    """Parcels from 40 sellers in 6 regions to 25; `drift` multiplies durations by the day of the order.

    With `waves` a parcel is handed over between 9 and 20 local time; with `weekends` nothing moves on Saturday and Sunday
    nor at the door. The history is cut at `seen_until` days (default: at the last order): what comes later is open.
    """
    draw = np.random.default_rng(seed)
    regions = [(f"R{n:02}", -30 + 25 * draw.random(), -60 + 25 * draw.random()) for n in range(25)]
    pace = draw.normal(0, 0.18, 25)
    sellers = [(f"s{n}", int(draw.integers(0, 6)), draw.normal(0, 0.2)) for n in range(40)]
    weights = draw.dirichlet(np.ones(25) * 0.8)
    place = ZoneInfo(zone)
    end = START + (seen_until if seen_until is not None else days) * DAY
    parcels = []
    for number, at in enumerate(np.sort(draw.random(count)) * days):
        ordered = START + round(at * DAY)
        seller, home, slow = sellers[int(draw.integers(0, 40))]
        goal = int(draw.choice(25, p=weights))
        (origin, lat, lon), (target, to_lat, to_lon) = regions[home], regions[goal]
        far = np.hypot(lat - to_lat, lon - to_lon)
        middle = np.log(median) + 0.35 * (np.log1p(far / 8) - 0.8) + pace[goal] + slow
        express = draw.random() < 0.2
        noise = draw.normal(0, spread) if draw.random() < 0.93 else abs(draw.normal(0.4, spread))
        took = float(np.exp(middle - 0.4 * express + noise)) * drift(at)
        arrives = _at_the_door(ordered, took, place, waves, weekends, draw)
        delivered = None if arrives > end or draw.random() < lost else arrives
        handed = ordered + round(0.3 * took * DAY)
        parcels.append(
            Parcel(
                event_id=f"e{number:06}", ordered=ordered, delivered=delivered,
                shipped=handed if handed <= min(end, arrives) else None, given=None,
                origin=seller, destination=f"{target}-{int(draw.integers(0, 12))}",
                origin_at=None if ids_only else (lat + draw.normal(0, 0.3), lon + draw.normal(0, 0.3)),
                destination_at=None if ids_only else (to_lat + draw.normal(0, 0.5), to_lon + draw.normal(0, 0.5)),
                origin_region=None if ids_only else origin, destination_region=None if ids_only else target,
                zone=zone, service="express" if express else "standard",
                weight_g=float(np.exp(draw.normal(6.5, 1))), volume_cm3=None,
            )
        )  # fmt: skip
    return parcels


def _at_the_door(
    ordered: float, took: float, place: ZoneInfo, waves: bool, weekends: bool, draw: np.random.Generator
) -> float:
    """When a parcel that is under way for `took` days is handed over."""
    left = took
    at = datetime.fromtimestamp(ordered, UTC).astimezone(place)
    while weekends and left > 0:
        step = min(left, 1.0)
        at += timedelta(days=step)
        left -= step if at.weekday() < 5 else 0.0
    at += timedelta(days=left)
    if waves:
        if at.hour >= 20:
            at = at.replace(hour=9, minute=0) + timedelta(days=1)
        if at.hour < 9:
            at = at.replace(hour=9, minute=0)
        while weekends and at.weekday() >= 5:
            at += timedelta(days=1)
        at += timedelta(hours=float(draw.random()) * max(20.5 - at.hour, 0.5))
    return float(round(at.timestamp()))
