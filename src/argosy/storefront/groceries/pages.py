"""Handlers of a city's store: where there is one, its front, its aisles, its search, and the choice of a slot."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from argosy.base.errors import NotFound, Refused
from argosy.catalogue.model import Category
from argosy.catalogue.search_sql import Filter
from argosy.catalogue.vocabulary import Meaning
from argosy.delivery.stores.model import Store
from argosy.delivery.stores.rules import carries
from argosy.orders.groceries.slots import in_slot
from argosy.orders.showing.cards import Card
from argosy.orders.showing.showcase import Listing
from argosy.storefront.buying.basket_lines import Contents, contents
from argosy.storefront.groceries.counter import sold_here
from argosy.storefront.groceries.slots import picker
from argosy.storefront.groceries.unit_price import UnitPrice, unit_price
from argosy.storefront.listings import PAGE, pages_of, read_asked
from argosy.storefront.page import redirect, render
from argosy.storefront.refusals import told as told_refusal
from argosy.storefront.visit import MALL, STORE, SUPERMARKET, Visit, posted, steps_of, visit_of

_POPULAR = 10
_AISLES = 8
_SHEETS = ["supermarket"]

AnyRequest = Request[Any, Any, Any]


class Good(msgspec.Struct, frozen=True):
    """A card of a store, with what a kilogram or litre costs."""

    card: Card
    unit: UnitPrice | None


class Aisle(msgspec.Struct, frozen=True):
    """A category of the store with some of its goods."""

    category: Category
    goods: list[Good]
    count: int


@get(f"{MALL}/{SUPERMARKET}", include_in_schema=False)
async def supermarket(request: AnyRequest) -> Response[bytes]:
    """The market's store; all of them where it has several; where there are some if it has none."""
    visit = visit_of(request)
    stores = visit.front.desk.charts.stores
    here = stores.of_market(visit.market.code)
    if len(here) == 1:
        return redirect(visit, visit.edition.url(SUPERMARKET, here[0].code), status=302)
    elsewhere = [(store, visit.front.desk.charts.markets[store.market]) for store in stores if not here]
    return render(visit, "groceries/choose.html", here=here, elsewhere=elsewhere, sheets=_SHEETS)


@get(STORE, include_in_schema=False)
async def front_page(request: AnyRequest) -> Response[bytes]:
    """The store: its slots, its aisles, and what is asked for most."""
    visit, store = _entered(request)
    aisles = _aisles(visit, store)
    counts = await visit.front.showcase.category_counts()
    parts = sorted((one for one in aisles if counts.get(one.code)), key=lambda one: -counts[one.code])
    roots = [visit.front.reference.tree.by_code[code] for code in store.carries]
    sections = await asyncio.gather(*(_aisle(visit, root, Filter(category=root.code), _POPULAR) for root in roots))
    code = request.query_params.get("told", "")
    return render(
        visit,
        "groceries/store.html",
        told=told_refusal(visit.edition, Refused(code, "")) if code else "",
        parts=parts[:_AISLES],
        sections=[one for one in sections if one.goods],
        total=sum(_sold(visit, store, root.code, counts) for root in roots),
        here="",
        **await _frame(visit, store, request.query_params.get("day", "")),
    )


@get(f"{STORE}/c/{{category:str}}", include_in_schema=False)
async def aisle(request: AnyRequest, category: str) -> Response[bytes]:
    """A category of the store, page by page."""
    visit, store = _entered(request)
    path = visit.front.reference.tree.path(category)
    if not path or not carries(store, [one.code for one in path]):
        raise NotFound("unknown_category", "The store has no such category.")
    asked = read_asked(request.query_params)
    visit.question = asked.q
    wanted = Filter(category=category, meanings=_meanings(visit, asked.q))
    found = await visit.showcase.listing(visit.market, wanted, asked.sort, asked.page, PAGE, visit.region)
    below = [one for one in visit.front.reference.tree.children(category) if one.code not in store.without]
    return render(
        visit,
        "groceries/aisle.html",
        title=visit.edition.category(category),
        path=path,
        goods=_goods(visit, found),
        count=found.counts.total
        if asked.q
        else _sold(visit, store, category, await visit.front.showcase.category_counts()),
        asked=asked,
        pages=pages_of(asked, found.counts.total),
        below=below,
        here=path[0].code,
        **await _frame(visit, store),
    )


