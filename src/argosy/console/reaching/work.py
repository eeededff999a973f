"""The process that works one question about reach out: `python -m argosy.console.reaching.work FOLDER`."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType

import msgspec
import numpy as np
from numpy.typing import NDArray

from argosy.base.errors import Misconfigured, Refused
from argosy.console.reaching.jobs import FIRMS, put_answer, put_fault, tell
from argosy.console.reaching.model import GRID_DEGREES, Answer, Asked, Square
from argosy.delivery.networks.assumptions import read_assumptions
from argosy.delivery.networks.opening import open_network
from argosy.delivery.places import Cities, cities
from argosy.delivery.reaching import acquire
from argosy.delivery.reaching.survey import WITHIN, Question, by_country, question, steps_of, survey
from argosy.plumbing.config import Config, read_config

LONGEST_SECONDS = 1800
_PROCESSES = 2
_CLASSES = (0, *sorted(WITHIN, reverse=True))


def main(place: Path) -> None:
    """Work the question in a folder out and leave the answer there, or the reason why there is none."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LONGEST_SECONDS)
    os.nice(5)
    asked = msgspec.json.decode((place / "asked.json").read_bytes(), type=Asked)
    try:
        put_answer(place, answer(read_config(), asked, place))
    except (Refused, Misconfigured) as wrong:
        put_fault(place, str(wrong))
    except Exception as wrong:
        put_fault(place, f"Something broke on our side: {type(wrong).__name__}.")
        raise


def answer(config: Config, asked: Asked, place: Path) -> Answer:
    """The answer to a question; how far it is stands in the folder meanwhile."""
    began = time.monotonic()
    network = open_network(config.home, config.data)
    assumed = read_assumptions(config.data / "network" / "assumptions.toml").reach
    firms = acquire.read_firms(place / FIRMS) if asked.firms else ()
    # A row that names no place of the network is told at once, not after minutes.
    for firm in firms:
        acquire.joined(network, firm)
    wanted = question(
        network,
        cities(),
        hubs=[code.strip() for code in asked.hubs.split(",")] if asked.hubs else assumed.hubs,
        home=assumed.home,
        begin=datetime.fromisoformat(assumed.week),
        every=asked.every,
        hours=asked.hours,
        confidence=asked.confidence,
        share=asked.share,
        processes=_PROCESSES,
    )
    steps, done = steps_of(firms, other_speeds=False), 0.0

    def advance(part: float) -> None:
        nonlocal done
        done += part
        tell(place, min(990, round(1000 * done / steps)))

    found = survey(network, wanted, firms, asked.budget_minor, done=advance)
    after = found.before if found.after is None else found.after
    return Answer(
        told=found.told,
        by_country_after=None if found.after is None else by_country(wanted.places, after, asked.share),
        squares=squares(wanted.places, _classes(wanted, found.before), _classes(wanted, after)),
        seconds=round(time.monotonic() - began),
    )


def _classes(asked: Question, soon: NDArray[np.int16]) -> NDArray[np.int64]:
    """For each city the place in `_CLASSES` of the fewest hours within which it is reached at the share of the order hours."""
    holds = np.array([(soon <= hours * 60).mean(axis=0) >= asked.share for hours in WITHIN])
    found: NDArray[np.int64] = holds.sum(axis=0, dtype=np.int64)
    return found


def squares(places: Cities, before: NDArray[np.int64], after: NDArray[np.int64]) -> list[Square]:
    """The squares of the map that have cities, each in the class that most of its people are in."""
    held: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    for city in places.all:
        key = int((city.longitude + 180) // GRID_DEGREES), int((city.latitude + 90) // GRID_DEGREES)
        then, now = held.setdefault(key, ([0] * len(_CLASSES), [0] * len(_CLASSES)))
        then[before[city.index]] += city.population
        now[after[city.index]] += city.population
    return [
        Square(column, row, _CLASSES[then.index(max(then))], _CLASSES[now.index(max(now))])
        for (column, row), (then, now) in sorted(held.items())
    ]


def _too_long(_number: int, _frame: FrameType | None) -> None:
    # All that work on it, which is this process's own group.
    os.killpg(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
