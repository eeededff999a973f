"""Every departure of some two weeks as instants, less those that are full, cancelled or closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from argosy.base.errors import NotFound
from argosy.delivery.graph import Graph
from argosy.delivery.model import Closure, News
from argosy.delivery.rules import closed_on, departure_key
from argosy.delivery.zones import DAY, Minutes, ZoneDays, instant_at, minute_of

DAYS = 15
"""Days that a timetable covers, the first being the day before the one it is made on."""
NEVER = 1_000_000
"""An arrival beyond the timetable."""
_APART = 4 * NEVER


class Timetable:
    """The departures of each lane in the order of their cut-offs.

    Lane `n` has the places `start[n]` to `start[n + 1]`, the last of which never leaves. `cutoff`, `leaves` and `lands` are
    minutes after midnight UTC of `first`. A parcel ready by `cutoff[k]` leaves with departure `takes[k]` and lands at
    `lands[k]`: a later departure that lands earlier is taken, so whoever is ready earlier never arrives later.
    """

    def __init__(self, graph: Graph, first: date, days: int = DAYS) -> None:
        self.graph = graph
        self.first = first
        self.days = days
        zones = ZoneDays(graph.zones, first, days)
        weekday = (first.isoweekday() - 1 + np.arange(days)) % 7
        runs = (graph.departure_days[:, None] >> weekday[None, :].astype(np.uint8)) & 1
        row, day = np.nonzero(runs)
        lane = graph.departure_lane[row]
        leaves = zones.minutes(graph.hub_zone[graph.origin[lane]], day, graph.departure_leaves[row])
        every = np.arange(len(graph.lanes))
        never = np.full(len(every), NEVER, dtype=np.int32)
        lane = np.concatenate([lane, every])
        leaves = np.concatenate([leaves, never])
        cutoff = np.concatenate([leaves[: len(row)] - graph.departure_cutoff[row], never])
        order = np.lexsort((cutoff, lane))
        self._lane = lane[order]
        self.cutoff: Minutes = np.ascontiguousarray(cutoff[order], dtype=np.int32)
        self.scheduled: Minutes = np.ascontiguousarray(leaves[order], dtype=np.int32)
        self.start: NDArray[np.intp] = np.searchsorted(self._lane, np.arange(len(every) + 1))
        self._ordered = self.cutoff + self._lane * _APART
        self._apply(News(closures=graph.network.closures))

    def told(self, news: News) -> Timetable:
        """The same timetable after some news; a departure that it does not know raises NotFound."""
        after = object.__new__(Timetable)
        after.__dict__.update(self.__dict__)
        after._apply(
            News(
                full=news.full,
                cancelled=news.cancelled,
                late=news.late,
                closures=self.graph.network.closures + news.closures,
            )
        )
        return after

    def _apply(self, news: News) -> None:
        landing = self.scheduled + self.graph.transit[self._lane]
        leaves = self.scheduled.copy()
        landing[self.scheduled >= NEVER] = NEVER
        for key, minutes in news.late:
            place = self.place(key)
            leaves[place] += minutes
            landing[place] += minutes
        gone = [self.place(key) for key in sorted(news.full | news.cancelled)]
        gone.extend(self._closed(news.closures))
        landing[np.array(gone, dtype=np.intp)] = NEVER
        # Lanes are set far apart, so that one running minimum from the end serves them all.
        apart = self._lane * _APART
        self.lands: Minutes = (np.minimum.accumulate((landing + apart)[::-1])[::-1] - apart).astype(np.int32)
        itself = np.where(landing <= self.lands, np.arange(len(landing)), len(landing))
        self.takes: NDArray[np.intp] = np.minimum.accumulate(itself[::-1])[::-1]
        self.leaves: Minutes = leaves

    def first_after(self, lanes: NDArray[np.intp], ready: Minutes) -> NDArray[np.intp]:
        """The place of each lane's first departure whose cut-off is not before a minute."""
        found: NDArray[np.intp] = np.searchsorted(self._ordered, ready + lanes * _APART)
        return np.minimum(found, self.start[lanes + 1] - 1)

    def place(self, key: str) -> int:
        """Where a departure stands in the columns; one outside of the timetable raises NotFound."""
        lane, _, local = key.rpartition("/")
        number = self.graph.lane_number.get(lane)
        if number is not None:
            zone = ZoneInfo(self.graph.hubs[int(self.graph.origin[number])].time_zone)
            try:
                minute = minute_of(datetime.fromisoformat(local).replace(tzinfo=zone), self.first)
            except ValueError:
                minute = -NEVER
            low, high = int(self.start[number]), int(self.start[number + 1])
            found = np.flatnonzero(self.scheduled[low:high] == minute)
            if len(found):
                return low + int(found[0])
        raise NotFound(
            "unknown_departure",
            f"There is no departure {key!r} between {self.first} and {self.first + timedelta(days=self.days - 1)}.",
            field="departure",
            remedy="A departure is named by its lane and its scheduled local time: CN-HGH>HGH/2026-06-18T22:00.",
        )

    def key(self, place: int) -> str:
        """The name of the departure at a place of the columns."""
        lane = int(self._lane[place])
        zone = ZoneInfo(self.graph.hubs[int(self.graph.origin[lane])].time_zone)
        leaves = instant_at(int(self.scheduled[place]), self.first).astimezone(zone)
        return departure_key(self.graph.lanes[lane].code, leaves)

    def _always(self, closures: Iterable[Closure], code: str) -> bool:
        days = (self.first + timedelta(days=day) for day in range(-1, self.days + 2))
        return all(closed_on(closures, "hub", code, day) for day in days)

    def _closed(self, closures: Iterable[Closure]) -> list[int]:
        """Places of departures that leave a closed hub, land at one, or are of a closed lane."""
        closures = [closure for closure in closures if closure.kind != "country"]
        hubs = {self.graph.number[closure.code] for closure in closures if closure.kind == "hub"}
        lanes = {self.graph.lane_number[closure.code] for closure in closures if closure.kind == "lane"}
        if not hubs and not lanes:
            return []
        # Of a hub that is closed all the time nothing leaves or lands: no need to look at each departure's day.
        always = {hub for hub in hubs if self._always(closures, self.graph.hubs[hub].code)}
        dead = np.isin(self.graph.origin, list(always)) | np.isin(self.graph.destination, list(always))
        shut = np.flatnonzero(dead[self._lane]).tolist()
        hubs -= always
        touched = np.isin(self.graph.origin, list(hubs)) | np.isin(self.graph.destination, list(hubs))
        touched[list(lanes)] = True
        for place in np.flatnonzero(touched[self._lane] & (self.scheduled < NEVER)).tolist():
            lane = self.graph.lanes[int(self._lane[place])]
            origin, destination = (self.graph.hubs[self.graph.number[code]] for code in (lane.origin, lane.destination))
            left = instant_at(int(self.scheduled[place]), self.first)
            landed = left + timedelta(minutes=lane.transit_minutes)
            off, on = left.astimezone(ZoneInfo(origin.time_zone)), landed.astimezone(ZoneInfo(destination.time_zone))
            if (
                closed_on(closures, "hub", origin.code, off.date())
                or closed_on(closures, "hub", destination.code, on.date())
                or closed_on(closures, "lane", lane.code, off.date())
            ):
                shut.append(place)
        return shut


def timetable_day(now: datetime) -> date:
    """The first day of the timetable that serves an instant: the day before it in UTC."""
    return (now - timedelta(days=1)).date()


__all__ = ["DAY", "DAYS", "NEVER", "Timetable", "timetable_day"]
