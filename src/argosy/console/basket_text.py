"""A basket as an operator writes it: a line for each good, by variant id or seller's number, with its quantity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

import msgspec

from argosy.catalogue.model import SkuOwner
from argosy.orders.model import MAX_LINES, MAX_QUANTITY, BasketLine

MOST_TEXT = 6_000
_QUANTITY = re.compile(r"^(?P<good>\S.*?)(?:\s+[x×*]\s*|\s*,\s*|\s+)(?P<quantity>\d{1,4})$")


class Written(msgspec.Struct, frozen=True):
    """A line as it was written: its number from 1, the good, and how many."""

    number: int
    good: str
    quantity: int


def read(text: str) -> tuple[list[Written], list[str]]:
    """The lines of a basket, and a sentence for each that cannot be read."""
    lines, faults = [], []
    if len(text) > MOST_TEXT:
        return [], [f"The basket is longer than {MOST_TEXT} characters."]
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.replace("\x00", "").strip()
        if not line:
            continue
        found = _QUANTITY.match(line)
        good, quantity = (found["good"], int(found["quantity"])) if found else (line, 1)
        if not 1 <= quantity <= MAX_QUANTITY:
            faults.append(f"Line {number}: take a quantity from 1 to {MAX_QUANTITY}.")
        elif len(good) > 100:
            faults.append(f"Line {number}: a number has 100 characters at most.")
        else:
            lines.append(Written(number, good, quantity))
    if len(lines) > MAX_LINES:
        faults.append(f"A basket has {MAX_LINES} lines at most.")
    return lines, faults


def variant_of(written: Written) -> UUID | None:
    """The id that a line gives; None for a seller's number."""
    try:
        return UUID(written.good)
    except ValueError:
        return None


def lines_of(lines: Sequence[Written], owners: Sequence[SkuOwner]) -> tuple[list[BasketLine], list[str]]:
    """The basket, the same good once, and a sentence for each line that stands for no good, or for several sellers' goods.

    A number that several sellers use is written `seller/number`.
    """
    by_sku: dict[str, list[SkuOwner]] = {}
    for owner in owners:
        by_sku.setdefault(owner.sku, []).append(owner)
        by_sku[f"{owner.merchant}/{owner.sku}"] = [owner]
    found: dict[UUID, int] = {}
    faults = []
    for line in lines:
        variant = variant_of(line)
        if variant is None:
            named = by_sku.get(line.good, [])
            if len(named) != 1:
                sellers = ", ".join(f"{one.merchant}/{one.sku}" for one in named)
                several = f"several sellers have {line.good!r}; write one of {sellers}."
                none = f"no good has the number {line.good!r}; search for it above."
                faults.append(f"Line {line.number}: {several if named else none}")
                continue
            variant = named[0].variant_id
        found[variant] = found.get(variant, 0) + line.quantity
    faults += [f"More than {MAX_QUANTITY} of one good." for quantity in found.values() if quantity > MAX_QUANTITY]
    return [BasketLine(variant, quantity) for variant, quantity in found.items()], faults


def numbers_asked(lines: Sequence[Written]) -> list[str]:
    """The sellers' numbers to look up: as written, and what follows a seller's name."""
    wanted: dict[str, None] = {}
    for line in lines:
        if variant_of(line) is None:
            wanted[line.good] = None
            wanted[line.good.partition("/")[2] or line.good] = None
    return list(wanted)
