"""Which hubs fulfil a basket: as early, as cheaply or in as few parcels as can be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from itertools import accumulate, combinations
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
_Whole = NDArray[np.int64]


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
    for ten hubs or so. Where a line is in no hub whole, lines are split and the earliest hubs go first, whatever the aim.
    """
    usable = by < NEVER if latest is None else by <= latest
    whole = (stock >= wanted) & usable[:, None]
    if aim == "cheapest":
        if cost is None:
            raise ValueError("cheapest needs the cost of each line at each hub")
        found = _cheapest(wanted, by, np.where(whole, cost, UNKNOWN), parcel_cost)
        if found is not None or whole.any(axis=0).all():
            return found
        return _split(wanted, np.where(usable[:, None], stock, 0), by)
    bits: list[int] = (whole @ _powers(len(wanted))).tolist()
    full = (1 << len(wanted)) - 1
    if reduce(or_, bits, 0) != full:
        return _split(wanted, np.where(usable[:, None], stock, 0), by)
    dates: list[int] = by.tolist()
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
    parcels = tuple(Parcel(hub, tuple(held), by[hub]) for hub, held in lines.items())
    return Sourced(parcels, max(parcel.by for parcel in parcels), cost)


def _cheapest(wanted: _Whole, by: _Whole, cost: _Whole, parcel_cost: _Whole | None) -> Sourced | None:
    """The least cost over every set of hubs, the smaller sets first; larger ones only while they might still be cheaper."""
    count = len(by)
    each = np.zeros(count, dtype=np.int64) if parcel_cost is None else parcel_cost
    # A column a set of hubs: sums over lines then run along whole rows.
    lines_cost = np.ascontiguousarray(cost.T)
    floor = int(np.add.reduce(np.minimum.reduce(cost)))
    if floor >= UNKNOWN:
        return None
    # One hub or two in one go: a single one is a pair with itself, whose parcel counts once. Most baskets end here.
    first, second, counts_twice, pairs = _up_to_two(count)
    rows = np.minimum(lines_cost.take(first, 1, None, "clip"), lines_cost.take(second, 1, None, "clip"))
    parcels = each.take(first) + each.take(second) * counts_twice
    total = np.add.reduce(rows) + parcels
    place = int(total.argmin())
    least, best = total.item(place), pairs[place]
    if count > 2:
        cheapest = list(accumulate(sorted(each.tolist())))
        rows, parcels = rows[:, count:], parcels[count:]
        for size in range(3, count + 1):
            if floor + cheapest[size - 1] >= least:
                break
            before, added, sets = _larger(count, size)
            rows = np.minimum(rows.take(before, 1, None, "clip"), lines_cost.take(added, 1, None, "clip"))
            parcels = parcels.take(before) + each.take(added)
            total = np.add.reduce(rows) + parcels
            place = int(total.argmin())
            if total.item(place) < least:
                least, best = total.item(place), sets[place]
    if least >= UNKNOWN:
        return None
    hubs = best[cost.take(best, 0).argmin(0)].tolist()
    lines: dict[int, list[tuple[int, int]]] = {}
    for line, pair in enumerate(zip(hubs, wanted.tolist(), strict=True)):
        lines.setdefault(pair[0], []).append((line, pair[1]))
    return _told(lines, by.tolist(), least)


def _split(wanted: _Whole, stock: _Whole, by: _Whole) -> Sourced | None:
    """Every line from the earliest hubs on, in part where one has not enough; None if all together have not."""
    lines: dict[int, list[tuple[int, int]]] = {}
    order = np.argsort(by, kind="stable").tolist()
    for line, quantity in enumerate(wanted.tolist()):
        missing = quantity
        for hub in order:
            take = min(missing, int(stock[hub, line]))
            if take > 0:
                lines.setdefault(hub, []).append((line, take))
                missing -= take
        if missing:
            return None
    return _told(lines, by.tolist())


@lru_cache(maxsize=64)
def _powers(count: int) -> _Whole:
    powers: _Whole = np.int64(1) << np.arange(count, dtype=np.int64)
    return powers


@lru_cache(maxsize=64)
def _up_to_two(hubs: int) -> tuple[_Whole, _Whole, _Whole, _Whole]:
    """Every hub with itself, then every two: the first, the second, whether they are two, and both."""
    sets = [(one, one) for one in range(hubs)] + list(combinations(range(hubs), 2))
    pairs = np.array(sets, dtype=np.int64)
    first, second = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    return first, second, (first != second).astype(np.int64), pairs


@lru_cache(maxsize=64)
def _larger(hubs: int, size: int) -> tuple[_Whole, _Whole, _Whole]:
    """Every set of `size` hubs as one of the sets a hub smaller and the hub added to it."""
    smaller = {one: place for place, one in enumerate(combinations(range(hubs), size - 1))}
    sets = list(combinations(range(hubs), size))
    before = np.array([smaller[one[:-1]] for one in sets], dtype=np.int64)
    return before, np.array([one[-1] for one in sets], dtype=np.int64), np.array(sets, dtype=np.int64)
