"""How the parcels of one wave fare along a planned way: the same draws for the same lane, whoever asks and in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from argosy.delivery.clearing import Offices
from argosy.delivery.graph import Graph
from argosy.delivery.model import Lane, Spread
from argosy.delivery.rules import late_minutes, spread_minutes
from argosy.delivery.search import CUSTOMS, Tree
from argosy.delivery.timetable import NEVER, Timetable
from argosy.delivery.zones import Minutes

PARCELS = 256
"""Parcels drawn for each step."""
_DECKS = 4096
_Ranks = NDArray[np.int16]


@lru_cache(maxsize=4)
def decks(parcels: int = PARCELS) -> _Ranks:
    """Shuffled ranks from 0 to `parcels` - 1, one deck a row; each rank once a row, so that every leg has its exact distribution.

    Made from a hash of the place, not from a library's generator, so that they never change.
    """
    state = np.arange(_DECKS * parcels, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    return np.argsort(state.reshape(_DECKS, parcels), axis=1, kind="stable").astype(np.int16)


def _deck(code: str, what: str) -> int:
    return crc32(f"{what}:{code}".encode()) % _DECKS


def _shares(parcels: int) -> list[float]:
    return [(rank + 0.5) / parcels for rank in range(parcels)]


class Chances:
    """What each step of a network takes by rank, and which deck its parcels are drawn from."""

    def __init__(self, graph: Graph, parcels: int = PARCELS) -> None:
        self.graph = graph
        self.parcels = parcels
        self.decks = decks(parcels)
        spreads: dict[Spread, int] = {}
        for hub in graph.hubs:
            for spread in (hub.handling, hub.sorting, graph.borders[hub.customs_zone].clearance):
                spreads.setdefault(spread, len(spreads))
        self._durations = [[spread_minutes(spread, share) for share in _shares(parcels)] for spread in spreads]
        self.handling = np.array([spreads[hub.handling] for hub in graph.hubs])
        self.sorting = np.array([spreads[hub.sorting] for hub in graph.hubs])
        self.clearance = np.array([spreads[graph.borders[hub.customs_zone].clearance] for hub in graph.hubs])
        self._lanes(graph.lanes)
        codes = [hub.code for hub in graph.hubs]
        self.sorting_deck = np.array([_deck(code, "sorting") for code in codes])
        self.clearance_deck = np.array([_deck(code, "clearance") for code in codes])
        self._dealt: dict[int, NDArray[np.int16]] = {}

    def _lanes(self, lanes: Sequence[Lane]) -> None:
        first = len(self._durations)
        kinds: dict[tuple[float, int], int] = {}
        for lane in lanes:
            delay = (lane.late_share, lane.late_mean_minutes)
            if delay not in kinds:
                kinds[delay] = first + len(kinds)
                self._durations.append([late_minutes(lane, share) for share in _shares(self.parcels)])
        self.late = np.array([kinds[lane.late_share, lane.late_mean_minutes] for lane in lanes], dtype=np.intp)
        self.bumped = np.array([round(lane.bumped_share * self.parcels) for lane in lanes], dtype=np.intp)
        self.handling_deck = np.array([_deck(lane.code, "handling") for lane in lanes], dtype=np.intp)
        self.late_deck = np.array([_deck(lane.code, "late") for lane in lanes], dtype=np.intp)
        self.bumped_deck = np.array([_deck(lane.code, "bumped") for lane in lanes], dtype=np.intp)

    def _deal(self, kind: int) -> NDArray[np.int16]:
        """The minutes of one kind of step for every deck; made when first asked for, 2 MB each."""
        if kind not in self._dealt:
            minutes = np.minimum(self._durations[kind], np.iinfo(np.int16).max).astype(np.int16)
            self._dealt[kind] = minutes[self.decks]
        return self._dealt[kind]

    def step(self, kind: NDArray[np.intp], deck: NDArray[np.intp]) -> NDArray[np.int16]:
        """The minutes of some steps, one a row, one column a parcel."""
        kinds = sorted(set(kind.tolist()))
        if len(kinds) == 1:
            return self._deal(kinds[0])[deck]
        drawn = np.empty((len(deck), self.parcels), dtype=np.int16)
        for one in kinds:
            rows = np.flatnonzero(kind == one)
            drawn[rows] = self._deal(one)[deck[rows]]
        return drawn

    def left_behind(self, lanes: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The parcels that the lanes leave behind: rows and columns of a table with a row a lane."""
        most = int(self.bumped[lanes].max()) if len(lanes) else 0
        parcels = self.decks[self.bumped_deck[lanes], :most].astype(np.intp)
        row, place = np.nonzero(np.arange(most)[None, :] < self.bumped[lanes][:, None])
        return row, parcels[row, place]

    def picked(self, tree: Tree) -> Minutes:
        """When the parcels of a tree's wave are packed that go from their hub straight to a van."""
        hub = np.array([tree.origin])
        deck = np.array([_deck(self.graph.hubs[tree.origin].code, "picking")])
        return (tree.began + self.step(self.handling[hub], deck)).astype(np.int32)

    def sort(self, hubs: NDArray[np.intp]) -> NDArray[np.int16]:
        """Minutes from a parcel's arrival in a hub until it is on a van."""
        return self.step(self.sorting[hubs], self.sorting_deck[hubs])


