"""Which pre-sales take deposits for goods, and the quotes of a deposit and of its balance. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.campaigns.live import Option
from argosy.campaigns.model import Deposit, Wallet
from argosy.campaigns.presale import presale_key
from argosy.landed.model import Landed
from argosy.markets.model import Market
from argosy.orders.deposits.model import DepositOf, DepositRow
from argosy.orders.deposits.rules import balance_of, take_of
from argosy.orders.model import (
    MAX_QUANTITY,
    BasketLine,
    Charts,
    Destination,
    NotForSale,
    Quote,
    QuoteLine,
    ShelfItem,
)
from argosy.orders.quoting.landing import business_date, doorstep, region_in, why
from argosy.orders.quoting.offers import priced
from argosy.orders.quoting.rules import open_market
from argosy.orders.rules import limit_key, refuse_quantity, stock_key
from argosy.pricing.model import Price
from argosy.pricing.rules import price_in
from argosy.quotas.model import Take


class PreSaleOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A pre-sale that a listing is in; amounts for one piece, in minor units of the market's currency."""

    promotion: str
    deposit_minor: int
    counts_minor: int
    units: int
    """Pieces that it has of the listing."""
    balance_from: datetime
    balance_until: datetime
    seller_per_mille: int
    currency: str
    open: bool
    """Whether deposits are taken now; else the balance window has begun."""


def presale_for(
    charts: Charts, market: Market, item: ShelfItem, now: datetime, levels: Collection[str] = ()
) -> PreSaleOffer | None:
    """The pre-sale of a listing now: the one whose deposit counts for most beyond itself. None for goods that are in none.

    Goods that cost less than the deposit counts for are in none: it could not be used up.
    """
    live = charts.presales.live(market, now)
    if not len(live):
        return None
    price = price_in(market, item.prices, charts.rates, now)
    if price is None:
        return None
    options = live.profile(priced(charts, "1", item, 1, price.minor))[0]
    found = [
        offer
        for option in options
        if not option.levels or not option.levels.isdisjoint(levels)
        if (offer := _offer(option, market, now)) is not None and offer.counts_minor <= price.minor
    ]
    return min(found, key=lambda one: (not one.open, one.deposit_minor - one.counts_minor, one.promotion), default=None)


def _offer(option: Option, market: Market, now: datetime) -> PreSaleOffer | None:
    presale, (begins, ends) = option.presale, option.balance
    if presale is None or now >= ends:
        return None
    return PreSaleOffer(
        promotion=option.code,
        deposit_minor=presale.deposit_minor[market.code],
        counts_minor=presale.counts_minor[market.code],
        units=presale.units,
        balance_from=begins,
        balance_until=ends,
        seller_per_mille=option.seller_per_mille,
        currency=market.currency,
        open=now < begins,
    )


def deposit_quote(
    charts: Charts,
    item: ShelfItem,
    quantity: int,
    destination: Destination,
    now: datetime,
    *,
    quote_id: UUID,
    shopper_id: UUID,
    language: str,
    levels: Collection[str] = (),
) -> Quote | NotForSale:
    """The deposit for so many pieces of a listing, as a quote: it holds the goods and the pre-sale's pieces.

    Nothing is landed: duty and tax are worked out with the balance, for the whole price. Refuses (`no_presale`) goods that
    no pre-sale takes deposits for at this instant, and (`quantity_out_of_range`) as baskets do.
    """
    market = open_market(charts, destination.country)
    if not 1 <= quantity <= MAX_QUANTITY:
        refuse_quantity(0, "So many are not sold at once.")
    price = price_in(market, item.prices, charts.rates, now)
    if price is None:
        return NotForSale((item.variant.variant_id,), market.code)
    offer = presale_for(charts, market, item, now, levels)
    if offer is None or not offer.open:
        raise Refused(
            "no_presale",
            "No pre-sale takes deposits for it now.",
            field="lines",
            remedy="Order it at its price, or see the festival's dates in GET /v1/campaigns.",
            status=409,
        )
    region = region_in(market, destination.region)
    door = doorstep(charts, market, region, item, price.minor, business_date(market, now))
    if door.banned:
        return NotForSale((item.variant.variant_id,), market.code, why(door.landed))
    line = _deposit_line(charts, item, quantity, offer, price, shopper_id, language)
    return Quote(
        quote_id=quote_id,
        shopper_id=shopper_id,
        market=market.code,
        language=language,
        currency=market.currency,
        destination=replace(destination, region=region),
        lines=(line,),
        notes=(),
        used=(),
        offer_takes=(),
        promise=None,
        saved_minor=0,
        discount_minor=0,
        shipping_minor=0,
        duty_minor=None,
        tax_minor=None,
        fees_minor=None,
        goods_minor=line.total_minor,
        total_minor=line.total_minor,
        terms=door.terms,
        channel=door.channel,
        landed=_not_landed(market.currency),
        made_at=now,
        expires_at=min(now + charts.quote_for, offer.balance_from),
        deposit=DepositOf(
            promotion=offer.promotion,
            variant_id=item.variant.variant_id,
            quantity=quantity,
            paid_minor=line.total_minor,
            counts_minor=offer.counts_minor * quantity,
            seller_per_mille=offer.seller_per_mille,
            balance_from=offer.balance_from,
            balance_until=offer.balance_until,
            price_minor=price.minor * quantity,
        ),
    )


