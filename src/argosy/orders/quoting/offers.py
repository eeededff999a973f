"""What promotions make of a basket's prices. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from argosy.campaigns.model import Offer, PricedLine, Wallet
from argosy.campaigns.rules import best_offer
from argosy.markets.model import Market
from argosy.orders.deposits.rules import expanded
from argosy.orders.model import Charts, ShelfItem
from argosy.orders.quoting.landing import Doorstep, business_date, doorstep, lowest_at_door
from argosy.pricing.model import Price
from argosy.pricing.rules import price_in

_KEPT = 500_000
NOBODY = Wallet(shopper="")
"""A shopper who brings nothing along."""


def single(charts: Charts, market: Market, item: ShelfItem, minor: int, now: datetime, wallet: Wallet = NOBODY) -> int:
    """What one piece costs when it is bought alone at a price before promotions, by somebody who brings nothing along.

    Of a `wallet` the levels of membership count, nothing else.
    """
    live = charts.campaigns.live(market, now)
    if not len(live):
        return minor
    line, left = priced(charts, "1", item, 1, minor), charts.campaigns.left
    options, choices, *_ = live.profile(line)
    if not options and not choices:
        return minor
    # Goods that the same promotions are for are computed once a price; only a limited one looks at the goods themselves.
    goods = item.variant.variant_id if any(option.limited for option in options) else None
    key = (options, choices, minor, goods, wallet.levels, id(live), id(left))
    kept = charts.singles.get(key)
    if kept is None:
        if len(charts.singles) >= _KEPT:
            charts.singles.clear()
        # What is live and what is left stay alive with what is remembered of them, so that their ids stay theirs.
        kept = charts.singles[key] = (
            best_offer(live, [line], Wallet(shopper="", levels=wallet.levels), now, left).payable_minor,
            live,
            left,
        )
    payable: int = kept[0]
    return payable


def priced(charts: Charts, number: str, item: ShelfItem, quantity: int, minor: int) -> PricedLine:
    """A line as promotions see it, at a price for each piece."""
    product = item.product
    return PricedLine(
        line=number,
        product_id=product.product_id,
        variant_id=item.variant.variant_id,
        shop=product.merchant,
        brand=product.brand_slug,
        category=charts.paths.get(product.category, (product.category,)),
        quantity=quantity,
        unit_minor=minor,
    )


def offer_for(
    charts: Charts, market: Market, basket: Sequence[tuple[ShelfItem, int, int]], wallet: Wallet, now: datetime
) -> Offer | None:
    """The best lawful combination for items, how many of each, and their prices; None where nothing is live in the market.

    With a deposit in the wallet the basket has to be its pieces alone.
    """
    live = charts.campaigns.live(market, now)
    if not len(live) and not wallet.deposits:
        return None
    lines = [priced(charts, str(number), *one) for number, one in enumerate(basket)]
    offer = best_offer(live, lines, wallet, now, charts.campaigns.left)
    return expanded(offer, wallet.deposits[0]) if wallet.deposits else offer


def gifts_in(charts: Charts, country: str, now: datetime) -> tuple[UUID, ...]:
    """Variants that promotions may give in a market now; none in one that there is not."""
    market = charts.markets.get(country)
    return charts.campaigns.live(market, now).gifts if market is not None else ()


Shown = tuple[Price | None, Doorstep | None, Price | None]
"""What one piece costs at the door, its earlier price in the same terms; how that is made; the market's price it is made from."""
UNPRICED: Shown = (None, None, None)


def shown(
    charts: Charts, market: Market, region: str, item: ShelfItem, now: datetime, wallet: Wallet = NOBODY
) -> Shown:
    """The price of one piece as pages show it: bought alone, with what promotions take off it, delivered to the door.

    The charts are those of the hub that sends it (`sourcing.rules.sent_from`).
    """
    goods = price_in(market, item.prices, charts.rates, now)
    if goods is None:
        return UNPRICED
    at, payable = business_date(market, now), single(charts, market, item, goods.minor, now, wallet)
    door = doorstep(charts, market, region, item, payable, at)
    earlier = goods.lowest_30_days_minor
    if payable < goods.minor:
        # What a promotion cuts was the price until then, unless it had been lower within the 30 days.
        earlier = goods.minor if earlier is None else min(earlier, goods.minor)
    before = None if earlier is None else lowest_at_door(charts, market, region, item, earlier, door, at)
    return replace(goods, minor=door.total_minor, lowest_30_days_minor=before), door, goods
