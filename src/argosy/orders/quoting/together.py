"""Several consignments as one: sums of what each costs at the border, every line's share and reason kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from argosy.landed.model import Fact, Landed, LandedShare, State
from argosy.orders.model import Promise

_ORDER: tuple[State, ...] = ("banned", "unknown", "conditional", "estimate", "known")
"""The first that holds of any part holds of the whole."""


def in_all(parts: Sequence[Landed]) -> Landed:
    """What consignments cost together; a figure that is unknown for one of them is unknown for all.

    Shares are in the order of their lines' numbers and refer to the same facts as before, each fact once; facts of whole
    consignments come last, as each has them.
    """
    if len(parts) == 1:
        return parts[0]
    places: dict[Fact, int] = {}
    shares: list[LandedShare] = []
    whole: dict[Fact, None] = {}
    for part in parts:
        named = sorted({note for share in part.shares for note in share.notes})
        for note in named:
            places.setdefault(part.facts[note], len(places))
        whole.update(dict.fromkeys(fact for place, fact in enumerate(part.facts) if place not in set(named)))
        shares += [_moved(share, part.facts, places) for share in part.shares]
    low, high = _range(parts)
    return Landed(
        next(state for state in _ORDER if any(part.state == state for part in parts)),
        parts[0].currency,
        _sum(part.duty_minor for part in parts),
        _sum(part.tax_minor for part in parts),
        _sum(part.fees_minor for part in parts),
        _sum(part.total_minor for part in parts),
        low,
        high,
        tuple(sorted(shares, key=lambda share: int(share.line))),
        (*places, *whole),
    )


def _moved(share: LandedShare, facts: Sequence[Fact], places: dict[Fact, int]) -> LandedShare:
    notes = tuple(places[facts[note]] for note in share.notes)
    return LandedShare(
        share.line, share.duty_minor, share.tax_minor, share.fees_minor, share.state, share.duty_low_minor,
        share.duty_high_minor, notes,
    )  # fmt: skip


def _range(parts: Sequence[Landed]) -> tuple[int | None, int | None]:
    """From the least to the most duty, where some part has a range; a part without one is what it is."""
    if all(part.duty_low_minor is None for part in parts):
        return None, None
    low = _sum(part.duty_minor if part.duty_low_minor is None else part.duty_low_minor for part in parts)
    high = _sum(part.duty_minor if part.duty_high_minor is None else part.duty_high_minor for part in parts)
    return (None, None) if low is None or high is None else (low, high)


def _sum(amounts: Iterable[int | None]) -> int | None:
    total = 0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def latest(promises: Sequence[Promise | None]) -> Promise | None:
    """By when the last of several parcels is there; None where one of them has no date."""
    known = [promise for promise in promises if promise is not None]
    if not known or len(known) < len(promises):
        return None
    return max(known, key=lambda promise: promise.by)
