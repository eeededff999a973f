"""Small networks, and a plain way through them to hold the search against: every path, every departure, no cleverness."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from argosy.delivery.clearing import DaysOff
from argosy.delivery.model import (
    EVERY_DAY,
    Border,
    Carrier,
    City,
    Closure,
    Country,
    Departure,
    Hub,
    Lane,
    Network,
    ServiceArea,
    Spread,
)
from argosy.delivery.rules import late_minutes, spread_minutes
from argosy.delivery.search import PLANNED
from argosy.delivery.timetable import DAYS

SURE = Spread(0, 0)
ZONES = (
    "Asia/Shanghai",
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
)
NOW = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)
"""Two days before the clocks change in Europe."""


def no_holidays(calendar: str, year: int) -> frozenset[date]:
    """A calendar without holidays."""
    return frozenset()


def hub(code: str, zone: str = "EU", **changes: object) -> Hub:
    """An airport that clears and delivers and takes no time at all."""
    plain = Hub(
        code=code,
        kind="airport",
        name=code,
        country=zone,
        customs_zone=zone,
        latitude=0.0,
        longitude=0.0,
        time_zone="UTC",
        handling=SURE,
        sorting=SURE,
        clears=True,
        delivers=True,
    )
    return msgspec.structs.replace(plain, **changes)


def lane(origin: str, destination: str, minutes: int, **changes: object) -> Lane:
    """A flight that is never late."""
    plain = Lane(
        code=f"{origin}>{destination}",
        carrier="AIR",
        origin=origin,
        destination=destination,
        mode="air",
        transit_minutes=minutes,
    )
    return msgspec.structs.replace(plain, **changes)


def leaving(code: str, *times: str, days: frozenset[int] = EVERY_DAY, cutoff: int = 0) -> tuple[Departure, ...]:
    """Departures of a lane at local times."""
    return tuple(
        Departure(lane=code, weekdays=days, leaves=int(time[:2]) * 60 + int(time[3:]), cutoff_minutes=cutoff)
        for time in times
    )


def border(zone: str, **changes: object) -> Border:
    """A border without a wait."""
    plain = Border(customs_zone=zone, clearance=SURE, opens=0, closes=1440, weekdays=EVERY_DAY)
    return msgspec.structs.replace(plain, **changes)


def area(country: str, **changes: object) -> ServiceArea:
    """Vans on all days that bring in the afternoon what is there by nine."""
    plain = ServiceArea(
        carrier="VAN",
        country=country,
        city=None,
        max_km=400,
        km_per_hour=60,
        depot_by=540,
        door_from=600,
        door_until=1200,
        weekdays=EVERY_DAY,
    )
    return msgspec.structs.replace(plain, **changes)


def city(index: int, country: str = "EU", zone: str = "UTC", **changes: object) -> City:
    """A city where every hub of these networks is."""
    plain = City(
        index=index,
        number=1000 + index,
        name=f"City {index}",
        country=country,
        region="",
        latitude=0.0,
        longitude=0.0,
        time_zone=zone,
        population=100_000 * (index + 1),
    )
    return msgspec.structs.replace(plain, **changes)


def network(
    hubs: tuple[Hub, ...],
    lanes: tuple[Lane, ...],
    departures: tuple[Departure, ...],
    borders: tuple[Border, ...] = (),
    areas: tuple[ServiceArea, ...] = (),
    closures: tuple[Closure, ...] = (),
) -> Network:
    """A network of these parts; a zone without a border of its own has one that takes no time."""
    zones = sorted({one.customs_zone for one in hubs})
    known = {one.customs_zone for one in borders}
    countries = tuple(Country(code=zone, customs_zone=zone, holidays=zone) for zone in zones)
    return Network(
        hubs=hubs,
        carriers=(Carrier(code="AIR", name="Air"), Carrier(code="VAN", name="Van")),
        lanes=lanes,
        departures=departures,
        borders=(*borders, *(border(zone) for zone in zones if zone not in known)),
        countries=countries,
        service_areas=areas or tuple(area(zone) for zone in zones),
        closures=closures,
    )


def random_network(seed: int) -> Network:
    """Three to six hubs in one to three customs zones and several clocks, with lanes and hours at random."""
    dice = random.Random(seed)
    zones = ["AA", "BB", "CC"][: dice.randint(1, 3)]
    count = dice.randint(3, 6)
    hubs = tuple(
        hub(
            f"H{number}",
            dice.choice(zones),
            time_zone=dice.choice(ZONES),
            handling=Spread(dice.choice((0, 60, 200)), 400),
            clears=dice.random() < 0.7,
            waves=tuple(range(0, 1440, 120)) if number == 0 else (),
        )
        for number in range(count)
    )
    pairs = [(one.code, other.code) for one in hubs for other in hubs if one is not other]
    lanes = tuple(
        lane(*pair, dice.randint(1, 900), late_share=dice.choice((0.0, 0.5)), late_mean_minutes=dice.choice((0, 45)))
        for pair in dice.sample(pairs, min(len(pairs), dice.randint(2, 10)))
    )
    departures = tuple(
        Departure(
            lane=one.code,
            weekdays=frozenset(dice.sample(range(1, 8), dice.randint(1, 7))),
            leaves=leaves,
            cutoff_minutes=dice.choice((0, 45, 180)),
        )
        for one in lanes
        for leaves in sorted(dice.sample(range(1440), dice.randint(1, 3)))
    )
    borders = tuple(
        border(
            zone,
            clearance=Spread(dice.choice((0, 300)), 900),
            opens=dice.choice((0, 480)),
            closes=dice.choice((1440, 1080)),
            weekdays=frozenset(dice.sample(range(1, 8), dice.randint(2, 7))),
        )
        for zone in zones
    )
    return network(hubs, lanes, departures, borders)


@lru_cache(maxsize=100_000)
def local_instant(day: date, minute: int, zone: str) -> datetime:
    """A local time of a day, through the standard library alone."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def departures_of(net: Network, code: str, first: date, days: int = DAYS) -> Iterator[tuple[datetime, datetime]]:
    """Cut-off and departure of everything that a lane runs on a run of local days."""
    origin = next(one for one in net.hubs if one.code == next(row.origin for row in net.lanes if row.code == code))
    for row in net.departures:
        for day in (first + timedelta(days=ahead) for ahead in range(days)):
            if row.lane == code and day.isoweekday() in row.weekdays:
                leaves = local_instant(day, row.leaves, origin.time_zone)
                yield leaves - timedelta(minutes=row.cutoff_minutes), leaves


