"""What becomes of duty, fees and tax when goods are ordered together instead of piece by piece. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from argosy.landed.explain import Reason, explain
from argosy.landed.model import Landed

Figure = Literal["duty", "fees", "tax"]
FIGURES: tuple[Figure, ...] = ("duty", "fees", "tax")
_PARTS = {"duty": "duty.", "fees": "fee.", "tax": "tax."}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that is another one when the goods are ordered together, and which reasons make it so."""

    figure: Figure
    minor: int | None
    """What is paid more of it together; less if below zero. None if it is known piece by piece but not together."""
    new: tuple[Reason, ...] = ()
    """Reasons that hold for all together and for no piece alone."""
    gone: tuple[Reason, ...] = ()
    """Reasons that hold for a piece alone and no longer for all together."""


def compare(together: Landed, alone: Sequence[tuple[Landed, int]]) -> tuple[Change, ...]:
    """The figures that differ between a consignment and its pieces each sent alone, given with how many there are of each.

    The differences add up to that of the totals. A figure that is unknown for a piece alone cannot be compared; where it is
    known for another and no longer together, that is told.
    """
    found = []
    for figure in FIGURES:
        singles = [(getattr(one, f"{figure}_minor"), count) for one, count in alone]
        whole: int | None = getattr(together, f"{figure}_minor")
        known = [minor * count for minor, count in singles if minor is not None]
        lost = whole is None and bool(known)
        if lost or (len(known) == len(singles) and whole != sum(known)):
            new, gone = _turned(figure, together, [one for one, _ in alone])
            found.append(Change(figure=figure, minor=None if whole is None else whole - sum(known), new=new, gone=gone))
    return tuple(found)


def _turned(figure: Figure, together: Landed, alone: Sequence[Landed]) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Reasons of a figure that are told together but not alone, and the other way round; how often does not matter."""
    now, before = _told(figure, [together]), _told(figure, alone)
    new = tuple(one for key, one in now.items() if key not in before)
    return new, tuple(one for key, one in before.items() if key not in now)


def _told(figure: Figure, of: Sequence[Landed]) -> dict[tuple[object, ...], Reason]:
    found: dict[tuple[object, ...], Reason] = {}
    for landed in of:
        for one in explain(landed):
            if one.code.startswith(_PARTS[figure]):
                said = sorted((name, value) for name, value in one.params.items() if name != "count")
                found.setdefault((one.code, *said), one)
    return found
