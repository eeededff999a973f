"""Handlers of orders: the list, one order and all that happened to it, another try to pay, the way out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath

from argosy.base.errors import NotFound, Refused
from argosy.orders import baskets, look
from argosy.orders.commands import Changed, TooLate
from argosy.orders.deposits.look import deposit
from argosy.orders.deposits.model import Standing
from argosy.orders.follow_up import follow_up
from argosy.orders.forwarding.withdraw import withdraw
from argosy.orders.look import OrderView
from argosy.orders.pay import Declined, Ended, NeedsAction, Paid, PayAnswer
from argosy.storefront.address_fields import Typed, lines_of
from argosy.storefront.bill.bills import kept_quote, quote_bill
from argosy.storefront.bill.given_back import given_back
from argosy.storefront.buying.basket import count_anew
from argosy.storefront.buying.order_story import refusal, standing, story
from argosy.storefront.buying.paying import (
    PAYING,
    Choice,
    after_paying,
    chosen,
    means_of,
    offers,
    order_url,
    try_to_pay,
)
from argosy.storefront.buying.sendings import several
from argosy.storefront.festival.protection import protected_in
from argosy.storefront.groceries.counter import store_order
from argosy.storefront.page import redirect, render
from argosy.storefront.refusals import told as told_refusal
from argosy.storefront.tracking.page import parcel_cards
from argosy.storefront.visit import Visit, posted, visit_of

PAGE = 20
_MOST_PAGES = 50


@get("/{market:str}/{language:str}/orders", include_in_schema=False)
async def orders_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The reader's orders, the newest first."""
    visit = visit_of(request)
    asked = request.query_params.get("page", "1")
    page = min(int(asked), _MOST_PAGES) if asked.isdecimal() and 0 < len(asked) < 4 and int(asked) else 1
    found = []
    if visit.shopper_id is not None:
        found = await look.orders(visit.front.desk, visit.shopper_id, PAGE + 1, (page - 1) * PAGE)
    shown = found[:PAGE]
    variants = [UUID(line["variant_id"]) for order in shown for line in order.quote["lines"][:4]]
    shelf = await visit.front.desk.shelf.items(variants)
    return render(
        visit, "buying/orders.html", kept=False, orders=shown, shelf=_by_text(shelf), page=page,
        more=len(found) > PAGE, here="orders",
    )  # fmt: skip


def _by_text(shelf: dict[UUID, Any]) -> dict[str, Any]:
    return {str(key): item for key, item in shelf.items()}


@get("/{market:str}/{language:str}/orders/{order_id:uuid}", include_in_schema=False)
async def order_page(request: Request[Any, Any, Any], order_id: FromPath[UUID]) -> Response[bytes]:
    """One order, for its shopper or whoever has its link."""
    visit = visit_of(request)
    code = request.query_params.get("told", "")
    told = told_refusal(visit.edition, Refused(code, "")) if code else ""
    view = await _opened(visit, order_id, request.query_params.get("key", ""))
    answer = await follow_up(visit.front.desk, view)
    if isinstance(answer, Paid | Declined | Ended):
        view = await look.order(visit.front.desk, order_id, None)
        answer = None
    if request.cookies.get(PAYING) == str(order_id) and view.order.state in ("paid", "refunded"):
        await after_paying(visit, order_id)
    return await _page(visit, view, answer, Typed(), Choice(), [told] if told else [])


async def _opened(visit: Visit, order_id: UUID, key: str) -> OrderView:
    """An order, if the key opens it or it is the reader's own; else refused (`unknown_order`) as if there were none."""
    if key and visit.front.opens(key[:200], order_id):
        return await look.order(visit.front.desk, order_id, None)
    if visit.shopper_id is None:
        raise NotFound("unknown_order", "There is no such order.")
    return await look.order(visit.front.desk, order_id, visit.shopper_id)


