"""How a basket becomes a quote. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from argosy.base.errors import NotFound, Refused
from argosy.base.money import share
from argosy.campaigns.carriage import Carriage as Carried
from argosy.campaigns.carriage import shipping_after
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
    QuoteParcel,
    Shelf,
    ShelfItem,
    Terms,
)
from argosy.orders.quoting.gifts import Given, Place, gift_lines, give, left_out
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
from argosy.orders.quoting.tags import Tags, tags_at
from argosy.orders.quoting.together import in_all, latest
from argosy.orders.rules import check_basket, limit_key, stock_key
from argosy.orders.sourcing.rules import Dates, Where, Wish, allot, at_hub
from argosy.pricing.model import Price
from argosy.quotas.model import Take

Carriage = Callable[[int], int]
"""What carriage of goods, less discounts, costs on top of their price."""


def in_the_price(_goods_minor: int) -> int:
    """No carriage on top: it is in the seller's price."""
    return 0


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
    dates: Dates | None = None,
    carriage: Carriage = in_the_price,
) -> Quote | NotForSale:
    """The final price of a basket to a destination.

    Amounts are minor units of the market's currency; a line's parts add up to its total, the lines' totals to the quote's.
    Promotions are the best lawful combination, with what is in the `wallet`. What one hub sends is landed as one consignment;
    where a figure of duty or tax is unknown none is charged and the terms are DAP. `promise` is the date of home's table, `dates`
    tells those of other hubs; goods that wait at several hubs come from where the shop's aim says (`sourcing.rules.allot`).
    Refuses a country that is no open market (`unknown_market`), variants not on the shelf (`unknown_variant`), and as
    `check_basket`.
    """
    market = open_market(charts, destination.country)
    door = _door(charts, market, region_in(market, destination.region), now)
    if isinstance(found := _found(door, shelf, basket), NotForSale):
        return found
    place = replace(destination, region=door.region)
    asked = _Asked(shelf, place, quote_id, shopper_id, language, promise, wallet, dates, carriage)
    wanted = _sourced(door, found, asked)
    made = _made(door, wanted, asked)
    if all(one is door for one, *_ in wanted) or (isinstance(made, Quote) and made.terms == market.terms):
        return made
    # Apart, or from abroad, some of it may not be sent or a figure is missing: as one parcel from home it may be better off.
    home = _made(door, [(door, *one) for one in found], asked) if _at_home(charts, found) else made
    return home if isinstance(home, Quote) and (home.terms == market.terms or isinstance(made, NotForSale)) else made


class _Asked(msgspec.Struct, frozen=True):
    """What is asked beside the basket."""

    shelf: Shelf
    destination: Destination
    quote_id: UUID
    shopper_id: UUID
    language: str
    promise: Promise | None
    wallet: Wallet
    dates: Dates | None
    carriage: Carriage

    def date_from(self, charts: Charts, hub: str) -> Promise | None:
        """By when what leaves a hub is there."""
        return self.promise if hub == charts.hub or self.dates is None else self.dates(hub)


def _sourced(
    door: _Door, found: Sequence[tuple[BasketLine, ShelfItem, Price]], asked: _Asked
) -> list[tuple[_Door, BasketLine, ShelfItem, Price]]:
    """Each line with the door as its hub sees it; a line that several hubs send is several."""
    charts = door.charts
    if charts.elsewhere.free.keys().isdisjoint([item.variant.variant_id for _, item, _ in found]):
        return [(door, *one) for one in found]
    dates = None if asked.dates is None else lambda hub: asked.date_from(charts, hub)
    wishes = [Wish(item, line.quantity, price.minor) for line, item, price in found]
    doors = {charts.hub: door}
    made = []
    for number, pieces, hub in allot(Where(charts, door.market, door.region, door.at, dates), wishes):
        line, item, price = found[number]
        if hub not in doors:
            doors[hub] = _door(at_hub(charts, hub), door.market, door.region, door.now)
        made.append((doors[hub], line if pieces == line.quantity else replace(line, quantity=pieces), item, price))
    return made


def _at_home(charts: Charts, found: Sequence[tuple[BasketLine, ShelfItem, Price]]) -> bool:
    """Whether home has all of a basket, as far as anybody knows."""
    held = [(line.quantity, charts.elsewhere.free.get(item.variant.variant_id)) for line, item, _ in found]
    return all(one is None or one.get(charts.hub, 0) >= quantity for quantity, one in held)


