"""`argosy promise --from HUB --to "CITY, COUNTRY"`: the date, and how it comes about."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from argosy.base.errors import Refused
from argosy.commands.instants import read_instant
from argosy.commands.progress import say, steps
from argosy.delivery.board import PromiseBoard
from argosy.delivery.explain import explain
from argosy.delivery.model import City, Journey, Leg
from argosy.delivery.networks.opening import open_network
from argosy.delivery.places import cities, find_hub
from argosy.delivery.tables import Planner
from argosy.plumbing.config import Config

AHEAD = 12
"""Waves looked ahead: a day, where a hub has one every two hours."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the plain form."""
    parser.add_argument("--from", dest="origin", metavar="HUB", help="where the goods are, such as CN-HGH")
    parser.add_argument("--to", metavar="CITY", help='the city, such as "Paris, FR" or "Paris, TX, US"')
    parser.add_argument(
        "--at", metavar="INSTANT", help="when it is ordered, such as 2026-06-18T20:00+08:00 (default: now)"
    )
    parser.add_argument("--confidence", type=float, default=0.95, help="0.5, 0.9, 0.95 or 0.98 (default 0.95)")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")


def run(config: Config, given: argparse.Namespace) -> int:
    """Work out and print one promise."""
    for name, value in (("--from", given.origin), ("--to", given.to)):
        if not value:
            raise Refused(
                "option_missing", "It is not given.", field=name, remedy='For example --from CN-HGH --to "Paris, FR".'
            )
    at = read_instant(given.at)
    with steps("Working out the promise", 3 + AHEAD) as done:
        network = open_network(config.home, config.data)
        done(1)
        hub = find_hub(network, given.origin)
        city = msgspec.structs.replace(cities().read(given.to), index=0)
        done(1)
        planner = Planner(network, [city])
        board = PromiseBoard(planner, [hub.code], AHEAD)
        done(1)
        while board.refresh(hub.code, at, 1):
            done(1)
        journey = explain(board, hub.code, city, given.confidence, at)
    told = tell(journey, planner)
    if given.json:
        print(msgspec.json.encode(told).decode())
    else:
        _print(told)
    return 0


def tell(journey: Journey, planner: Planner) -> dict[str, Any]:
    """A journey with every instant in the clock of its place, and its minutes counted."""
    promised, city = journey.promised, journey.city
    here = ZoneInfo(city.time_zone)
    return {
        "from": journey.hub,
        "to": f"{city.name}, {city.country}",
        "city": city.number,
        "time_zone": city.time_zone,
        "confidence": journey.confidence,
        "ordered_at": journey.ordered_at.isoformat(timespec="minutes"),
        "date": promised.day.isoformat(),
        "by": promised.by.astimezone(here).isoformat(timespec="minutes"),
        "order_by": promised.valid_until.astimezone(here).isoformat(timespec="minutes"),
        "order_within_minutes": int((promised.valid_until - journey.ordered_at).total_seconds() // 60),
        "hours": round((promised.by - journey.ordered_at).total_seconds() / 3600, 1),
        "within_72h": promised.within_72h,
        "mode": promised.mode,
        "usual_date": journey.usual_day.isoformat(),
        "legs": [_leg(leg, city, planner) for leg in journey.slow],
        "usual_legs": [_leg(leg, city, planner) for leg in journey.usual],
    }


def _leg(leg: Leg, city: City, planner: Planner) -> dict[str, Any]:
    hubs = planner.graph.hubs
    place = hubs[planner.graph.number[leg.place]]
    there = city if leg.step == "door" else hubs[planner.graph.number[leg.to]] if leg.to else place

    def local(instant: datetime | None, zone: str) -> str | None:
        return None if instant is None else instant.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")

    return {
        "step": leg.step,
        "place": leg.place,
        "to": leg.to,
        "carrier": leg.carrier,
        "mode": leg.mode,
        "ready_at": local(leg.ready_at, place.time_zone),
        "cutoff": local(leg.cutoff, place.time_zone),
        "leaves_at": local(leg.leaves_at, place.time_zone),
        "arrives_at": local(leg.arrives_at, there.time_zone),
        "waited_minutes": leg.waited_minutes,
        "missed_departures": leg.missed,
    }


def _print(told: dict[str, Any]) -> None:
    sure, usual = f"{told['confidence']:.0%} of parcels", told["usual_date"]
    print(f"{told['from']} to {told['to']}: at the door by {told['date']} ({sure}; usually {usual})")
    hours, minutes = divmod(told["order_within_minutes"], 60)
    print(f"Order within {hours} h {minutes:02} min. That is {told['hours']} h after ordering.")
    for leg in told["legs"]:
        where = leg["place"] + (f" > {leg['to']}" if leg["to"] else "")
        wait = f", waits {leg['waited_minutes']} min" if leg["waited_minutes"] > 0 else ""
        cut = f", cut-off {_short(leg['cutoff'])}" if leg["cutoff"] else ""
        lost = f", {leg['missed_departures']} missed" if leg["missed_departures"] else ""
        begun = leg["leaves_at"] if leg["step"] in ("lane", "door") else leg["ready_at"]
        print(f"  {leg['step']:<8} {where:<18} {_short(begun)} > {_short(leg['arrives_at'])}{cut}{wait}{lost}")
    say("Local times; the steps are those of the parcel at the edge of the promise.")


def _short(instant: str) -> str:
    """A local time without year and offset."""
    return f"{datetime.fromisoformat(instant):%a %d %b %H:%M}"
