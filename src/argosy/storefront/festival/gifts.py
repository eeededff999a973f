"""Gifts beside a basket: what comes along for nothing, what is left out and why; and the handler that declines one."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, post
from markupsafe import Markup

from argosy.catalogue.model import Product, Variant
from argosy.orders.model import Quote
from argosy.storefront.festival.wording import promotion_name
from argosy.storefront.listings import CODE
from argosy.storefront.page import redirect
from argosy.storefront.texts import noted
from argosy.storefront.visit import Visit, posted, visit_of


class Gift(msgspec.Struct, frozen=True):
    """A gift, given or left out."""

    promotion: str
    name: Markup
    """The promotion's."""
    quantity: int = 0
    product: Product | None = None
    """None where it is left out."""
    variant: Variant | None = None
    goods: str = ""
    goods_language: str = ""
    told: str = ""
    """Why it is left out."""
    declined: bool = False


_LEFT_OUT = {
    "declined": noted("You do without this gift."),
    "gone": noted("This gift has run out."),
    "banned": noted("This gift may not be sent to %(country)s."),
    "customs": noted("With this gift you would pay more duty or tax, so we left it out."),
    "unknown_duty": noted("The duty on this gift is not known, so we left it out: nothing is to be due at the door."),
    "no_price": noted("This gift is not for %(country)s."),
}


def gifts_of(visit: Visit, quote: Quote) -> list[Gift]:
    """The gifts of a quote, then those that are left out."""
    edition, plans = visit.edition, visit.front.desk.charts.campaigns.plans
    found = []
    for line in quote.lines:
        item = visit.front.desk.shelf.item(line.variant_id) if line.gift else None
        if line.gift and item:
            name = promotion_name(edition, plans, line.gift.promotion)
            found.append(
                Gift(
                    line.gift.promotion, name, line.quantity, item.product, item.variant, line.name, line.name_language
                )
            )
    for note in quote.notes:
        if note.code == "gift_left_out":
            code, why = str(note.params["promotion"]), str(note.params["why"])
            told = edition.gettext(_LEFT_OUT[why], country=edition.market_name)
            found.append(Gift(code, promotion_name(edition, plans, code), told=told, declined=why == "declined"))
    return found


@post("/{market:str}/{language:str}/basket/gift", status_code=303, include_in_schema=False)
async def change_gift(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Do without a promotion's gift, or take it after all; then show the basket."""
    visit = visit_of(request)
    form = await posted(request, visit)
    code = str(form.get("promotion", ""))
    if CODE.match(code):
        visit.want_gift(code, str(form.get("do", "")) == "take")
    return redirect(visit, visit.edition.url("basket"))
