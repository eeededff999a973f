"""What the form of the reach map may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

from argosy.console.reaching.model import Asked
from argosy.delivery.model import CONFIDENCES

EVERY = (24, 12, 8, 6, 4, 3, 2, 1)
"""Hours between the orders that are looked at."""
MOST_HUBS = 12
MOST_BUDGET = 10**13


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it was filled in, and what is wrong with it by field."""

    values: dict[str, str]
    faults: dict[str, str] = {}
    asked: Asked | None = None
    """None where something is wrong."""


DEFAULTS = {
    "hours": "72", "confidence": "0.95", "share": "90", "every": "12", "hubs": "", "firms": "none", "budget": "",
}  # fmt: skip


def read(sent: Mapping[str, str], upload: str, at: datetime) -> Form:
    """The question of a form, `upload` being the name of the file that came with it; each fault names the remedy."""
    values = {name: (sent.get(name) or default).strip()[:200] for name, default in DEFAULTS.items()}
    faults: dict[str, str] = {}
    hours = _whole(values, "hours", 1, 240, faults)
    share = _whole(values, "share", 1, 100, faults)
    every = _whole(values, "every", 1, 24, faults)
    if values["confidence"] not in [str(one) for one in CONFIDENCES]:
        faults["confidence"] = "Choose one of the list."
    if values["hubs"] and len(values["hubs"].split(",")) > MOST_HUBS:
        faults["hubs"] = f"Name {MOST_HUBS} hubs at most, with commas between them."
    if values["firms"] == "file" and not upload:
        faults["firms"] = "Choose a CSV file, or take the example."
    budget = _money(values["budget"], faults)
    if faults:
        return Form(values=values, faults=faults)
    name = {"example": "example", "file": upload}.get(values["firms"], "")
    asked = Asked(
        hours=hours, confidence=float(values["confidence"]), share=share / 100, every=every, hubs=values["hubs"],
        budget_minor=budget, firms=name[:80], at=at,
    )  # fmt: skip
    return Form(values=values, asked=asked)


def _whole(values: Mapping[str, str], name: str, least: int, most: int, faults: dict[str, str]) -> int:
    text = values[name]
    if text.isascii() and text.isdigit() and len(text) < 5 and least <= int(text) <= most:
        return int(text)
    faults[name] = f"Enter a whole number from {least} to {most}."
    return least


def _money(text: str, faults: dict[str, str]) -> int | None:
    """A budget in minor units: candidates' prices have two digits after the point. None for an empty field."""
    if not text:
        return None
    try:
        minor = Decimal(text.replace(",", "").replace(" ", "")) * 100
        if minor != minor.to_integral_value() or not 0 <= minor <= MOST_BUDGET:
            raise InvalidOperation
    except InvalidOperation:
        faults["budget"] = "Enter an amount such as 500000 or 1250.50."
        return None
    return int(minor)
