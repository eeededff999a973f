"""Handlers of the front page, lists and search, and of the switch of market and language."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from argosy.base.errors import NotFound
from argosy.catalogue.model import BrandCount, Category
from argosy.catalogue.search_sql import Filter
from argosy.catalogue.vocabulary import Meaning
from argosy.markets.address_forms import area_choices
from argosy.orders.showing.cards import BY_PRICE, Card
from argosy.orders.showing.showcase import WINDOW, Listing
from argosy.storefront.festival.pages import strip_of
from argosy.storefront.front import front_of
from argosy.storefront.keeping.patterns import GOODS, render_pattern
from argosy.storefront.listings import (
    SORT_NAMES,
    Asked,
    Beside,
    beside,
    facets_of,
    filter_of,
    listed,
    pages_of,
    read_asked,
)
from argosy.storefront.page import redirect, render
from argosy.storefront.presale.kept import due_now
from argosy.storefront.seo import crumbs_data, data, links
from argosy.storefront.visit import PLACE, Visit, place_of, posted, steps_of, visit_anywhere, visit_of

_POPULAR = 20
_HOUSES = 4

AnyRequest = Request[Any, Any, Any]


class Tile(msgspec.Struct, frozen=True):
    """A department on the front page."""

    category: Category
    count: int
    pictures: list[str]


class House(msgspec.Struct, frozen=True):
    """A brand with three of its goods."""

    brand: BrandCount
    cards: list[Card]


@get("/", include_in_schema=False)
async def root(request: AnyRequest) -> Response[bytes]:
    """Send the reader to the market and language that fit her."""
    visit = visit_anywhere(request)
    front = front_of(request)
    return redirect(visit, front.edition_in(*place_of(request, front)).url(), status=302)


@get("/{market:str}", include_in_schema=False)
async def market_root(request: AnyRequest, market: str) -> Response[bytes]:
    """Send the reader to a market in the language that fits her."""
    front = front_of(request)
    at = front.desk.charts.markets.get(market)
    if at is None or not at.launched:
        raise NotFound("unknown_address", "There is no such page.")
    _, language = place_of(request, front)
    # The language that the browser asks for, if the market offers it; else the market's own.
    return redirect(visit_anywhere(request), front.edition_in(at, language).url(), status=302)


@get("/place/{market:str}/{language:str}", include_in_schema=False)
async def place(request: AnyRequest, market: str, language: str) -> Response[bytes]:
    """Remember a market and language, and go on to the same page there."""
    edition = front_of(request).edition(market, language)
    if edition is None:
        raise NotFound("unknown_market", "There is no such market or language.")
    visit = visit_anywhere(request)
    visit.keep(PLACE, f"{market}.{language}")
    return redirect(visit, edition.url(*steps_of(request.query_params.get("to", ""))))


@post("/{market:str}/{language:str}/region", status_code=303, include_in_schema=False)
async def region(request: AnyRequest) -> Response[bytes]:
    """Make prices for a state or province from now on, and go on to the same page."""
    visit = visit_of(request)
    form = await posted(request, visit)
    visit.deliver_to(str(form.get("country_area", "")))
    return redirect(visit, visit.edition.url(*steps_of(str(form.get("to", "")))))


@get("/{market:str}/{language:str}", include_in_schema=False)
async def home(request: AnyRequest) -> Response[bytes]:
    """The front page."""
    visit = visit_of(request)
    tiles = await _tiles(visit)
    popular, houses = await asyncio.gather(_popular(visit, tiles), _houses(visit))
    due = await due_now(visit)
    return render(
        visit,
        "browsing/home.html",
        tiles=tiles,
        popular=popular,
        houses=houses,
        total=sum(tile.count for tile in tiles),
        links=links(visit, ""),
        strip=strip_of(visit),
        due=due,
    )


async def _tiles(visit: Visit) -> list[Tile]:
    front = visit.front
    counts = await front.showcase.category_counts()
    found = [
        Tile(one, counts[one.code], _tile_pictures(visit, one, counts))
        for one in front.reference.tree.children(None)
        if counts.get(one.code)
    ]
    return sorted(found, key=lambda tile: -tile.count)


def _tile_pictures(visit: Visit, category: Category, counts: dict[str, int]) -> list[str]:
    """Drawings of the department and of its largest parts, all different."""
    below = sorted(visit.front.reference.tree.children(category.code), key=lambda one: -counts.get(one.code, 0))
    pictures = [visit.front.pictures.of_category(one.code) for one in [category, *below]]
    return list(dict.fromkeys(pictures))[:3]


async def _popular(visit: Visit, tiles: list[Tile]) -> list[Card]:
    """The most popular goods of the departments, one of each in turn."""
    lists = await asyncio.gather(
        *(
            visit.front.showcase.goods(visit.market, Filter(category=tile.category.code), "popular", 1, 4, visit.region)
            for tile in tiles[:10]
        )
    )
    turns = zip_longest(*lists)
    return [card for turn in turns for card in turn if card is not None and card.offer.buyable][:_POPULAR]


async def _houses(visit: Visit) -> list[House]:
    showcase = visit.front.showcase
    brands = (await showcase.brands())[:_HOUSES]
    lists = await asyncio.gather(
        *(
            showcase.goods(visit.market, Filter(brands=(brand.brand_slug,)), "popular", 1, 3, visit.region)
            for brand in brands
        )
    )
    return [House(brand, found) for brand, found in zip(brands, lists, strict=True)]


@get("/{market:str}/{language:str}/c/{category:str}", include_in_schema=False)
async def listing(request: AnyRequest, category: str) -> Response[bytes]:
    """A department or category."""
    visit = visit_of(request)
    tree = visit.front.reference.tree
    path = tree.path(category)
    if not path:
        raise NotFound("unknown_category", "There is no such category.")
    asked = msgspec.structs.replace(read_asked(request.query_params), q="", within="")
    wanted = filter_of(visit, asked, category)
    found = await listed(visit, wanted, asked)

    def about() -> dict[str, Any]:
        return {
            "department": path[0].code,
            "title": visit.edition.category(category),
            "path": path,
            "links": links(visit, f"c/{category}"),
            "json": data(crumbs_data(visit, path)),
            "meanings": (),
            "start": visit.edition.url("c", category),
        }

    return await _list(visit, asked, wanted, found, about)


async def _list(
    visit: Visit, asked: Asked, wanted: Filter, found: Listing, about: Callable[[], dict[str, Any]]
) -> Response[bytes]:
    """The page of a list: all around its cards follows from the address, the counts and what `about` tells."""
    by = await beside(visit, wanted, asked, found.counts)
    goods = visit.edition.cards(found.cards, visit.promise)

    def context() -> dict[str, Any]:
        return {**about(), **list_values(visit, asked, wanted, by), "goods": GOODS if found.cards else ""}

    key = (visit.rest, asked)
    facts = (wanted, *msgspec.structs.astuple(by), not found.cards)
    return render_pattern(visit, "browsing/listing.html", key, facts, goods, context)


def list_values(visit: Visit, asked: Asked, wanted: Filter, by: Beside) -> dict[str, Any]:
    """What every list's page shows around its goods."""
    # A list narrowed by price is in order as a whole.
    windowed = asked.sort in BY_PRICE and not (asked.least or asked.most)
    return {
        "asked": asked,
        "soon": by.soon,
        "counts": by.counts,
        "facets": facets_of(visit, wanted, asked, by),
        "pages": pages_of(asked, by.counts.total),
        "sorts": SORT_NAMES,
        "window": WINDOW if windowed and by.counts.total > WINDOW else 0,
    }


