"""Handlers of an account's addresses: see, add, change, choose, remove."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from argosy.base.errors import NotFound, Refused
from argosy.shoppers import addresses
from argosy.shoppers.model import Account, KeptAddress
from argosy.storefront.account.access import account_of, id_of, to_the_door
from argosy.storefront.address_fields import (
    Typed,
    address_fields,
    field_names,
    lines_of,
    read_address,
    typed,
    values_of,
)
from argosy.storefront.page import redirect, render
from argosy.storefront.refusals import told as told_refusal
from argosy.storefront.visit import Visit, posted, visit_of

_BOOK = "account/addresses"


@get("/{market:str}/{language:str}/account/addresses", include_in_schema=False)
async def book_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """All addresses, the default one first."""
    visit = visit_of(request)
    account = await account_of(visit)
    if account is None:
        return to_the_door(visit, _BOOK)
    told = request.query_params.get("told", "")
    return await _book(visit, account, told_refusal(visit.edition, Refused(told, "")) if told else "")


async def _book(visit: Visit, account: Account, told: str = "") -> Response[bytes]:
    kept = await _kept(visit, account)
    entries = [(one, lines_of(one.address, visit.language)) for one in kept]
    return render(visit, "account/addresses.html", kept=False, entries=entries, told=told)


async def _kept(visit: Visit, account: Account) -> list[KeptAddress]:
    async with visit.front.desk.database.read() as reader:
        return await addresses.addresses(reader, visit.front.cell, account.account_id)


@get("/{market:str}/{language:str}/account/addresses/{which:str}", include_in_schema=False)
async def address_page(request: Request[Any, Any, Any], which: FromPath[str]) -> Response[bytes]:
    """The form of one address, or of a new one (`new`) in the market's country."""
    visit = visit_of(request)
    account = await account_of(visit)
    if account is None:
        return to_the_door(visit, _BOOK)
    if which == "new":
        return _form(visit, which, Typed(values={"name": account.name, "email": account.email}))
    found = next((one for one in await _kept(visit, account) if str(one.address_id) == which), None)
    if found is None:
        raise NotFound("unknown_address", "There is no such address.")
    home = visit.front.desk.charts.markets.get(found.address.country)
    if home is not None and home.code != visit.market.code:
        # Its country's form, not this market's, is what it is written in.
        other = visit.front.edition_in(home, visit.language)
        return redirect(visit, other.url("account", "addresses", which))
    return _form(visit, which, Typed(values=values_of(found.address)))


def _form(visit: Visit, which: str, form: Typed, status: int = 200) -> Response[bytes]:
    return render(
        visit, "account/address.html", kept=False, status=status, which=which, form=form,
        fields=address_fields(visit, form),
    )  # fmt: skip


@post("/{market:str}/{language:str}/account/addresses/{which:str}", status_code=303, include_in_schema=False)
async def address_changed(request: Request[Any, Any, Any], which: FromPath[str]) -> Response[bytes]:
    """The address kept, chosen or removed, as the button says; then all of them."""
    visit = visit_of(request)
    sent = await posted(request, visit)
    account = await account_of(visit)
    if account is None:
        return to_the_door(visit, _BOOK)
    key = visit.front.desk.new_id() if which == "new" else id_of(which)
    if key is None:
        raise NotFound("unknown_address", "There is no such address.")
    wish = str(sent.get("do", "keep"))
    form = Typed(values=typed(sent, field_names(visit)))
    try:
        if not await _done(visit, account, key, wish, form):
            return _form(visit, which, form, 422)
    except Refused as wrong:
        return redirect(visit, visit.edition.url("account", "addresses", told=wrong.code))
    return redirect(visit, visit.edition.url("account", "addresses"))


async def _done(visit: Visit, account: Account, key: UUID, wish: str, form: Typed) -> bool:
    """Do what the button says; False if the form has faults."""
    front = visit.front
    address = read_address(visit, form) if wish == "keep" else None
    if wish == "keep" and address is None:
        return False
    async with front.desk.database.transaction() as tx:
        if wish == "remove":
            await addresses.drop(tx, front.cell, account.account_id, key)
        elif wish == "default":
            await addresses.choose_default(tx, front.cell, account.account_id, key)
        elif address is not None:
            await addresses.keep(tx, front.cell, account.account_id, key, address, front.now)
    return True
