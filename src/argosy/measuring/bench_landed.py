"""`argosy bench landed`: CPU time of the rules of landed cost, tables warm and reasons kept."""

from __future__ import annotations

import argparse
import statistics
import time
from datetime import date
from typing import Any

import msgspec

from argosy.landed.bank import BankRates
from argosy.landed.explain import explain
from argosy.landed.load import load_tables
from argosy.landed.model import Consignment, Landed, LandedLine
from argosy.landed.rules import land
from argosy.landed.tables import Tables
from argosy.plumbing.config import Config

ROUTES = (
    ("DE", "", "EUR"),
    ("US", "TX", "USD"),
    ("GB", "", "GBP"),
    ("AU", "", "AUD"),
    ("FR", "", "EUR"),
    ("SG", "", "SGD"),
)
HEADINGS = (
    "610910", "610462", "620342", "620444", "640399", "420222", "711790", "950300", "850440", "851830", "392690",
    "732393", "691200", "940540", "330499", "611020", "620520", "650500", "610510", "621410",
)  # fmt: skip
BASKETS = 40
AT = date(2026, 11, 23)


def measure(config: Config, given: argparse.Namespace) -> dict[str, Any]:
    """Microseconds of CPU of a line in a basket of a hundred, of a basket of ten lines, and of one piece.

    Medians over rounds of `BASKETS` baskets to six destinations; `given.seconds` bounds the run.
    """
    began = time.process_time()
    tables = load_tables(config.data / "landed", BankRates())
    loaded = time.process_time() - began
    one, ten, hundred = (_baskets(lines) for lines in (1, 10, 100))
    answers = [land(tables, basket) for basket in (*one, *ten, *hundred)]
    rounds: dict[str, list[float]] = {"one": [], "ten": [], "hundred": []}
    until = time.perf_counter() + given.seconds
    while time.perf_counter() < until or not rounds["one"]:
        for name, baskets in (("one", one), ("ten", ten), ("hundred", hundred)):
            rounds[name].append(_microseconds(tables, baskets))
    middle = {name: statistics.median(spent) for name, spent in rounds.items()}
    explained = time.process_time()
    for answer in answers[: 2 * BASKETS]:
        explain(answer)
    explained = (time.process_time() - explained) / (2 * BASKETS)
    return {
        "n": len(rounds["ten"]) * BASKETS,
        "per_line_us": round(middle["hundred"] / 100, 3),
        "ten_lines_us": round(middle["ten"], 2),
        "one_line_us": round(middle["one"], 2),
        "best_per_line_us": round(min(rounds["hundred"]) / 100, 3),
        "best_ten_lines_us": round(min(rounds["ten"]), 2),
        "explain_us": round(explained * 1_000_000, 1),
        "load_cpu_ms": round(loaded * 1000, 1),
        "ten_lines_bytes": _bytes(answers[BASKETS : 2 * BASKETS]),
    }


def _microseconds(tables: Tables, baskets: list[Consignment]) -> float:
    began = time.process_time()
    for basket in baskets:
        land(tables, basket)
    return (time.process_time() - began) / len(baskets) * 1_000_000


def _bytes(answers: list[Landed]) -> int:
    return round(statistics.median(len(msgspec.msgpack.encode(answer)) for answer in answers))


def _baskets(lines: int) -> list[Consignment]:
    made = []
    for number in range(BASKETS):
        to, region, currency = ROUTES[number % len(ROUTES)]
        made.append(
            Consignment(
                at=AT, to=to, region=region, ship_from="CN", currency=currency, shipping_minor=900,
                lines=tuple(
                    LandedLine(
                        line=str(place),
                        hs=HEADINGS[(number * 7 + place * 3) % len(HEADINGS)],
                        origin="CN",
                        quantity=1 + place % 3,
                        goods_minor=500 + (number * 997 + place * 613) % 9_500,
                    )
                    for place in range(lines)
                ),
            )
        )  # fmt: skip
    return made
