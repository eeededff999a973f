"""Goods that come along for nothing: which of those that promotions offer are given, and what customs is told of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from argosy.campaigns.extras import gift_key
from argosy.campaigns.live import variant_id
from argosy.campaigns.model import GiftOffer, Note, Offer
from argosy.landed.model import LandedLine
from argosy.markets.model import Market
from argosy.orders.model import Charts, GiftOf, QuoteLine, Shelf, ShelfItem
from argosy.orders.quoting.landing import Border, customs_line, doorstep, land_basket, terms_of
from argosy.orders.rules import stock_key
from argosy.pricing.model import Price
from argosy.pricing.rules import price_in
from argosy.quotas.model import Take


class Place(msgspec.Struct, frozen=True):
    """Where a parcel goes, and when."""

    charts: Charts
    market: Market
    region: str
    now: datetime
    at: date


class Packed(msgspec.Struct, frozen=True):
    """A gift that goes into the parcel."""

    offer: GiftOffer
    item: ShelfItem
    price: Price
    customs: LandedLine
    borne_minor: int = 0
    """What the parcel's duty, tax and fees rise by."""


class Given(msgspec.Struct, frozen=True):
    """What is given, how the parcel crosses the border with it, and all that is told and taken of promotions."""

    gifts: tuple[Packed, ...]
    border: Border
    notes: tuple[Note, ...]
    """Those of the offer, then why gifts are left out."""
    takes: tuple[Take, ...]
    """Those of the offer, and of gifts what is counted by orders, not by pieces."""


def give(place: Place, shelf: Shelf, offer: Offer, bought: Sequence[LandedLine], border: Border) -> Given:
    """The gifts of an offer that go with the bought goods, which cross the border as told without them.

    A gift is declared at what a buyer is charged for it, since nothing paid is no value (valuation by comparable sales, WTO
    Customs Valuation Agreement, articles 2, 3 and 6). It is left out (`why` of the note `gift_left_out`) where the shop does not
    have it (`gone`), it has no price to declare (`no_price`), may not be sent there (`banned`), its duty is not known where
    that of the rest is (`unknown_duty`), or it would raise the duty, tax or fees of what is bought (`customs`): by a threshold that
    the parcel is then above, by another way over the border, or at a door where the shopper pays them. What several hubs send
    comes without gifts (`parcels`).
    """
    gifts: list[Packed] = []
    notes, takes, lines = list(offer.notes), list(offer.takes), list(bought)
    for one in offer.gifts:
        packed = _packed(place, shelf, one, str(len(lines) + 1))
        if isinstance(packed, str):
            notes.append(left_out(one, packed))
            continue
        after = land_basket(place.charts, place.market, place.region, [*lines, packed.customs], 0, place.at)
        why = _against(place.market, border, after, len(bought))
        if why:
            notes.append(left_out(one, why))
            continue
        rise = (_charges(after, None) or 0) - (_charges(border, None) or 0)
        gifts.append(replace(packed, borne_minor=max(rise, 0) if _ddp(place.market, after) else 0))
        takes += [take for take in one.takes if take.key != gift_key(one.promotion)]
        lines.append(packed.customs)
        border = after
    return Given(tuple(gifts), border, tuple(notes), tuple(takes))


def left_out(offer: GiftOffer, why: str) -> Note:
    """The note that a gift is not given, with the reason as `give` has them."""
    return Note("gift_left_out", {"promotion": offer.promotion, "why": why})


def _packed(place: Place, shelf: Shelf, offer: GiftOffer, number: str) -> Packed | str:
    """A gift as it would be sent, or why it is not."""
    item = shelf.get(variant_id(offer.variant) or UUID(int=0))
    charts, market = place.charts, place.market
    if item is None:
        return "gone"
    if charts.campaigns.left.get(stock_key(item.variant.variant_id, charts.hub), offer.quantity) < offer.quantity:
        return "gone"
    if charts.hub != charts.elsewhere.home and charts.elsewhere.home and not _at_hub(charts, item, offer.quantity):
        return "gone"
    price = price_in(market, item.prices, charts.rates, place.now)
    if price is None:
        return "no_price"
    worth = doorstep(charts, market, place.region, item, price.minor, place.at).unit_minor * offer.quantity
    line = customs_line(charts, market, item, number, offer.quantity, 0, place.at)
    return Packed(offer, item, price, replace(line, customs_minor=worth))


def _at_hub(charts: Charts, item: ShelfItem, quantity: int) -> bool:
    """Whether a hub beyond home has so many of a thing."""
    return charts.elsewhere.free.get(item.variant.variant_id, {}).get(charts.hub, 0) >= quantity


def _against(market: Market, before: Border, after: Border, bought: int) -> str:
    """Why a parcel does without one more gift; empty: nothing is against it."""
    if after.landed.state == "banned":
        return "banned"
    ddp = _ddp(market, before)
    if _ddp(market, after) != ddp:
        return "unknown_duty"
    if after.channel != before.channel:
        return "customs"
    # Under DDP the shop pays what the gift costs at the border; under DAP customs asks the shopper for all.
    lines = bought if ddp else None
    was, is_now = _charges(before, lines), _charges(after, lines)
    return "customs" if was is not None and (is_now is None or is_now > was) else ""


def _ddp(market: Market, border: Border) -> bool:
    return terms_of(market, border.landed) == "DDP"


def _charges(border: Border, lines: int | None) -> int | None:
    """Duty, tax and fees of the first lines, or of all; None where one is unknown."""
    total = 0
    for share in border.landed.shares[:lines]:
        if share.duty_minor is None or share.tax_minor is None or share.fees_minor is None:
            return None
        total += share.duty_minor + share.tax_minor + share.fees_minor
    return total


def gift_lines(place: Place, given: Given, language: str) -> tuple[QuoteLine, ...]:
    """The lines of a quote for what is given: nothing is paid for them, and what they cost at the border is told as borne."""
    nothing = 0 if _ddp(place.market, given.border) else None
    lines = []
    for gift in given.gifts:
        offer, product, variant = gift.offer, gift.item.product, gift.item.variant
        name, name_language = product.named(language)
        lines.append(
            QuoteLine(
                variant_id=variant.variant_id,
                product_id=product.product_id,
                merchant=product.merchant,
                sku=variant.sku,
                name=f"{product.brand} {name}".strip(),
                name_language=name_language,
                quantity=offer.quantity,
                price=gift.price,
                unit_minor=0,
                goods_minor=0,
                discount_minor=0,
                shipping_minor=0,
                duty_minor=nothing,
                tax_minor=nothing,
                fees_minor=nothing,
                total_minor=0,
                list_minor=0,
                taken=(),
                alone_minor=0,
                hs6=variant.hs6,
                origin=variant.origin,
                weight_g=variant.weight_g,
                takes=(
                    Take(stock_key(variant.variant_id, place.charts.hub), offer.quantity),
                    *(take for take in offer.takes if take.key == gift_key(offer.promotion)),
                ),
                gift=GiftOf(
                    promotion=offer.promotion,
                    over_minor=offer.over_minor,
                    earned_by=tuple(int(line) + 1 for line in offer.lines),
                    customs_minor=gift.customs.customs_minor or 0,
                    borne_minor=gift.borne_minor,
                    seller_minor=gift.borne_minor * offer.seller_per_mille // 1000,
                ),
            )
        )
    return tuple(lines)