async def _page(
    visit: Visit,
    view: OrderView,
    answer: PayAnswer | None,
    typed: Typed,
    choice: Choice,
    notices: list[str],
    status: int = 200,
) -> Response[bytes]:
    order = view.order
    made = kept_quote(order.quote)
    shelf = await visit.front.desk.shelf.items([UUID(line["variant_id"]) for line in order.quote["lines"]])
    return render(
        visit,
        "buying/order.html",
        kept=False,
        status=status,
        view=view,
        order=order,
        bill=quote_bill(visit.edition, made) if made else None,
        promise=made.promise if made else None,
        deposit=made.deposit if made else None,
        balance_due=await _balance_due(visit, order.order_id) if made and made.deposit else False,
        returned=[given_back(visit.edition, one.currency, one.lines) for one in view.refunds],
        sendings=several(visit, made),
        from_home=made is None or made.hub in ("", visit.front.desk.charts.hub),
        store_order=store_order(visit, made) if made and made.store else None,
        parcels=await parcel_cards(visit, order.order_id),
        protected=await protected_in(visit, view),
        stands=standing(view, answer),
        next_url=answer.next_url if isinstance(answer, NeedsAction) else "",
        refusal=refusal(visit, view),
        story=story(visit, view),
        shelf=_by_text(shelf),
        address=lines_of(order.contact, visit.language),
        key=visit.front.order_key(order.order_id),
        own=visit.shopper_id == order.shopper_id,
        typed=typed,
        choice=choice,
        notices=notices,
        **offers(visit.front),
    )


async def _balance_due(visit: Visit, order_id: UUID) -> bool:
    """Whether the balance of a deposit can be paid now; one that is not paid yet has none."""
    try:
        return (await deposit(visit.front.desk, order_id)).standing is Standing.DUE
    except NotFound:
        return False


async def _posted_order(request: Request[Any, Any, Any], order_id: UUID) -> tuple[Visit, FormMultiDict, OrderView]:
    visit = visit_of(request)
    form = await posted(request, visit)
    return visit, form, await _opened(visit, order_id, str(form.get("key", "")))


@post("/{market:str}/{language:str}/orders/{order_id:uuid}/pay", status_code=303, include_in_schema=False)
async def pay_again(request: Request[Any, Any, Any], order_id: FromPath[UUID]) -> Response[bytes]:
    """Another try to pay an order whose goods are still held."""
    visit, form, view = await _posted_order(request, order_id)
    if view.order.state != "placed":
        return redirect(visit, order_url(visit, order_id))
    typed = Typed()
    means = means_of(visit, form, typed)
    if means is None:
        return await _page(visit, view, None, typed, chosen(form), [], status=422)
    return await try_to_pay(visit, order_id, means)


@post("/{market:str}/{language:str}/orders/{order_id:uuid}/cancel", status_code=303, include_in_schema=False)
async def cancel_order(request: Request[Any, Any, Any], order_id: FromPath[UUID]) -> Response[bytes]:
    """The order ended: what was held is free, what was paid goes back."""
    visit, _, view = await _posted_order(request, order_id)
    ended = await withdraw(visit.front.desk, order_id)
    sent = isinstance(ended, TooLate) and ended.state == "sent"
    told = "" if isinstance(ended, Changed) else "order_sent" if sent else "order_not_open"
    return redirect(visit, order_url(visit, view.order.order_id, told=told))


@post("/{market:str}/{language:str}/orders/{order_id:uuid}/again", status_code=303, include_in_schema=False)
async def order_again(request: Request[Any, Any, Any], order_id: FromPath[UUID]) -> Response[bytes]:
    """The goods of an order put into the basket, as far as they are still sold."""
    visit, _, view = await _posted_order(request, order_id)
    visit.enter(visit.front.desk.charts.stores.by_code.get(view.order.quote.get("store", "")))
    told, shopper = "", visit.basket()
    there = {row.variant_id for row in await baskets.basket(visit.front.desk, shopper) if not row.kept_for_later}
    for line in view.order.quote["lines"]:
        variant = UUID(line["variant_id"])
        if variant in there or line.get("gift"):
            continue
        try:
            await baskets.add(visit.front.desk, shopper, variant, line["quantity"])
        except Refused as wrong:
            told = wrong.code
    await count_anew(visit)
    return redirect(visit, visit.shop_url("basket", told=told))
