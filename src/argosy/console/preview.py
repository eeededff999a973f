"""The operator's preview: what a basket costs in any market at any instant, and why, as its shopper would be quoted it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from markupsafe import Markup

from argosy.base.errors import Refused
from argosy.campaigns.candidates import held_key
from argosy.campaigns.plan import Plan
from argosy.catalogue import find
from argosy.catalogue.search_sql import Filter
from argosy.console import basket_text
from argosy.console.campaigns import plans_of
from argosy.console.front import Front, admitted, price, render
from argosy.console.ledger import LAYERS
from argosy.console.preview_form import Asked, read
from argosy.markets.formats import market_name
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.oversight.preview import preview

_FOUND = 6


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """What one promotion took off a line, and who bears it."""

    name: str
    layer: str
    off: Markup
    seller: Markup
    platform: Markup


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the previewed basket before and after promotions, duty and tax aside."""

    name: str
    sku: str
    quantity: int
    before: Markup
    cuts: tuple[Cut, ...]
    after: Markup


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A good that the search found, with the address of the page that has it in the basket."""

    name: str
    variant: str
    sku: str
    price: Markup | str
    adding: str


@get("/preview", include_in_schema=False)
async def preview_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The form, and what its basket would cost."""
    front, session = admitted(request)
    query = request.query_params
    sent = {name: str(query.get(name) or "")[:8_000] for name in query}
    markets = front.desk.charts.markets
    asked = read(sent, [str(one) for one in query.getall("coupon", [])], markets, await plans_of(front))
    found = await _search(front, asked, sent) if asked.words else []
    quote, faults = await _quote(front, asked)
    shown = _shown(front, asked, quote) if isinstance(quote, Quote) else {}
    return render(
        front, "preview.html", session=session, here="preview", asked=asked, found=found, faults=faults, quote=quote,
        shown=shown, not_for_sale=await _not_for_sale(front, quote),
        markets=[(one.code, market_name(one, "en")) for one in markets.launched()],
        languages=asked.market.switch(), status=400 if faults or asked.faults else 200,
    )  # fmt: skip


async def _quote(front: Front, asked: Asked) -> tuple[Quote | NotForSale | None, list[str]]:
    """The quote, and what is wrong with the basket; neither where there is no basket."""
    written, faults = basket_text.read(asked.basket)
    if faults or asked.faults or not written:
        return None, faults
    async with front.desk.database.read() as reader:
        owners = await find.variants_of_skus(reader, basket_text.numbers_asked(written))
    lines, faults = basket_text.lines_of(written, owners)
    unknown = await _unknown(front, lines)
    if faults or unknown:
        return None, [*faults, *unknown]
    at = asked.at
    try:
        made = await preview(
            front.desk,
            lines,
            Destination(country=asked.market.code, region=asked.region),
            at=at,
            language=asked.language,
            wallet=asked.wallet(at or front.now),
        )
    except Refused as wrong:
        return None, [f"{wrong.message} {wrong.remedy or ''}".strip()]
    return made, []


async def _unknown(front: Front, lines: Sequence[BasketLine]) -> list[str]:
    shelf = await front.desk.shelf.items([line.variant_id for line in lines])
    return [f"No good has the id {line.variant_id}." for line in lines if line.variant_id not in shelf]


async def _search(front: Front, asked: Asked, sent: dict[str, str]) -> list[Found]:
    """The first goods that the shop's own search finds, each with the cheapest variant that can be had."""
    meanings = front.vocabulary().read(asked.words)
    if not meanings:
        return []
    listing = await front.showcase.listing(asked.market, Filter(meanings=meanings), "best", 1, _FOUND)
    found = []
    for card in listing.cards:
        variant, amount = card.offer.variant, card.offer.price
        name = f"{card.product.brand} {card.product.named('en')[0]}".strip()
        told = price(amount.minor, amount.currency) if amount else "no price here"
        basket = f"{asked.basket.rstrip()}\n{variant.variant_id}".strip()
        adding = urlencode({**sent, "basket": basket, "coupon": [one.code for one in asked.coupons if one.held]}, True)
        found.append(
            Found(name=name, variant=str(variant.variant_id), sku=variant.sku, price=told, adding=f"?{adding}#bill")
        )
    return found


def _shown(front: Front, asked: Asked, quote: Quote) -> dict[str, Any]:
    plans = front.desk.charts.campaigns.plans
    zone = asked.market.calendar.time_zone
    return {
        "bill": front.shopfront.quote(quote),
        "lines": [_line(quote, number, plans) for number in range(len(quote.lines))],
        "total": price(quote.total_minor, quote.currency),
        "seller": price(-_borne(quote, seller=True), quote.currency),
        "platform": price(-_borne(quote, seller=False), quote.currency),
        # A coupon of the preview is nobody's: there is no counter of it.
        "taken": [take for take in quote.offer_takes if not take.key.startswith(held_key(""))],
        "at": (asked.at or front.now, zone),
    }


def _borne(quote: Quote, *, seller: bool) -> int:
    """What sellers, or the platform, bear of the discounts."""
    return sum(cut.seller_minor if seller else cut.platform_minor for line in quote.lines for cut in line.taken)


def _line(quote: Quote, number: int, plans: Sequence[Plan]) -> Line:
    line = quote.lines[number]
    names = {one.code: one.names.get("en", one.code) for plan in plans for one in plan.promotions}
    layers = {str(layer): told for layer, told in LAYERS.items()}
    cuts = tuple(
        Cut(
            name=names.get(cut.promotion, cut.promotion),
            layer=layers.get(cut.layer, cut.layer),
            off=price(-cut.off_minor, quote.currency),
            seller=price(-cut.seller_minor, quote.currency) if cut.seller_minor else Markup(""),
            platform=price(-cut.platform_minor, quote.currency) if cut.platform_minor else Markup(""),
        )
        for cut in line.taken
    )
    after = line.list_minor - sum(cut.off_minor for cut in line.taken)
    return Line(
        name=line.name, sku=line.sku, quantity=line.quantity, before=price(line.list_minor, quote.currency),
        cuts=cuts, after=price(after, quote.currency),
    )  # fmt: skip


async def _not_for_sale(front: Front, made: Quote | NotForSale | None) -> list[str]:
    """The goods that cannot be bought there, and why."""
    if not isinstance(made, NotForSale):
        return []
    shelf = await front.desk.shelf.items(made.variants)
    names = [
        f"{shelf[one].product.brand} {shelf[one].product.named('en')[0]}" if one in shelf else str(one)
        for one in made.variants
    ]
    return [*names, *made.reasons]


PREVIEW = [preview_page]
