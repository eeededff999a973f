"""Handler of a festival's page, and its strip on other pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get
from markupsafe import Markup

from argosy.base.errors import NotFound
from argosy.campaigns.live import Choice, Extra, Option
from argosy.campaigns.plan import Plan
from argosy.catalogue.search_sql import Filter
from argosy.orders.limits import goods_of
from argosy.orders.model import ShelfItem
from argosy.orders.quoting.offers import priced
from argosy.orders.showing.cards import Card
from argosy.storefront.festival.coupons import told
from argosy.storefront.festival.flash import slots_of
from argosy.storefront.festival.presales import PreSaleTicket, presales_of, taking
from argosy.storefront.festival.protection import protected_at
from argosy.storefront.festival.tickets import Ticket, tickets
from argosy.storefront.festival.timetable import coming, festival_at, running, stretches
from argosy.storefront.festival.wording import PHASES, festival_name
from argosy.storefront.page import render
from argosy.storefront.seo import links
from argosy.storefront.visit import Visit, visit_of

AHEAD = timedelta(days=14)
"""So long before its beginning a festival is announced on the home page."""
_GOODS = 24
_READ = 48


class Strip(msgspec.Struct, frozen=True):
    """A festival in one line, for other pages."""

    name: Markup
    href: str
    runs: bool
    phase: str
    """What runs or comes next."""
    until: datetime
    """The end of what runs, or the beginning of what comes."""
    flash: bool
    """Whether a flash sale runs now."""
    coupons: bool
    """Whether the festival has coupons or red packets."""


def strip_of(visit: Visit) -> Strip | None:
    """The festival that runs in the reader's market, else one that begins within two weeks. Asks the database nothing."""
    front, edition = visit.front, visit.edition
    plan = festival_at(front.desk.charts.campaigns.plans, visit.market, front.now, AHEAD)
    if plan is None:
        return None
    phases = stretches(plan.festival, visit.market, front.now)
    here = running(phases)
    shown = here or coming(phases)
    assert shown is not None, "a festival that neither runs nor comes"  # noqa: S101
    return Strip(
        name=festival_name(edition, plan.festival),
        href=edition.url("festival", plan.festival.code),
        runs=here is not None,
        phase=edition.gettext(PHASES[shown.kind]),
        until=shown.ends if here else shown.starts,
        flash=any(slot.now for slot in slots_of(visit)),
        coupons=any(one.claim is not None for one in plan.promotions),
    )


@get("/{market:str}/{language:str}/festival/{code:str}", include_in_schema=False)
async def festival(request: Request[Any, Any, Any], code: str) -> Response[bytes]:
    """A festival: its days, what is on, and the goods of one of its promotions."""
    visit = visit_of(request)
    plan = _plan(visit, code)
    now = visit.front.now
    phases = stretches(plan.festival, visit.market, now)
    found = await tickets(visit, [plan])
    charts, presales = visit.front.desk.charts, presales_of(visit, plan.festival.code)
    live = charts.campaigns.live(visit.market, now).by_code | charts.presales.live(visit.market, now).by_code
    shelves: list[Ticket | PreSaleTicket] = [
        *(one for one in found if one.starts <= now and one.code in live),
        *(one for one in presales if one.stands == "open" and one.code in live),
    ]
    chosen = _chosen(shelves, live, request.query_params.get("of", ""))
    slots = [slot for slot in slots_of(visit) if any(one.code == slot.code for one in plan.promotions)]
    return render(
        visit,
        "festival/festival.html",
        festival=plan.festival,
        name=festival_name(visit.edition, plan.festival),
        digits=[letter for letter in plan.festival.code if letter.isdigit()][:4],
        steps=[(one, visit.gettext(PHASES[one.kind])) for one in phases],
        here=running(phases),
        soon=coming(phases),
        on=[one for one in found if one.stands == "itself"],
        claims=[one for one in found if one.limit and one.stands != "early"],
        early=[one for one in found if one.stands == "early"],
        shelves=shelves,
        chosen=chosen,
        cards=await _cards(visit, live[chosen.code]) if chosen else [],
        presales=presales,
        protected=protected_at(visit, plan.festival),
        slots=slots,
        told=told(visit, request.query_params.get("told", "")),
        links=links(visit, f"festival/{plan.festival.code}"),
    )


def _plan(visit: Visit, code: str) -> Plan:
    for plan in visit.front.desk.charts.campaigns.plans:
        if plan.festival.code == code and visit.market.code in plan.festival.markets:
            return plan
    raise NotFound("unknown_address", "There is no such festival in this market.")


def _chosen(
    shelves: list[Ticket | PreSaleTicket], live: dict[str, Option | Choice | Extra], wanted: str
) -> Ticket | PreSaleTicket | None:
    """The promotion whose goods are shown: the one asked for, else the first that cuts the price of each piece."""
    for one in shelves:
        if one.code == wanted:
            return one
    return min(shelves, key=lambda one: not isinstance(live[one.code], Option), default=None)


async def _cards(visit: Visit, one: Option | Choice | Extra) -> list[Card]:
    """Goods of a promotion, the most popular first; of a pre-sale those that it takes deposits for."""
    found = await _fitting(visit, one)
    if isinstance(one, Option) and one.presale is not None:
        found = await taking(visit, one.code, found)
    return found[:_GOODS]


async def _fitting(visit: Visit, one: Option | Choice | Extra) -> list[Card]:
    desk, showcase, goods = visit.front.desk, visit.front.showcase, one.goods
    if goods.variants or goods.products:
        items = await goods_of(desk, one, _GOODS)
        ids = list(dict.fromkeys(item.product.product_id for item in items))[:_GOODS]
        return await showcase.cards(visit.market, ids, region=visit.region)
    lists = [
        (
            await showcase.listing(
                visit.market,
                Filter(category=category, brands=tuple(sorted(goods.brands))),
                "popular",
                1,
                _READ,
                visit.region,
            )
        ).cards
        for category in (sorted(goods.categories) or [""])[:4]
    ]
    longest = max(len(cards) for cards in lists)
    turns = [cards[n] for n in range(longest) for cards in lists if n < len(cards)]
    fitting = [
        card
        for card in turns
        if goods.fits(priced(desk.charts, "1", ShelfItem(card.product, card.offer.variant, ()), 1, 0))
    ]
    return sorted(fitting, key=lambda card: not card.offer.buyable)
