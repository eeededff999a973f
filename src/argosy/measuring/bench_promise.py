"""`argosy bench promise`: how long promise tables take to make and to read, and a basket to source."""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import CONFIDENCES, Hub
from argosy.delivery.networks.opening import open_network
from argosy.delivery.places import cities
from argosy.delivery.sourcing import source
from argosy.delivery.tables import Planner
from argosy.plumbing.config import Config

AT = datetime(2026, 6, 18, 12, 1, tzinfo=UTC)
"""The order instant of the measurements; any other does as well."""
HUBS = 12
CITIES_READ = 4096


def measure(config: Config, given: argparse.Namespace) -> dict[str, Any]:
    """CPU seconds and microseconds of this process, medians of warm runs.

    `refresh_s` is one table for each of twelve hubs, `refresh_one_hub_s` one of them; `day_s` is what a new day costs once,
    before the first of them; `start_s` reading network and cities and laying them out. `peak_mb` is the process's at the end.
    `sourcing_us` is the slowest of the three aims.
    """
    seconds = min(float(given.seconds), 60.0)
    started = time.process_time()
    network = open_network(config.home, config.data)
    places = cities()
    planner = Planner(network, places.all)
    start = time.process_time() - started
    hubs = [hub for hub in network.hubs if hub.waves][:HUBS]
    day = _once(lambda: planner.calendar(AT))
    gc.collect()
    gc.freeze()
    one, every = _refreshes(planner, hubs, seconds)
    gc.unfreeze()
    board = PromiseBoard(planner, [hubs[0].code], 1)
    board.refresh(hubs[0].code, AT)
    lookup, lookup_with_date, shown = _lookups(board, hubs[0].code, len(places.all))
    return {
        "refresh_s": round(every, 3),
        "refresh_one_hub_s": round(one, 3),
        "day_s": round(day, 3),
        "start_s": round(start, 3),
        "hubs": len(hubs),
        "cities": len(places.all),
        "confidences": len(CONFIDENCES),
        "lookup_us": round(lookup, 3),
        "lookup_with_date_us": round(lookup_with_date, 3),
        "lookup_for_a_page_us": round(shown, 3),
        **_sourcing(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _once(run: Callable[[], object]) -> float:
    before = time.process_time()
    run()
    return time.process_time() - before


def _refreshes(planner: Planner, hubs: list[Hub], seconds: float) -> tuple[float, float]:
    """The median of one hub's refresh, and of all hubs' one after another; at least three rounds."""
    waves = {hub.code: planner.waves(hub, AT, 1)[0] for hub in hubs}
    singles: list[float] = []
    rounds: list[float] = []
    until = time.monotonic() + seconds
    while len(rounds) < 3 or time.monotonic() < until:
        took = [_once(lambda hub=hub: planner.wave_table(hub, AT, waves[hub.code])) for hub in hubs]  # type: ignore[misc]
        singles.extend(took)
        rounds.append(sum(took))
    return statistics.median(singles), statistics.median(rounds)


def _per_call(run: Callable[[], object], calls: int, repeats: int = 15) -> float:
    """The median microseconds of CPU for one of the calls that a run makes."""
    run()
    return statistics.median(_once(run) for _ in range(repeats)) / calls * 1e6


def _lookups(board: PromiseBoard, hub: str, count: int) -> tuple[float, float, float]:
    places = np.random.default_rng(7).integers(0, count, CITIES_READ).tolist()
    at = int(AT.timestamp()) // 60
    entry, day, lookup = board.entry, board.day, board.lookup

    def entries() -> None:
        for place in places:
            entry(hub, place, 2, at)

    def days() -> None:
        for place in places:
            day(hub, place, 2, at)

    def pages() -> None:
        for place in places:
            lookup(hub, place, 0.95, AT)

    return _per_call(entries, count := len(places)), _per_call(days, count), _per_call(pages, count)


def _sourcing() -> dict[str, float]:
    """Sourcing of 64 made-up baskets of ten lines over ten hubs, each of which has two lines of three, by aim."""
    draw = np.random.default_rng(11)
    baskets = []
    for _ in range(64):
        wanted = draw.integers(1, 3, 10)
        stock = np.where(draw.random((10, 10)) < 0.67, 5, 0)
        stock[0] = np.maximum(stock[0], draw.integers(0, 2, 10) * 5)
        by = draw.integers(20_000, 30_000, 10)
        cost = draw.integers(2000, 2600, (10, 10))
        baskets.append((wanted, stock, by, cost, draw.integers(900, 1500, 10)))
    told = {}
    for aim in ("earliest", "fewest", "cheapest"):

        def run(aim: Any = aim) -> None:
            for wanted, stock, by, cost, parcel in baskets:
                source(wanted, stock, by, aim, cost=cost, parcel_cost=parcel)

        told[aim] = round(_per_call(run, len(baskets)), 2)
    return {"sourcing_us": max(told.values()), **{f"sourcing_{aim}_us": took for aim, took in told.items()}}
