"""Handlers of a product's page."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get

from argosy.base.errors import NotFound
from argosy.catalogue.model import BrandRow, Product
from argosy.catalogue.search_sql import Filter
from argosy.markets import formats
from argosy.orders.model import Promise
from argosy.orders.quoting.offers import single
from argosy.orders.showing.cards import Card, Offer
from argosy.storefront.bill.bills import piece_bill
from argosy.storefront.edition import LOW
from argosy.storefront.festival.members import member_price
from argosy.storefront.festival.protection import protected_days
from argosy.storefront.groceries.counter import sold_here
from argosy.storefront.groceries.slots import picker
from argosy.storefront.keeping.patterns import GOODS, render_pattern
from argosy.storefront.listings import CODE
from argosy.storefront.page import redirect, render
from argosy.storefront.presale.terms import presale_of
from argosy.storefront.seo import crumbs_data, data, links, product_data, zone_of
from argosy.storefront.visit import MALL, STORE, Visit, visit_of

_RELATED = 8
_MOST_ORDERED = 10


class Option(msgspec.Struct, frozen=True):
    """A colour or size that can be chosen, and the variant it leads to."""

    code: str
    name: str
    href: str
    on: bool
    out: bool
    picture: str = ""


class Options(msgspec.Struct, frozen=True):
    """What can be chosen of a product."""

    colours: list[Option]
    sizes: list[Option]


class Spec(msgspec.Struct, frozen=True):
    """A line of what is known of a good."""

    name: str
    value: str
    made_up: bool = False


@get([f"{MALL}/p/{{handle:str}}", f"{STORE}/p/{{handle:str}}"], include_in_schema=False)
async def product(request: Request[Any, Any, Any], handle: str) -> Response[bytes]:
    """A product and its variants."""
    visit = visit_of(request)
    showcase = visit.showcase
    product_id = await showcase.product_at(handle) if CODE.match(handle) else None
    found = await showcase.product(visit.market, product_id, visit.region) if product_id else None
    if found is None or not found[1]:
        raise NotFound("unknown_product", "There is no such product.")
    one, offers = found
    if visit.store and sold_here(visit, visit.front.desk.shelf.item(offers[0].variant.variant_id)) is None:
        return redirect(visit, visit.edition.url("p", one.handle), status=302)
    wanted = request.query_params.get("v", "")
    shown = chosen(offers, wanted)
    if wanted and str(shown.variant.variant_id) != wanted:
        return redirect(visit, visit.shop_url("p", one.handle), status=302)
    payable = _payable(visit, shown)
    if visit.store:
        about = _values(visit, one, offers, shown, payable, None)
        at_store = {
            "department": "", "related": "", "brand": None, "member": None, "presale": None, "protected": 0,
            "picker": await picker(visit),
        }  # fmt: skip
        return render(visit, "browsing/product.html", sheets=["supermarket"], **about | at_store)
    related, house = await _related(visit, one), await _house(visit, one)
    home, member, presale = visit.promise, await member_price(visit, shown), presale_of(visit, shown)
    protected = protected_days(visit, one.brand_slug) if shown.buyable else 0

    def context() -> dict[str, Any]:
        about = _values(visit, one, offers, shown, payable, home)
        told = {"member": member, "presale": presale, "protected": protected}
        return {**about, **told, "related": GOODS if related else "", "brand": house}

    # What a level of membership pays is told to its members alone: their pattern is another one.
    key = (one.product_id, shown.variant.variant_id, member)
    today = _today(visit, home, offers)
    facts = (one, *_shown_of(offers, shown), payable, home, today, not related, house, presale, protected)
    goods = visit.edition.cards(related, home)
    return render_pattern(visit, "browsing/product.html", key, facts, goods, context)


def _shown_of(offers: list[Offer], shown: Offer) -> tuple[Any, ...]:
    """What the page shows of prices, dates and stock: of the others whether they can be had, of the one shown also how many."""
    others = tuple((one.price, one.door, one.goods, one.buyable, one.elsewhere, one.promise) for one in offers)
    low = (shown.free, shown.share_left) if shown.share_left < LOW else None
    return others, low, _most(shown)


def _most(shown: Offer) -> int:
    return min(shown.free or 1, shown.variant.limit_per_shopper or _MOST_ORDERED, _MOST_ORDERED)


def _today(visit: Visit, home: Promise | None, offers: list[Offer]) -> date | None:
    """The day where it goes to, from which the days of a delivery are counted: one place, whichever hub sends it."""
    promise = home or next((offer.promise for offer in offers if offer.promise), None)
    return visit.front.now.astimezone(zone_of(promise.time_zone)).date() if promise else None


def chosen(offers: list[Offer], wanted: str) -> Offer:
    """The variant asked for, else the one that can be had, the cheapest first."""
    try:
        variant_id = UUID(wanted)
    except ValueError:
        variant_id = None
    for offer in offers:
        if offer.variant.variant_id == variant_id:
            return offer
    return min(offers, key=lambda one: (not one.buyable, one.price.minor if one.price else 1 << 62))


def _values(
    visit: Visit,
    one: Product,
    offers: list[Offer],
    shown: Offer,
    payable: int,
    home: Promise | None,
) -> dict[str, Any]:
    front, variant = visit.front, shown.variant
    path = front.reference.tree.path(one.category)
    pictures = front.pictures.views(one.category, variant)
    return {
        "product": one,
        "shown": shown,
        "options": options_of(visit, one, offers, shown),
        "specs": specs_of(visit, one, shown),
        "bill": piece_bill(visit.edition, shown, payable),
        "most": _most(shown),
        "promise": shown.promise if shown.elsewhere else home,
        "views": list(zip(pictures, view_names(visit), strict=False)),
        "path": path,
        "department": path[0].code if path else "",
        "links": links(visit, f"p/{one.handle}"),
        "json": data([product_data(visit, one, offers, shown, pictures[0], home), crumbs_data(visit, path)]),
    }


def _payable(visit: Visit, shown: Offer) -> int:
    """What promotions leave of the market's price for one piece."""
    item = visit.front.desk.shelf.item(shown.variant.variant_id)
    if shown.goods is None or item is None:
        return 0
    return single(visit.charts, visit.market, item, shown.goods.minor, visit.front.now)