@get(f"{STORE}/s", include_in_schema=False)
async def search(request: AnyRequest) -> Response[bytes]:
    """What the store has for the words of a question, aisle by aisle."""
    visit, store = _entered(request)
    asked = read_asked(request.query_params)
    visit.question = asked.q
    meanings = _meanings(visit, asked.q)
    roots = [visit.front.reference.tree.by_code[code] for code in store.carries] if meanings else []
    found = await asyncio.gather(
        *(_aisle(visit, root, Filter(category=root.code, meanings=meanings), PAGE) for root in roots)
    )
    sections = sorted((one for one in found if one.goods), key=lambda one: -one.count)
    return render(
        visit,
        "groceries/search.html",
        asked=asked,
        sections=sections,
        here="",
        **await _frame(visit, store),
    )


@post(f"{STORE}/slot", status_code=303, include_in_schema=False)
async def choose_slot(request: AnyRequest) -> Response[bytes]:
    """Keep a slot as chosen, and go on where the reader was."""
    visit, store = _entered(request)
    form = await posted(request, visit)
    name, told = str(form.get("slot", ""))[:48], ""
    try:
        await in_slot(visit.front.desk, store, name)
        visit.choose_slot(name)
    except Refused as wrong:
        told = wrong.code if name else "slot_missing"
    return redirect(visit, visit.shop_url(*steps_of(str(form.get("to", ""))), told=told))


def _entered(request: AnyRequest) -> tuple[Visit, Store]:
    visit = visit_of(request)
    if visit.store is None:
        raise NotFound("unknown_store", "There is no such store here.")
    return visit, visit.store


def _aisles(visit: Visit, store: Store) -> list[Category]:
    """The parts of what the store carries, in the order of the tree."""
    tree = visit.front.reference.tree
    return [part for code in store.carries for part in tree.children(code) if part.code not in store.without]


def _sold(visit: Visit, store: Store, category: str, counts: dict[str, int]) -> int:
    """How many goods of a category the store sells."""
    paths = visit.charts.paths
    unsold = sum(counts.get(one, 0) for one in store.without if category in paths.get(one, ()))
    return counts.get(category, 0) - unsold


def _meanings(visit: Visit, question: str) -> tuple[Meaning, ...]:
    return visit.front.vocabulary().read(question) if question else ()


async def _aisle(visit: Visit, category: Category, wanted: Filter, most: int) -> Aisle:
    found = await visit.showcase.listing(visit.market, wanted, "popular", 1, 2 * most, visit.region)
    # Those that can be had first, each group in its own order.
    goods = sorted(_goods(visit, found), key=lambda one: not one.card.offer.buyable)
    return Aisle(category, goods[:most], found.counts.total)


def _goods(visit: Visit, found: Listing) -> list[Good]:
    shelf = visit.front.desk.shelf
    return [
        Good(card, unit_price(offer.price.minor, offer.variant.size) if offer.price else None)
        for card in found.cards
        if sold_here(visit, shelf.item((offer := card.offer).variant.variant_id)) is not None
    ]


async def _frame(visit: Visit, store: Store, day: str = "") -> dict[str, Any]:
    """What stands on every page of a store."""
    basket: Contents | None = await contents(visit) if visit.basket_count else None
    return {
        "store": store,
        "picker": await picker(visit, day),
        "basket": basket,
        "sheets": _SHEETS,
    }


GROCERIES = [supermarket, front_page, aisle, search, choose_slot]
"""For the app to serve."""