def _made(
    door: _Door, wanted: Sequence[tuple[_Door, BasketLine, ShelfItem, Price]], asked: _Asked
) -> Quote | NotForSale:
    charts, market = door.charts, door.market
    basket_priced = [(item, line.quantity, price.minor) for _, line, item, price in wanted]
    offer = offer_for(charts, market, basket_priced, replace(asked.wallet, shopper=str(asked.shopper_id)), door.now)
    cuts = offer.lines if offer else (None,) * len(wanted)
    live = len(charts.campaigns.live(market, door.now)) > 0
    picked = [_picked(*one, cut, live=live) for one, cut in zip(wanted, cuts, strict=True)]
    shipping = _carried(offer, asked.carriage(sum(one.net_minor for one in picked)))
    if isinstance(parcels := _parcels(door, picked, asked, shipping.fee_minor), NotForSale):
        return parcels
    landed = in_all([parcel.landed for parcel in parcels])
    terms = terms_of(market, landed)
    every = _shared(picked, landed, shipping.fee_minor)
    lines = tuple(_line(*one, terms, asked.shopper_id, asked.language) for one in every)
    duty, tax, fees = _charged(landed, terms)
    given = _given(asked.shelf, offer, picked, parcels, landed) if offer and offer.gifts else None
    return Quote(
        quote_id=asked.quote_id,
        shopper_id=asked.shopper_id,
        market=market.code,
        language=asked.language,
        currency=market.currency,
        destination=asked.destination,
        # What is bought is charged as it would be without the gifts that the parcel is declared with.
        lines=lines + gift_lines(picked[0].door, given, asked.language) if given else lines,
        goods_minor=sum(line.goods_minor for line in lines),
        discount_minor=sum(line.discount_minor for line in lines),
        shipping_minor=shipping.fee_minor,
        duty_minor=duty,
        tax_minor=tax,
        fees_minor=fees,
        total_minor=sum(line.total_minor for line in lines),
        terms=terms,
        channel=parcels[0].channel,
        landed=given.border.landed if given else landed,
        promise=parcels[0].promise if len(parcels) == 1 else latest([parcel.promise for parcel in parcels]),
        saved_minor=offer.saved_minor if offer else 0,
        notes=given.notes if given else offer.notes if offer else (),
        used=(*offer.used, *shipping.used) if offer else (),
        offer_takes=(*(given.takes if given else offer.takes), *shipping.takes) if offer else (),
        made_at=door.now,
        expires_at=door.now + charts.quote_for,
        carried=shipping.taken,
        hub=parcels[0].hub,
        split=parcels if len(parcels) > 1 else (),
    )


def _charged(border: Landed | LandedShare, terms: Terms) -> tuple[int | None, int | None, int | None]:
    """Duty, tax and fees as far as they are paid in advance: under DAP nothing is."""
    return (border.duty_minor, border.tax_minor, border.fees_minor) if terms == "DDP" else (None, None, None)


def _given(
    shelf: Shelf, offer: Offer, picked: Sequence[_Picked], parcels: Sequence[QuoteParcel], landed: Landed
) -> Given:
    crossing = Border(parcels[0].channel, landed)
    if len(parcels) > 1:
        # A gift would have to be declared with one of them, and be earned by goods in the others.
        return Given((), crossing, (*offer.notes, *(left_out(one, "parcels") for one in offer.gifts)), offer.takes)
    customs = [_declared(str(number), one) for number, one in enumerate(picked, start=1)]
    return give(picked[0].door, shelf, offer, customs, crossing)


def open_market(charts: Charts, country: str) -> Market:
    """The market of a country; refuses (`unknown_market`) one that is not open."""
    market = charts.markets.get(country)
    if market is None or not market.launched:
        remedy = "Send one of " + ", ".join(sorted(one.code for one in charts.markets.launched())) + "."
        raise Refused("unknown_market", "We do not deliver there.", field="destination.country", remedy=remedy)
    return market


class _Door(Place, frozen=True):
    """Where a basket goes, when, and the facts that hold there."""

    tags: Tags

    def cost(self, item: ShelfItem, minor: int) -> Doorstep:
        """What one piece costs here at a price."""
        return doorstep(self.charts, self.market, self.region, item, minor, self.at)


class _Picked(msgspec.Struct, frozen=True):
    """A line with what its goods are charged at, before and after promotions, and what they cost bought alone."""

    door: _Door
    line: BasketLine
    item: ShelfItem
    price: Price
    unit_minor: int
    goods_minor: int
    net_minor: int
    """Goods less what promotions take off them."""
    alone_minor: int
    cut: LineOffer | None