def view_names(visit: Visit) -> list[str]:
    """What the views of a drawing show, for those who do not see them."""
    return [
        visit.gettext("Front"),
        visit.gettext("From close by"),
        visit.gettext("Its size"),
        visit.gettext("Two of it"),
    ]


async def _related(visit: Visit, one: Product) -> list[Card]:
    wanted = Filter(category=one.category)
    found = await visit.front.showcase.goods(visit.market, wanted, "popular", 1, _RELATED + 4, visit.region)
    others = [card for card in found if card.product.product_id != one.product_id]
    return sorted(others, key=lambda card: not card.offer.buyable)[:_RELATED]


async def _house(visit: Visit, one: Product) -> tuple[BrandRow, list[str]] | None:
    """The brand of a product, with pictures of other goods of its."""
    if not one.brand_slug:
        return None
    showcase = visit.front.showcase
    brand = await showcase.brand(one.brand_slug)
    if brand is None:
        return None
    found = await showcase.goods(visit.market, Filter(brands=(one.brand_slug,)), "popular", 1, 4, visit.region)
    others = [card for card in found if card.product.product_id != one.product_id][:3]
    return brand, [visit.front.pictures.of_variant(card.product.category, card.offer.variant) for card in others]


def options_of(visit: Visit, one: Product, offers: list[Offer], shown: Offer) -> Options:
    """The colours and sizes to choose from; a colour leads to the same size where there is one, and the other way."""
    here = shown.variant
    colours = [_option(visit, one, offers, "colour", code, here.size) for code in _values_of(offers, "colour")]
    sizes = [_option(visit, one, offers, "size", code, here.colour) for code in _values_of(offers, "size")]
    return Options(
        [_marked(option, option.code == here.colour) for option in colours],
        [_marked(option, option.code == here.size) for option in sizes],
    )


def _marked(option: Option, on: bool) -> Option:
    return msgspec.structs.replace(option, on=on)


def _values_of(offers: list[Offer], dimension: str) -> list[str]:
    return [code for code in dict.fromkeys(getattr(offer.variant, dimension) for offer in offers) if code]


def _option(visit: Visit, one: Product, offers: list[Offer], dimension: str, code: str, other: str) -> Option:
    across = "size" if dimension == "colour" else "colour"
    having = [offer for offer in offers if getattr(offer.variant, dimension) == code]
    best = min(having, key=lambda offer: (getattr(offer.variant, across) != other, not offer.buyable))
    coloured = dimension == "colour"
    return Option(
        code,
        visit.edition.colour(code) if coloured else code,
        visit.shop_url("p", one.handle, v=best.variant.variant_id),
        on=False,
        out=not any(offer.buyable for offer in having) if coloured else not best.buyable,
        picture=visit.front.pictures.of_variant(one.category, best.variant) if coloured else "",
    )


def specs_of(visit: Visit, one: Product, shown: Offer) -> list[Spec]:
    """What is known of a good, line by line; facts made up for the demonstration say so."""
    edition, variant = visit.edition, shown.variant
    invented = {*one.made_up, *variant.made_up}
    lines = [
        ("", edition.gettext("Kind"), edition.category(one.category)),
        ("colour", edition.gettext("Colour"), edition.colour(variant.colour) if variant.colour else ""),
        ("size", edition.gettext("Size"), variant.size),
        *((code, edition.attribute(code), _value(visit, code, value)) for code, value in one.attributes.items()),
        (
            "origin",
            edition.gettext("Made in"),
            formats.country_name(variant.origin, edition.locale) if variant.origin else "",
        ),
        ("weight_g", edition.gettext("Packed weight"), _weight(visit, variant.weight_g)),
        ("hs6", edition.gettext("Customs heading"), f"HS {variant.hs6[:4]}.{variant.hs6[4:]}" if variant.hs6 else ""),
        ("gtin", edition.gettext("GTIN"), variant.gtin),
        ("sku", edition.gettext("Article"), variant.sku),
    ]
    return [Spec(name, value, code in invented) for code, name, value in lines if value]


def _value(visit: Visit, code: str, value: str) -> str:
    """An attribute's value; several stand behind one another with a semicolon or comma."""
    return visit.edition.attribute(code, value)


def _weight(visit: Visit, grams: int | None) -> str:
    return formats.weight(grams, visit.locale) if grams else ""
