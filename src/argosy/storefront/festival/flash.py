"""Handler of the flash hall, and its goods."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get
from markupsafe import Markup

from argosy.campaigns.items import flash_key
from argosy.campaigns.live import Live, Option, make_live
from argosy.campaigns.plan import Flash, Promotion
from argosy.orders.limits import goods_of
from argosy.orders.model import ShelfItem
from argosy.orders.quoting.landing import business_date, doorstep
from argosy.orders.showing.cards import Card
from argosy.quotas.look import look
from argosy.quotas.model import Counter
from argosy.storefront.festival.timetable import next_time, times, zone_of
from argosy.storefront.festival.wording import name_in
from argosy.storefront.page import render
from argosy.storefront.seo import links
from argosy.storefront.visit import Visit, visit_of

_MOST_GOODS = 48
_MOST_SLOTS = 8


class Slot(msgspec.Struct, frozen=True):
    """A flash sale and its time."""

    code: str
    name: Markup
    starts: datetime
    ends: datetime
    now: bool
    flash: Flash


class FlashCard(msgspec.Struct, frozen=True):
    """A good of a flash sale."""

    card: Card
    left: int
    """Pieces that can be had at this price: units of the sale, if there are as many goods."""
    share_left: float
    """Of the sale's units, 0 to 1, for a bar."""
    price_minor: int
    """At the door, in the market's currency."""
    own_left: int | None
    """Pieces that this shopper may still have; None without a limit."""


@get("/{market:str}/{language:str}/flash", include_in_schema=False)
async def flash_hall(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Flash sales by their slots: the one asked for, else the one of now, else the next."""
    visit = visit_of(request)
    slots = slots_of(visit)
    wanted = request.query_params.get("slot", "")
    shown = next((one for one in slots if one.code == wanted), slots[0] if slots else None)
    return render(
        visit,
        "festival/flash.html",
        slots=slots,
        shown=shown,
        cards=await cards_of(visit, shown, _MOST_GOODS) if shown else [],
        links=links(visit, "flash"),
    )


def slots_of(visit: Visit) -> list[Slot]:
    """The flash sales that run or come in the reader's market, in the order of their beginnings."""
    now, found = visit.front.now, []
    for plan in visit.front.desk.charts.campaigns.plans:
        for one in plan.promotions:
            span = next_time(times(one, plan.festival, visit.market), now)
            if span is not None and isinstance(one.effect, Flash) and _is_for(one, visit.market.code):
                name = name_in(visit.edition, one.names, one.code)
                found.append(Slot(one.code, name, *span, span[0] <= now, one.effect))
    return sorted(found, key=lambda slot: (slot.starts, slot.code))[:_MOST_SLOTS]


def _is_for(promotion: Promotion, market: str) -> bool:
    effect = promotion.effect
    return isinstance(effect, Flash) and market in effect.unit_minor and not promotion.levels


async def cards_of(visit: Visit, slot: Slot, most: int) -> list[FlashCard]:
    """The goods of a flash sale whose price is lower for it, the most popular first, sold-out ones last."""
    desk, market = visit.front.desk, visit.market
    option = _live_at(visit, slot).by_code.get(slot.code)
    if not isinstance(option, Option) or option.unit_minor is None:
        return []
    items = await goods_of(desk, option, most)
    by_product = {item.product.product_id: item for item in reversed(items)}
    ids = list(dict.fromkeys(item.product.product_id for item in items))[:most]
    cards = await visit.front.showcase.cards(market, ids, region=visit.region)
    fitting = {item.variant.variant_id for item in items}
    cards = [
        card
        for card in cards
        if card.offer.variant.variant_id in fitting
        and card.offer.goods is not None
        and card.offer.goods.minor > option.unit_minor
        and not card.offer.banned
    ]
    counters = await _counters(visit, slot, cards)
    made = [
        _card(visit, slot, option.unit_minor, card, by_product[card.product.product_id], counters) for card in cards
    ]
    return sorted(made, key=lambda one: one.left < 1)


def _live_at(visit: Visit, slot: Slot) -> Live:
    """What is live when the slot is."""
    campaigns, market = visit.front.desk.charts.campaigns, visit.market
    if slot.now:
        return campaigns.live(market, visit.front.now)
    return make_live(campaigns.plans, market, zone_of(market), slot.starts)


async def _counters(visit: Visit, slot: Slot, cards: list[Card]) -> dict[str, Counter]:
    own = str(visit.shopper_id or "")
    keys = []
    for card in cards:
        variant = str(card.offer.variant.variant_id)
        keys += [flash_key(slot.code, variant), *([flash_key(slot.code, variant, own)] if own else [])]
    if not keys:
        return {}
    async with visit.front.desk.database.read() as reader:
        return await look(reader, visit.front.cell, keys)


def _card(
    visit: Visit, slot: Slot, unit_minor: int, card: Card, item: ShelfItem, counters: dict[str, Counter]
) -> FlashCard:
    variant = str(card.offer.variant.variant_id)
    units, each = slot.flash.units, slot.flash.per_shopper
    counter = counters.get(flash_key(slot.code, variant))
    left = min(units if counter is None else max(counter.free, 0), card.offer.free or 0)
    own = counters.get(flash_key(slot.code, variant, str(visit.shopper_id or "")))
    at = business_date(visit.market, max(slot.starts, visit.front.now))
    item = ShelfItem(item.product, card.offer.variant, item.prices)
    leaving = visit.front.desk.sent_from(visit.market, visit.region, item, visit.front.now)
    door = doorstep(leaving, visit.market, visit.region or visit.market.region, item, unit_minor, at)
    return FlashCard(card, left, left / units, door.total_minor, max(own.free, 0) if own else each)
