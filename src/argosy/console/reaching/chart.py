"""The map of an answer, as shapes to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from argosy.console.reaching.model import GRID_DEGREES, Square

CLASSES = (24, 48, 72, 0)
_GAP = 0.3
_LEAST_LATITUDE, _MOST_LATITUDE = -57.0, 78.0


class Layer(msgspec.Struct, frozen=True):
    """All squares of a kind as one SVG path; `kind` is a number of hours, 0 for more, or -1 for what is gained."""

    kind: int
    path: str


Place = Callable[[float, float], tuple[float, float]]


def layers(squares: Sequence[Square], place: Place, *, after: bool) -> list[Layer]:
    """The squares by hours; `after` what was bought, when those that are reached sooner stand out by a frame."""
    found = [
        Layer(kind, _path((one for one in squares if (one.after if after else one.before) == kind), place))
        for kind in reversed(CLASSES)
    ]
    if after:
        found.append(Layer(-1, _path((one for one in squares if _sooner(one)), place)))
    return [one for one in found if one.path]


def _sooner(one: Square) -> bool:
    return one.after != one.before and one.after != 0


def _path(squares: Iterable[Square], place: Place) -> str:
    pieces = []
    for one in squares:
        west, south = one.column * GRID_DEGREES - 180, one.row * GRID_DEGREES - 90
        if not _LEAST_LATITUDE <= south <= _MOST_LATITUDE:
            continue
        left, top = place(west, south + GRID_DEGREES)
        right, bottom = place(west + GRID_DEGREES, south)
        wide, high = right - left - _GAP, bottom - top - _GAP
        pieces.append(f"M{left:.1f} {top:.1f}h{wide:.1f}v{high:.1f}h-{wide:.1f}z")
    return "".join(pieces)
