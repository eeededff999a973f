"""Handlers of accounts: open one, sign in and out, see it, another password."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from argosy.campaigns.wallet import hand_over as wallets
from argosy.markets.model import FieldError
from argosy.orders import baskets, look
from argosy.orders.deposits.hand_over import hand_over as hand_over_deposit
from argosy.orders.deposits.look import deposits
from argosy.shoppers import addresses, follows
from argosy.shoppers.change_password import change_password
from argosy.shoppers.look import account as look_at_account
from argosy.shoppers.look import note_place
from argosy.shoppers.model import Account, EmailTaken, Faulty, PasswordChanged, Registered, SignedIn, TooManyTries
from argosy.shoppers.register import register
from argosy.shoppers.sign_in import sign_in
from argosy.storefront.address_fields import Typed, typed
from argosy.storefront.buying.basket import count_anew
from argosy.storefront.page import redirect, render
from argosy.storefront.presale.kept import due_now
from argosy.storefront.visit import Visit, basket_in, posted, visit_of

_ONWARD = re.compile(r"^(?:basket|checkout|orders|account(?:/addresses)?|b/[a-z0-9-]{1,100}|p/[a-z0-9-]{1,200})$")


async def account_of(visit: Visit) -> Account | None:
    """The account that the reader is signed in to; None for a guest, and for one whose account is gone."""
    if visit.account_id is None:
        return None
    async with visit.front.desk.database.read() as reader:
        return await look_at_account(reader, visit.front.cell, visit.account_id)


def to_the_door(visit: Visit, onward: str = "account") -> Response[bytes]:
    """Send a guest to sign in, and back afterwards."""
    return redirect(visit, visit.edition.url("account", "sign-in", next=onward))


def _onward(visit: Visit, wished: str) -> str:
    """The page after signing in: one of ours, or the account."""
    step = wished if _ONWARD.match(wished) else "account"
    return visit.edition.url(*step.split("/"))


@get("/{market:str}/{language:str}/account", include_in_schema=False)
async def account_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What an account keeps, at a glance."""
    visit = visit_of(request)
    account = await account_of(visit)
    if account is None:
        return to_the_door(visit)
    front = visit.front
    async with front.desk.database.read() as reader:
        kept = await addresses.addresses(reader, front.cell, account.account_id)
        followed = await follows.followed(reader, front.cell, account.account_id)
    names = {brand.brand_slug: brand.name for brand in await front.showcase.brands()}
    orders = await look.orders(front.desk, account.account_id, 3)
    due = await due_now(visit)
    return render(
        visit, "account/overview.html", kept=False, account=account, addresses=kept, orders=orders, due=due,
        followed=[(one.brand_slug, names.get(one.brand_slug, one.brand_slug)) for one in followed[:24]],
    )  # fmt: skip


@get("/{market:str}/{language:str}/account/sign-in", include_in_schema=False)
async def sign_in_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The door."""
    visit = visit_of(request)
    return _door(visit, "sign_in", Typed(), request.query_params.get("next", ""))


@get("/{market:str}/{language:str}/account/register", include_in_schema=False)
async def register_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The form of a new account."""
    visit = visit_of(request)
    return _door(visit, "register", Typed(), request.query_params.get("next", ""))


def _door(visit: Visit, which: str, form: Typed, onward: str, told: str = "", status: int = 200) -> Response[bytes]:
    return render(
        visit, f"account/{which}.html", kept=False, status=status, form=form, onward=onward[:300], told=told
    )  # fmt: skip


@post("/{market:str}/{language:str}/account/sign-in", status_code=303, include_in_schema=False)
async def signed_in(request: Request[Any, Any, Any]) -> Response[bytes]:
    """In, with the basket, coupons, deposits and followed brands of the visit; or the door again with the reason."""
    visit = visit_of(request)
    form = await posted(request, visit)
    front, onward = visit.front, str(form.get("next", ""))
    answer = await sign_in(
        front.desk.database,
        front.cell,
        str(form.get("email", ""))[:400],
        str(form.get("password", ""))[:400],
        front.now,
    )
    if isinstance(answer, SignedIn):
        await _welcome(visit, answer.account)
        return redirect(visit, _onward(visit, onward))
    if isinstance(answer, TooManyTries):
        told = visit.gettext(
            "Too many tries failed. The next one is heard from %(time)s on.", time=visit.edition.instant(answer.until)
        )
    else:
        told = visit.gettext("E-mail address and password do not belong together. Check both, or open an account.")
    status = 429 if isinstance(answer, TooManyTries) else 422
    return _door(visit, "sign_in", Typed(values=typed(form, ("email",))), onward, told, status)


