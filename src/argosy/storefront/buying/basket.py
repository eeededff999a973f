"""Handlers of the basket: put in, change, put aside, take out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict

from argosy.base.errors import Refused
from argosy.orders import baskets
from argosy.orders.model import MAX_QUANTITY
from argosy.storefront.buying.basket_lines import contents, pieces
from argosy.storefront.buying.till import till
from argosy.storefront.groceries.counter import refuse_strange
from argosy.storefront.page import redirect, render
from argosy.storefront.refusals import told as told_refusal
from argosy.storefront.visit import MALL, STORE, Visit, posted, steps_of, visit_of


@get([f"{MALL}/basket", f"{STORE}/basket"], include_in_schema=False)
async def basket_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The basket at the prices and stock of this moment."""
    visit = visit_of(request)
    code = request.query_params.get("told", "")
    told = told_refusal(visit.edition, Refused(code, "")) if code else ""
    found = await contents(visit)
    count = sum(line.quantity for line in found.lines)
    if count != visit.basket_count:
        visit.count_basket(count)
    return render(visit, "buying/basket.html", kept=False, basket=found, told=told, **till(visit, found))


@post([f"{MALL}/basket/add", f"{STORE}/basket/add"], status_code=303, include_in_schema=False)
async def put_in(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Put pieces of a variant in, then show the basket."""
    visit = visit_of(request)
    form = await posted(request, visit)
    told = ""
    try:
        variant, quantity = variant_of(form), number_of(form, "quantity", 1)
        await refuse_strange(visit, variant)
        await baskets.add(visit.front.desk, visit.basket(), variant, quantity)
    except Refused as wrong:
        told = wrong.code
    if "stay" in form and not told:
        await count_anew(visit)
        return redirect(visit, visit.shop_url(*steps_of(str(form["stay"]))))
    return await _shown(visit, told)


@post([f"{MALL}/basket/change", f"{STORE}/basket/change"], status_code=303, include_in_schema=False)
async def change(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Change a line: its quantity, aside or back, or out; then show the basket."""
    visit = visit_of(request)
    form = await posted(request, visit)
    told = ""
    try:
        await change_line(visit, form)
    except Refused as wrong:
        told = wrong.code
    return await _shown(visit, told)


async def change_line(visit: Visit, form: FormMultiDict) -> None:
    """Do what a line's button says; without one, set the quantity."""
    variant = variant_of(form)
    quantity = number_of(form, "quantity", 1)
    wish = str(form.get("do", ""))
    desk, shopper = visit.front.desk, visit.basket()
    match wish:
        case "remove":
            await baskets.change(desk, shopper, variant, 0)
        case "aside" | "back":
            await baskets.change(desk, shopper, variant, max(quantity, 1), later=wish == "aside")
        case _:
            # A script has counted already when the number is not the one that the page came with.
            counted = "was" in form and number_of(form, "was", 0) != quantity
            step = 0 if counted else {"more": 1, "less": -1}.get(wish, 0)
            await baskets.change(desk, shopper, variant, min(max(quantity + step, 0), MAX_QUANTITY))


async def _shown(visit: Visit, told: str) -> Response[bytes]:
    await count_anew(visit)
    return redirect(visit, visit.shop_url("basket", told=told))


async def count_anew(visit: Visit) -> None:
    """Let every page show how many pieces the basket holds now."""
    rows = await baskets.basket(visit.front.desk, visit.basket_id) if visit.basket_id else []
    visit.count_basket(pieces(rows))


def variant_of(form: FormMultiDict) -> UUID:
    """The variant that a form names; refuses (`unknown_variant`) what is none."""
    return _uuid(str(form.get("variant", "")))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("unknown_variant", "There is no such variant.", field="variant", status=404) from None


def number_of(form: FormMultiDict, name: str, without: int) -> int:
    """A whole number of a form; refuses (`quantity_out_of_range`) what is none or has more than four digits."""
    text = str(form.get(name, "")).strip()
    if not text:
        return without
    if not text.isdecimal() or len(text) > 4:
        raise Refused("quantity_out_of_range", "This is no whole number.", field=name)
    return int(text)
