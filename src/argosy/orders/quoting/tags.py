"""What one piece of a thing costs in a market before promotions, made once and kept while it stays true. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import msgspec

from argosy.markets.model import Market
from argosy.orders.model import Charts, ShelfItem
from argosy.orders.quoting.landing import Doorstep, doorstep
from argosy.pricing.model import Price, PriceRow
from argosy.pricing.rules import REFERENCE_DAYS, price_in

_KEPT = 300_000
"""Tags in memory, about 250 bytes each; then all are made anew."""
_KEY = "tags"


class PriceTag(msgspec.Struct, frozen=True, gc=False):
    """What one piece costs, and from when until when nothing else comes of the same facts."""

    item: ShelfItem
    price: Price
    """The market's price; of it the step is made."""
    step: Doorstep
    """What it comes to at the door, bought alone."""
    since: datetime
    until: datetime


class Tags:
    """The tags of one place on one day, made when first asked for."""

    def __init__(self, kept: _Kept, charts: Charts, market: Market, region: str, at: date) -> None:
        self._kept = kept
        self._charts = charts
        self._market = market
        self._region = region
        self._at = at
        self._tags = kept.places.setdefault((market.code, region, at, charts.ships_from), {})

    def of(self, item: ShelfItem, now: datetime) -> PriceTag | None:
        """The tag of a thing at an instant; None where it has no price, or no rate of exchange is known."""
        found = self._tags.get(item.variant.variant_id)
        if found is not None and found.item is item and found.since <= now < found.until:
            return found
        price = price_in(self._market, item.prices, self._charts.rates, now)
        if price is None:
            return None
        step = doorstep(self._charts, self._market, self._region, item, price.minor, self._at)
        tag = self._tags[item.variant.variant_id] = PriceTag(item, price, step, *_stands(item.prices, now))
        self._kept.room -= 1
        if self._kept.room <= 0:
            self._kept.places.clear()
            self._kept.room = _KEPT
            self._tags = {}
        return tag


class _Kept:
    """All tags of some facts, by place and variant."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, str, date, str], dict[object, PriceTag]] = {}
        self.room = _KEPT


def tags_at(charts: Charts, market: Market, region: str, at: date) -> Tags:
    """The tags of a place; they are kept with what the facts' doorsteps are, and as long."""
    kept = charts.doorsteps.get(_KEY)
    if kept is None:
        kept = charts.doorsteps[_KEY] = _Kept()
    return Tags(kept, charts, market, region, at)


def _stands(rows: tuple[PriceRow, ...], now: datetime) -> tuple[datetime, datetime]:
    """From when until when the same row is in force, at the same day's rate, with the same earlier price."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    since, until = midnight, midnight + timedelta(days=1)
    for row in rows:
        # The last instant at which a beginning is so recent that the price before it is told.
        recent = row.valid_from + timedelta(days=REFERENCE_DAYS, microseconds=1)
        for edge in (row.valid_from, recent, row.valid_to):
            if edge is None:
                continue
            if edge > now:
                until = min(until, edge)
            else:
                since = max(since, edge)
    return since, until
