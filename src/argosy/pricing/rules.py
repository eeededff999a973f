"""How a price in a market is made. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from argosy.base.money import convert
from argosy.markets.model import Market
from argosy.markets.rules import charm
from argosy.pricing.model import SELLERS_PRICE, Price, PriceRow, Rate, Rates

REFERENCE_DAYS = 30
"""The span of the earlier price that a cut is measured against: directive 98/6/EC, article 6a, of 2019/2161."""
_KEPT = 500_000


def price_in(market: Market, rows: Sequence[PriceRow], rates: Rates, now: datetime) -> Price | None:
    """The price of a variant in a market at an instant; None where no price or no exchange rate is known.

    A price set for the market goes before the seller's own, which is converted at the latest rate on or before today
    and rounded as the market likes it.
    """
    current = _in_force(rows, market.code, now) or _in_force(rows, SELLERS_PRICE, now)
    if current is None:
        return None
    made = _made(market, current, rates, now)
    if made is None:
        return None
    minor, rate = made
    return Price(
        minor,
        market.currency,
        current.minor,
        current.currency,
        rate,
        "converted" if rate else "set",
        _reference(market, rows, current, rates, now, minor),
    )


def _in_force(rows: Sequence[PriceRow], name: str, at: datetime) -> PriceRow | None:
    for row in rows:
        if row.list == name and row.valid_from <= at and (row.valid_to is None or at < row.valid_to):
            return row
    return None


def _made(market: Market, row: PriceRow, rates: Rates, now: datetime) -> tuple[int, Rate | None] | None:
    if row.list != SELLERS_PRICE and row.currency == market.currency:
        return row.minor, None
    rate = rates.on(row.currency, market.currency, now.date())
    if rate is None:
        return None
    if row.currency == market.currency:
        return row.minor, rate
    key = (market.code, row.currency, row.minor, now.date())
    minor = rates.converted.get(key)
    if minor is None:
        if len(rates.converted) >= _KEPT:
            rates.converted.clear()
        # What costs less than half the market's smallest unit is not free there.
        minor = charm(max(convert(row.minor, rate.ratio, row.currency, market.currency), 1), market)
        rates.converted[key] = minor
    return minor, rate


def _reference(
    market: Market, rows: Sequence[PriceRow], current: PriceRow, rates: Rates, now: datetime, minor: int
) -> int | None:
    """Lowest price of the 30 days before the present one began, at today's rate: only a seller's cut is a cut."""
    since = current.valid_from - timedelta(days=REFERENCE_DAYS)
    if now - current.valid_from > timedelta(days=REFERENCE_DAYS):
        return None
    earlier = [
        row
        for row in rows
        if row.list == current.list and row.valid_to is not None and since < row.valid_to <= current.valid_from
    ]
    made = [value[0] for row in earlier if (value := _made(market, row, rates, now)) is not None]
    lowest = min(made, default=None)
    return lowest if lowest is not None and lowest > minor else None


def rank_of(minor: int, currency: str, home_currency: str, rates: Rates, now: datetime) -> int | None:
    """A price as minor units of the home currency, which lists are ordered by; None without a rate of exchange."""
    rate = rates.on(currency, home_currency, now.date())
    return None if rate is None else convert(minor, rate.ratio, currency, home_currency)
