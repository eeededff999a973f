"""Handlers of pre-sale deposits: a deposit's quote, its balance, what was paid, and the way out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get, post

from argosy.base.errors import NotFound, Refused
from argosy.campaigns.model import Wallet
from argosy.markets.model import Market
from argosy.markets.rules import choose_language
from argosy.orders.commands import Changed, NoOrder
from argosy.orders.coupons.bringing import brought
from argosy.orders.deposits import look
from argosy.orders.deposits.cancel_deposit import cancel_deposit
from argosy.orders.deposits.model import ShownDeposit
from argosy.orders.deposits.quote_balance import quote_balance
from argosy.orders.deposits.quote_deposit import quote_deposit
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.platform.buying import quote_answer
from argosy.platform.document import ORDER_KEY, SHOPPER_KEY, problems
from argosy.platform.front import Front, bearer, front_of, market_of, wished_region
from argosy.platform.requests import WishedDestination
from argosy.platform.shapes.deposits import (
    BalanceAnswer,
    BalanceRequest,
    DepositAnswer,
    DepositQuoteAnswer,
    DepositQuoteRequest,
)
from argosy.platform.wallets import shopper_of


@post(
    "/v1/deposits/quotes",
    operation_id="createDepositQuote",
    status_code=200,
    tags=["Buying"],
    summary="Ask for a pre-sale's deposit",
    security=[{}, {SHOPPER_KEY: []}],
    responses=problems(400, 401, 404, 409, 413, 422),
)
async def deposit_quotes(data: DepositQuoteRequest, request: Request[Any, Any, Any]) -> DepositQuoteAnswer:
    """The deposit for goods of a pre-sale, as a signed quote to order and pay like any other. It holds the goods.

    With a shopper_key it is hers; else the order_key opens its balance.
    """
    front = front_of(request)
    shopper_id = shopper_of(request, front) if "authorization" in request.headers else None
    market = market_of(front, data.destination.country, "destination.country")
    made = await quote_deposit(
        front.desk,
        BasketLine(data.line.variant_id, data.line.quantity),
        _destination(market, data.destination),
        shopper_id=shopper_id or front.desk.new_id(),
        language=choose_language(market, request.headers.get("accept-language"), data.language or None),
    )
    quote, token = _sold(made)
    told = quote.deposit
    assert told is not None  # noqa: S101
    return DepositQuoteAnswer(
        quote_id=quote.quote_id,
        quote=token,
        promotion=told.promotion,
        variant_id=told.variant_id,
        quantity=told.quantity,
        currency=quote.currency,
        total_minor=quote.total_minor,
        counts_minor=told.counts_minor,
        price_minor=told.price_minor,
        balance_from=told.balance_from,
        balance_until=told.balance_until,
        expires_at=quote.expires_at,
    )


@post(
    "/v1/deposits/{deposit_id:uuid}/balance",
    operation_id="createBalanceQuote",
    status_code=200,
    tags=["Buying"],
    summary="Ask for the balance of a deposit",
    security=[{SHOPPER_KEY: []}, {ORDER_KEY: []}],
    responses=problems(400, 404, 409, 413, 422),
)
async def balance_quotes(deposit_id: UUID, data: BalanceRequest, request: Request[Any, Any, Any]) -> BalanceAnswer:
    """What is still due, as a signed quote; needs the shopper_key or the order_key that the deposit was paid with.

    Order it before `balance_until`; it may be paid as long as that order holds its goods.
    """
    front = front_of(request)
    shopper_id = _opened(request, front, deposit_id)
    market = market_of(front, data.destination.country, "destination.country")
    made = await quote_balance(
        front.desk,
        deposit_id,
        _destination(market, data.destination),
        shopper_id=shopper_id,
        language=choose_language(market, request.headers.get("accept-language"), data.language or None),
        wallet=await brought(front.desk, shopper_id, market) if shopper_id else Wallet(shopper=""),
    )
    quote, token = _sold(made)
    told = quote.balance
    assert told is not None  # noqa: S101
    return BalanceAnswer(
        deposit_id=told.deposit_id,
        promotion=told.promotion,
        paid_minor=told.paid_minor,
        counts_minor=told.counts_minor,
        credit_minor=told.credit_minor,
        quote=quote_answer(quote, token, explained=data.explain),
    )


@get(
    "/v1/deposits",
    operation_id="listDeposits",
    tags=["Buying"],
    summary="See a shopper's deposits",
    security=[{SHOPPER_KEY: []}],
    responses=problems(401),
)
async def deposits(request: Request[Any, Any, Any]) -> list[DepositAnswer]:
    """Her deposits that were paid, the newest first; at most 100."""
    front = front_of(request)
    return [_answer(one) for one in await look.deposits(front.desk, shopper_of(request, front))]


@post(
    "/v1/deposits/{deposit_id:uuid}/cancel",
    operation_id="cancelDeposit",
    status_code=200,
    tags=["Buying"],
    summary="Cancel a deposit before its balance window",
    security=[{SHOPPER_KEY: []}, {ORDER_KEY: []}],
    responses=problems(400, 404, 409, 413, 422, 503),
)
async def cancel_one(deposit_id: UUID, request: Request[Any, Any, Any]) -> DepositAnswer:
    """The cancelled deposit; all that was paid for it goes back. From `balance_from` on it can only be used."""
    front = front_of(request)
    shopper_id = _opened(request, front, deposit_id)
    if shopper_id is not None and (await look.deposit(front.desk, deposit_id)).row.shopper_id != shopper_id:
        raise _unknown()
    done = await cancel_deposit(front.desk, deposit_id, "shopper")
    if isinstance(done, NoOrder):
        raise _unknown()
    if not isinstance(done, Changed):
        raise Refused(
            "deposit_not_open",
            f"The deposit is {done.state}.",
            field="deposit_id",
            remedy="It can be cancelled until its balance window opens; then pay its balance.",
            status=409,
        )
    return _answer(await look.deposit(front.desk, deposit_id))


DEPOSIT_WRITES = [deposit_quotes, balance_quotes, cancel_one]


def _opened(request: Request[Any, Any, Any], front: Front, deposit_id: UUID) -> UUID | None:
    """Whose key came; None for the order's own key. Others are answered as if there were no such deposit."""
    key = bearer(request)
    if front.opens(key, deposit_id):
        return None
    found = front.shopper(key)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> NotFound:
    remedy = "Send the shopper_key or order_key that it was paid with as Authorization: Bearer <key>."
    return NotFound(
        "unknown_deposit", "There is no such deposit, or the key does not open it.", field="deposit_id", remedy=remedy
    )


def _destination(market: Market, wished: WishedDestination) -> Destination:
    return Destination(
        country=market.code,
        region=wished_region(market, wished.region),
        postal_code=wished.postal_code,
        city=wished.city,
    )


def _sold(made: tuple[Quote, str] | NotForSale) -> tuple[Quote, str]:
    if isinstance(made, NotForSale):
        why = " ".join(("", *made.reasons))
        raise Refused(
            "not_for_sale", f"Not for sale in {made.market}.{why}", field="line", remedy="Choose another.", status=409
        )
    return made


def _answer(one: ShownDeposit) -> DepositAnswer:
    row = one.row
    return DepositAnswer(
        deposit_id=row.deposit_id,
        standing=str(one.standing),
        promotion=row.promotion,
        variant_id=row.variant_id,
        quantity=row.quantity,
        market=row.market,
        currency=row.currency,
        paid_minor=row.paid_minor,
        counts_minor=row.counts_minor,
        balance_from=row.balance_from,
        balance_until=row.balance_until,
        paid_at=row.paid_at,
        balance_order_id=row.balance_order_id,
    )
