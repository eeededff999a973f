"""Handlers that buy: quotes, orders, payments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.campaigns.model import Wallet
from argosy.delivery.stores.model import Slot
from argosy.landed.explain import explain
from argosy.landed.model import Landed
from argosy.markets.addresses import check_address
from argosy.markets.model import Address, Market
from argosy.markets.rules import choose_language
from argosy.orders import look
from argosy.orders.cancel import cancel
from argosy.orders.commands import (
    NoOrder,
    Placed,
    TooLate,
)
from argosy.orders.coupons.bringing import brought
from argosy.orders.model import BasketLine, Destination, NotForSale, Promise, Quote, QuoteLine
from argosy.orders.pay import Declined, Ended, NeedsAction, Paid, PayAnswer, pay
from argosy.orders.pay_again import pay_again
from argosy.orders.place import place
from argosy.orders.ports import Means
from argosy.orders.quote import quote
from argosy.orders.quoting.offers import NOBODY
from argosy.orders.tokens import read_token
from argosy.platform.document import ORDER_KEY, SHOPPER_KEY, problems
from argosy.platform.explaining import landed_answer, promise_answer, sendings_answer
from argosy.platform.front import Front, check_order_key, front_of, market_of, wished_region
from argosy.platform.lacks import told_lack
from argosy.platform.model import (
    HistoryAnswer,
    OrderAnswer,
    OrderDetail,
    OrderLineAnswer,
    PaymentAnswer,
    Problem,
    QuoteAnswer,
    QuoteLineAnswer,
    RateAnswer,
    RefundAnswer,
    TakenAnswer,
)
from argosy.platform.problems import answer
from argosy.platform.requests import AddressRequest, OrderRequest, PaymentRequest, PayRequest, QuoteRequest
from argosy.platform.shapes.refunds import RefundedLineAnswer
from argosy.platform.shapes.stores import StoreParcelAnswer, slot_answer
from argosy.platform.stores import wished_store
from argosy.platform.wallets import shopper_of


@post(
    "/v1/quotes",
    operation_id="createQuote",
    status_code=200,
    tags=["Buying"],
    summary="Ask for the final price of a basket",
    security=[{}, {SHOPPER_KEY: []}],
    responses=problems(400, 401, 404, 409, 413, 422),
)
async def quotes(data: QuoteRequest, request: Request[Any, Any, Any]) -> QuoteAnswer:
    """The price of a basket to a destination, as a signed quote to order with.

    With a shopper_key it is hers: what lies in her wallet is used where it saves most, and `used` names it.
    """
    front = front_of(request)
    shopper_id = shopper_of(request, front) if "authorization" in request.headers else None
    return await quote_for(front, data, request.headers.get("accept-language"), shopper_id)


async def quote_for(
    front: Front, data: QuoteRequest, accept_language: str | None, shopper_id: UUID | None = None
) -> QuoteAnswer:
    """The quote that a request asks for, of a shopper or of nobody in particular; refuses what cannot be sold or delivered."""
    desk = front.desk
    market = market_of(front, data.destination.country, "destination.country")
    wished = data.destination
    made = await quote(
        desk,
        [BasketLine(line.variant_id, line.quantity) for line in data.lines],
        Destination(
            country=market.code,
            region=wished_region(market, wished.region),
            postal_code=wished.postal_code,
            city=wished.city,
        ),
        # Without her key nobody is known here: the quote itself is what its holder may order with.
        shopper_id=shopper_id or desk.new_id(),
        language=choose_language(market, accept_language, data.language or None),
        wallet=await _wallet(front, shopper_id, market, data),
        at=await wished_store(front, data) if data.store or data.slot else None,
    )
    if isinstance(made, NotForSale):
        lost = ", ".join(str(variant) for variant in made.variants)
        why = " ".join(("", *made.reasons))
        raise Refused(
            "not_for_sale",
            f"Not for sale in {made.market}: {lost}.{why}",
            field="lines",
            remedy="Take them out.",
            status=409,
        )
    if data.terms == "DDP" and made[0].terms != "DDP":
        raise _no_ddp(made[0])
    return quote_answer(*made, explained=data.explain)


async def _wallet(front: Front, shopper_id: UUID | None, market: Market, data: QuoteRequest) -> Wallet:
    declined = frozenset(data.decline_gifts)
    if shopper_id is not None:
        return await brought(front.desk, shopper_id, market, declined=declined)
    return Wallet(shopper="", declined=declined) if declined else NOBODY


def _no_ddp(made: Quote) -> Refused:
    why = next((told.text for told in explain(made.landed) if told.code.endswith((".unknown", ".unclassified"))), "")
    return Refused(
        "ddp_not_possible",
        f"It cannot be delivered to {made.market} duty paid. {why}".strip(),
        field="terms",
        remedy="Leave terms empty for delivery at place: customs then asks the receiver for duty and tax.",
        status=409,
    )


def quote_answer(made: Quote, token: str, explained: bool = False) -> QuoteAnswer:
    """A quote as the API tells it."""
    sent = sendings_answer(made, explained)
    whole = len(sent) == 1
    return QuoteAnswer(
        made.quote_id,
        token,
        made.currency,
        _line_answers(made.lines),
        made.goods_minor,
        made.discount_minor,
        made.saved_minor,
        made.shipping_minor,
        made.duty_minor,
        made.tax_minor,
        made.fees_minor,
        made.total_minor,
        made.terms,
        sent[0].landed if whole else landed_answer(made.landed, explained),
        sent[0].promise if whole else promise_answer(made.promise),
        made.expires_at,
        sent,
        made.used,
        made.store,
        slot_answer(made.slot) if made.slot else None,
        [
            StoreParcelAnswer(one.temperature, {str(number): count for number, count in one.lines})
            for one in made.packed
        ],
        [TakenAnswer(one.promotion, one.layer, one.off_minor, one.seller_minor) for one in made.carried],
    )


def _line_answers(lines: Sequence[QuoteLine]) -> list[QuoteLineAnswer]:
    # Lines of one seller's currency have one rate, the very object.
    rates = {id(rate): rate for line in lines if (rate := line.price.rate) is not None}
    told = {
        key: RateAnswer(rate.source_currency, rate.numerator, rate.denominator, rate.day.isoformat(), rate.source)
        for key, rate in rates.items()
    }
    return [_line_answer(line, told.get(id(line.price.rate))) for line in lines]


def _line_answer(line: QuoteLine, rate: RateAnswer | None) -> QuoteLineAnswer:
    price = line.price
    return QuoteLineAnswer(
        line.variant_id,
        line.sku,
        line.name,
        line.name_language,
        line.quantity,
        line.unit_minor,
        line.goods_minor,
        line.discount_minor,
        line.shipping_minor,
        line.duty_minor,
        line.tax_minor,
        line.fees_minor,
        line.total_minor,
        [TakenAnswer(one.promotion, one.layer, one.off_minor, one.seller_minor) for one in line.taken],
        price.seller_minor,
        price.seller_currency,
        rate,
        line.gift.promotion if line.gift else "",
    )


@post(
    "/v1/orders",
    operation_id="placeOrder",
    status_code=201,
    tags=["Buying"],
    summary="Order a quote, and pay it",
    responses={
        200: ResponseSpec(
            OrderAnswer, generate_examples=False, description="This quote was ordered before: the same order."
        ),
        **problems(400, 404, 409, 413, 422, 503),
    },
)
async def orders(data: OrderRequest, request: Request[Any, Any, Any]) -> Response[OrderAnswer] | Response[bytes]:
    """The order, its goods held, and how its payment went. The same quote sent again is the same order."""
    status, told = await order_for(front_of(request), data)
    return answer(told) if isinstance(told, Problem) else Response(told, status_code=status)


async def order_for(front: Front, data: OrderRequest) -> tuple[int, OrderAnswer | Problem]:
    """Status and answer of an order: 201 for a new one, 200 for one that stood already, 409 with the reason it was not placed."""
    made = read_token(data.quote, front.desk.signer)
    address = read_address(data.address)
    placed = await place(front.desk, made, address)
    if not isinstance(placed, Placed):
        lack = told_lack(placed)
        return lack.status, lack
    status = 200 if placed.again else 201
    if placed.state != "placed" or data.payment is None:
        return status, order_answer(front, made, placed.state, PaymentAnswer(_settled(placed.state)))
    first = None if placed.again else Money(made.total_minor, made.currency)
    paid = await _pay(front, made.quote_id, first, data.payment)
    state = "paid" if isinstance(paid, Paid) else paid.state if isinstance(paid, Ended) else "placed"
    return status, order_answer(front, made, state, payment_answer(paid))


def _settled(state: str) -> str:
    return "captured" if state in ("paid", "refunded") else "none"


async def _pay(front: Front, order_id: UUID, first: Money | None, payment: PaymentRequest) -> PayAnswer:
    """Pay an order that was placed just now with its amount, or any other after a look at what was tried before."""
    means = Means(card_number=payment.card_number.replace(" ", ""), token=payment.token)
    back = payment.return_url or f"{front.base_url}/v1/orders/{order_id}"
    if first is not None:
        return await pay(front.desk, order_id, 0, first, means, back)
    return await pay_again(front.desk, order_id, means, back)


def order_answer(front: Front, made: Quote, state: str, payment: PaymentAnswer) -> OrderAnswer:
    """An order as the API tells it right after placing."""
    return OrderAnswer(made.quote_id, front.order_key(made.quote_id), state, made.currency, made.total_minor, payment)


def payment_answer(paid: PayAnswer) -> PaymentAnswer:
    """How a payment went."""
    match paid:
        case Paid():
            return PaymentAnswer("captured")
        case Declined(reason=reason):
            return PaymentAnswer("declined", reason)
        case NeedsAction(next_url=next_url):
            return PaymentAnswer("needs_action", None, next_url)
        case Ended():
            return PaymentAnswer("given_back")
        case _:
            return PaymentAnswer("pending")


def read_address(data: AddressRequest) -> Address:
    """A checked address; refuses (`invalid_address`) the first field that is wrong, with its remedy."""
    fields = {name: getattr(data, name) for name in data.__struct_fields__ if name != "street"}
    fields.update(zip(("street", "street_2"), data.street, strict=False))
    checked = check_address(data.country, fields)
    if isinstance(checked, Address):
        return checked
    first = checked[0]
    remedy = first.remedy + (f" For example: {first.example}" if first.example else "")
    message = f"{first.field} is {first.code.replace('_', ' ')}."
    raise Refused("invalid_address", message, field=f"address.{first.field}", remedy=remedy)


@get(
    "/v1/orders/{order_id:uuid}",
    operation_id="getOrder",
    tags=["Buying"],
    summary="See an order",
    security=[{ORDER_KEY: []}],
    responses=problems(400, 404),
)
async def order(order_id: UUID, request: Request[Any, Any, Any]) -> OrderDetail:
    """An order with its lines, refunds and audit trail; needs its order_key as bearer."""
    front = front_of(request)
    check_order_key(request, front, order_id)
    return detail(await look.order(front.desk, order_id, None))


def detail(view: look.OrderView) -> OrderDetail:
    """An order as the API tells it."""
    row, names = view.order, view.order.quote["lines"]
    lines = [
        OrderLineAnswer(
            line.line,
            told["name"],
            told["variant_id"],
            line.quantity,
            line.refunded_quantity,
            line.total_minor,
            line.refunded_minor,
            (told.get("gift") or {}).get("promotion", ""),
        )
        for line, told in zip(view.lines, names, strict=True)
    ]
    return OrderDetail(
        order_id=row.order_id,
        state=row.state,
        market=row.market,
        currency=row.currency,
        goods_minor=row.goods_minor,
        shipping_minor=row.shipping_minor,
        duty_minor=row.duty_minor,
        tax_minor=row.tax_minor,
        fees_minor=row.fees_minor,
        total_minor=row.total_minor,
        refunded_minor=row.refunded_minor,
        paid_back_minor=row.paid_back_minor,
        terms=row.quote.get("terms", "DAP"),
        landed=landed_answer(msgspec.convert(kept, Landed), True) if (kept := row.quote.get("landed")) else None,
        promise=promise_answer(msgspec.convert(told, Promise))
        if isinstance(told := row.quote.get("promise"), dict)
        else None,
        parcels=sendings_answer(msgspec.convert(row.quote, Quote), True) if "landed" in row.quote else [],
        placed_at=row.placed_at,
        hold_until=row.hold_until,
        lines=lines,
        history=[HistoryAnswer(entry.at, entry.what, entry.who, entry.detail) for entry in view.history],
        refunds=[
            RefundAnswer(
                one.refund_id,
                one.state,
                one.amount_minor,
                one.currency,
                one.at,
                one.why,
                msgspec.convert(one.lines, list[RefundedLineAnswer]),
            )
            for one in view.refunds
        ],
        store=row.quote.get("store", ""),
        slot=slot_answer(msgspec.convert(taken, Slot)) if (taken := row.quote.get("slot")) else None,
    )


@post(
    "/v1/orders/{order_id:uuid}/payments",
    operation_id="payOrder",
    status_code=200,
    tags=["Buying"],
    summary="Try to pay again",
    security=[{ORDER_KEY: []}],
    responses=problems(400, 404, 409, 413, 422, 503),
)
async def payments(order_id: UUID, data: PayRequest, request: Request[Any, Any, Any]) -> PaymentAnswer:
    """How another try to pay a placed order went; needs its order_key as bearer."""
    front = front_of(request)
    check_order_key(request, front, order_id)
    view = await look.order(front.desk, order_id, None)
    if view.order.state != "placed":
        raise Refused("order_not_open", f"The order is {view.order.state}.", field="order_id", status=409)
    return payment_answer(await _pay(front, order_id, None, data.payment))


@post(
    "/v1/orders/{order_id:uuid}/cancel",
    operation_id="cancelOrder",
    status_code=200,
    tags=["Buying"],
    summary="Cancel an unpaid order",
    security=[{ORDER_KEY: []}],
    responses=problems(400, 404, 409, 413, 422, 503),
)
async def cancel_order(order_id: UUID, request: Request[Any, Any, Any]) -> OrderDetail:
    """The cancelled order; needs its order_key as bearer. A paid order is refunded by the shop instead."""
    front = front_of(request)
    check_order_key(request, front, order_id)
    done = await cancel(front.desk, order_id, "shopper")
    if isinstance(done, NoOrder | TooLate):
        state = done.state if isinstance(done, TooLate) else "unknown"
        raise Refused(
            "order_not_open",
            f"The order is {state}.",
            field="order_id",
            remedy="Ask the shop for a refund.",
            status=409,
        )
    return detail(await look.order(front.desk, order_id, None))
