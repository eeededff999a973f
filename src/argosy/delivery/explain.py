"""One promise, step by step: what a usual parcel meets on its way, and what the one at the edge of the promise meets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

import numpy as np

from argosy.base.errors import Refused
from argosy.delivery.board import PromiseBoard, unknown_confidence
from argosy.delivery.draws import ride
from argosy.delivery.model import CONFIDENCES, City, Journey, Leg
from argosy.delivery.search import CUSTOMS, Tree
from argosy.delivery.tables import Calendar
from argosy.delivery.zones import Minutes, instant_at, minute_of


def explain(board: PromiseBoard, hub: str, city: City, confidence: float, ordered_at: datetime) -> Journey:
    """The legs behind a board's promise; where it makes none, Refused `nothing_promised`.

    Legs are those of two parcels out of the draws: the middling one, and the one at the edge of what the confidence covers.
    """
    if confidence not in CONFIDENCES:
        raise unknown_confidence(confidence)
    promised = board.lookup(hub, city.index, confidence, ordered_at)
    if promised is None:
        raise Refused(
            "nothing_promised",
            f"No date can be promised from {hub} to {city.name}, {city.country}: no way leads there within two weeks.",
            field="to",
            remedy="Choose another hub.",
            status=422,
        )
    level = CONFIDENCES.index(confidence)
    planner = board.planner
    table, van = board.table_of(hub, city.index, level)
    calendar = planner.calendar(ordered_at)
    shift = (table.first - calendar.table.first).days * 1440
    began = table.wave + shift
    tree = planner.tree(board.hubs[hub], calendar, began)
    walk = _Walk(board, calendar, tree, 2 * van + 1)
    rows = planner.vans
    group = next(one for one in rows.choices[city.index].tolist() if one >= 0 and rows.hubs[rows.hub_row[one]] == van)
    loaded = planner.loaded(calendar, tree)
    minutes, days = calendar.doors.at_the_door(loaded)
    order = np.argsort(loaded[rows.hub_row[group]], kind="stable")
    first = calendar.table.first

    def legs(share: float, level: int) -> tuple[Leg, ...]:
        parcel = int(order[math.ceil(share * len(order)) - 1])
        found = list(walk.legs(parcel, ordered_at))
        found.append(_door(board, calendar, found[-1], city, group, int(minutes[group, level])))
        return tuple(found)

    return Journey(
        hub=hub,
        city=city,
        confidence=confidence,
        ordered_at=ordered_at,
        promised=promised,
        usual_day=instant_at(int(days[group, 0]) * 1440, first).date(),
        usual=legs(CONFIDENCES[0], 0),
        slow=legs(confidence, level),
    )


def _door(board: PromiseBoard, calendar: Calendar, before: Leg, city: City, group: int, door: int) -> Leg:
    """The last step: by van to the city's depot, and with the round of the first delivery day that this is in time for."""
    vans, first = board.planner.vans, calendar.table.first
    round_of, drive = int(vans.round_of[group]), int(vans.drive[group])
    day = int(calendar.doors.closes[round_of].searchsorted(door))
    depot, opens = int(calendar.doors.depot[round_of, day]), int(calendar.doors.opens[round_of, day])
    loaded = minute_of(before.arrives_at, first)
    return Leg(
        step="door",
        place=before.place,
        to=city.name,
        carrier=_courier(board, city),
        mode="road",
        ready_at=before.arrives_at,
        cutoff=instant_at(depot - drive, first),
        leaves_at=instant_at(opens, first),
        arrives_at=instant_at(door, first),
        waited_minutes=max(0, opens - loaded - drive),
        missed=0,
    )


def _courier(board: PromiseBoard, city: City) -> str:
    areas = {(area.country, area.city): area.carrier for area in board.planner.network.service_areas}
    return areas.get((city.country, city.number)) or areas[city.country, None]


