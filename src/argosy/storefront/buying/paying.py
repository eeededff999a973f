"""How a form's payment is read, tried, and what the reader sees next; and the simulated bank's own page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath

from argosy.base.errors import NotFound, Refused
from argosy.base.money import Money
from argosy.markets.model import FieldError
from argosy.orders import baskets, look
from argosy.orders.pay import Declined, NeedsAction, Paid, PayAnswer, pay, settle
from argosy.orders.pay_again import pay_again
from argosy.orders.ports import Means
from argosy.outside.cards import outcome_of
from argosy.outside.simulated import SimulatedPayments
from argosy.storefront.address_fields import Typed
from argosy.storefront.buying.basket import count_anew
from argosy.storefront.buying.offered_cards import FIRST, OFFERED
from argosy.storefront.front import Front, front_of
from argosy.storefront.page import redirect, render
from argosy.storefront.visit import Visit, posted, visit_anywhere

PAYING = "argosy_paying"
"""Cookie with the order whose payment is under way: its goods leave the basket when it is paid, and not before."""
_AN_HOUR = 3600


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a paying form shows as chosen."""

    card: str = FIRST
    typed: str = ""


def chosen(form: FormMultiDict) -> Choice:
    """What was chosen in a form; what does not look like a test card is not sent back to the page."""
    typed = str(form.get("card_number", ""))[:32].strip()
    return Choice(card=str(form.get("card", ""))[:32], typed=typed)


def means_of(visit: Visit, form: FormMultiDict, told: Typed) -> Means | None:
    """What is paid with; None if nothing usable was chosen, which the form is told."""
    if not visit.front.simulated:
        token = str(form.get("payment_token", ""))[:255]
        if token:
            return Means(token=token)
        told.blame(visit, [FieldError(field="card_number", code="required", remedy="")])
        return None
    choice = chosen(form)
    number = choice.typed or choice.card
    if outcome_of(number) is not None:
        return Means(card_number=number.replace(" ", "").replace("-", ""))
    code = "unknown" if number else "required"
    told.blame(visit, [FieldError(field="card_number", code=code, remedy="")])
    return None


def offers(front: Front) -> dict[str, Any]:
    """What a paying form needs besides its choice."""
    return {"cards": OFFERED if front.simulated else (), "simulated": front.simulated}


def order_url(visit: Visit, order_id: UUID, **asked: str) -> str:
    """The address of an order's page with the key that opens it."""
    return visit.edition.url("orders", str(order_id), key=visit.front.order_key(order_id), **asked)


async def try_to_pay(visit: Visit, order_id: UUID, means: Means, *, first: Money | None = None) -> Response[bytes]:
    """Charge an order and send the reader on: to her bank, or to the order, which tells how it went.

    `first` is the amount of an order that was placed just now; for any other, what was tried before is looked at.
    """
    visit.keep(PAYING, str(order_id), _AN_HOUR)
    back = visit.front.base_url + order_url(visit, order_id)
    try:
        desk = visit.front.desk
        answer = await (pay(desk, order_id, 0, first, means, back) if first else pay_again(desk, order_id, means, back))
    except Refused as wrong:
        # The order stands and its goods are held: she can try again from its page.
        return redirect(visit, order_url(visit, order_id, told=wrong.code))
    return await sent_on(visit, order_id, answer)


async def sent_on(visit: Visit, order_id: UUID, answer: PayAnswer) -> Response[bytes]:
    """Where a payment's answer leads."""
    if isinstance(answer, NeedsAction):
        return redirect(visit, answer.next_url)
    if isinstance(answer, Paid):
        await after_paying(visit, order_id)
    if isinstance(answer, Declined):
        visit.keep(PAYING, "", 0)
    return redirect(visit, order_url(visit, order_id))


async def after_paying(visit: Visit, order_id: UUID) -> None:
    """Take what was paid out of the reader's basket, if it was this visit that paid it."""
    visit.keep(PAYING, "", 0)
    view = await look.order(visit.front.desk, order_id, None)
    if visit.shopper_id is not None and visit.shopper_id == view.order.shopper_id:
        bought = [UUID(line["variant_id"]) for line in view.order.quote["lines"]]
        visit.enter(visit.front.desk.charts.stores.by_code.get(view.order.quote.get("store", "")))
        await baskets.take_out(visit.front.desk, visit.basket(), bought)
        await count_anew(visit)


def _bank(request: Request[Any, Any, Any]) -> SimulatedPayments:
    payments = front_of(request).payments
    if not isinstance(payments, SimulatedPayments):
        raise NotFound("unknown_payment_step", "This shop does not use the simulated provider.")
    return payments


@get("/pay/simulated/{token:str}", include_in_schema=False)
async def step_page(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """The simulated bank asks whether the shopper agrees."""
    visit = visit_anywhere(request)
    step = _bank(request).read_step(token[:2000])
    view = await look.order(visit.front.desk, step.order_id, None)
    if view.order.state != "placed":
        return redirect(visit, step.return_url)
    return render(visit, "buying/step.html", kept=False, step=step, token_=token)


@post("/pay/simulated/{token:str}", status_code=303, include_in_schema=False)
async def step_taken(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """The shopper agrees or does not, and goes back to where she came from."""
    visit = visit_anywhere(request)
    form = await posted(request, visit)
    bank = _bank(request)
    step = bank.read_step(token[:2000])
    charge = bank.complete_step(token[:2000], form.get("do") == "agree")
    # The bank gives a finished step a new reference; the order knows the attempt by its number.
    attempt = (await look.order(visit.front.desk, step.order_id, None)).order.charge_attempts
    answer = await settle(visit.front.desk, step.order_id, charge, attempt)
    if isinstance(answer, Paid):
        await after_paying(visit, step.order_id)
    return redirect(visit, step.return_url)
