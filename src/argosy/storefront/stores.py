"""Handlers of the brands: their list, each one's store, and following it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from argosy.base.errors import NotFound
from argosy.catalogue.model import BrandCount, BrandRow
from argosy.catalogue.search_sql import Filter
from argosy.catalogue.words import plain
from argosy.shoppers import follows as following
from argosy.storefront.browsing import list_values
from argosy.storefront.listings import CODE, beside, filter_of, listed, read_asked
from argosy.storefront.page import redirect, render
from argosy.storefront.seo import links
from argosy.storefront.visit import Visit, posted, visit_of

_LARGEST = 8


@get("/{market:str}/{language:str}/brands", include_in_schema=False)
async def brands(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The brands by letter, the largest ones first with pictures."""
    visit = visit_of(request)
    showcase = visit.front.showcase
    found = await showcase.brands()
    largest = [
        (brand, await showcase.goods(visit.market, Filter(brands=(brand.brand_slug,)), "popular", 1, 3, visit.region))
        for brand in found[:_LARGEST]
    ]
    return render(
        visit, "browsing/brands.html", department="brands", largest=largest, letters=by_letter(found), links=links(visit, "brands")
    )  # fmt: skip


def by_letter(brands: Iterable[BrandCount]) -> list[tuple[str, list[BrandCount]]]:
    """The brands by the first letter of their name; digits and other signs together under `#`, first."""
    found: dict[str, list[BrandCount]] = {}
    for brand in sorted(brands, key=lambda one: plain(one.name)):
        first = plain(brand.name)[:1].upper()
        found.setdefault(first if first.isalpha() else "#", []).append(brand)
    return sorted(found.items())


@get("/{market:str}/{language:str}/b/{slug:str}", include_in_schema=False)
async def brand(request: Request[Any, Any, Any], slug: str) -> Response[bytes]:
    """A brand's store."""
    visit = visit_of(request)
    row = await _brand(visit, slug)
    asked = msgspec.structs.replace(read_asked(request.query_params), q="", brands=())
    wanted = filter_of(visit, asked)
    wanted = msgspec.structs.replace(wanted, brands=(row.brand_slug,))
    found = await listed(visit, wanted, asked)
    story, story_language = story_of(row, visit.language)
    return render(
        visit,
        "browsing/brand.html",
        department="brands",
        brand=row,
        story=story,
        story_language=story_language,
        follows=await _follows(visit, slug),
        links=links(visit, f"b/{row.brand_slug}"),
        start=visit.edition.url("b", row.brand_slug),
        cards=found.cards,
        **list_values(visit, asked, wanted, await beside(visit, wanted, asked, found.counts)),
    )


def story_of(brand: BrandRow, language: str) -> tuple[str, str]:
    """A brand's story and the language it is told in, empty where that is the page's."""
    if told := brand.story.get(language):
        return told, ""
    other = "en" if "en" in brand.story else next(iter(brand.story), "")
    return brand.story.get(other, ""), other


@post("/{market:str}/{language:str}/b/{slug:str}/follow", include_in_schema=False, status_code=303)
async def follow(request: Request[Any, Any, Any], slug: str) -> Response[bytes]:
    """Follow a brand, or no longer."""
    visit = visit_of(request)
    form = await posted(request, visit)
    row = await _brand(visit, slug)
    desk, shopper = visit.front.desk, visit.shopper()
    async with desk.database.transaction() as tx:
        if form.get("follow") == "no":
            await following.unfollow(tx, desk.cell, shopper, row.brand_slug)
        else:
            await following.follow(tx, desk.cell, shopper, row.brand_slug, desk.clock.now())
    return redirect(visit, visit.edition.url("b", row.brand_slug))


async def _brand(visit: Visit, slug: str) -> BrandRow:
    row = await visit.front.showcase.brand(slug) if CODE.match(slug) else None
    if row is None:
        raise NotFound("unknown_brand", "There is no such brand.")
    return row


async def _follows(visit: Visit, slug: str) -> bool:
    if visit.shopper_id is None:
        return False
    async with visit.front.desk.database.read() as reader:
        return await following.follows(reader, visit.front.cell, visit.shopper_id, slug)
