"""Exchange rates as people read them. Pure."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from argosy.pricing.model import Rate

_DIGITS = 5


def rate_text(rate: Rate, locale: str) -> str:
    """A rate the way round that gives a number above one, five digits: `1 EUR = 8.1241 CNY`."""
    from babel.numbers import format_decimal

    from argosy.markets.patterns import cldr

    one, other, ratio = rate.source_currency, rate.target_currency, rate.ratio
    if ratio < 1:
        one, other, ratio = other, one, 1 / ratio
    told = format_decimal(_rounded(ratio), format="#,##0.####", locale=cldr(locale))
    return f"1 {one} = {told} {other}"


def _rounded(ratio: Fraction) -> Decimal:
    """Five significant digits, and no more than four after the point."""
    value = Decimal(ratio.numerator) / Decimal(ratio.denominator)
    places = max(0, min(4, _DIGITS - (value.adjusted() + 1)))
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
