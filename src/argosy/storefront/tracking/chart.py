"""A parcel's way on the chart: great circles from place to place, what of it is done, and where the parcel is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from argosy.delivery.parcels.model import Stage
from argosy.delivery.rules import EARTH_KM, kilometres
from argosy.storefront.tracking.world import HEIGHT, WIDTH, Point, Window, northing

_SEEN_WIDTH, _SEEN_HEIGHT = 400.0, 215.0
"""The part of the chart that is seen on every screen: phones cut it at the sides, wide screens above and below."""
_LEAST_DEGREES = 9.0
_STEP_KM = 220.0
_CUTS = (" fulfilment centre", " International Airport", " Airport", " bonded warehouse", " eHub")


class Stop(msgspec.Struct, frozen=True):
    """A place of the way on the chart."""

    name: str
    x: float
    y: float
    kind: str
    """`start`, `now`, `between` or `end`."""
    below: bool
    """Whether its name stands under it, clear of those beside it."""
    anchor: str
    """`start`, `middle` or `end` of its text stands at the point."""


class Chart(msgspec.Struct, frozen=True):
    """What is drawn over the land."""

    window: Window
    done: str
    ahead: str
    stops: tuple[Stop, ...]
    kilometres: int
    travelled: int


class _Place(msgspec.Struct, frozen=True):
    name: str
    longitude: float
    latitude: float


def chart(stages: Sequence[Stage], reached: int, under_way: bool) -> Chart | None:
    """The chart of a way of which so many stages are over; `under_way`: it is on the next one. None without a way."""
    if not stages:
        return None
    places, at = _places(stages, reached)
    legs = _in_line([_circle(places[n], places[n + 1]) for n in range(len(places) - 1)])
    points = [_projected(places[0]), *(leg[-1] for leg in legs)]
    lengths = [_length(places[n], places[n + 1]) for n in range(len(places) - 1)]
    window = _window([*points, *(point for leg in legs for point in leg)])
    done, ahead = legs[:at], legs[at:]
    travelled = sum(lengths[:at])
    now = points[at]
    if under_way and ahead:
        # Nobody tells where between two places it is: the middle of the leg stands for that.
        half = len(ahead[0]) // 2
        done, ahead = [*done, ahead[0][: half + 1]], [ahead[0][half:], *ahead[1:]]
        now, travelled = done[-1][-1], travelled + lengths[at] / 2
    return Chart(
        window,
        _drawn(window, done),
        _drawn(window, ahead),
        _stops(window, places, points, at, now if under_way and at < len(legs) else None),
        round(sum(lengths)),
        round(travelled),
    )


def short(name: str) -> str:
    """A hub's name without what every hub's name says."""
    for cut in _CUTS:
        name = name.removesuffix(cut)
    return name


def _places(stages: Sequence[Stage], reached: int) -> tuple[list[_Place], int]:
    """The places of a way, each once, and the number of the last one that was reached."""
    places: list[_Place] = []
    at = 0
    for number, stage in enumerate(stages):
        place = _Place(short(stage.name), stage.longitude, stage.latitude)
        if not places or _length(places[-1], place) > 1:
            places.append(place)
        elif stage.step == "door":
            places[-1] = place
        if number < reached:
            at = len(places) - 1
    return places, at


def _length(one: _Place, other: _Place) -> float:
    return kilometres(one.latitude, one.longitude, other.latitude, other.longitude)


def _projected(place: _Place) -> Point:
    return place.longitude, northing(place.latitude)


def _circle(one: _Place, other: _Place) -> list[Point]:
    """Projected points of the great circle between two places; longitudes go on beyond 180 degrees."""
    first, last = _vector(one), _vector(other)
    angle = _length(one, other) / EARTH_KM
    count = max(2, math.ceil(angle * EARTH_KM / _STEP_KM))
    points: list[Point] = []
    for step in range(count + 1):
        part = step / count
        near, far = math.sin((1 - part) * angle) / math.sin(angle), math.sin(part * angle) / math.sin(angle)
        x, y, z = (near * a + far * b for a, b in zip(first, last, strict=True))
        longitude = math.degrees(math.atan2(y, x))
        if points:
            longitude += 360 * round((points[-1][0] - longitude) / 360)
        points.append((longitude, northing(math.degrees(math.atan2(z, math.hypot(x, y))))))
    return points


def _vector(place: _Place) -> tuple[float, float, float]:
    north, east = math.radians(place.latitude), math.radians(place.longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def _in_line(legs: Sequence[list[Point]]) -> list[list[Point]]:
    """Legs shifted by whole turns, so that each begins where the one before it ends."""
    found: list[list[Point]] = []
    for leg in legs:
        turn = 360 * round((found[-1][-1][0] - leg[0][0]) / 360) if found else 0
        found.append([(x + turn, y) for x, y in leg])
    return found


def _window(points: Sequence[Point]) -> Window:
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    wide, high = max(east - west, _LEAST_DEGREES), max(north - south, _LEAST_DEGREES / 2)
    scale = min(_SEEN_WIDTH / wide, _SEEN_HEIGHT / high)
    return Window(round((west + east) / 2, 2), round((south + north) / 2, 2), round(scale, 4))


def _drawn(window: Window, legs: Sequence[list[Point]]) -> str:
    found = []
    for leg in legs:
        points = [window.at(point) for point in leg]
        found.append("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points))
    return "".join(found)


def _stops(
    window: Window, places: Sequence[_Place], points: Sequence[Point], at: int, between: Point | None
) -> tuple[Stop, ...]:
    last = len(places) - 1
    named = {0, last} if between else {0, last, at}
    found = []
    for number, (place, point) in enumerate(zip(places, points, strict=True)):
        x, y = window.at(point)
        kind = (
            "now"
            if number == at and between is None
            else "start"
            if not number
            else "end"
            if number == last
            else "between"
        )
        found.append(_stop(place.name if number in named else "", x, y, kind))
    if between is not None:
        x, y = window.at(between)
        found.append(_stop("", x, y, "now"))
    return _clear([one for one in found if one.kind != "between" or not _crowded(one, found)])


def _crowded(stop: Stop, stops: Sequence[Stop]) -> bool:
    """Whether another point of more weight stands where this one would."""
    return any(one.kind != "between" and abs(one.x - stop.x) + abs(one.y - stop.y) < 14 for one in stops)


def _stop(name: str, x: float, y: float, kind: str) -> Stop:
    anchor = "start" if x < WIDTH / 2 - 120 else "end" if x > WIDTH / 2 + 120 else "middle"
    return Stop(name, round(x, 1), round(y, 1), kind, y < HEIGHT / 2, anchor)


def _clear(stops: Sequence[Stop]) -> tuple[Stop, ...]:
    """Names of neighbours on different sides of their points; a third one nearby goes unnamed."""
    found: list[Stop] = []
    for stop in sorted(stops, key=lambda one: one.kind not in ("start", "end")):
        near = [one for one in found if one.name and abs(one.x - stop.x) < 110 and abs(one.y - stop.y) < 44]
        if stop.name and len(near) == 1:
            stop = msgspec.structs.replace(stop, below=not near[0].below)
        elif stop.name and near:
            stop = msgspec.structs.replace(stop, name="")
        found.append(stop)
    return tuple(found)
