"""The text file of worked cases, read into requests as the batch command takes them and the figures they should give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("worked_cases.txt")
PIECES = re.compile(
    r"(?P<quantity>\d+) x (?P<hs>\d+) from (?P<origin>[A-Z]{2}) at (?P<price>[\d.]+)(?: \((?P<note>[^)]*)\))?"
)
NO_DECIMALS = ("JPY", "KRW", "VND")
THREE_DECIMALS = ("BHD",)


@dataclass(frozen=True)
class WorkedCase:
    """A request, complete with all defaults, and what it gives.

    `amounts` has the lowest and highest amount by name, in minor units; None for what is unknown or not computed.
    """

    name: str
    request: dict[str, Any]
    state: str
    amounts: dict[str, tuple[int, int] | None]
    because: str
    source: str


def worked_cases() -> list[WorkedCase]:
    """All cases of the file, in its order."""
    blocks = FILE.read_text(encoding="utf-8").split("\ncase: ")[1:]
    return [_case(block.split("\n== ")[0].strip()) for block in blocks]


def _case(block: str) -> WorkedCase:
    name, *rest = block.splitlines()
    parts = dict(line.split(": ", 1) for line in rest)
    request = _request(name, parts["when"], parts["goods"])
    state, *amounts = parts["gives"].split(", ")
    read = {}
    for amount in amounts:
        kind, _, figures = amount.partition(" ")
        ends = figures.split(" to ")
        read[kind] = (
            None if ends[0] in "?-" else (_minor(ends[0], request["currency"]), _minor(ends[-1], request["currency"]))
        )
    return WorkedCase(name, request, state, read, parts["because"], parts["source"])


def _request(name: str, when: str, goods: str) -> dict[str, Any]:
    at, way, currency, shipping, *special = when.split(", ")
    lines = []
    for place, text in enumerate(goods.split("; "), start=1):
        found = PIECES.fullmatch(text)
        assert found, f"{name}: cannot read {text!r}"
        lines.append(_line(str(place), found, currency))
    return {
        "id": name,
        "at": at,
        "ship_from": way[:2],
        "to": way[-2:],
        "currency": currency,
        "shipping_minor": _minor(shipping.removeprefix("shipping "), currency),
        "region": next((word[-2:] for word in special if word.startswith("region ")), None),
        "channel": next((word for word in special if word in ("post", "freight")), "courier"),
        "mode": next((word for word in special if word in ("sea", "land", "air_passenger")), "air_cargo"),
        "seller_collects": "at the border" not in special,
        "lines": lines,
    }


def _line(place: str, found: re.Match[str], currency: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "line": place,
        "hs": found["hs"],
        "origin": found["origin"],
        "quantity": int(found["quantity"]),
        "unit_minor": _minor(found["price"], currency),
        "attributes": {},
    }
    match (found["note"] or "").split():
        case ["worth", value]:
            line["customs_unit_minor"] = _minor(value, currency)
        case ["battery", kind]:
            line["attributes"] = {"battery": kind}
        case ["blade", length, "mm"]:
            line["attributes"] = {"blade_mm": int(length)}
        case []:
            pass
        case other:
            raise AssertionError(f"cannot read the note {other}")
    return line


def _minor(text: str, currency: str) -> int:
    decimals = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    whole, _, part = text.partition(".")
    assert len(part) == decimals, f"{text} {currency}: {decimals} decimals, please"
    return int(whole + part)
