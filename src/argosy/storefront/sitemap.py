"""Addresses for search engines: `robots.txt` and the sitemap, an index of parts with every product in every market."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from litestar import Request, Response, get
from markupsafe import escape

from argosy.base.errors import NotFound
from argosy.catalogue import find
from argosy.storefront.front import Front, front_of

_PART = 5_000
_MOST_PARTS = 2_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_KEEP = {"Cache-Control": "public, max-age=3600"}


@get("/robots.txt", include_in_schema=False)
async def robots(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What robots may read: goods, lists and brands; not what depends on a reader or a question."""
    lines = [
        "User-agent: *",
        "Disallow: /v1/",
        "Disallow: /place/",
        "Disallow: /pay/",
        *(f"Disallow: /*/*/{rest}" for rest in ("s?", "basket", "checkout", "orders", "account", "c/*?", "b/*?")),
        f"Sitemap: {front_of(request).base_url}/sitemap.xml",
    ]
    return Response("\n".join([*lines, ""]).encode(), media_type="text/plain", headers=_KEEP)


@get("/sitemap.xml", include_in_schema=False)
async def sitemap(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The index: for each market's own languages the standing pages, then the products in parts."""
    front = front_of(request)
    starts = await _starts(front)
    parts = [
        f"{front.base_url}/sitemap/{market.path}/{language.lower()}/{name}.xml"
        for market in front.desk.charts.markets.launched()
        for language in market.languages
        for name in ["pages", *(f"p-{quote(start, safe='')}" for start in starts)]
    ]
    body = "".join(f"<sitemap><loc>{escape(part)}</loc></sitemap>" for part in parts)
    return _xml(f'<sitemapindex xmlns="{_NAMESPACE}">{body}</sitemapindex>')


async def _starts(front: Front) -> list[str]:
    """The handles after which each part begins; the first part begins before all."""
    starts = [""]
    async with front.desk.database.read() as reader:
        while len(starts) < _MOST_PARTS:
            found = await find.handles(reader, starts[-1], _PART)
            if len(found) < _PART:
                return starts
            starts.append(found[-1])
    return starts


@get("/sitemap/{market:str}/{language:str}/{name:str}", include_in_schema=False)
async def sitemap_part(request: Request[Any, Any, Any], market: str, language: str, name: str) -> Response[bytes]:
    """A part of the sitemap."""
    front = front_of(request)
    edition = front.edition(market, language)
    if edition is None or not name.endswith(".xml"):
        raise NotFound("unknown_address", "There is no such sitemap.")
    base = front.base_url + edition.prefix
    if name == "pages.xml":
        rests = await _standing(front)
    elif name.startswith("p-"):
        async with front.desk.database.read() as reader:
            rests = [f"p/{handle}" for handle in await find.handles(reader, unquote(name[2:-4]), _PART)]
    else:
        raise NotFound("unknown_address", "There is no such sitemap.")
    body = "".join(f"<url><loc>{escape(f'{base}/{rest}')}</loc></url>" for rest in rests)
    return _xml(f'<urlset xmlns="{_NAMESPACE}">{body}</urlset>')


async def _standing(front: Front) -> list[str]:
    counts = await front.showcase.category_counts()
    categories = [f"c/{code}" for code in front.reference.tree.by_code if counts.get(code)]
    brands = [f"b/{brand.brand_slug}" for brand in await front.showcase.brands()]
    return ["", "brands", "markets", "help", "help/shipping", "help/returns", *categories, *brands]


def _xml(body: str) -> Response[bytes]:
    whole = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
    return Response(whole.encode(), media_type="application/xml", headers=_KEEP)
