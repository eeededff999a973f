"""The whole answer to how far a network reaches: by hub and country, with stock at home only, slower, faster, with firms bought."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from argosy.base.instants import iso
from argosy.delivery.board import unknown_confidence
from argosy.delivery.model import CONFIDENCES, Network
from argosy.delivery.places import Cities, find_hub
from argosy.delivery.reaching import acquire
from argosy.delivery.reaching.reach import HOURS_OF_WEEK, Reach, elapsed_everywhere, reach, scaled, soonest
from argosy.delivery.tables import Planner

_Elapsed = NDArray[np.int16]
SLOWER, FASTER = (3, 2), (2, 3)
"""Ratios of the two other runs: every duration half as long again, and a third shorter."""
WITHIN = (24, 48, 72)


class Question(msgspec.Struct, frozen=True, kw_only=True):
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


class Surveyed(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: the figures as `argosy reach --json` prints them, and the minutes to each city by order instant."""

    told: dict[str, Any]
    before: Any
    after: Any
    """With the firms of the set to buy; None where none was asked about or is worth it."""


def question(
    network: Network,
    places: Cities,
    *,
    hubs: Sequence[str],
    home: str,
    begin: datetime,
    every: int,
    hours: int,
    confidence: float,
    share: float,
    processes: int,
) -> Question:
    """What is asked of a network: the week from `begin`, an order every so many hours.

    Hubs may be written as `find_hub` takes them; the home is the first of them where `home` is none of them. An unknown hub or
    confidence is refused.
    """
    if confidence not in CONFIDENCES:
        raise unknown_confidence(confidence)
    stocked = tuple(find_hub(network, code).code for code in hubs)
    at = find_hub(network, home if home in stocked else stocked[0])
    return Question(
        hubs=stocked,
        home=at.code,
        hours=tuple(begin + timedelta(hours=hour) for hour in range(0, HOURS_OF_WEEK, every)),
        minutes=hours * 60,
        confidence=confidence,
        share=share,
        processes=processes,
        places=places,
        at_home=np.array([city.country == at.country for city in places.all]),
    )


def steps_of(firms: Sequence[acquire.Firm], other_speeds: bool) -> int:
    """How many times the whole network is gone through: what `done` of `survey` adds up to."""
    return (3 if other_speeds else 1) + len(firms) + bool(firms)


def survey(
    network: Network,
    asked: Question,
    firms: Sequence[acquire.Firm] = (),
    budget: int | None = None,
    *,
    other_speeds: bool = False,
    done: Callable[[float], None] = lambda _: None,
) -> Surveyed:
    """Work it all out; takes seconds to minutes. `done` hears each part of a step as it passes."""
    found = _sweep(Planner(network, asked.places.all), asked, done)
    told, soon = _told(asked, found), soonest(found.values())
    if other_speeds:
        told["slower"] = _other(scaled(network, *SLOWER), asked, done)
        told["faster"] = _other(scaled(network, *FASTER), asked, done)
    after = None
    if firms:
        more, after = _firms(network, firms, budget, asked, soon, done)
        told |= more
    return Surveyed(told=told, before=soon, after=after)


def _sweep(planner: Planner, asked: Question, done: Callable[[float], None]) -> dict[str, _Elapsed]:
    before = 0.0

    def told(share: float) -> None:
        nonlocal before
        done(share - before)
        before = share

    return elapsed_everywhere(planner, asked.hubs, asked.hours, asked.confidence, told, asked.processes)


def _reach(asked: Question, soon: _Elapsed) -> Reach:
    return reach(soon, asked.hours, asked.minutes, asked.share, asked.places.population, asked.at_home)


def _numbers(found: Reach) -> dict[str, Any]:
    return {
        "people": found.people,
        "people_abroad": found.people_abroad,
        "worst_hour": {"ordered_at": iso(found.worst_hour), "people": found.worst_hour_people},
        "median_people": found.median_people,
        "best_hour_people": found.best_hour_people,
    }


def _other(network: Network, asked: Question, done: Callable[[float], None]) -> dict[str, Any]:
    found = _sweep(Planner(network, asked.places.all), asked, done)
    return _numbers(_reach(asked, soonest(found.values())))


def _told(asked: Question, found: dict[str, _Elapsed]) -> dict[str, Any]:
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
        "by_country": by_country(asked.places, soon, asked.share),
    }


def by_country(places: Cities, soon: _Elapsed, share: float) -> dict[str, dict[str, Any]]:
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
    asked: Question,
    base: _Elapsed,
    done: Callable[[float], None],
) -> tuple[dict[str, Any], _Elapsed | None]:
    """What each firm adds alone, and the set to buy with what it reaches; for the choice no parcel uses what two firms own."""
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
        none = {"budget_minor": spend, "firms": [], "most_that_any_set_adds": round(bound), "people": before.people}
        return {"candidates": rows, "buy": none}, None
    after = soonest([base, *_sweep(Planner(both, asked.places.all), asked, done).values()])
    joint = _reach(asked, after)
    told = {
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
    return told, after
