"""Handlers that browse: markets, categories, products, search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.datastructures import CacheControlHeader
from litestar.params import Parameter

from argosy.base.errors import NotFound, Refused
from argosy.catalogue.model import Category, Colour
from argosy.catalogue.search_sql import Filter
from argosy.markets import formats
from argosy.markets.address_forms import address_form, region_of
from argosy.markets.model import Market
from argosy.markets.rules import choose_language
from argosy.orders.model import Destination
from argosy.orders.showing.bounds import ANY, Bounds
from argosy.orders.showing.cards import Card, Offer
from argosy.platform.document import problems
from argosy.platform.explaining import landed_answer
from argosy.platform.front import Front, front_of, market_of
from argosy.platform.model import (
    AddressFieldAnswer,
    CategoryAnswer,
    FacetAnswer,
    ListAnswer,
    MarketAnswer,
    MarketDetail,
    PriceAnswer,
    ProductAnswer,
    ProductListed,
    VariantAnswer,
)

MAX_CODES = 20
"""Brands or colours that a list is narrowed to at once."""
Code = Annotated[str, Parameter(max_length=64, description="Of `GET /v1/categories`.")]
Codes = Annotated[
    list[str], Parameter(max_items=20, description="One or several, as the counts beside a list name them.")
]
Shown = Annotated[int | None, Parameter(ge=0, le=10**12, description="Of the price that the answer tells.")]
MarketCode = Annotated[str, Parameter(min_length=2, max_length=2, description="Country of the market: `FR`.")]
Told = Annotated[
    str, Parameter(max_length=35, description="BCP 47; empty takes `Accept-Language`, then the market's first.")
]

Region = Annotated[
    str,
    Parameter(
        max_length=8,
        pattern="^[A-Za-z0-9]*$",
        description="State or province delivered to, where tax depends on it (US, CA); empty: the market's default.",
    ),
]


# The same for all who ask in one language: the server keeps such answers for a moment, and so may others.
_SECONDS = CacheControlHeader(public=True, max_age=5)


@get("/v1/markets", operation_id="listMarkets", tags=["Browsing"], summary="List the markets", cache_control=_SECONDS)
async def markets(request: Request[Any, Any, Any]) -> list[MarketAnswer]:
    """All markets, the home market first."""
    found = front_of(request).desk.charts.markets.launched()
    return [MarketAnswer(m.code, formats.market_name(m, "en"), m.currency, list(m.languages), m.home) for m in found]


@get(
    "/v1/markets/{country:str}",
    operation_id="getMarket",
    tags=["Browsing"],
    summary="See a market and its address form",
    cache_control=_SECONDS,
    responses=problems(400, 404),
)
async def market(country: str, request: Request[Any, Any, Any]) -> MarketDetail:
    """A market with the fields that its addresses have."""
    one = front_of(request).desk.charts.markets.get(country.upper())
    if one is None:
        raise NotFound(
            "unknown_market", "There is no such market.", field="country", remedy="GET /v1/markets lists them."
        )
    form = address_form(one.address_country, "en")
    fields = [
        AddressFieldAnswer(field.name, field.kind, field.required, field.max_length, [c.code for c in field.choices])
        for field in form.fields
    ]
    return MarketDetail(one.code, formats.market_name(one, "en"), one.currency, list(one.languages), one.home, fields)


@get(
    "/v1/categories",
    operation_id="listCategories",
    tags=["Browsing"],
    summary="List the category tree",
    cache_control=_SECONDS,
    responses=problems(400),
)
async def categories(
    request: Request[Any, Any, Any], language: Annotated[str, Parameter(max_length=35)] = "en"
) -> list[CategoryAnswer]:
    """All categories with their names in a language and the number of products."""
    front = front_of(request)
    counts = await front.showcase.category_counts()
    return [
        CategoryAnswer(one.code, one.parent, one.names.get(language, one.names["en"]), counts.get(one.code, 0))
        for one in front.reference.tree.by_code.values()
    ]


@get(
    "/v1/products",
    operation_id="searchProducts",
    tags=["Browsing"],
    summary="Search products, or list a category or brand",
    cache_control=_SECONDS,
    responses=problems(400, 404),
)
async def products(
    request: Request[Any, Any, Any],
    market: MarketCode,
    language: Told = "",
    region: Region = "",
    q: Annotated[str, Parameter(max_length=200, description="Words in any language: `red handbag`, `手袋 紅色`.")] = "",
    category: Code = "",
    brand: Codes | None = None,
    colour: Codes | None = None,
    min_price_minor: Shown = None,
    max_price_minor: Shown = None,
    within_hours: Annotated[
        int | None, Parameter(ge=1, le=720, description="Only goods that are at the door so soon if ordered now.")
    ] = None,
    sort: Annotated[str, Parameter(max_length=16, description="`best`, `popular`, `price` or `-price`.")] = "best",
    page: Annotated[int, Parameter(ge=1, le=400)] = 1,
    page_size: Annotated[int, Parameter(ge=1, le=100)] = 24,
) -> ListAnswer:
    """A page of products with prices of the market and the counts to narrow by."""
    front = front_of(request)
    at = market_of(front, market)
    told = choose_language(at, request.headers.get("accept-language"), language or None)
    if category and category not in front.reference.tree.by_code:
        raise NotFound(
            "unknown_category", "There is no such category.", field="category", remedy="GET /v1/categories lists them."
        )
    meanings = front.vocabulary().read(q) if q else ()
    if q and not meanings:
        return ListAnswer([], page, page_size, 0, False, [], [], [])
    wanted = Filter(
        meanings=meanings,
        category=category,
        brands=_codes(brand, "brand"),
        colours=_codes(colour, "colour"),
        products=_so_soon(front, at, region, within_hours),
    )
    bounds = _bounds(front, at, min_price_minor, max_price_minor)
    listing = await front.showcase.listing(at, wanted, sort, page, page_size, region_of(at, region), bounds)
    counts = listing.counts
    return ListAnswer(
        [listed(front, at, told, card) for card in listing.cards],
        page,
        page_size,
        counts.total,
        counts.capped,
        _facets(counts.brands, await front.showcase.brand_names(tuple(counts.brands))),
        _facets(counts.colours, _named(front.reference.colours, counts.colours, told)),
        _facets(counts.categories, _named(front.reference.tree.by_code, counts.categories, told)),
    )


def _so_soon(front: Front, at: Market, region: str, hours: int | None) -> tuple[UUID, ...] | None:
    """The products that are there in time; None where all are, or nothing is asked."""
    if hours is None:
        return None
    destination = Destination(country=at.code, region=region_of(at, region.upper()))
    return front.desk.within(destination, front.desk.clock.now(), hours).only


def _codes(given: list[str] | None, field: str) -> tuple[str, ...]:
    """Codes to narrow by. A database takes no zero byte, and no code has one."""
    if given and len(given) > MAX_CODES:
        raise Refused("invalid_request", f"More than {MAX_CODES}.", field=field, remedy="Narrow by fewer at once.")
    return tuple(sorted(code.replace("\x00", "\ufffd") for code in given or ()))


def _named(
    things: Mapping[str, Category] | Mapping[str, Colour], codes: Iterable[str], language: str
) -> dict[str, str]:
    return {code: (one := things[code]).names.get(language) or one.names["en"] for code in codes if code in things}


def _facets(counts: Mapping[str, int], names: Mapping[str, str]) -> list[FacetAnswer]:
    by_size = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [FacetAnswer(code, names.get(code, code), number) for code, number in by_size]


def _bounds(front: Front, market: Market, least: int | None, most: int | None) -> Bounds:
    """What the list's cards may show; refused where no price of the market can be known."""
    bounds, charts = Bounds(least, most), front.desk.charts
    home = charts.markets.home.currency
    if bounds != ANY and charts.rates.on(home, market.currency, front.desk.clock.now().date()) is None:
        field = "max_price_minor" if least is None else "min_price_minor"
        message = f"No rate of exchange is known for {market.currency}."
        raise Refused("no_exchange_rate", message, field=field, remedy="Search without the limit.")
    return bounds


