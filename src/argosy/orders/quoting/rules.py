"""How a basket becomes a quote. Pure."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from argosy.base.errors import NotFound, Refused
from argosy.campaigns.model import LineOffer, Offer, Wallet
from argosy.landed.model import Landed, LandedLine, LandedShare
from argosy.markets.model import Market, PricePolicy
from argosy.orders.model import (
    BasketLine,
    Charts,
    Destination,
    NotForSale,
    Promise,
    Quote,
    QuoteLine,
    Shelf,
    ShelfItem,
    Terms,
)
from argosy.orders.quoting.gifts import Given, Place, gift_lines, give
from argosy.orders.quoting.landing import (
    Border,
    Doorstep,
    business_date,
    customs_line,
    doorstep,
    land_basket,
    region_in,
    terms_of,
    why,
)
from argosy.orders.quoting.offers import NOBODY, offer_for, single
from argosy.orders.rules import check_basket, limit_key, stock_key
from argosy.pricing.model import Price
from argosy.pricing.rules import price_in
from argosy.quotas.model import Take

_stock_key = functools.lru_cache(maxsize=100_000)(stock_key)


def quote_basket(
    charts: Charts,
    shelf: Shelf,
    basket: Sequence[BasketLine],
    destination: Destination,
    now: datetime,
    *,
    quote_id: UUID,
    shopper_id: UUID,
    language: str,
    promise: Promise | None = None,
    wallet: Wallet = NOBODY,
) -> Quote | NotForSale:
    """The final price of a basket to a destination.

    Amounts are minor units of the market's currency; a line's parts add up to its total, the lines' totals to the quote's.
    Promotions are the best lawful combination, with what is in the `wallet`. The basket is landed as one consignment; where a
    figure of duty or tax is unknown none is charged and the terms are DAP. `promise` is the date of the hub's table. Refuses a
    country that is no open market (`unknown_market`), variants not on the shelf (`unknown_variant`), and as `check_basket`.
    """
    market = open_market(charts, destination.country)
    door = _Door(charts, market, region_in(market, destination.region), now, business_date(market, now))
    if isinstance(found := _found(door, shelf, basket), NotForSale):
        return found
    basket_priced = [(item, line.quantity, price.minor) for line, item, price in found]
    offer = offer_for(charts, market, basket_priced, replace(wallet, shopper=str(shopper_id)), now)
    cuts = offer.lines if offer else (None,) * len(found)
    picked = [_picked(door, *one, cut) for one, cut in zip(found, cuts, strict=True)]
    if isinstance(crossing := _crossing(door, picked), NotForSale):
        return crossing
    landed, terms = crossing.landed, terms_of(market, crossing.landed)
    lines = _lines(charts, picked, landed, terms, shopper_id, language)
    duty, tax, fees = _charged(landed, terms)
    given = _given(door, shelf, offer, picked, crossing) if offer and offer.gifts else None
    return Quote(
        quote_id=quote_id,
        shopper_id=shopper_id,
        market=market.code,
        language=language,
        currency=market.currency,
        destination=replace(destination, region=door.region),
        lines=lines + gift_lines(door, given, language) if given else lines,
        goods_minor=sum(line.goods_minor for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        shipping_minor=sum(line.shipping_minor for line in lines),
        duty_minor=duty,
        tax_minor=tax,
        fees_minor=fees,
        total_minor=sum(line.total_minor for line in lines),
        terms=terms,
        channel=crossing.channel,
        landed=given.border.landed if given else landed,
        promise=promise,
        saved_minor=offer.saved_minor if offer else 0,
        notes=given.notes if given else offer.notes if offer else (),
        used=offer.used if offer else (),
        offer_takes=given.takes if given else offer.takes if offer else (),
        made_at=now,
        expires_at=now + charts.quote_for,
    )


def _charged(border: Landed | LandedShare, terms: Terms) -> tuple[int | None, int | None, int | None]:
    """Duty, tax and fees as far as they are paid in advance: under DAP nothing is."""
    return (border.duty_minor, border.tax_minor, border.fees_minor) if terms == "DDP" else (None, None, None)


def _given(door: _Door, shelf: Shelf, offer: Offer, picked: Sequence[_Picked], crossing: Border) -> Given:
    customs = [_declared(door, str(number), one) for number, one in enumerate(picked, start=1)]
    return give(door, shelf, offer, customs, crossing)


def open_market(charts: Charts, country: str) -> Market:
    """The market of a country; refuses (`unknown_market`) one that is not open."""
    market = charts.markets.get(country)
    if market is None or not market.launched:
        remedy = "Send one of " + ", ".join(sorted(one.code for one in charts.markets.launched())) + "."
        raise Refused("unknown_market", "We do not deliver there.", field="destination.country", remedy=remedy)
    return market


class _Door(Place, frozen=True):
    """Where a basket goes, when, and the facts that hold there."""

    def cost(self, item: ShelfItem, minor: int) -> Doorstep:
        """What one piece costs here at a price."""
        return doorstep(self.charts, self.market, self.region, item, minor, self.at)


class _Picked(msgspec.Struct, frozen=True):
    """A line with what its goods are charged at, before and after promotions, and what they cost bought alone."""

    line: BasketLine
    item: ShelfItem
    price: Price
    unit_minor: int
    goods_minor: int
    net_minor: int
    """Goods less what promotions take off them."""
    alone_minor: int
    cut: LineOffer | None


def _found(
    door: _Door, shelf: Shelf, basket: Sequence[BasketLine]
) -> list[tuple[BasketLine, ShelfItem, Price]] | NotForSale:
    """The lines with their goods and prices, or those that have no price."""
    found, missing = [], []
    for line in check_basket(basket):
        item = shelf.get(line.variant_id)
        if item is None:
            number = [one.variant_id for one in basket].index(line.variant_id)
            raise NotFound("unknown_variant", "There is no such variant.", field=f"lines[{number}].variant_id")
        price = price_in(door.market, item.prices, door.charts.rates, door.now)
        if price is None:
            missing.append(line.variant_id)
        else:
            found.append((line, item, price))
    return NotForSale(tuple(missing), door.market.code) if missing else found


def _picked(door: _Door, line: BasketLine, item: ShelfItem, price: Price, cut: LineOffer | None) -> _Picked:
    step = alone = door.cost(item, price.minor)
    one = single(door.charts, door.market, item, price.minor, door.now)
    if one != price.minor:
        alone = door.cost(item, one)
    goods = net = step.unit_minor * line.quantity
    if cut is not None and cut.payable_minor != cut.list_minor:
        net = cut.payable_minor
        if door.market.price_policy is PricePolicy.SAME_GROSS:
            each = door.cost(item, net // line.quantity)
            if each.terms == "DDP":
                # What is paid in all goes down by what promotions take; less of it is left for the goods.
                net = each.unit_minor * line.quantity
    return _Picked(line, item, price, step.unit_minor, max(goods, net), net, alone.total_minor * line.quantity, cut)


def _declared(door: _Door, number: str, one: _Picked) -> LandedLine:
    """A line as customs sees it; what promotions made free is declared at its price, as nothing paid is no value."""
    made = customs_line(door.charts, door.market, one.item, number, one.line.quantity, one.net_minor, door.at)
    return made if one.net_minor else replace(made, customs_minor=one.goods_minor)


def _crossing(door: _Door, picked: Sequence[_Picked]) -> Border | NotForSale:
    """How the basket crosses the border as one consignment, or the lines that may not."""
    customs = [_declared(door, str(number), one) for number, one in enumerate(picked, start=1)]
    # Carriage is in the seller's price until delivery has a price of its own.
    border = land_basket(door.charts, door.market, door.region, customs, 0, door.at)
    if border.landed.state != "banned":
        return border
    shares = zip(picked, border.landed.shares, strict=True)
    banned = tuple(one.line.variant_id for one, part in shares if part.state == "banned")
    return NotForSale(banned, door.market.code, why(border.landed))


def _lines(
    charts: Charts, picked: Sequence[_Picked], landed: Landed, terms: Terms, shopper_id: UUID, language: str
) -> tuple[QuoteLine, ...]:
    """What is bought: it is charged as it would be without the gifts that the parcel is declared with."""
    pairs = zip(picked, landed.shares, strict=True)
    return tuple(_line(charts, one, border, terms, shopper_id, language) for one, border in pairs)


def _line(
    charts: Charts,
    picked: _Picked,
    border: LandedShare,
    terms: Terms,
    shopper_id: UUID,
    language: str,
) -> QuoteLine:
    line, variant, product = picked.line, picked.item.variant, picked.item.product
    takes = [Take(_stock_key(variant.variant_id, charts.hub), line.quantity)]
    if variant.limit_per_shopper is not None:
        takes.append(Take(limit_key(variant.variant_id, shopper_id), line.quantity, variant.limit_per_shopper))
    name, name_language = product.named(language)
    duty, tax, fees = _charged(border, terms)
    return QuoteLine(
        variant_id=variant.variant_id,
        product_id=product.product_id,
        merchant=product.merchant,
        sku=variant.sku,
        name=f"{product.brand} {name}".strip(),
        name_language=name_language,
        quantity=line.quantity,
        price=picked.price,
        unit_minor=picked.unit_minor,
        goods_minor=picked.goods_minor,
        discount_minor=picked.goods_minor - picked.net_minor,
        shipping_minor=0,
        duty_minor=duty,
        tax_minor=tax,
        fees_minor=fees,
        total_minor=picked.net_minor + (duty or 0) + (tax or 0) + (fees or 0),
        list_minor=picked.price.minor * line.quantity,
        taken=picked.cut.taken if picked.cut else (),
        alone_minor=picked.alone_minor,
        hs6=variant.hs6,
        origin=variant.origin,
        weight_g=variant.weight_g,
        takes=tuple(takes),
    )
