"""The network's rules: spreads, distances, weekdays, names of departures, and what is wrong with a network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from argosy.delivery.model import Closure, Lane, Network, Spread

EARTH_KM = 6371.0
_P95 = 1.6448536269514722


@lru_cache(maxsize=4096)
def normal_quantile(share: float) -> float:
    """The standard normal distribution's quantile, exact to 1e-12.

    Newton's method on the complementary error function; `share` lies strictly between 0 and 1.
    """
    x = 0.0
    for _ in range(60):
        density = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        step = (0.5 * math.erfc(-x / math.sqrt(2)) - share) / density
        x -= max(-1.0, min(1.0, step))
        if abs(step) < 1e-12:
            break
    return x


def spread_minutes(spread: Spread, share: float) -> int:
    """The whole minutes within which this share of the cases is over."""
    if spread.p50_minutes <= 0:
        return 0
    width = math.log(max(spread.p95_minutes, spread.p50_minutes) / spread.p50_minutes) / _P95
    return round(spread.p50_minutes * math.exp(width * normal_quantile(share)))


def late_minutes(lane: Lane, share: float) -> int:
    """The delay that this share of a lane's departures stays within: none, or an exponential's quantile."""
    if share <= 1 - lane.late_share or lane.late_share <= 0:
        return 0
    return round(-lane.late_mean_minutes * math.log((1 - share) / lane.late_share))


def kilometres(from_latitude: float, from_longitude: float, latitude: float, longitude: float) -> float:
    """The great-circle distance between two places in degrees."""
    a, b = math.radians(from_latitude), math.radians(latitude)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(longitude - from_longitude) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def departure_key(lane: str, leaves: datetime) -> str:
    """The name of one departure: its lane and its scheduled local time, `CN-HGH>HGH/2026-06-18T22:00`."""
    return f"{lane}/{leaves:%Y-%m-%dT%H:%M}"


def named_instants(key: str, zone: str) -> list[datetime]:
    """The instants of a departure's name at a place: two where the clocks show its time twice, none where they never do."""
    try:
        local = datetime.fromisoformat(key.rpartition("/")[2])
    except ValueError:
        return []
    clock = ZoneInfo(zone)
    instants = {local.replace(tzinfo=clock, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(one for one in instants if one.astimezone(clock).replace(tzinfo=local.tzinfo, fold=0) == local)


def closed_on(closures: Iterable[Closure], kind: str, code: str, day: date) -> bool:
    """Whether a hub, a lane or a country's couriers are closed on a local day."""
    return any(
        closure.kind == kind
        and closure.code == code
        and (closure.first is None or closure.first <= day)
        and (closure.last is None or day <= closure.last)
        for closure in closures
    )


def faults(network: Network) -> Iterator[tuple[str, int, str, str]]:
    """Rows that refer to nothing or stand twice, as (table, place in it from 0, field, what is wrong)."""
    hubs = {hub.code for hub in network.hubs}
    zones = {border.customs_zone for border in network.borders}
    carriers = {carrier.code for carrier in network.carriers}
    lanes = {lane.code for lane in network.lanes}
    countries = {country.code for country in network.countries}
    known = {"hubs": hubs, "carriers": carriers, "countries": countries, "zones": zones, "lanes": lanes}
    for table, field, target in _REFERENCES:
        for place, row in enumerate(getattr(network, table)):
            code = getattr(row, field)
            if code not in known[target]:
                yield table, place, field, f"there is no {code!r} in {_FILE.get(target, target)}.csv"
    for table, names in _KEYS:
        yield from _twice(network, table, names)
    for place, closure in enumerate(network.closures):
        target = {"hub": "hubs", "lane": "lanes", "country": "countries"}[closure.kind]
        if closure.code not in known[target]:
            yield "closures", place, "code", f"there is no {closure.code!r} in {target}.csv"
    yield from _loops(network)


_FILE = {"zones": "customs"}
_REFERENCES = (
    ("hubs", "country", "countries"),
    ("hubs", "customs_zone", "zones"),
    ("countries", "customs_zone", "zones"),
    ("lanes", "origin", "hubs"),
    ("lanes", "destination", "hubs"),
    ("lanes", "carrier", "carriers"),
    ("departures", "lane", "lanes"),
    ("service_areas", "country", "countries"),
    ("service_areas", "carrier", "carriers"),
)
_KEYS = (
    ("hubs", ("code",)),
    ("carriers", ("code",)),
    ("lanes", ("code",)),
    ("departures", ("lane", "leaves", "weekdays")),
    ("borders", ("customs_zone",)),
    ("countries", ("code",)),
    ("service_areas", ("country", "city")),
)


def _twice(network: Network, table: str, names: tuple[str, ...]) -> Iterator[tuple[str, int, str, str]]:
    seen = set()
    for place, row in enumerate(getattr(network, table)):
        key = tuple(getattr(row, name) for name in names)
        if key in seen:
            yield table, place, names[0], "this row stands twice"
        seen.add(key)


def _loops(network: Network) -> Iterator[tuple[str, int, str, str]]:
    for place, lane in enumerate(network.lanes):
        if lane.origin == lane.destination:
            yield "lanes", place, "destination", "is the same as the origin"