def ride(
    chances: Chances, table: Timetable, lanes: NDArray[np.intp], ready: Minutes
) -> tuple[NDArray[np.intp], Minutes]:
    """Which departure each parcel takes (a place of the timetable) and when it lands; one row a lane, one column a parcel.

    A parcel that is not ready by a cut-off, or is left behind, waits for the lane's next departure.
    """
    high = table.start[lanes + 1] - 1
    taken = _first_departures(table, lanes, ready)
    row, parcel = chances.left_behind(lanes)
    taken[row, parcel] = np.minimum(table.takes[taken[row, parcel]] + 1, high[row])
    landed = table.lands[taken] + chances.step(chances.late[lanes], chances.late_deck[lanes])
    return taken, landed


def _first_departures(table: Timetable, lanes: NDArray[np.intp], ready: Minutes) -> NDArray[np.intp]:
    """The place of the first departure that each parcel is ready for; one row a lane.

    A row's parcels are ready within a day or so of one another, so counting the few cut-offs between them is quicker than
    searching for each.
    """
    low = table.first_after(lanes, ready.min(axis=1))
    between = table.first_after(lanes, ready.max(axis=1)) - low
    order = np.argsort(-between, kind="stable")
    low, between, waiting = low[order], between[order], ready[order]
    ahead = np.zeros(ready.shape, dtype=np.int16)
    for step in range(int(between[0]) if len(between) else 0):
        rows = int(np.searchsorted(-between, -step))
        ahead[:rows] += table.cutoff[low[:rows] + step][:, None] < waiting[:rows]
    taken = np.empty(ready.shape, dtype=np.intp)
    taken[order] = low[:, None] + ahead
    return taken


def follow(chances: Chances, table: Timetable, offices: Offices, tree: Tree, wanted: NDArray[np.intp]) -> Minutes:
    """When each parcel of a wave reaches the wanted states, along the tree: one row a wanted state, one column a parcel.

    A state that the tree does not reach has NEVER throughout. Arrival is at the hub, before its sorting; at the hub of the wave
    it is after picking.
    """
    levels, row_of = _levels(tree, wanted)
    rows: Minutes = np.full((len(row_of) + 1, chances.parcels), NEVER, dtype=np.int32)
    rows[row_of[2 * tree.origin + 1]] = tree.began
    for states in levels:
        lanes = np.array([tree.lane[state] for state in states], dtype=np.intp)
        here = np.array([row_of[state] for state in states], dtype=np.intp)
        came = rows[np.array([row_of[tree.before[state]] for state in states], dtype=np.intp)]
        rode = lanes != CUSTOMS
        if rode.any():
            by = lanes[rode]
            kinds = chances.handling[chances.graph.origin[by]]
            ready = came[rode] + chances.step(kinds, chances.handling_deck[by])
            rows[here[rode]] = ride(chances, table, by, ready)[1]
        hubs = np.array([states[place] >> 1 for place in np.flatnonzero(~rode)], dtype=np.intp)
        if len(hubs):
            done = came[~rode] + chances.step(chances.clearance[hubs], chances.clearance_deck[hubs])
            for place, hub in enumerate(hubs.tolist()):
                done[place] = offices.release_all(hub, done[place])
            rows[here[~rode]] = done
    arrived = rows[np.array([row_of.get(state, len(row_of)) for state in wanted.tolist()], dtype=np.intp)]
    home = np.flatnonzero(wanted == 2 * tree.origin + 1)
    if len(home):
        arrived[home] = chances.picked(tree)
    return np.minimum(arrived, NEVER)


def _levels(tree: Tree, wanted: NDArray[np.intp]) -> tuple[list[list[int]], dict[int, int]]:
    """The states on the ways to the wanted ones by their number of steps, and a row for each."""
    needed = bytearray(len(tree.before))
    for state in wanted.tolist():
        while tree.arrives[state] < NEVER and not needed[state]:
            needed[state] = 1
            if tree.before[state] < 0:
                break
            state = tree.before[state]
    root = 2 * tree.origin + 1
    depth, row_of = {root: 0}, {root: 0}
    levels: list[list[int]] = []
    for state in tree.order:
        if needed[state] and state != root:
            row_of[state] = len(row_of)
            deep = depth[state] = depth[tree.before[state]] + 1
            if deep > len(levels):
                levels.append([])
            levels[deep - 1].append(state)
    return levels, row_of
