"""Handlers of the checkout: one page on which everything is seen, then ordered and paid with one press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from markupsafe import Markup

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.markets.address_forms import region_of
from argosy.markets.model import Address
from argosy.orders import baskets, look
from argosy.orders.commands import LimitReached, OfferGone, Placed, QuoteExpired, SlotFull, SoldOut, WayGone
from argosy.orders.model import Quote
from argosy.orders.place import place
from argosy.orders.sourcing.rerouting import dated
from argosy.orders.tokens import read_token, write_token
from argosy.shoppers import addresses
from argosy.shoppers.model import KeptAddress
from argosy.storefront.address_fields import Typed, address_fields, field_names, read_address, typed, values_of
from argosy.storefront.buying.basket import change_line, count_anew
from argosy.storefront.buying.basket_lines import Contents, contents
from argosy.storefront.buying.paying import Choice, chosen, means_of, offers, order_url, try_to_pay
from argosy.storefront.buying.till import till
from argosy.storefront.festival.wording import gone
from argosy.storefront.groceries.counter import slot_lost
from argosy.storefront.groceries.slots import picker
from argosy.storefront.page import redirect, render
from argosy.storefront.refusals import told as told_refusal
from argosy.storefront.visit import MALL, STORE, Visit, posted, visit_of


class Draft(msgspec.Struct, kw_only=True):
    """The checkout as it is being filled in."""

    form: Typed
    choice: Choice = Choice()
    keep_address: bool = True
    notices: list[str] = []
    made: Quote | None = None
    """The quote that the page carried."""
    token: str = ""


@get([f"{MALL}/checkout", f"{STORE}/checkout"], include_in_schema=False)
async def checkout_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The whole order on one page, with the last known address filled in."""
    visit = visit_of(request)
    known = await _kept(visit)
    values = await _prefilled(visit, known, request.query_params.get("address", ""))
    visit.deliver_to(values.get("country_area", ""))
    return await _page(visit, Draft(form=Typed(values=values)), known)


async def _page(
    visit: Visit, draft: Draft, known: list[KeptAddress] | None = None, status: int = 200
) -> Response[bytes]:
    found = _dated(visit, _standing(visit, await contents(visit), draft), draft.form.values.get("city", ""))
    if found.quote is None or (found.counter and found.counter.missing_minor):
        return redirect(visit, visit.shop_url("basket"))
    return render(
        visit, "buying/checkout.html", kept=False, status=status, basket=found, draft=draft,
        fields=address_fields(visit, draft.form), known=await _kept(visit) if known is None else known,
        picker=await picker(visit), **till(visit, found), **offers(visit.front),
    )  # fmt: skip


def _standing(visit: Visit, found: Contents, draft: Draft) -> Contents:
    """The basket with the quote that the page had, if that still stands for the same goods: its time goes on."""
    made = draft.made
    if made is None or found.quote is None or made.expires_at <= visit.front.now:
        return found
    if _wanted(made) != _wanted(found.quote) or made.slot != found.quote.slot:
        return found
    return msgspec.structs.replace(found, quote=made, token=draft.token)


def _dated(visit: Visit, found: Contents, city: str) -> Contents:
    """The basket with the date of the typed city, which is what its order will promise."""
    if found.quote is None or not city:
        return found
    made = _to_city(visit, found.quote, city)
    if made.promise == found.quote.promise:
        return found
    return msgspec.structs.replace(found, quote=made, token=write_token(made, visit.front.desk.signer))


def _to_city(visit: Visit, made: Quote, city: str) -> Quote:
    """The quote with the dates of a city; a slot is the same all over its city."""
    if made.store:
        return made
    desk = visit.front.desk
    return dated(desk, made, msgspec.structs.replace(made.destination, city=city), desk.clock.now())


def _later(visit: Visit, made: Quote, there: Quote) -> str:
    """That the goods take longer to the address than the page said; empty: they do not."""
    if made.promise is None or (there.promise is not None and there.promise.day <= made.promise.day):
        return ""
    _ = visit.gettext
    if there.promise is None:
        return _("To this address no delivery date can be promised. Nothing was taken.")
    return _("To this address it takes until %(day)s. Nothing was taken.", day=visit.edition.day(there.promise.day))


async def _kept(visit: Visit) -> list[KeptAddress]:
    if visit.account_id is None:
        return []
    async with visit.front.desk.database.read() as reader:
        found = await addresses.addresses(reader, visit.front.cell, visit.account_id)
    return [one for one in found if one.address.country == visit.market.address_country]


