"""Which firms to buy: what each would add to a network, and the set that adds most for a budget."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from argosy.base.errors import Refused
from argosy.delivery.model import EVERY_DAY, Border, Carrier, Departure, Lane, Network, Spread
from argosy.delivery.networks.assumptions import clock_minutes, weekday_set

COLUMNS = (
    "firm",
    "what",
    "where",
    "to",
    "p50",
    "p95",
    "times",
    "weekdays",
    "capacity_parcels",
    "price_minor",
    "currency",
)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a candidates' file: something that a firm owns; empty cells are None."""

    line: int
    what: str
    where: str
    to: str
    p50: int | None
    p95: int | None
    times: str
    weekdays: frozenset[int]
    capacity_parcels: int | None


class Firm(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate: what it costs, and what it owns."""

    name: str
    price_minor: int
    currency: str
    rows: tuple[Row, ...]

    @property
    def capacity_parcels(self) -> int | None:
        """The parcels a day that its rows state in all; None where none does."""
        stated = [row.capacity_parcels for row in self.rows if row.capacity_parcels is not None]
        return sum(stated) if stated else None


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """The firms chosen, what they cost and add, and the most that any affordable set can add."""

    firms: tuple[str, ...]
    price_minor: int
    adds: float
    upper_bound: float


def read_firms(file: Path) -> tuple[Firm, ...]:
    """The firms of a CSV file with the columns `COLUMNS`; the first bad line raises Refused with its number."""
    rows: dict[str, list[Row]] = {}
    prices: dict[str, tuple[int, str]] = {}
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise _wrong(file, 1, missing[0], "is a column that is missing")
        for cells in reader:
            line, name = reader.line_num, (cells["firm"] or "").strip()
            if not name:
                raise _wrong(file, line, "firm", "is empty")
            if cells["what"] == "price":
                prices[name] = (_number(file, line, "price_minor", cells) or 0, cells["currency"] or "")
                rows.setdefault(name, [])
            else:
                rows.setdefault(name, []).append(_row(file, line, cells))
    unpriced = [name for name in rows if name not in prices]
    if unpriced:
        raise _wrong(file, 1, "price_minor", f"{unpriced[0]} has no line whose `what` is price")
    if len({currency for _, currency in prices.values()}) > 1:
        raise _wrong(file, 1, "currency", "prices are in several currencies")
    return tuple(
        Firm(name=name, price_minor=prices[name][0], currency=prices[name][1], rows=tuple(own))
        for name, own in rows.items()
    )


def _row(file: Path, line: int, cells: Mapping[str, str]) -> Row:
    if cells["what"] not in _ADDS:
        raise _wrong(file, line, "what", f"{cells['what']!r} is none of price, {', '.join(_ADDS)}")
    try:
        days = weekday_set(cells["weekdays"]) if cells["weekdays"] else EVERY_DAY
        for time in cells["times"].split():
            clock_minutes(time)
    except ValueError as wrong:
        raise _wrong(file, line, "times or weekdays", str(wrong)) from None
    return Row(
        line=line,
        what=cells["what"],
        where=cells["where"],
        to=cells["to"],
        p50=_number(file, line, "p50", cells),
        p95=_number(file, line, "p95", cells),
        times=cells["times"],
        weekdays=days,
        capacity_parcels=_number(file, line, "capacity_parcels", cells),
    )


def _number(file: Path, line: int, column: str, cells: Mapping[str, str]) -> int | None:
    text = cells[column]
    if not text:
        return None
    if not text.isdigit():
        raise _wrong(file, line, column, f"{text!r} is not a whole number")
    return int(text)


def _wrong(file: Path, line: int, column: str, reason: str) -> Refused:
    return Refused(
        "bad_candidates", f"{file.name}:{line}: {column}: {reason}.", field="candidates", remedy="Mend that line."
    )


def joined(network: Network, firm: Firm) -> Network:
    """The network with what a firm owns added; a row that names no place of the network raises Refused with its line."""
    for row in firm.rows:
        network = _ADDS[row.what](network, firm, row)
    return network


def _own_lane(network: Network, firm: Firm, row: Row) -> Network:
    hubs = {hub.code for hub in network.hubs}
    for place in (row.where, row.to):
        if place not in hubs:
            raise _unknown(firm, row, place)
    if row.p50 is None or not row.times:
        raise Refused(
            "bad_candidates", f"{firm.name}, line {row.line}: a lane needs p50 and times.", field="candidates"
        )
    lane = Lane(
        code=f"{row.where}>{row.to}:{firm.name}",
        carrier=firm.name,
        origin=row.where,
        destination=row.to,
        mode="air",
        transit_minutes=row.p50,
        late_share=0.25 if row.p95 and row.p95 > row.p50 else 0.0,
        # An exponential delay of a quarter of the departures passes the 95th percentile at 1.61 of its mean.
        late_mean_minutes=round((row.p95 - row.p50) / 1.61) if row.p95 and row.p95 > row.p50 else 0,
        capacity_parcels=row.capacity_parcels,
    )
    departures = tuple(
        Departure(lane=lane.code, weekdays=row.weekdays, leaves=clock_minutes(time), cutoff_minutes=45)
        for time in row.times.split()
    )
    carriers = network.carriers
    if all(carrier.code != firm.name for carrier in carriers):
        carriers = (*carriers, Carrier(code=firm.name, name=firm.name))
    return msgspec.structs.replace(
        network, lanes=(*network.lanes, lane), departures=network.departures + departures, carriers=carriers
    )


def _own_clearance(network: Network, firm: Firm, row: Row) -> Network:
    if all(border.customs_zone != row.where for border in network.borders):
        raise _unknown(firm, row, row.where)

    def better(border: Border) -> Border:
        if border.customs_zone != row.where:
            return border
        spread = _spread(row, border.clearance)
        return msgspec.structs.replace(border, clearance=spread, opens=0, closes=1440, weekdays=EVERY_DAY)

    return msgspec.structs.replace(network, borders=tuple(map(better, network.borders)))


def _own_sorting(network: Network, firm: Firm, row: Row) -> Network:
    if all(hub.country != row.where for hub in network.hubs):
        raise _unknown(firm, row, row.where)
    hubs = tuple(
        msgspec.structs.replace(hub, sorting=_spread(row, hub.sorting), handling=_spread(row, hub.handling))
        if hub.country == row.where and not hub.waves
        else hub
        for hub in network.hubs
    )
    return msgspec.structs.replace(network, hubs=hubs)


def _own_fleet(network: Network, firm: Firm, row: Row) -> Network:
    """Vans of its own: `p50` is their pace in km/h, `times` until when a parcel may reach the depot, and the hours at the door."""
    areas = []
    found = False
    for area in network.service_areas:
        if area.country == row.where:
            found = True
            times = [clock_minutes(time) for time in row.times.split()] or [
                area.depot_by,
                area.door_from,
                area.door_until,
            ]
            area = msgspec.structs.replace(
                area,
                km_per_hour=row.p50 or area.km_per_hour,
                weekdays=row.weekdays,
                depot_by=times[0],
                door_from=times[1] if len(times) > 1 else area.door_from,
                door_until=times[2] if len(times) > 2 else area.door_until,
            )
        areas.append(area)
    if not found:
        raise _unknown(firm, row, row.where)
    return msgspec.structs.replace(network, service_areas=tuple(areas))


_ADDS = {"lane": _own_lane, "clearance": _own_clearance, "sorting": _own_sorting, "fleet": _own_fleet}


def _spread(row: Row, was: Spread) -> Spread:
    """The firm's own time where it is the shorter one."""
    return Spread(
        min(was.p50_minutes, row.p50 if row.p50 is not None else was.p50_minutes),
        min(was.p95_minutes, row.p95 if row.p95 is not None else was.p95_minutes),
    )


def _unknown(firm: Firm, row: Row, place: str) -> Refused:
    return Refused(
        "bad_candidates",
        f"{firm.name}, line {row.line}: {place!r} is not a place of the network.",
        field="candidates",
        remedy="Name a hub, a customs zone or a country as `argosy network export` writes it.",
    )


def signatures(added: Sequence[NDArray[np.bool_]], weight: NDArray[np.float64]) -> dict[int, float]:
    """For each set of firms (as bits) the weight of what exactly these add; `added` is hours by cities, `weight` by city."""
    bits = np.zeros(added[0].shape, dtype=np.int64)
    for number, one in enumerate(added):
        bits |= one.astype(np.int64) << number
    kinds, place = np.unique(bits, return_inverse=True)
    weights = np.bincount(place.ravel(), weights=np.broadcast_to(weight, bits.shape).ravel())
    return {int(kind): float(total) for kind, total in zip(kinds, weights, strict=True) if kind}


def gain(chosen: int, kinds: Mapping[int, float]) -> float:
    """What a set of firms (as bits) adds: all that any of them does. Monotone and submodular."""
    return sum(weight for kind, weight in kinds.items() if kind & chosen)


def choose(prices: Sequence[int], kinds: Mapping[int, float], budget: int) -> tuple[tuple[int, ...], float, float]:
    """The firms to buy, what they add, and the most that any set within the budget adds.

    Every affordable set of up to three firms is completed by gain per price: at least 1 - 1/e, 63%, of the best set
    (Sviridenko 2004). The bound adds to a set the gains of the others, best per price first, until the whole budget is used
    up once more (Leskovec and others 2007); the least such bound is told.
    """
    every = range(len(prices))
    best, adds, bound = 0, 0.0, _bound(0, prices, kinds, budget)
    for size in range(0, min(3, len(prices)) + 1):
        for start in combinations(every, size):
            chosen, left = sum(1 << one for one in start), budget - sum(prices[one] for one in start)
            while left >= 0:
                total = gain(chosen, kinds)
                bound = min(bound, _bound(chosen, prices, kinds, budget)) if size < 2 else bound
                if total > adds:
                    best, adds = chosen, total
                options = [one for one in every if not chosen >> one & 1 and prices[one] <= left]
                if not options:
                    break
                worth = {one: (gain(chosen | 1 << one, kinds) - total) / max(prices[one], 1) for one in options}
                pick = max(options, key=lambda one: (worth[one], -one))
                if worth[pick] <= 0:
                    break
                chosen |= 1 << pick
                left -= prices[pick]
    return tuple(one for one in every if best >> one & 1), adds, max(bound, adds)


def _bound(chosen: int, prices: Sequence[int], kinds: Mapping[int, float], budget: int) -> float:
    total = gain(chosen, kinds)
    worth = [
        (gain(chosen | 1 << one, kinds) - total, price)
        for one, price in enumerate(prices)
        if not chosen >> one & 1 and price <= budget
    ]
    left, bound = budget, total
    for more, price in sorted(worth, key=lambda pair: -pair[0] / max(pair[1], 1)):
        bound += more * min(1.0, left / price) if price else more
        left -= min(price, left)
    return bound
