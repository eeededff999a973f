"""`argosy reach`: how many people a delivery promise holds for, and what candidate firms would add."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from argosy.base.errors import Refused
from argosy.base.instants import iso
from argosy.commands.instants import read_instant
from argosy.commands.progress import say, steps
from argosy.delivery.board import unknown_confidence
from argosy.delivery.model import CONFIDENCES, Network
from argosy.delivery.networks.assumptions import read_assumptions
from argosy.delivery.networks.opening import open_network
from argosy.delivery.places import Cities, cities, find_hub
from argosy.delivery.reaching import acquire
from argosy.delivery.reaching.reach import HOURS_OF_WEEK, Reach, elapsed_everywhere, reach, scaled, soonest
from argosy.delivery.tables import Planner
from argosy.plumbing.config import Config

_Elapsed = NDArray[np.int16]
SLOWER, FASTER = (3, 2), (2, 3)
"""Ratios of the two other runs: every duration half as long again, and a third shorter."""
WITHIN = (24, 48, 72)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `argosy reach`."""
    parser = commands.add_parser("reach", help="how many people a delivery promise holds for")
    parser.add_argument("--hours", type=int, default=72, help="from order to door (default 72)")
    parser.add_argument("--confidence", type=float, default=0.95, help="0.5, 0.9, 0.95 or 0.98 (default 0.95)")
    parser.add_argument("--hubs", help="where stock is, such as CN-HGH,BE-LGG (default: the ten of assumptions.toml)")
    parser.add_argument("--share", type=float, default=0.9, help="of the week's hours it must hold at (default 0.9)")
    parser.add_argument("--week", metavar="INSTANT", help="the first order instant (default: that of assumptions.toml)")
    parser.add_argument("--every", type=int, default=1, help="hours between the order instants looked at (default 1)")
    parser.add_argument("--only", action="store_true", help="leave out the slower and the faster run")
    parser.add_argument("--candidates", type=Path, help="CSV file of firms that could be bought")
    parser.add_argument(
        "--budget", type=int, help="what they may cost together, minor units (default: half of all prices)"
    )
    parser.add_argument("--processes", type=int, default=2, help="worked on at the same time (default 2)")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")
    parser.set_defaults(run=run)


