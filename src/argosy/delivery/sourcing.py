"""Which hubs fulfil a basket: as early, as cheaply or in as few parcels as can be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from itertools import combinations
from operator import or_
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Aim = Literal["earliest", "cheapest", "fewest"]
NEVER = np.int64(1) << np.int64(60)
"""The date of a hub that promises nothing."""
UNKNOWN = np.int64(1) << np.int64(40)
"""The cost, in minor units, of what a hub cannot send or whose cost is not known; no real cost comes near."""
_LAST = int(NEVER) - 1
_EXACT = 12
"""Hubs up to which every set of them is looked at for the least cost: of 24 there would be sixteen million."""
_UNKNOWN = float(UNKNOWN)
_Whole = NDArray[np.int64]
_Real = NDArray[np.float64]


class Parcel(msgspec.Struct, frozen=True):
    """What one hub sends: (line, quantity) pairs, and by when it is there (in the caller's measure of time)."""

    hub: int
    lines: tuple[tuple[int, int], ...]
    by: int


class Sourced(msgspec.Struct, frozen=True):
    """A basket's parcels; it is whole `by` the latest of them. `cost_minor` is None where the aim did not ask for it."""

    parcels: tuple[Parcel, ...]
    by: int
    cost_minor: int | None = None


def source(
    wanted: _Whole,
    stock: _Whole,
    by: _Whole,
    aim: Aim,
    *,
    cost: _Whole | None = None,
    parcel_cost: _Whole | None = None,
    latest: int | None = None,
) -> Sourced | None:
    """The hubs that fulfil a basket best, exactly; None if together they cannot, or cannot in time.

    `wanted` holds each line's quantity, `stock` and `cost` a row a hub and a column a line (cost of the whole line landed at the
    shopper's, minor units of one currency, UNKNOWN where it is not known), `by` each hub's date (NEVER: none), `parcel_cost` what
    a parcel costs beside its lines. Hubs later than `latest` are left out. `earliest` is the earliest date by which the whole
    basket is there, in the fewest parcels; `cheapest` the least cost; `fewest` the fewest parcels, and of these the earliest. Meant
    for ten hubs or so: of more than 12 at most three send, where a parcel costs something of its own; None if three have not
    everything. Where a line is in no hub whole, lines are split and the earliest hubs go first, whatever the aim.
    """
    dates: list[int] = by.tolist()
    whole = stock >= wanted
    if max(dates) > (last := _LAST if latest is None else latest):
        usable = (by <= last)[:, None]
        whole &= usable
        stock = np.where(usable, stock, 0)
    if aim == "cheapest":
        if cost is None:
            raise ValueError("cheapest needs the cost of each line at each hub")
        found = _cheapest(wanted, dates, np.where(whole, cost, _UNKNOWN), parcel_cost)
        if found is not None or whole.any(axis=0).all():
            return found
        return _split(wanted, stock, dates)
    bits: list[int] = (whole @ _powers(len(wanted))).tolist()
    full = (1 << len(wanted)) - 1
    if reduce(or_, bits, 0) != full:
        return _split(wanted, stock, dates)
    order = sorted(range(len(dates)), key=dates.__getitem__)
    chosen = _fewest(_until_covered(order, dates, bits, full) if aim == "earliest" else order, bits, full)
    lines: dict[int, list[tuple[int, int]]] = {}
    for line, quantity in enumerate(wanted.tolist()):
        for hub in chosen:
            if bits[hub] >> line & 1:
                lines.setdefault(hub, []).append((line, quantity))
                break
    return _told(lines, dates)


def _until_covered(order: list[int], dates: list[int], bits: list[int], full: int) -> list[int]:
    """The hubs that are no later than the date by which they together have everything."""
    covered = 0
    for hub in order:
        covered |= bits[hub]
        if covered == full:
            return [one for one in order if dates[one] <= dates[hub]]
    return order


def _fewest(order: list[int], bits: list[int], full: int) -> tuple[int, ...]:
    """The smallest set of hubs that has everything; of those of one size the one whose last hub comes first in the order."""
    masks = [bits[hub] for hub in order]
    if full in masks:
        return (order[masks.index(full)],)
    for last, mask in enumerate(masks):
        for first in range(last):
            if mask | masks[first] == full:
                return order[first], order[last]
    for size in range(3, len(order) + 1):
        for last in range(size - 1, len(order)):
            for others in combinations(range(last), size - 1):
                if masks[last] | reduce(or_, [masks[one] for one in others]) == full:
                    return (*(order[one] for one in others), order[last])
    raise AssertionError("not covered")


def _told(lines: dict[int, list[tuple[int, int]]], by: Sequence[int], cost: int | None = None) -> Sourced:
    parcels = tuple([Parcel(hub, tuple(held), by[hub]) for hub, held in lines.items()])
    return Sourced(parcels, max([by[hub] for hub in lines]), cost)


def _cheapest(wanted: _Whole, dates: list[int], cost: _Real, parcel_cost: _Whole | None) -> Sourced | None:
    """The least cost over every set of hubs, the smaller sets first; larger ones only while they might still be cheaper.

    In doubles, which are exact for whole numbers of this size and which matrices are multiplied fast in.
    """
    count = len(dates)
    each = _zeros(count) if parcel_cost is None else parcel_cost.astype(np.float64)
    # Up to three hubs in one go: fewer are three of which some are the same. Most baskets end here.
    each_of, member, sets = _up_to_three(count)
    rows = cost.take(each_of, 0)
    total = np.minimum(np.minimum(rows[0], rows[1]), rows[2]).dot(_ones(len(wanted)))
    total += member.dot(each)
    place = int(total.argmin())
    least, best = total.item(place), sets[place]
    if count > 3:
        floor = sum(np.minimum.reduce(cost).tolist())
        if floor >= _UNKNOWN:
            return None
        if parcel_cost is None and floor < least:
            # Parcels cost nothing of their own: each line comes from where it is cheapest.
            least, best = floor, np.unique(cost.argmin(0))
        cheapest = sorted(each.tolist())
        for size in range(4, count + 1 if count <= _EXACT else 4):
            if floor + sum(cheapest[:size]) >= least:
                break
            member, sets = _larger(count, size)
            parcels = member.dot(each)
            (worth,) = (parcels < least - floor).nonzero()
            if not len(worth):
                continue
            sets = sets.take(worth, 0)
            total = np.minimum.reduce(cost.take(sets, 0), 1).dot(_ones(len(wanted))) + parcels.take(worth)
            place = int(total.argmin())
            if total.item(place) < least:
                least, best = total.item(place), sets[place]
    if least >= _UNKNOWN:
        return None
    hubs = best[cost.take(best, 0).argmin(0)].tolist()
    sent: dict[int, list[tuple[int, int]]] = {}
    for hub, pair in zip(hubs, enumerate(wanted.tolist()), strict=True):
        sent.setdefault(hub, []).append(pair)
    return _told(sent, dates, int(least))


def _split(wanted: _Whole, stock: _Whole, dates: list[int]) -> Sourced | None:
    """Every line from the earliest hubs on, in part where one has not enough; None if all together have not."""
    lines: dict[int, list[tuple[int, int]]] = {}
    order = sorted(range(len(dates)), key=dates.__getitem__)
    for line, quantity in enumerate(wanted.tolist()):
        missing = quantity
        for hub in order:
            take = min(missing, int(stock[hub, line]))
            if take > 0:
                lines.setdefault(hub, []).append((line, take))
                missing -= take
        if missing:
            return None
    return _told(lines, dates)


@lru_cache(maxsize=64)
def _powers(count: int) -> _Whole:
    powers: _Whole = np.int64(1) << np.arange(count, dtype=np.int64)
    return powers


@lru_cache(maxsize=64)
def _ones(count: int) -> _Real:
    return np.ones(count)


@lru_cache(maxsize=64)
def _zeros(count: int) -> _Real:
    return np.zeros(count)


@lru_cache(maxsize=64)
def _up_to_three(hubs: int) -> tuple[_Whole, _Real, _Whole]:
    """Every hub, every two, every three, as three hubs each: a row for each place, then as zeros and ones, then as they are."""
    sets = [(one, one, one) for one in range(hubs)] + [(one, two, two) for one, two in combinations(range(hubs), 2)]
    threes = np.array(sets + list(combinations(range(hubs), 3)), dtype=np.int64)
    return np.ascontiguousarray(threes.T), _member(threes, hubs), threes


@lru_cache(maxsize=64)
def _larger(hubs: int, size: int) -> tuple[_Real, _Whole]:
    """Every set of `size` hubs: which they are as zeros and ones, and the hubs."""
    sets = np.array(list(combinations(range(hubs), size)), dtype=np.int64)
    return _member(sets, hubs), sets


def _member(sets: _Whole, hubs: int) -> _Real:
    member = np.zeros((len(sets), hubs))
    member[np.arange(len(sets))[:, None], sets] = 1
    return member
