"""What search engines read: addresses in other languages, structured data, the sitemap."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from argosy.catalogue.model import Category, Product
from argosy.markets import formats
from argosy.markets.rules import hreflang
from argosy.orders.model import Promise
from argosy.orders.showing.cards import Offer
from argosy.storefront.visit import Visit

zone_of = lru_cache(maxsize=512)(ZoneInfo)
"""A time zone by its name, made once."""
_SCHEMA = "https://schema.org"
_OPENING = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class Links(msgspec.Struct, frozen=True):
    """The addresses of one page: its own, and by search engines' tags those in other languages and markets."""

    canonical: str
    alternates: Markup
    indexed: bool


def links(visit: Visit, rest: str) -> Links:
    """The addresses of a page that every market has; `rest` is its address within an edition."""
    front, edition = visit.front, visit.edition
    kept = edition.frames.get(("alternates",))
    if kept is None:
        kept = edition.frames["alternates",] = [
            (tag, f"{front.base_url}/{market.path}/{language.lower()}/")
            for market in front.desk.charts.markets.launched()
            for tag, language in hreflang(market)
        ] + [("x-default", f"{front.base_url}/")]
    told = "".join(
        f'<link rel="alternate" hreflang="{tag}" href="{start}{rest if tag != "x-default" else ""}">'
        for tag, start in kept
        if rest == "" or tag != "x-default"
    )
    canonical = f"{front.base_url}{edition.prefix}/{rest}"
    return Links(canonical, Markup(told), edition.offered)  # noqa: S704


def data(value: Any) -> Markup:
    """A value as JSON that may stand inside a script element."""
    return Markup(msgspec.json.encode(value).decode().translate(_OPENING))  # noqa: S704


def product_data(
    visit: Visit, product: Product, offers: list[Offer], shown: Offer, picture: str, home: Promise | None
) -> dict[str, Any]:
    """A product as schema.org knows it; fields nobody knows are left out."""
    name, _ = product.named(visit.language)
    base = visit.front.base_url
    variant = shown.variant
    told: dict[str, Any] = {
        "@context": _SCHEMA,
        "@type": "Product",
        "@id": f"{base}{visit.edition.url('p', product.handle)}",
        "name": name,
        "image": picture if picture.startswith("https://") else base + picture,
        "sku": variant.sku,
        "category": visit.edition.category(product.category),
        "offers": [
            _offer_data(visit, product, offer, home) for offer in offers[:20] if offer.price and not offer.banned
        ],
    }
    more = {
        "brand": {"@type": "Brand", "name": product.brand} if product.brand else None,
        "gtin": variant.gtin if "gtin" not in variant.made_up else None,
        "color": visit.edition.colour(variant.colour) if variant.colour else None,
        "description": product.description or None,
    }
    return told | {key: value for key, value in more.items() if value}


def _offer_data(visit: Visit, product: Product, offer: Offer, home: Promise | None) -> dict[str, Any]:
    assert offer.price is not None  # noqa: S101
    shipping = _shipping_data(visit, offer, home)
    return {
        "@type": "Offer",
        "url": visit.front.base_url + visit.edition.url("p", product.handle, v=offer.variant.variant_id),
        "price": formats.plain_amount(offer.price.minor, offer.price.currency),
        "priceCurrency": offer.price.currency,
        "availability": f"{_SCHEMA}/{'InStock' if offer.buyable else 'OutOfStock'}",
        "itemCondition": f"{_SCHEMA}/NewCondition",
        "sku": offer.variant.sku,
        "eligibleRegion": visit.market.code,
        **({"shippingDetails": shipping} if shipping else {}),
    }


def _shipping_data(visit: Visit, offer: Offer, home: Promise | None) -> dict[str, Any]:
    """Carriage and the days that it takes; empty where no date is promised."""
    promise = offer.promise if offer.elsewhere else home
    if promise is None or not offer.buyable or offer.price is None:
        return {}
    today = visit.front.now.astimezone(zone_of(promise.time_zone)).date()
    region = {"addressRegion": visit.region} if visit.region else {}
    days = {"@type": "QuantitativeValue", "minValue": 0, "maxValue": (promise.day - today).days, "unitCode": "DAY"}
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {"@type": "MonetaryAmount", "value": "0", "currency": offer.price.currency},
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": visit.market.address_country, **region},
        "deliveryTime": {"@type": "ShippingDeliveryTime", "transitTime": days},
    }


def crumbs_data(visit: Visit, path: list[Category]) -> dict[str, Any]:
    """The way from the front page as schema.org knows it."""
    steps = [(visit.gettext("Home"), visit.edition.url())]
    steps += [(visit.edition.category(one.code), visit.edition.url("c", one.code)) for one in path]
    return {
        "@context": _SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": visit.front.base_url + href}
            for place, (name, href) in enumerate(steps, 1)
        ],
    }
