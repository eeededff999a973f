"""Handlers of the operator and of payment providers: refunds, webhooks."""

from __future__ import annotations

import hmac
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from argosy.base.errors import NotFound, Refused
from argosy.orders import look
from argosy.orders.commands import Changed, RefundLine
from argosy.orders.pay import settle
from argosy.orders.refund import refund
from argosy.platform.buying import detail
from argosy.platform.document import OPERATOR_KEY, problems
from argosy.platform.front import Front, bearer, front_of
from argosy.platform.model import OrderDetail
from argosy.platform.requests import RefundRequest
from argosy.plumbing.ids import derived_id


def check_operator(request: Request[Any, Any, Any], front: Front) -> None:
    """Refuse whoever is not the operator."""
    if not front.operator_key or not hmac.compare_digest(bearer(request).encode(), front.operator_key.encode()):
        remedy = "Send the value of ARGOSY_OPERATOR_KEY as Authorization: Bearer <key>."
        raise Refused("operator_only", "This call is the operator's.", field="Authorization", remedy=remedy, status=401)


@get(
    "/v1/operator/orders/{order_id:uuid}",
    operation_id="getAnyOrder",
    tags=["Operator"],
    summary="See any order",
    security=[{OPERATOR_KEY: []}],
    responses=problems(400, 401, 404),
)
async def any_order(order_id: UUID, request: Request[Any, Any, Any]) -> OrderDetail:
    """An order with everything that happened to it."""
    front = front_of(request)
    check_operator(request, front)
    return detail(await look.order(front.desk, order_id, None))


@post(
    "/v1/operator/orders/{order_id:uuid}/refunds",
    operation_id="refundOrder",
    status_code=201,
    tags=["Operator"],
    summary="Refund an order",
    security=[{OPERATOR_KEY: []}],
    responses=problems(400, 401, 404, 409, 413, 422, 503),
)
async def refunds(order_id: UUID, data: RefundRequest, request: Request[Any, Any, Any]) -> OrderDetail:
    """The order after refunding some pieces, or all that is left.

    Goods and shipping go back as they were paid. What becomes of duty, tax and fees depends on the market, the scheme, the
    reason and whether the goods were sent; each refund says it line by line, with the source.
    """
    front = front_of(request)
    check_operator(request, front)
    lines = [RefundLine(line.line, line.quantity) for line in data.lines]
    key = request.headers.get("idempotency-key")
    done = await refund(
        front.desk,
        order_id,
        lines,
        restock=data.restock,
        who="operator",
        # The same request gives nothing back twice, even where its first answer was lost on the way.
        refund_id=derived_id("refund", str(order_id), key, msgspec.json.encode(data).decode()) if key else None,
        reason=data.reason,
        sent=data.sent,
    )
    if not isinstance(done, Changed):
        state = getattr(done, "state", None)
        if state is None:
            raise NotFound("unknown_order", "There is no such order.", field="order_id")
        raise Refused(
            "order_not_paid",
            f"The order is {state}.",
            field="order_id",
            remedy="Only paid orders are refunded.",
            status=409,
        )
    return detail(await look.order(front.desk, order_id, None))


@post(
    "/v1/webhooks/payments/{provider:str}",
    operation_id="takeProviderMessage",
    status_code=204,
    tags=["Providers"],
    summary="Take a provider's message",
    responses=problems(400, 401, 404, 413, 503),
)
async def provider_message(provider: str, request: Request[Any, Any, Any]) -> Response[None]:
    """Nothing; the order is brought to where the provider says its charge is, once however often it is told."""
    front = front_of(request)
    desk = front.desk
    if provider != desk.payments.name:
        raise NotFound("unknown_provider", "This shop does not use that provider.", field="provider")
    event = desk.payments.read_webhook(
        await request.body(), {name.lower(): value for name, value in request.headers.items()}
    )
    if event is not None:
        await settle(desk, event.order_id, event.charge)
    return Response(None, status_code=204)