def _door(charts: Charts, market: Market, region: str, now: datetime) -> _Door:
    at = business_date(market, now)
    return _Door(charts, market, region, now, at, tags_at(charts, market, region, at))


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
        tag = door.tags.of(item, door.now)
        if tag is None:
            missing.append(line.variant_id)
        else:
            found.append((line, item, tag.price))
    return NotForSale(tuple(missing), door.market.code) if missing else found


def _picked(
    door: _Door, line: BasketLine, item: ShelfItem, price: Price, cut: LineOffer | None, *, live: bool
) -> _Picked:
    tag = door.tags.of(item, door.now)
    step = alone = tag.step if tag else door.cost(item, price.minor)
    one = single(door.charts, door.market, item, price.minor, door.now) if live else price.minor
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
    return _Picked(
        door, line, item, price, step.unit_minor, max(goods, net), net, alone.total_minor * line.quantity, cut
    )


def _declared(number: str, one: _Picked) -> LandedLine:
    """A line as customs sees it; what promotions made free is declared at its price, as nothing paid is no value."""
    door = one.door
    made = customs_line(door.charts, door.market, one.item, number, one.line.quantity, one.net_minor, door.at)
    return made if one.net_minor else replace(made, customs_minor=one.goods_minor)


def _carried(offer: Offer | None, fee_minor: int) -> Carried:
    """What carriage costs once promotions have cut it."""
    return shipping_after(offer, fee_minor) if offer and fee_minor else Carried(fee_minor, (), (), ())


def _shared(
    picked: Sequence[_Picked], landed: Landed, shipping_minor: int
) -> Iterable[tuple[_Picked, LandedShare, int]]:
    """The lines, each with what it bears of border and carriage; of that by what its goods cost."""
    shares = share(shipping_minor, [one.net_minor for one in picked]) if shipping_minor else [0] * len(picked)
    return zip(picked, landed.shares, shares, strict=True)


def _parcels(
    door: _Door, picked: Sequence[_Picked], asked: _Asked, shipping_minor: int
) -> tuple[QuoteParcel, ...] | NotForSale:
    """What each hub sends crosses the border as one consignment; or the lines that may not."""
    by_hub: dict[str, list[int]] = {}
    for number, one in enumerate(picked, start=1):
        by_hub.setdefault(one.door.charts.hub, []).append(number)
    made = []
    for hub, numbers in by_hub.items():
        lines = [picked[number - 1] for number in numbers]
        # Carriage has a price of its own only where one hub sends everything.
        border = _crossing(numbers, lines, shipping_minor)
        if isinstance(border, NotForSale):
            return border
        promise = asked.date_from(door.charts, hub)
        made.append(
            QuoteParcel(hub=hub, lines=tuple(numbers), channel=border.channel, landed=border.landed, promise=promise)
        )
    return tuple(made)


def _crossing(numbers: Sequence[int], picked: Sequence[_Picked], shipping_minor: int) -> Border | NotForSale:
    """How a parcel crosses the border, or the lines that may not."""
    door = picked[0].door
    customs = [_declared(str(number), one) for number, one in zip(numbers, picked, strict=True)]
    border = land_basket(door.charts, door.market, door.region, customs, shipping_minor, door.at)
    if border.landed.state != "banned":
        return border
    shares = zip(picked, border.landed.shares, strict=True)
    banned = tuple(one.line.variant_id for one, part in shares if part.state == "banned")
    return NotForSale(banned, door.market.code, why(border.landed))


def _line(
    picked: _Picked, border: LandedShare, shipping_minor: int, terms: Terms, shopper_id: UUID, language: str
) -> QuoteLine:
    line, variant, product = picked.line, picked.item.variant, picked.item.product
    takes = [Take(_stock_key(variant.variant_id, picked.door.charts.hub), line.quantity)]
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
        shipping_minor=shipping_minor,
        duty_minor=duty,
        tax_minor=tax,
        fees_minor=fees,
        total_minor=picked.net_minor + shipping_minor + (duty or 0) + (tax or 0) + (fees or 0),
        list_minor=picked.price.minor * line.quantity,
        taken=picked.cut.taken if picked.cut else (),
        alone_minor=picked.alone_minor,
        hs6=variant.hs6,
        origin=variant.origin,
        weight_g=variant.weight_g,
        takes=tuple(takes),
    )
