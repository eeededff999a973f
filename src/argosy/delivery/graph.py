"""A network in columns: hubs and lanes by number, and which lanes leave a hub within and across its customs zone."""

from __future__ import annotations

import numpy as np

from argosy.delivery.model import EVERY_DAY, Border, Hub, Lane, Network


class Graph:
    """What search, draws and tables read of a network; nothing in it depends on a date."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.hubs: tuple[Hub, ...] = network.hubs
        self.lanes: tuple[Lane, ...] = network.lanes
        self.number = {hub.code: number for number, hub in enumerate(network.hubs)}
        self.lane_number = {lane.code: number for number, lane in enumerate(network.lanes)}
        self.zones = sorted({hub.time_zone for hub in network.hubs})
        zone_number = {zone: number for number, zone in enumerate(self.zones)}
        self.hub_zone = np.array([zone_number[hub.time_zone] for hub in self.hubs], dtype=np.intp)
        self.borders: dict[str, Border] = {border.customs_zone: border for border in network.borders}
        customs = {zone: number for number, zone in enumerate(sorted(self.borders))}
        self.customs_zone = [customs[hub.customs_zone] for hub in self.hubs]
        self.origin = np.array([self.number[lane.origin] for lane in self.lanes], dtype=np.intp)
        self.destination = np.array([self.number[lane.destination] for lane in self.lanes], dtype=np.intp)
        self.transit = np.array([lane.transit_minutes for lane in self.lanes], dtype=np.int32)
        self._departures()
        self._adjacency()

    def _departures(self) -> None:
        rows = self.network.departures
        self.departure_lane = np.array([self.lane_number[row.lane] for row in rows], dtype=np.intp)
        bits = {row.weekdays: sum(1 << (day - 1) for day in row.weekdays) for row in rows}
        bits[EVERY_DAY] = 127
        self.departure_days = np.array([bits[row.weekdays] for row in rows], dtype=np.uint8)
        self.departure_leaves = np.array([row.leaves for row in rows], dtype=np.int32)
        self.departure_cutoff = np.array([row.cutoff_minutes for row in rows], dtype=np.int32)

    def _adjacency(self) -> None:
        self.domestic: list[list[tuple[int, int]]] = [[] for _ in self.hubs]
        self.foreign: list[list[tuple[int, int]]] = [[] for _ in self.hubs]
        served = set(self.departure_lane.tolist())
        pairs = zip(self.origin.tolist(), self.destination.tolist(), strict=True)
        for lane, (origin, destination) in enumerate(pairs):
            if lane in served:
                same = self.customs_zone[origin] == self.customs_zone[destination]
                (self.domestic if same else self.foreign)[origin].append((lane, destination))