@get("/{market:str}/{language:str}/s", include_in_schema=False)
async def search(request: AnyRequest) -> Response[bytes]:
    """Goods for the words of a question."""
    visit = visit_of(request)
    asked = read_asked(request.query_params)
    visit.question = asked.q
    meanings = visit.front.vocabulary().read(asked.q) if asked.q else ()
    if not meanings:
        tiles = await _tiles(visit)
        return render(visit, "browsing/nothing.html", asked=asked, tiles=tiles, popular=await _popular(visit, tiles))
    wanted = filter_of(visit, asked, meanings=meanings)
    found = await listed(visit, wanted, asked)
    if not found.counts.total and not asked.narrowed:
        tiles = await _tiles(visit)
        return render(visit, "browsing/nothing.html", asked=asked, tiles=tiles, popular=await _popular(visit, tiles))

    def about() -> dict[str, Any]:
        return {
            "title": visit.gettext("“%(words)s”", words=asked.q),
            "path": [],
            "links": None,
            "json": "",
            "meanings": _read_as(visit, meanings),
            "start": visit.edition.url("s"),
        }

    return await _list(visit, asked, wanted, found, about)


def _read_as(visit: Visit, meanings: tuple[Meaning, ...]) -> dict[str, Any]:
    """How the words were understood: the corrected question where a slip was guessed, and what each group stands for."""
    guessed = any(one.guessed for one in meanings)
    return {
        "guessed": " ".join(one.guessed or one.word for one in meanings) if guessed else "",
        "categories": [(code, visit.edition.category(code)) for one in meanings for code in one.categories[:3]][:4],
    }


@get("/{market:str}/{language:str}/markets", include_in_schema=False)
async def markets(request: AnyRequest) -> Response[bytes]:
    """All markets and languages to choose from."""
    visit = visit_of(request)
    to = request.query_params.get("to", "").lstrip("/")[:300]
    found = visit.front.desk.charts.markets.launched()
    country = visit.market.address_country
    areas = [(one.code, one.name) for one in area_choices(country, visit.language)] if visit.market.region else []
    return render(visit, "browsing/markets.html", markets=found, areas=areas, to=to, links=links(visit, "markets"))
