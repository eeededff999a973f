"""Money as whole minor units of one currency: sums, shares and conversion without a float."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

# ISO 4217 minor-unit exponents that are not 2, for currencies in use (ISO 4217:2015 list one, 2024-06-25).
_EXPONENT = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


class MixedCurrencies(AssertionError):
    """Two currencies met in one sum: a broken rule of ours, never a caller's."""


def exponent(currency: str) -> int:
    """Digits after the decimal point of a currency: 0, 2 or 3."""
    return _EXPONENT.get(currency, 2)


class Money(msgspec.Struct, frozen=True, order=False):
    """An amount in minor units of one ISO 4217 currency."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} + {other.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + Money(-other.minor, other.currency)

    def times(self, count: int) -> Money:
        """This amount, `count` times."""
        return Money(self.minor * count, self.currency)


def total(parts: Iterable[Money], currency: str) -> Money:
    """The sum of the parts in `currency`; zero for none."""
    amount = Money(0, currency)
    for part in parts:
        amount = amount + part
    return amount


def share(minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to the weights so that the parts add up to the whole.

    Largest remainder; equal remainders go to the earlier part. All weights zero: equal weights. Weights must not be negative.
    """
    if not weights:
        raise ValueError("nothing to share over")
    if min(weights) < 0:
        raise ValueError("a weight is negative")
    if minor < 0:
        return [-part for part in share(-minor, weights)]
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    parts = [minor * weight // whole for weight in weights]
    left = minor - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(minor * weights[i] % whole), i))
    for i in by_remainder[:left]:
        parts[i] += 1
    return parts


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; halves go away from zero, as invoices do."""
    if value < 0:
        return -round_half_up(-value)
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def convert(minor: int, rate: Fraction, source: str, target: str) -> int:
    """Minor units of `target` for minor units of `source` at `rate` (target units for one source unit), half up."""
    over, under = minor * rate.numerator, rate.denominator
    shift = exponent(target) - exponent(source)
    if shift >= 0:
        over *= 10**shift
    else:
        under *= 10**-shift
    return (2 * over + under) // (2 * under) if over >= 0 else -((2 * -over + under) // (2 * under))
