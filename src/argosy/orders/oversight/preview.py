"""Preview the price of a basket as a shopper would be quoted it, at any instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

from msgspec.structs import replace

from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.model import Wallet
from argosy.orders.desk import Desk
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote, ShelfItem
from argosy.orders.quote import with_what_is_left
from argosy.orders.quoting.exchange import Exchange
from argosy.orders.quoting.offers import gifts_in
from argosy.orders.quoting.rules import quote_basket
from argosy.pricing.model import PriceRow, Rate, Rates


async def preview(
    desk: Desk,
    basket: Sequence[BasketLine],
    destination: Destination,
    *,
    at: datetime | None,
    language: str,
    wallet: Wallet,
) -> Quote | NotForSale:
    """The quote of a basket at an instant, by the same rule as `quote`; signs nothing, takes nothing, and cannot be ordered.

    Without `at` it is that of now, with the date it would be there. At another instant prices, promotions and law are those of
    that instant as far as they are known now, and no date is told. A good that had no price yet has the first one that is known;
    a currency without a rate of exchange on or before it has that of now. What has run out by now counts as run out.
    """
    now, charts = at or desk.clock.now(), desk.charts
    if at is not None:
        # A board of its own: that of the shop keeps what is live now, for those who buy.
        board = CampaignBoard(charts.campaigns.plans)
        board.left = charts.campaigns.left
        rates = _RatesSince(charts.rates, desk.clock.now().date())
        tables = charts.tables.with_rates(Exchange(rates))
        charts = replace(charts, campaigns=board, rates=rates, tables=tables, singles={}, doorsteps={}, at_hubs={})
    wanted = [*(line.variant_id for line in basket), *gifts_in(charts, destination.country, now)]
    shelf: Mapping[UUID, ShelfItem] = await desk.shelf.items(wanted)
    if at is not None:
        shelf = {variant: _priced_at(item, at) for variant, item in shelf.items()}
    shopper = desk.new_id()
    make = partial(
        quote_basket,
        shelf=shelf,
        basket=basket,
        destination=destination,
        now=now,
        quote_id=desk.new_id(),
        shopper_id=shopper,
        language=language,
        promise=desk.promise(destination, now) if at is None else None,
        dates=desk.dates(destination, now) if at is None else None,
        wallet=wallet,
    )
    return await with_what_is_left(desk, make, charts, shopper)


class _RatesSince(Rates):
    """Rates of exchange that go on before the first that is known."""

    def __init__(self, rates: Rates, today: date) -> None:
        super().__init__({})
        self._told = rates
        self._today = today

    def currencies(self) -> frozenset[str]:
        return self._told.currencies()

    def on(self, source: str, target: str, day: date) -> Rate | None:
        return self._told.on(source, target, day) or self._told.on(source, target, self._today)


def _priced_at(item: ShelfItem, at: datetime) -> ShelfItem:
    """The item with the first price of each list as its price of before, too."""
    first: dict[str, PriceRow] = {}
    for row in item.prices:
        if row.list not in first or row.valid_from < first[row.list].valid_from:
            first[row.list] = row
    if all(row.valid_from <= at for row in first.values()):
        return item
    return replace(
        item,
        prices=tuple(
            replace(row, valid_from=min(row.valid_from, at)) if row is first[row.list] else row for row in item.prices
        ),
    )
