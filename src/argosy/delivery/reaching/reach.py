"""How many people a promise holds for, over the hours of a week."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context

import msgspec
import numpy as np
from numpy.typing import NDArray

from argosy.delivery.model import Hub, Network, Spread
from argosy.delivery.tables import Planner
from argosy.delivery.timetable import timetable_day
from argosy.delivery.zones import minute_of

HOURS_OF_WEEK = 168
FAR = np.int16(np.iinfo(np.int16).max)
"""Stands for a city that is not reached at all."""
_Elapsed = NDArray[np.int16]


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of hubs reaches.

    `people` live in cities for which the promise holds at the share of the hours asked for; `people_abroad` of them outside the
    home country. `worst_hour` is the order instant at which the promise holds for fewest people.
    """

    people: int
    people_abroad: int
    worst_hour: datetime
    worst_hour_people: int
    median_people: int
    best_hour_people: int


def scaled(network: Network, numerator: int, denominator: int) -> Network:
    """The network with every assumed duration multiplied by a ratio: handling, customs, sorting, transit, delay, cut-off, driving.

    Times of day (departures, offices, doors) stay.
    """

    def spread(was: Spread) -> Spread:
        return Spread(was.p50_minutes * numerator // denominator, was.p95_minutes * numerator // denominator)

    replace = msgspec.structs.replace
    return replace(
        network,
        hubs=tuple(replace(hub, handling=spread(hub.handling), sorting=spread(hub.sorting)) for hub in network.hubs),
        lanes=tuple(
            replace(
                lane,
                transit_minutes=lane.transit_minutes * numerator // denominator,
                late_mean_minutes=lane.late_mean_minutes * numerator // denominator,
            )
            for lane in network.lanes
        ),
        departures=tuple(
            replace(one, cutoff_minutes=one.cutoff_minutes * numerator // denominator) for one in network.departures
        ),
        borders=tuple(replace(border, clearance=spread(border.clearance)) for border in network.borders),
        service_areas=tuple(
            replace(area, km_per_hour=max(1, area.km_per_hour * denominator // numerator))
            for area in network.service_areas
        ),
    )


def elapsed(planner: Planner, hub: Hub, hours: Sequence[datetime], confidence: float) -> _Elapsed:
    """The minutes from each order instant until the parcel is at the door of each city: one row an hour; FAR where never.

    The hours are in order. A later wave that arrives earlier counts for the earlier ones too: the order is held for it.
    """
    waves: dict[datetime, NDArray[np.int32]] = {}
    served = []
    for hour in hours:
        wave = planner.waves(hub, hour, 1)[0]
        if wave not in waves:
            base = minute_of(hours[0], timetable_day(hour))
            waves[wave] = planner.wave_minutes(hub, hour, wave, confidence) - base
        served.append(wave)
    held = None
    for wave in sorted(waves, reverse=True):
        held = waves[wave] if held is None else np.minimum(held, waves[wave])
        waves[wave] = held
    rows = [
        np.minimum(waves[wave] - round((hour - hours[0]) / timedelta(minutes=1)), FAR)
        for hour, wave in zip(hours, served, strict=True)
    ]
    return np.array(rows, dtype=np.int16)


_shared: tuple[Planner, Sequence[datetime], float] | None = None


def _one(task: tuple[str, int, int]) -> tuple[tuple[str, int, int], _Elapsed]:
    assert _shared is not None  # noqa: S101
    planner, hours, confidence = _shared
    code, first, last = task
    hub = planner.graph.hubs[planner.graph.number[code]]
    return task, elapsed(planner, hub, hours[first:last], confidence)


def elapsed_everywhere(
    planner: Planner,
    hubs: Iterable[str],
    hours: Sequence[datetime],
    confidence: float,
    told: Callable[[float], None] = lambda share: None,
    processes: int = 2,
) -> dict[str, _Elapsed]:
    """`elapsed` for several hubs, worked out a day of orders at a time in several processes; `told` hears the share done."""
    global _shared
    codes = list(hubs)
    tasks = [(code, first, min(first + 24, len(hours))) for first in range(0, len(hours), 24) for code in codes]
    found: dict[str, _Elapsed] = {
        code: np.full((len(hours), len(planner.cities)), FAR, dtype=np.int16) for code in codes
    }
    planner.calendar(hours[0])  # read the holidays once, before the processes part
    _shared = planner, hours, confidence
    with ProcessPoolExecutor(max_workers=processes, mp_context=get_context("fork")) as pool:
        for number, (task, rows) in enumerate(pool.map(_one, tasks), 1):
            found[task[0]][task[1] : task[2]] = rows
            told(number / len(tasks))
    _shared = None
    return found


def soonest(elapsed_by_hub: Iterable[_Elapsed]) -> _Elapsed:
    """The minutes from the hub that is soonest, for each hour and city."""
    best: _Elapsed | None = None
    for one in elapsed_by_hub:
        best = one.copy() if best is None else np.minimum(best, one, out=best)
    assert best is not None, "no hub"  # noqa: S101
    return best


def reach(
    soon: _Elapsed,
    hours: Sequence[datetime],
    within_minutes: int,
    share_of_hours: float,
    population: NDArray[np.int64],
    at_home: NDArray[np.bool_],
) -> Reach:
    """The people for whom a promise within some minutes holds at that share of the hours."""
    kept = soon <= within_minutes
    holds = kept.mean(axis=0) >= share_of_hours
    by_hour = kept @ population
    worst = int(by_hour.argmin())
    return Reach(
        people=int(population[holds].sum()),
        people_abroad=int(population[holds & ~at_home].sum()),
        worst_hour=hours[worst],
        worst_hour_people=int(by_hour[worst]),
        median_people=int(np.median(by_hour)),
        best_hour_people=int(by_hour.max()),
    )
