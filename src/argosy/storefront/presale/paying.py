"""Handlers of a deposit and of its balance: one page on which all is seen, then ordered and paid with one press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.markets.address_forms import region_of
from argosy.markets.model import Address
from argosy.orders import look
from argosy.orders.commands import LimitReached, OfferGone, Placed, QuoteExpired, SlotFull, SoldOut, WayGone
from argosy.orders.coupons.bringing import brought
from argosy.orders.deposits.quote_balance import quote_balance
from argosy.orders.deposits.quote_deposit import quote_deposit
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.place import place
from argosy.orders.quoting.offers import NOBODY
from argosy.orders.tokens import read_token
from argosy.storefront.address_fields import Typed, address_fields, field_names, read_address, typed, values_of
from argosy.storefront.bill.bills import quote_bill
from argosy.storefront.buying.basket import number_of, variant_of
from argosy.storefront.buying.paying import Choice, chosen, means_of, offers, order_url, try_to_pay
from argosy.storefront.festival.wording import savings
from argosy.storefront.page import redirect, render
from argosy.storefront.presale.terms import plans_of, presale_name
from argosy.storefront.refusals import told as told_refusal
from argosy.storefront.visit import Visit, posted, visit_of

Made = tuple[Quote, str] | NotForSale


class Draft(msgspec.Struct, kw_only=True):
    """The page as it is being filled in."""

    made: Quote
    token: str
    form: Typed
    choice: Choice = Choice()
    notices: list[str] = []


@get("/{market:str}/{language:str}/deposit", include_in_schema=False)
async def deposit_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The deposit for pieces of a good."""
    visit = visit_of(request)
    asked = request.query_params
    wished = BasketLine(variant_of(asked), number_of(asked, "quantity", 1))  # type: ignore[arg-type]
    return await _opened(
        visit,
        await quote_deposit(
            visit.front.desk,
            wished,
            Destination(country=visit.market.code, region=visit.region),
            shopper_id=visit.shopper(),
            language=visit.language,
        ),
    )


@get("/{market:str}/{language:str}/deposits/{deposit_id:uuid}/balance", include_in_schema=False)
async def balance_page(request: Request[Any, Any, Any], deposit_id: FromPath[UUID]) -> Response[bytes]:
    """The balance of a deposit, for its shopper or whoever has the link of its order."""
    visit = visit_of(request)
    key = request.query_params.get("key", "")
    linked = bool(key) and visit.front.opens(key[:200], deposit_id)
    shopper = visit.shopper()
    wallet = NOBODY if linked else await brought(visit.front.desk, shopper, visit.market, account_id=visit.account_id)
    made = await quote_balance(
        visit.front.desk,
        deposit_id,
        Destination(country=visit.market.code, region=visit.region),
        shopper_id=None if linked else shopper,
        language=visit.language,
        wallet=wallet,
    )
    return await _opened(visit, made, deposit_id)


async def _opened(visit: Visit, made: Made, deposit_id: UUID | None = None) -> Response[bytes]:
    if isinstance(made, NotForSale):
        raise Refused("not_for_sale", "It is not for sale there.", status=409)
    quote, token = made
    values = await _known_address(visit, deposit_id)
    return await _page(visit, Draft(made=quote, token=token, form=Typed(values=values)))


async def _known_address(visit: Visit, deposit_id: UUID | None) -> dict[str, str]:
    """The address of the deposit, else that of the reader's last order to this country."""
    desk = visit.front.desk
    ids = [deposit_id] if deposit_id else []
    if not ids and visit.shopper_id is not None:
        ids = [one.order_id for one in await look.orders(desk, visit.shopper_id, 1)]
    for order_id in ids:
        contact = (await look.order(desk, order_id, None)).order.contact
        if contact.get("country") == visit.market.address_country:
            return values_of(msgspec.convert(contact, Address))
    return {}


async def _page(visit: Visit, draft: Draft, status: int = 200) -> Response[bytes]:
    made = draft.made
    told = made.deposit or made.balance
    shelf = await visit.front.desk.shelf.items([line.variant_id for line in made.lines])
    return render(
        visit, "presale/pay.html", kept=False, status=status, draft=draft, quote=made, shelf=shelf,
        bill=quote_bill(visit.edition, made),
        saved=savings(visit.edition, plans_of(visit), made.notes, made.currency),
        name=presale_name(visit, told.promotion) if told else "",
        promise=made.promise,
        fields=address_fields(visit, draft.form), **offers(visit.front),
    )  # fmt: skip


@post("/{market:str}/{language:str}/deposit", status_code=303, include_in_schema=False)
async def deposit_or_balance(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Order what the page showed at the sum it showed, and pay it; or the page again, with what is in the way."""
    visit = visit_of(request)
    form = await posted(request, visit)
    token = str(form.get("quote", ""))
    made = read_token(token, visit.front.desk.signer)
    if made.market != visit.market.code or not (made.deposit or made.balance):
        raise Refused("bad_quote", "This is no deposit of this market.", field="quote", remedy="Open the page again.")
    draft = Draft(made=made, token=token, form=Typed(values=typed(form, field_names(visit))), choice=chosen(form))
    area = draft.form.values.get("country_area", "")
    if made.balance and visit.market.region and region_of(visit.market, area) == area != made.destination.region:
        visit.deliver_to(area)
        key = visit.front.order_key(made.balance.deposit_id)
        return redirect(visit, visit.edition.url("deposits", str(made.balance.deposit_id), "balance", key=key))
    address, means = read_address(visit, draft.form), means_of(visit, form, draft.form)
    if address is None or means is None:
        return await _page(visit, draft, status=422)
    return await _ordered(visit, draft, address, means)


async def _ordered(visit: Visit, draft: Draft, address: Address, means: Any) -> Response[bytes]:
    made = draft.made
    if made.deposit is not None:
        # A deposit is not taxed: its state or province does not matter before the balance.
        made = msgspec.structs.replace(
            made, destination=msgspec.structs.replace(made.destination, region=address.country_area)
        )
    try:
        placed = await place(visit.front.desk, made, address)
    except Refused as wrong:
        draft.notices.append(told_refusal(visit.edition, wrong))
        return await _page(visit, draft, status=wrong.status)
    if not isinstance(placed, Placed):
        draft.notices.append(_why(visit, placed))
        return await _page(visit, draft, status=409)
    if placed.state != "placed":
        return redirect(visit, order_url(visit, made.quote_id))
    first = None if placed.again else Money(made.total_minor, made.currency)
    return await try_to_pay(visit, made.quote_id, means, first=first)


def _why(visit: Visit, lack: SoldOut | LimitReached | OfferGone | SlotFull | QuoteExpired | WayGone) -> str:
    """Why nothing was ordered."""
    match lack:
        case QuoteExpired():
            return visit.gettext(
                "The time of this price was over. Nothing was taken. Open the page again for a new one."
            )
        case LimitReached():
            return visit.gettext("So many cannot be had at this price any more. Nothing was taken.")
        case SoldOut():
            return visit.gettext("Too few are left. Nothing was taken.")
        case OfferGone():
            return visit.gettext(
                "This was ordered already, or a discount ran out. Nothing was taken. Open the page again."
            )
        case WayGone() | SlotFull():
            return visit.gettext("The delivery date has changed. Nothing was taken. Open the page again for a new one.")