class _Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, the same for every network that it is asked of."""

    hubs: tuple[str, ...]
    home: str
    hours: tuple[datetime, ...]
    minutes: int
    confidence: float
    share: float
    processes: int
    places: Any
    at_home: Any


def run(config: Config, given: argparse.Namespace) -> int:
    """Work the reach out and print it."""
    network = open_network(config.home, config.data)
    asked = _question(config, given, network)
    firms = acquire.read_firms(_file(given.candidates)) if given.candidates else ()
    runs = (1 if given.only else 3) + len(firms) + bool(firms)
    with steps("Working out the reach", runs) as done:
        planner = Planner(network, asked.places.all)
        found = _sweep(planner, asked, done)
        told = _told(asked, found)
        if not given.only:
            told["slower"] = _other(scaled(network, *SLOWER), asked, done)
            told["faster"] = _other(scaled(network, *FASTER), asked, done)
        if firms:
            told |= _firms(network, firms, given.budget, asked, soonest(found.values()), done)
    if given.json:
        print(msgspec.json.encode(told).decode())
    else:
        _print(told)
    return 0


def _question(config: Config, given: argparse.Namespace, network: Network) -> _Question:
    assumed = read_assumptions(config.data / "network" / "assumptions.toml").reach
    if given.confidence not in CONFIDENCES:
        raise unknown_confidence(given.confidence)
    for name, value, most in (
        ("--hours", given.hours, 240),
        ("--every", given.every, 24),
        ("--processes", given.processes, 64),
    ):
        if not 1 <= value <= most:
            raise Refused("out_of_range", f"{value} is not between 1 and {most}.", field=name)
    if not 0 < given.share <= 1:
        raise Refused("out_of_range", f"{given.share} is not a share between 0 and 1.", field="--share")
    hubs = tuple(given.hubs.split(",")) if given.hubs else assumed.hubs
    begin = read_instant(given.week or assumed.week, "--week")
    places = cities()
    stocked = tuple(find_hub(network, code).code for code in hubs)
    home = find_hub(network, assumed.home if assumed.home in stocked else stocked[0])
    return _Question(
        hubs=stocked,
        home=home.code,
        hours=tuple(begin + timedelta(hours=hour) for hour in range(0, HOURS_OF_WEEK, given.every)),
        minutes=given.hours * 60,
        confidence=given.confidence,
        share=given.share,
        processes=given.processes,
        places=places,
        at_home=np.array([city.country == home.country for city in places.all]),
    )


def _file(path: Path) -> Path:
    if not path.exists():
        raise Refused("no_such_file", f"There is no file {path}.", field="candidates", remedy="Check the path.")
    return path


def _sweep(planner: Planner, asked: _Question, done: Callable[[float], None]) -> dict[str, _Elapsed]:
    before = 0.0

    def told(share: float) -> None:
        nonlocal before
        done(share - before)
        before = share

    return elapsed_everywhere(planner, asked.hubs, asked.hours, asked.confidence, told, asked.processes)


def _reach(asked: _Question, soon: _Elapsed) -> Reach:
    return reach(soon, asked.hours, asked.minutes, asked.share, asked.places.population, asked.at_home)


def _numbers(found: Reach) -> dict[str, Any]:
    return {
        "people": found.people,
        "people_abroad": found.people_abroad,
        "worst_hour": {"ordered_at": iso(found.worst_hour), "people": found.worst_hour_people},
        "median_people": found.median_people,
        "best_hour_people": found.best_hour_people,
    }


def _other(network: Network, asked: _Question, done: Callable[[float], None]) -> dict[str, Any]:
    found = _sweep(Planner(network, asked.places.all), asked, done)
    return _numbers(_reach(asked, soonest(found.values())))


def _told(asked: _Question, found: dict[str, _Elapsed]) -> dict[str, Any]:
    soon = soonest(found.values())
    alone = found[asked.home]
    return {
        **_numbers(_reach(asked, soon)),
        "hubs": list(asked.hubs),
        "hours": asked.minutes // 60,
        "confidence": asked.confidence,
        "share_of_hours": asked.share,
        "week_from": iso(asked.hours[0]),
        "order_instants": len(asked.hours),
        "all_people": int(asked.places.population.sum()),
        "home_only": {"hub": asked.home, **_numbers(_reach(asked, alone))},
        "slower": None,
        "faster": None,
        "by_country": _by_country(asked.places, soon, asked.share),
    }


def _by_country(places: Cities, soon: _Elapsed, share: float) -> dict[str, dict[str, Any]]:
    """Per country its people, those reached within 24, 48 and 72 hours at the share of hours, and its share of demand.

    Demand is taken to be in proportion to people.
    """
    holds = {hours: (soon <= hours * 60).mean(axis=0) >= share for hours in WITHIN}
    total = int(places.population.sum())
    found: dict[str, dict[str, Any]] = {}
    for city in places.all:
        row = found.setdefault(city.country, {"people": 0, **{f"within_{hours}": 0 for hours in WITHIN}})
        row["people"] += city.population
        for hours in WITHIN:
            row[f"within_{hours}"] += city.population * bool(holds[hours][city.index])
    for row in found.values():
        row["share_of_demand"] = round(row["people"] / total, 5)
    return dict(sorted(found.items(), key=lambda item: -item[1]["people"]))


def _firms(
    network: Network,
    firms: Sequence[acquire.Firm],
    budget: int | None,
    asked: _Question,
    base: _Elapsed,
    done: Callable[[float], None],
) -> dict[str, Any]:
    """What each firm adds alone, and the set to buy; for the choice no parcel uses what two firms own."""
    before, reached = _reach(asked, base), base <= asked.minutes
    held = reached.mean(axis=0) >= asked.share
    rows, added = [], []
    for firm in firms:
        own = soonest([base, *_sweep(Planner(acquire.joined(network, firm), asked.places.all), asked, done).values()])
        with_firm = own <= asked.minutes
        added.append(((with_firm.mean(axis=0) >= asked.share) & ~held)[None, :])
        with_it = _reach(asked, own)
        rows.append({
            "firm": firm.name,
            "price_minor": firm.price_minor,
            "currency": firm.currency,
            "capacity_parcels": firm.capacity_parcels,
            "adds_people": with_it.people - before.people,
            "adds_people_abroad": with_it.people_abroad - before.people_abroad,
            "adds_people_of_an_hour": round(float(((with_firm & ~reached) @ asked.places.population).mean())),
        })  # fmt: skip
    prices = [firm.price_minor for firm in firms]
    spend = sum(prices) // 2 if budget is None else budget
    chosen, adds, bound = acquire.choose(
        prices, acquire.signatures(added, asked.places.population.astype(np.float64)), spend
    )
    both = network
    for one in chosen:
        both = acquire.joined(both, firms[one])
    if not chosen:
        return {"candidates": rows, "buy": {"budget_minor": spend, "firms": [], "most_that_any_set_adds": round(bound)}}
    joint = _reach(asked, soonest([base, *_sweep(Planner(both, asked.places.all), asked, done).values()]))
    return {
        "candidates": rows,
        "buy": {
            "budget_minor": spend,
            "firms": [firms[one].name for one in chosen],
            "price_minor": sum(prices[one] for one in chosen),
            "adds_people": round(adds),
            "most_that_any_set_adds": round(bound),
            "guaranteed_share_of_best": round(1 - float(np.exp(-1)), 3),
            "people": joint.people,
            "people_abroad": joint.people_abroad,
        },
    }


def _print(told: dict[str, Any]) -> None:
    print(f"{told['people'] / 1e9:.2f} bn people within {told['hours']} h at {told['confidence']:.0%}, "
          f"{told['people_abroad'] / 1e9:.2f} bn of them abroad, at {told['share_of_hours']:.0%} of the hours")  # fmt: skip
    print(f"worst hour {told['worst_hour']['ordered_at']}: {told['worst_hour']['people'] / 1e9:.2f} bn")
    print(f"stock at {told['home_only']['hub']} only: {told['home_only']['people'] / 1e9:.2f} bn")
    for name in ("slower", "faster"):
        if told[name]:
            print(f"{name}: {told[name]['people'] / 1e9:.2f} bn")
    for row in told.get("candidates", ()):
        print(
            f"{row['firm']}: +{row['adds_people'] / 1e6:.0f} m people for {row['price_minor'] / 100:,.0f} {row['currency']}"
        )
    if "buy" in told:
        print(f"buy {', '.join(told['buy']['firms']) or 'nobody'}: {told['buy']['people'] / 1e9:.2f} bn people")
    say("People are those of cities with 15,000 or more; demand is taken to be in proportion to them.")