@post("/{market:str}/{language:str}/account/register", status_code=303, include_in_schema=False)
async def registered(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A new account, signed in; or the form again with what is wrong."""
    visit = visit_of(request)
    form = await posted(request, visit)
    front, onward = visit.front, str(form.get("next", ""))
    answer = await register(
        front.desk.database,
        front.cell,
        front.desk.new_id(),
        name=str(form.get("name", ""))[:400],
        email=str(form.get("email", ""))[:400],
        password=str(form.get("password", ""))[:400],
        market=visit.market.code,
        language=visit.language,
        now=front.now,
    )
    if isinstance(answer, Registered):
        await _welcome(visit, answer.account)
        return redirect(visit, _onward(visit, onward))
    again, told = Typed(values=typed(form, ("name", "email"))), ""
    if isinstance(answer, Faulty):
        again.blame(visit, answer.faults)
    else:
        assert isinstance(answer, EmailTaken)  # noqa: S101
        told = visit.gettext("There is an account with this e-mail address. Sign in instead.")
    return _door(visit, "register", again, onward, told, 422)


async def _welcome(visit: Visit, account: Account) -> None:
    """Take the reader for the account's shopper, with all she had as a guest."""
    front, guest = visit.front, visit.shopper_id
    async with front.desk.database.transaction() as tx:
        await note_place(tx, front.cell, account.account_id, visit.market.code, visit.language)
        if _is_guest(visit) and guest is not None:
            await follows.hand_over(tx, front.cell, guest, account.account_id)
    if _is_guest(visit) and guest is not None:
        for store in (None, *front.desk.charts.stores):
            owners = (basket_in(store, one) for one in (guest, account.account_id))
            await baskets.hand_over(front.desk, *owners)
        async with front.desk.database.transaction() as tx:
            plans = front.desk.charts.campaigns.plans
            await wallets.hand_over(tx, front.cell, guest, account.account_id, plans=plans, now=front.now)
        for one in await deposits(front.desk, guest):
            async with front.desk.database.transaction() as tx:
                await hand_over_deposit(tx, front.cell, one.row.deposit_id, guest, account.account_id)
    visit.remember(account.account_id, account.account_id)
    await count_anew(visit)


def _is_guest(visit: Visit) -> bool:
    """Whether what the visit has is a guest's, not another account's."""
    return visit.shopper_id is not None and visit.account_id is None


@post("/{market:str}/{language:str}/account/sign-out", status_code=303, include_in_schema=False)
async def signed_out(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Out; the basket stays with the account."""
    visit = visit_of(request)
    await posted(request, visit)
    visit.forget()
    return redirect(visit, visit.edition.url())


@get("/{market:str}/{language:str}/account/password", include_in_schema=False)
async def password_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The form of another password."""
    visit = visit_of(request)
    if await account_of(visit) is None:
        return to_the_door(visit)
    return render(visit, "account/password.html", kept=False, form=Typed(), told="", done=False)


@post("/{market:str}/{language:str}/account/password", status_code=303, include_in_schema=False)
async def password_changed(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Another password, or the form again with what is wrong."""
    visit = visit_of(request)
    sent = await posted(request, visit)
    account = await account_of(visit)
    if account is None:
        return to_the_door(visit)
    front, form, told = visit.front, Typed(), ""
    answer = await change_password(
        front.desk.database, front.cell, account, str(sent.get("old_password", ""))[:400],
        str(sent.get("password", ""))[:400], front.now,
    )  # fmt: skip
    if isinstance(answer, PasswordChanged):
        return render(visit, "account/password.html", kept=False, form=form, told="", done=True)
    if isinstance(answer, Faulty):
        form.blame(visit, answer.faults)
    elif isinstance(answer, TooManyTries):
        told = visit.gettext(
            "Too many tries failed. The next one is heard from %(time)s on.", time=visit.edition.instant(answer.until)
        )
    else:
        form.blame(visit, [FieldError(field="old_password", code="wrong", remedy="")])
    return render(visit, "account/password.html", kept=False, status=422, form=form, told=told, done=False)


def id_of(text: str) -> UUID | None:
    """An id in a form; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
