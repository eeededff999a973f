"""What a kilogram or a litre of a packed good costs, read off the size as its source writes it. Pure."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import msgspec

from argosy.base.money import round_half_up

Base = Literal["kg", "l"]
_UNITS: dict[str, tuple[Base, Fraction]] = {
    "mg": ("kg", Fraction(1, 1_000_000)),
    "g": ("kg", Fraction(1, 1_000)),
    "gr": ("kg", Fraction(1, 1_000)),
    "kg": ("kg", Fraction(1)),
    "ml": ("l", Fraction(1, 1_000)),
    "cl": ("l", Fraction(1, 100)),
    "dl": ("l", Fraction(1, 10)),
    "l": ("l", Fraction(1)),
}
_NUMBER = r"(\d{1,5}(?:[.,]\d{1,3})?)"
_SIZE = re.compile(rf"^(?:(\d{{1,3}})\s*[x×*]\s*)?{_NUMBER}\s*([a-z]{{1,2}})\.?\s*e?$", re.IGNORECASE)


class UnitPrice(msgspec.Struct, frozen=True):
    """What one unit costs."""

    minor: int
    base: Base


@lru_cache(maxsize=20_000)
def contents_of(size: str) -> tuple[Fraction, Base] | None:
    """How many kilograms or litres a size names (`3 x 400 g`, `75 cl`); None where it is not sure what it says."""
    told = _SIZE.match(size.strip())
    unit = _UNITS.get(told[3].lower()) if told else None
    if told is None or unit is None:
        return None
    amount = Fraction(told[2].replace(",", ".")) * int(told[1] or 1) * unit[1]
    return (amount, unit[0]) if amount > 0 else None


def unit_price(minor: int, size: str) -> UnitPrice | None:
    """The price of a kilogram or litre in the same minor units, half up; None where the size is not known."""
    found = contents_of(size)
    return UnitPrice(round_half_up(minor / found[0]), found[1]) if found else None
