"""The world's land as a chart shows it: read from Natural Earth's shapes once, cut and drawn for each part of it."""

from __future__ import annotations

import gzip
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

Point = tuple[float, float]
WIDTH, HEIGHT = 860, 330
"""Size of a chart in its own units."""
_BEYOND = 40
FINE = 2
"""Land is drawn in so many parts of the chart's unit."""
_CLOSE = 3
"""Points nearer to one another than this, in those parts, are drawn as one."""


class Window(msgspec.Struct, frozen=True):
    """A part of the world: the middle of the chart in projected degrees, and units of the chart for a degree."""

    x: float
    y: float
    scale: float

    def place(self, longitude: float, latitude: float) -> Point:
        """Where a place stands on the chart; longitudes may lie beyond 180 degrees."""
        return self.at((longitude, northing(latitude)))

    def at(self, projected: Point) -> Point:
        """Where a projected point stands on the chart."""
        x, y = projected
        return WIDTH / 2 + (x - self.x) * self.scale, HEIGHT / 2 - (y - self.y) * self.scale


def northing(latitude: float) -> float:
    """Latitude by Miller's cylindrical projection (O. M. Miller, 1942), in degrees of the equator."""
    bounded = max(-85.0, min(85.0, latitude))
    return math.degrees(1.25 * math.log(math.tan(math.pi / 4 + 0.4 * math.radians(bounded))))


class _Line(msgspec.Struct, frozen=True):
    points: list[Point]
    west: float
    east: float
    south: float
    north: float


class Land(msgspec.Struct, frozen=True):
    """Land and borders of a window, as the `d` of SVG paths in parts of a unit (`FINE`)."""

    land: str
    borders: str


class World:
    """Land and borders of a TopoJSON file of countries (world-atlas, `countries-50m`), read when first drawn from."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._shapes: tuple[list[_Line], list[_Line]] | None = None
        self._lock = Lock()
        self.draw = lru_cache(maxsize=512)(self._draw)

    def _read(self) -> tuple[list[_Line], list[_Line]]:
        with self._lock:
            if self._shapes is None:
                self._shapes = _shapes(msgspec.json.decode(gzip.decompress(self._file.read_bytes())))
            return self._shapes

    def _draw(self, window: Window) -> Land:
        """The land in a window (some 20 ms; `draw` keeps what was drawn)."""
        rings, borders = self._read()
        seen, lines = [], []
        for line, shift in _in_window(rings, window):
            points = _cut([window.at((x + shift, y)) for x, y in line.points])
            seen.append(_path(points, "Z"))
        for line, shift in _in_window(borders, window):
            lines.append(_path([window.at((x + shift, y)) for x, y in line.points], ""))
        return Land("".join(seen), "".join(lines))


def _shapes(topology: dict[str, Any]) -> tuple[list[_Line], list[_Line]]:
    (scale_x, scale_y), (from_x, from_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + from_x, northing(y * scale_y + from_y)))
        arcs.append(points)
    land = [ring for shape in topology["objects"]["land"]["geometries"] for ring in _rings(shape)]
    used = Counter(
        arc if arc >= 0 else ~arc
        for shape in topology["objects"]["countries"]["geometries"]
        for ring in _rings(shape)
        for arc in ring
    )
    rings = [_joined(ring, arcs) for ring in land]
    # What goes all the way round the pole encloses nothing on this map. An arc of two countries is the border between them.
    closed = [ring for ring in rings if abs(ring[0][0] - ring[-1][0]) < 180]
    return [_line(ring) for ring in closed], [_line(_unwrapped(arcs[arc])) for arc, count in used.items() if count > 1]


def _rings(shape: dict[str, Any]) -> Iterator[list[int]]:
    match shape["type"]:
        case "Polygon":
            yield from shape["arcs"]
        case "MultiPolygon":
            for polygon in shape["arcs"]:
                yield from polygon


def _joined(ring: Iterable[int], arcs: Sequence[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for arc in ring:
        points.extend(arcs[arc] if arc >= 0 else reversed(arcs[~arc]))
    return _unwrapped(points)


def _unwrapped(points: Iterable[Point]) -> list[Point]:
    """A line that goes on where it crosses the date line, instead of jumping to the other side of the map."""
    found: list[Point] = []
    for x, y in points:
        found.append((x + 360 * round((found[-1][0] - x) / 360), y) if found else (x, y))
    return found


def _line(points: list[Point]) -> _Line:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return _Line(points, min(xs), max(xs), min(ys), max(ys))


def _in_window(lines: Iterable[_Line], window: Window) -> Iterator[tuple[_Line, float]]:
    """Lines that can be seen, each with the turns of the earth in degrees that bring it into sight."""
    wide, high = (WIDTH / 2 + _BEYOND) / window.scale, (HEIGHT / 2 + _BEYOND) / window.scale
    for line in lines:
        if line.south > window.y + high or line.north < window.y - high:
            continue
        for shift in (-360.0, 0.0, 360.0, 720.0):
            if line.west + shift < window.x + wide and line.east + shift > window.x - wide:
                yield line, shift


def _cut(points: list[Point]) -> list[Point]:
    """A ring cut off a little beyond the chart's edge (Sutherland and Hodgman, 1974)."""
    sides = (
        (0, -_BEYOND, 1),
        (0, WIDTH + _BEYOND, -1),
        (1, -_BEYOND, 1),
        (1, HEIGHT + _BEYOND, -1),
    )
    for axis, limit, sign in sides:
        kept: list[Point] = []
        for place, point in enumerate(points):
            before = points[place - 1]
            inside, was = (point[axis] - limit) * sign >= 0, (before[axis] - limit) * sign >= 0
            if inside != was:
                part = (limit - before[axis]) / (point[axis] - before[axis])
                kept.append((before[0] + part * (point[0] - before[0]), before[1] + part * (point[1] - before[1])))
            if inside:
                kept.append(point)
        points = kept
    return points


def _path(points: list[Point], end: str) -> str:
    """An SVG path in halves of a unit, each point told from the one before; what is too small to be seen is left out."""
    kept: list[tuple[int, int]] = []
    for x, y in points:
        point = round(x * FINE), round(y * FINE)
        if not kept or abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= _CLOSE:
            kept.append(point)
    if len(kept) < (3 if end else 2):
        return ""
    steps = (f"{x - before_x} {y - before_y}" for (before_x, before_y), (x, y) in pairwise(kept))
    return f"M{kept[0][0]} {kept[0][1]}l{' '.join(steps)}{end}".replace(" -", "-")
