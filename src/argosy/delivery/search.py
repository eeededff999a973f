"""Which way to go: the earliest planned arrival from a hub at every other hub, before and after customs.

Time-dependent Dijkstra. A state is `2 * hub + cleared`: what is cleared for the zone it is in may be delivered there. Goods
that leave their own zone travel bonded and are cleared once, at a hub that clears.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from heapq import heappop, heappush

import msgspec
import numpy as np

from argosy.delivery.clearing import Offices
from argosy.delivery.graph import Graph
from argosy.delivery.rules import late_minutes, spread_minutes
from argosy.delivery.timetable import NEVER, Timetable

PLANNED = 0.7
"""The share of cases that a planned leg allows for. Planning on medians takes connections that are then missed."""
CUSTOMS = -1
"""Stands for the lane where a step is clearing customs."""


class Tree(msgspec.Struct, frozen=True):
    """The planned way to every state: by which lane and from which state one comes, and when; in the order of arrival."""

    origin: int
    began: int
    order: list[int]
    lane: list[int]
    before: list[int]
    arrives: list[int]


class Planning:
    """The planned minutes of every step of a network, at the share `PLANNED`."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.handling = [spread_minutes(hub.handling, PLANNED) for hub in graph.hubs]
        self.clearance = [
            spread_minutes(graph.borders[hub.customs_zone].clearance, PLANNED) if hub.clears else NEVER
            for hub in graph.hubs
        ]
        late: dict[tuple[float, int], int] = {}
        for lane in graph.lanes:
            late.setdefault((lane.late_share, lane.late_mean_minutes), late_minutes(lane, PLANNED))
        self.late = np.array([late[lane.late_share, lane.late_mean_minutes] for lane in graph.lanes], dtype=np.int32)


_Edges = list[list[tuple[int, int, int]]]


class Ways:
    """The lanes out of every hub with their planned departures, laid out for the search; one for each timetable."""

    def __init__(self, planning: Planning, table: Timetable, offices: Offices) -> None:
        self.planning = planning
        self.offices = offices
        self.cutoff = array("i", table.cutoff.tobytes())
        lanes = np.repeat(np.arange(len(table.start) - 1), np.diff(table.start))
        self.lands = array("i", (table.lands + planning.late[lanes]).astype(np.int32).tobytes())
        first, last = table.start[:-1].tolist(), (table.start[1:] - 1).tolist()
        graph = planning.graph
        self.domestic: _Edges = _edges(graph.domestic, first, last)
        self.foreign: _Edges = _edges(graph.foreign, first, last)
        self.lane_at = np.append(lanes, -1)


def _edges(adjacency: list[list[tuple[int, int]]], first: list[int], last: list[int]) -> _Edges:
    return [[(first[lane], last[lane], 2 * target) for lane, target in lanes] for lanes in adjacency]


def plan(ways: Ways, origin: int, began: int) -> Tree:
    """The tree of earliest planned arrivals for stock of a hub whose wave is at `began`."""
    graph, planning = ways.planning.graph, ways.planning
    handling, clearance, zone = planning.handling, planning.clearance, graph.customs_zone
    home = zone[origin]
    states = 2 * len(graph.hubs)
    best, by, before = [NEVER] * states, [CUSTOMS] * states, [-1] * states
    best[2 * origin + 1] = began
    heap, order = [(began, 2 * origin + 1)], []
    while heap:
        at, state = heappop(heap)
        if at > best[state]:
            continue
        order.append(state)
        hub = state >> 1
        ready = at + handling[hub]
        if state & 1:
            _leave(ways, ways.domestic[hub], (state, ready, 1), best, by, before, heap)
            if zone[hub] == home:
                _leave(ways, ways.foreign[hub], (state, ready, 0), best, by, before, heap)
        elif zone[hub] != home:
            _leave(ways, ways.domestic[hub], (state, ready, 0), best, by, before, heap)
            _leave(ways, ways.foreign[hub], (state, ready, 0), best, by, before, heap)
            arrival = ways.offices.release(hub, at + clearance[hub])
            if arrival < best[state + 1]:
                best[state + 1], by[state + 1], before[state + 1] = arrival, CUSTOMS, state
                heappush(heap, (arrival, state + 1))
    lanes = ways.lane_at[by].tolist()
    return Tree(origin, began, order, lanes, before, best)


def _leave(
    ways: Ways,
    edges: list[tuple[int, int, int]],
    whence: tuple[int, int, int],
    best: list[int],
    by: list[int],
    before: list[int],
    heap: list[tuple[int, int]],
) -> None:
    """Better what can be reached from a state (its number, when one is ready there, whether one is cleared after) by some lanes."""
    state, ready, cleared = whence
    cutoff, lands = ways.cutoff, ways.lands
    for first, last, target in edges:
        then = target + cleared
        if best[then] > ready:
            arrival = lands[bisect_left(cutoff, ready, first, last)]
            if arrival < best[then]:
                best[then], by[then], before[then] = arrival, first, state
                heappush(heap, (arrival, then))