@get(
    "/v1/products/{handle:str}",
    operation_id="getProduct",
    tags=["Browsing"],
    summary="See a product",
    cache_control=_SECONDS,
    responses=problems(400, 404),
)
async def product(
    request: Request[Any, Any, Any],
    handle: str,
    market: MarketCode,
    language: Told = "",
    region: Region = "",
    explain: Annotated[bool, Parameter(description="Tell the reasons of duty and tax.")] = False,
) -> ProductAnswer:
    """A product, by its handle or id, with the price and stock of each variant."""
    front = front_of(request)
    at = market_of(front, market)
    told = choose_language(at, request.headers.get("accept-language"), language or None)
    product_id = _id(handle) or await front.showcase.product_at(handle[:200].replace("\x00", ""))
    found = await front.showcase.product(at, product_id, region_of(at, region)) if product_id else None
    if found is None:
        raise NotFound("unknown_product", "There is no such product.", field="handle", remedy="Search for it.")
    one, offers = found
    name, name_language = one.named(told)
    category = front.reference.tree.by_code.get(one.category)
    return ProductAnswer(
        one.product_id, one.handle, _url(front, at, told, one.handle), one.brand, name, name_language, one.category,
        category.names.get(told, category.names["en"]) if category else one.category, one.description, one.attributes,
        [_variant(offer, explain) for offer in offers], list(one.made_up),
    )  # fmt: skip


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _url(front: Front, market: Market, language: str, handle: str) -> str:
    return f"{front.base_url}/{market.path}/{language.lower()}/p/{handle}"


def _price(offer: Offer) -> PriceAnswer | None:
    price = offer.price
    if price is None:
        return None
    return PriceAnswer(
        price.minor, price.currency, offer.all_in, price.lowest_30_days_minor, price.seller_minor, price.seller_currency
    )


def listed(front: Front, market: Market, language: str, card: Card) -> ProductListed:
    """A product as a list tells it."""
    one, offer = card.product, card.offer
    name, name_language = one.named(language)
    return ProductListed(
        one.product_id, one.handle, _url(front, market, language, one.handle), one.brand, name, name_language, one.category,
        offer.variant.image, _price(offer), offer.buyable, offer.variant.variant_id,
    )  # fmt: skip


def _variant(offer: Offer, explained: bool) -> VariantAnswer:
    one = offer.variant
    landed = landed_answer(offer.door.landed, explained) if offer.door else None
    return VariantAnswer(
        one.variant_id, one.sku, one.colour, one.size, one.gtin, one.hs6, one.origin, one.weight_g, one.image, _price(offer),
        landed, offer.free, one.limit_per_shopper, list(one.made_up),
    )  # fmt: skip