def release(net: Network, at: Hub, done: datetime, first: date, days_off: DaysOff = no_holidays) -> datetime | None:
    """When an office lets go of what is done at an instant."""
    office = next(one for one in net.borders if one.customs_zone == at.customs_zone)
    if office.opens == 0 and office.closes == 1440 and office.weekdays == EVERY_DAY:
        return done
    best = None
    for day in (first + timedelta(days=ahead) for ahead in range(DAYS)):
        if day.isoweekday() in office.weekdays and day not in days_off(at.country, day.year):
            opens, closes = (local_instant(day, minute, at.time_zone) for minute in (office.opens, office.closes))
            if done < closes and (best is None or max(done, opens) < best):
                best = max(done, opens)
    return best


def all_arrivals(net: Network, origin: str, began: datetime, first: date) -> dict[tuple[str, bool], datetime]:
    """The earliest planned arrival at every hub, bonded and cleared, by trying every path without a repeated state."""
    hubs = {one.code: one for one in net.hubs}
    timetable = {one.code: list(departures_of(net, one.code, first)) for one in net.lanes}
    home = hubs[origin].customs_zone
    best: dict[tuple[str, bool], datetime] = {}

    def visit(code: str, cleared: bool, at: datetime, seen: frozenset[tuple[str, bool]]) -> None:
        state = (code, cleared)
        best[state] = min(at, best.get(state, at))
        here = hubs[code]
        ready = at + timedelta(minutes=spread_minutes(here.handling, PLANNED))
        for one in net.lanes:
            if one.origin != code:
                continue
            there = hubs[one.destination]
            crosses = there.customs_zone != here.customs_zone
            if cleared and crosses and here.customs_zone != home:
                continue
            still = cleared and not crosses
            if not still and there.customs_zone == home:
                continue
            if (there.code, still) in seen:
                continue
            late = timedelta(minutes=late_minutes(one, PLANNED))
            landings = [
                leaves + timedelta(minutes=one.transit_minutes)
                for cutoff, leaves in timetable[one.code]
                if cutoff >= ready
            ]
            if landings:
                visit(there.code, still, min(landings) + late, seen | {(there.code, still)})
        if not cleared and here.clears and (code, True) not in seen:
            office = next(row for row in net.borders if row.customs_zone == here.customs_zone)
            out = release(net, here, at + timedelta(minutes=spread_minutes(office.clearance, PLANNED)), first)
            if out is not None:
                visit(code, True, out, seen | {(code, True)})

    visit(origin, True, began, frozenset({(origin, True)}))
    return best