async def _prefilled(visit: Visit, known: list[KeptAddress], wished: str) -> dict[str, str]:
    """The kept address that was chosen, else the first, else the one of the last order to this country."""
    for one in known:
        if str(one.address_id) == wished:
            return values_of(one.address)
    if known:
        return values_of(known[0].address)
    if visit.shopper_id is not None:
        desk = visit.front.desk
        for listed in await look.orders(desk, visit.shopper_id, 1):
            contact = (await look.order(desk, listed.order_id, visit.shopper_id)).order.contact
            if contact.get("country") == visit.market.address_country:
                return values_of(msgspec.convert(contact, Address))
    return {}


@post([f"{MALL}/checkout", f"{STORE}/checkout"], status_code=303, include_in_schema=False)
async def order_and_pay(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Order what the page showed at the price it showed, and pay it; or the page again, with what is in the way."""
    visit = visit_of(request)
    form = await posted(request, visit)
    draft = _draft(form, visit)
    wished = str(form.get("slot", ""))[:48]
    if visit.store and wished and wished != visit.slot:
        visit.choose_slot(wished)
    if "step" in form:
        return await _changed(visit, form, draft)
    draft.made = _carried(visit, draft)
    if draft.made is not None and visit.store:
        await _follow_slot(visit, draft, draft.made)
    if draft.made is None:
        draft.notices.append(told_refusal(visit.edition, Refused("bad_quote", "")))
        return await _page(visit, draft, status=409)
    if _sent_elsewhere(visit, draft, draft.made):
        draft.notices.append(await _new_tax(visit, draft.made))
        draft.made = None
        return await _page(visit, draft, status=409)
    address, means = read_address(visit, draft.form), means_of(visit, form, draft.form)
    if address is None or means is None:
        return await _page(visit, draft, status=422)
    there = _to_city(visit, draft.made, address.city)
    if told := _later(visit, draft.made, there):
        draft.notices.append(told)
        draft.made, draft.token = there, write_token(there, visit.front.desk.signer)
        return await _page(visit, draft, status=409)
    return await _ordered(visit, draft, draft.made, address, means)


def _draft(form: FormMultiDict, visit: Visit) -> Draft:
    return Draft(
        form=Typed(values=typed(form, field_names(visit))),
        choice=chosen(form),
        keep_address="keep_address" in form,
        token=str(form.get("quote", "")),
    )


async def _changed(visit: Visit, form: FormMultiDict, draft: Draft) -> Response[bytes]:
    """The page with another quantity of one line; nothing that was typed is lost."""
    variant, _, quantity = str(form.get("step", "")).partition(":")
    try:
        if variant != "slot":
            await change_line(visit, FormMultiDict([("variant", variant), ("quantity", quantity)]))
    except Refused as wrong:
        draft.notices.append(told_refusal(visit.edition, wrong))
    await count_anew(visit)
    visit.deliver_to(draft.form.values.get("country_area", ""))
    return await _page(visit, draft)


async def _follow_slot(visit: Visit, draft: Draft, made: Quote) -> None:
    """Another slot was chosen beside the price: it is the same price, so the order goes on with it."""
    if made.slot is not None and made.slot.name == visit.slot:
        return
    found = await contents(visit)
    new = found.quote
    if (
        new is not None
        and new.slot is not None
        and (new.total_minor, _wanted(new)) == (made.total_minor, _wanted(made))
    ):
        draft.made, draft.token = new, found.token


def _wanted(made: Quote) -> list[tuple[UUID, int]]:
    return [(line.variant_id, line.quantity) for line in made.lines]


def _carried(visit: Visit, draft: Draft) -> Quote | None:
    """The quote that the page carried, if it was made for this reader, market and store."""
    try:
        made = read_token(draft.token, visit.front.desk.signer)
    except Refused:
        return None
    here = (visit.shopper_id, visit.market.code, visit.store.code if visit.store else "")
    return made if (made.shopper_id, made.market, made.store) == here else None


def _sent_elsewhere(visit: Visit, draft: Draft, made: Quote) -> bool:
    """Whether the typed address lies in another state or province than the price is for; prices are then made for it."""
    area = draft.form.values.get("country_area", "")
    if not visit.market.region or region_of(visit.market, area) != area or area == made.destination.region:
        return False
    visit.deliver_to(area)
    return True


async def _new_tax(visit: Visit, old: Quote) -> str:
    """What the total is in the state or province that the address names."""
    new = (await contents(visit)).quote
    _, price, place = visit.gettext, visit.edition.price, visit.place
    if new is None or new.total_minor == old.total_minor:
        return _("This is the price to %(place)s now; the total is the same. Nothing was taken.", place=place)
    change = new.total_minor - old.total_minor
    told = {"place": place, "total": price(new.total_minor), "change": price(abs(change))}
    if change > 0:
        return _("To %(place)s tax is another: the new total is %(total)s, %(change)s more. Nothing was taken.", **told)
    return _("To %(place)s tax is another: the new total is %(total)s, %(change)s less. Nothing was taken.", **told)


async def _ordered(visit: Visit, draft: Draft, made: Quote, address: Address, means: Any) -> Response[bytes]:
    try:
        placed = await place(visit.front.desk, made, address)
    except Refused as wrong:
        draft.notices.append(told_refusal(visit.edition, wrong))
        return await _page(visit, draft, status=wrong.status)
    if isinstance(placed, Placed):
        await _keep_address(visit, draft, address)
        if placed.state != "placed":
            return redirect(visit, order_url(visit, made.quote_id))
        first = None if placed.again else Money(made.total_minor, made.currency)
        return await try_to_pay(visit, made.quote_id, means, first=first)
    draft.made = None
    if isinstance(placed, QuoteExpired):
        draft.notices.append(await _new_price(visit, made))
    elif isinstance(placed, WayGone):
        draft.notices.append(_other_way(visit, placed))
    elif isinstance(placed, OfferGone):
        plans, new = visit.front.desk.charts.campaigns.plans, (await contents(visit)).quote
        draft.notices.extend(gone(visit.edition, plans, made, placed.lacks, placed.promotions, new))
    elif isinstance(placed, SlotFull):
        visit.choose_slot("")
        draft.notices.append(slot_lost(visit, placed.slot, placed.others))
    else:
        draft.notices.extend(await _made_room(visit, made, placed))
    return await _page(visit, draft, status=409)


def _other_way(visit: Visit, gone: WayGone) -> str:
    """That the goods now come another way; the page around it has the new total and date."""
    if gone.why == "departure_full":
        return visit.gettext(
            "The departure that your date relied on is full. Below are the date and the total by the next one. Nothing was taken."
        )
    return visit.gettext(
        "The warehouse that was to send it has just sold out, another one has it. "
        "Below are the new date and total. Nothing was taken."
    )


async def _new_price(visit: Visit, old: Quote) -> str:
    """What became of a price that no longer stands."""
    new = (await contents(visit)).quote
    _, price = visit.gettext, visit.edition.price
    if new is None or new.total_minor == old.total_minor:
        return _("The time of this price was over, and it is still the same. Nothing was taken.")
    change = new.total_minor - old.total_minor
    told = {"total": price(new.total_minor, new.currency), "change": price(abs(change), new.currency)}
    if change > 0:
        return _(
            "The time of this price was over. The new total is %(total)s, %(change)s more. Nothing was taken.", **told
        )
    return _("The time of this price was over. The new total is %(total)s, %(change)s less. Nothing was taken.", **told)


async def _made_room(visit: Visit, made: Quote, lack: SoldOut | LimitReached) -> list[str]:
    """Put aside what is gone, take fewer of what is short, and say so."""
    desk, shopper, told = visit.front.desk, visit.basket(), []
    lines = {line.variant_id: line for line in made.lines if line.gift is None}
    for one in lack.lacks:
        line = lines[one.variant_id]
        quantity, aside = (one.left, False) if one.left > 0 else (line.quantity, True)
        await baskets.change(desk, shopper, one.variant_id, quantity, later=aside)
        told.append(_lack_told(visit, line.name, one.left, line.total_minor, isinstance(lack, SoldOut)))
    await count_anew(visit)
    return told


def _lack_told(visit: Visit, name: str, left: int, minor: int, sold_out: bool) -> str:
    values = {"name": Markup("<b>%s</b>") % name}
    if left > 0 and sold_out:
        return visit.ngettext(
            "Of %(name)s one piece is left, so we changed the quantity. Nothing was taken from your card.",
            "Of %(name)s %(n)s pieces are left, so we changed the quantity. Nothing was taken from your card.",
            left,
            **values,
        )
    if left > 0:
        return visit.ngettext(
            "Of %(name)s you may have one, so we changed the quantity. Nothing was taken from your card.",
            "Of %(name)s you may have %(n)s, so we changed the quantity. Nothing was taken from your card.",
            left,
            **values,
        )
    values["off"] = visit.edition.price(minor)
    if sold_out:
        return visit.gettext(
            "%(name)s sold out while it was in your basket. We put it aside and took %(off)s off. "
            "Nothing was taken from your card.",
            **values,
        )
    return visit.gettext(
        "You have as many of %(name)s as one shopper may. We put it aside and took %(off)s off. "
        "Nothing was taken from your card.",
        **values,
    )


async def _keep_address(visit: Visit, draft: Draft, address: Address) -> None:
    if visit.account_id is None or not draft.keep_address:
        return
    front = visit.front
    try:
        async with front.desk.database.transaction() as tx:
            await addresses.keep(tx, front.cell, visit.account_id, front.desk.new_id(), address, front.now)
    except Refused:
        # A full address book must not stand in the way of an order.
        return