class _Walk:
    """The draws of all parcels along one way of a tree, step by step."""

    def __init__(self, board: PromiseBoard, calendar: Calendar, tree: Tree, state: int) -> None:
        self.planner = board.planner
        self.calendar = calendar
        self.tree = tree
        self.states = [state]
        while tree.before[self.states[-1]] >= 0:
            self.states.append(tree.before[self.states[-1]])
        self.states.reverse()

    def legs(self, parcel: int, ordered_at: datetime) -> Iterator[Leg]:
        """The steps of one parcel until it is on a van."""
        chances, graph = self.planner.chances, self.planner.graph
        table, first = self.calendar.table, self.calendar.table.first
        at = np.full((1, chances.parcels), self.tree.began, dtype=np.int32)
        origin = graph.hubs[self.tree.origin].code
        picked = False
        for state, before in zip(self.states[1:], self.states, strict=False):
            lane, hub = self.tree.lane[state], state >> 1
            if lane == CUSTOMS:
                one = np.array([hub])
                done = at + chances.step(chances.clearance[one], chances.clearance_deck[one])
                out = self.calendar.offices.release_all(hub, done[0])[None, :]
                yield self._leg("customs", graph.hubs[hub].code, at, done, out, parcel)
                at = out
                continue
            by = np.array([lane])
            kind = chances.handling[graph.origin[by]]
            ready = at + chances.step(kind, chances.handling_deck[by])
            if not picked:
                yield self._pick(origin, ordered_at, int(ready[0, parcel]))
                picked = True
            taken, landed = ride(chances, table, by, ready)
            place = int(taken[0, parcel])
            planned = self._planned(lane, before)
            yield Leg(
                step="lane",
                place=graph.lanes[lane].origin,
                to=graph.lanes[lane].destination,
                carrier=graph.lanes[lane].carrier,
                mode=graph.lanes[lane].mode,
                ready_at=instant_at(int(ready[0, parcel]), first),
                cutoff=instant_at(int(table.cutoff[table.takes[place]]), first),
                leaves_at=instant_at(int(table.leaves[table.takes[place]]), first),
                arrives_at=instant_at(int(landed[0, parcel]), first),
                waited_minutes=int(table.leaves[table.takes[place]] - ready[0, parcel]),
                missed=max(0, place - planned),
            )
            at = landed
        if not picked:
            at = chances.picked(self.tree)
            yield self._pick(origin, ordered_at, int(at[0, parcel]))
        van = np.array([self.states[-1] >> 1])
        out = at + chances.sort(van)
        yield self._leg("sort", graph.hubs[int(van[0])].code, at, out, out, parcel)

    def _planned(self, lane: int, before: int) -> int:
        table, planning = self.calendar.table, self.planner.planning
        low, high = int(table.start[lane]), int(table.start[lane + 1]) - 1
        ready = self.tree.arrives[before] + planning.handling[before >> 1]
        return low + int(table.cutoff[low:high].searchsorted(ready))

    def _pick(self, hub: str, ordered_at: datetime, done: int) -> Leg:
        first = self.calendar.table.first
        wave = instant_at(self.tree.began, first)
        return Leg(
            step="pick",
            place=hub,
            to=None,
            carrier=None,
            mode=None,
            ready_at=ordered_at,
            cutoff=wave,
            leaves_at=wave,
            arrives_at=instant_at(done, first),
            waited_minutes=int((wave - ordered_at).total_seconds() // 60),
            missed=0,
        )

    def _leg(self, step: str, place: str, at: Minutes, done: Minutes, out: Minutes, parcel: int) -> Leg:
        first = self.calendar.table.first
        return Leg(
            step="customs" if step == "customs" else "sort",
            place=place,
            to=None,
            carrier=None,
            mode=None,
            ready_at=instant_at(int(at[0, parcel]), first),
            cutoff=None,
            leaves_at=instant_at(int(done[0, parcel]), first),
            arrives_at=instant_at(int(out[0, parcel]), first),
            waited_minutes=int(out[0, parcel] - done[0, parcel]),
            missed=0,
        )
