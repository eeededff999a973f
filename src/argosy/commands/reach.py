"""`argosy reach`: how many people a delivery promise holds for, and what candidate firms would add."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from argosy.base.errors import Refused
from argosy.commands.instants import read_instant
from argosy.commands.progress import say, steps
from argosy.delivery.model import Network
from argosy.delivery.networks.assumptions import read_assumptions
from argosy.delivery.networks.opening import open_network
from argosy.delivery.places import cities
from argosy.delivery.reaching import acquire
from argosy.delivery.reaching.survey import Question, question, steps_of, survey
from argosy.plumbing.config import Config


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


def run(config: Config, given: argparse.Namespace) -> int:
    """Work the reach out and print it."""
    network = open_network(config.home, config.data)
    asked = _question(config, given, network)
    firms = acquire.read_firms(_file(given.candidates)) if given.candidates else ()
    with steps("Working out the reach", steps_of(firms, not given.only)) as done:
        told = survey(network, asked, firms, given.budget, other_speeds=not given.only, done=done).told
    if given.json:
        print(msgspec.json.encode(told).decode())
    else:
        _print(told)
    return 0


def _question(config: Config, given: argparse.Namespace, network: Network) -> Question:
    for name, value, most in (
        ("--hours", given.hours, 240),
        ("--every", given.every, 24),
        ("--processes", given.processes, 64),
    ):
        if not 1 <= value <= most:
            raise Refused("out_of_range", f"{value} is not between 1 and {most}.", field=name)
    if not 0 < given.share <= 1:
        raise Refused("out_of_range", f"{given.share} is not a share between 0 and 1.", field="--share")
    assumed = read_assumptions(config.data / "network" / "assumptions.toml").reach
    return question(
        network,
        cities(),
        hubs=given.hubs.split(",") if given.hubs else assumed.hubs,
        home=assumed.home,
        begin=read_instant(given.week or assumed.week, "--week"),
        every=given.every,
        hours=given.hours,
        confidence=given.confidence,
        share=given.share,
        processes=given.processes,
    )


def _file(path: Path) -> Path:
    if not path.exists():
        raise Refused("no_such_file", f"There is no file {path}.", field="candidates", remedy="Check the path.")
    return path


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