def _deposit_line(
    charts: Charts,
    item: ShelfItem,
    quantity: int,
    offer: PreSaleOffer,
    price: Price,
    shopper_id: UUID,
    language: str,
) -> QuoteLine:
    variant, product = item.variant, item.product
    name, name_language = product.named(language)
    minor = offer.deposit_minor * quantity
    takes = [
        Take(stock_key(variant.variant_id, charts.hub), quantity),
        Take(presale_key(offer.promotion, variant.variant_id), quantity, offer.units),
    ]
    if variant.limit_per_shopper is not None:
        takes.append(Take(limit_key(variant.variant_id, shopper_id), quantity, variant.limit_per_shopper))
    return QuoteLine(
        variant_id=variant.variant_id,
        product_id=product.product_id,
        merchant=product.merchant,
        sku=variant.sku,
        name=f"{product.brand} {name}".strip(),
        name_language=name_language,
        quantity=quantity,
        price=price,
        unit_minor=offer.deposit_minor,
        goods_minor=minor,
        discount_minor=0,
        shipping_minor=0,
        duty_minor=None,
        tax_minor=None,
        fees_minor=None,
        total_minor=minor,
        list_minor=minor,
        taken=(),
        alone_minor=minor,
        hs6=variant.hs6,
        origin=variant.origin,
        weight_g=variant.weight_g,
        takes=tuple(takes),
    )


def _not_landed(currency: str) -> Landed:
    """A deposit crosses no border: nothing of its duty and tax is known."""
    return Landed(
        state="unknown",
        currency=currency,
        duty_minor=None,
        tax_minor=None,
        fees_minor=None,
        total_minor=None,
        duty_low_minor=None,
        duty_high_minor=None,
        shares=(),
        facts=(),
    )


def bringing(row: DepositRow, wallet: Wallet) -> Wallet:
    """A wallet with the deposit in it, for `quote_basket` of exactly its pieces."""
    deposit = Deposit(
        deposit_id=str(row.deposit_id),
        promotion=row.promotion,
        variant_id=row.variant_id,
        quantity=row.quantity,
        paid_minor=row.paid_minor,
        counts_minor=row.counts_minor,
        seller_per_mille=row.seller_per_mille,
    )
    return replace(wallet, deposits=(deposit,))


def basket_of(row: DepositRow) -> list[BasketLine]:
    """The goods whose balance is due."""
    return [BasketLine(row.variant_id, row.quantity)]


def credited(made: Quote, row: DepositRow) -> Quote:
    """A quote for a deposit's pieces, made with it in the wallet, as its balance: less what was paid ahead.

    The goods are those that the deposit holds, so nothing is taken of their counters; the deposit's own unit is.
    """
    line = made.lines[0]
    balance = balance_of(row, line.goods_minor - line.discount_minor)
    credit = balance.credit_minor
    held = [Take(key, count) for key, count in zip(row.take_keys, row.take_counts, strict=True)]
    line = replace(
        line,
        discount_minor=line.discount_minor + credit,
        total_minor=line.total_minor - credit,
        takes=tuple(held),
        credit_minor=credit,
    )
    return replace(
        made,
        lines=(line, *made.lines[1:]),
        discount_minor=made.discount_minor + credit,
        total_minor=made.total_minor - credit,
        offer_takes=(*made.offer_takes, take_of(row.deposit_id)),
        expires_at=min(made.expires_at, row.balance_until),
        balance=balance,
    )
