"""What a member pays for one piece where that is less than the price that everybody sees."""

from __future__ import annotations

from argosy.campaigns.model import Wallet
from argosy.orders.quoting.offers import shown as shown_to
from argosy.orders.showing.cards import Offer
from argosy.orders.sourcing.rules import at_hub
from argosy.pricing.model import Price
from argosy.shoppers.levels import level_of
from argosy.storefront.visit import Visit


async def member_price(visit: Visit, shown: Offer) -> Price | None:
    """The price of a piece at the door for the reader's level of membership; None where it is everybody's.

    Her level is read only where she is signed in and something in the market is for a level.
    """
    front = visit.front
    desk, account = front.desk, visit.account_id
    levels = desk.charts.campaigns.live(visit.market, front.now).levels
    if account is None or not levels or shown.price is None or shown.banned:
        return None
    item = desk.shelf.item(shown.variant.variant_id)
    async with desk.database.read() as reader:
        level = await level_of(reader, front.cell, account)
    if item is None or level not in levels:
        return None
    wallet = Wallet(shopper="", levels=frozenset({level}))
    price, _, _ = shown_to(at_hub(desk.charts, shown.hub), visit.market, visit.region, item, front.now, wallet)
    return price if price is not None and price.minor < shown.price.minor else None
