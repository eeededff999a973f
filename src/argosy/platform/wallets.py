"""Handlers of shoppers and their wallets: a key, claims of coupons and red packets, what was claimed."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from argosy.base.errors import Refused
from argosy.campaigns.wallet.model import ClaimAnswer, Claimed, ClaimWish, InWallet, Over, OwnLimit, TooEarly, UsedUp
from argosy.campaigns.wallet.rules import promotion_of
from argosy.campaigns.wallet.wallet import contents
from argosy.orders.coupons.claiming import claims_of
from argosy.platform.document import SHOPPER_KEY, problems
from argosy.platform.front import Front, bearer, front_of, market_of
from argosy.platform.model import Problem
from argosy.platform.problems import answer, problem
from argosy.platform.shapes.wallets import ClaimRequest, HeldAnswer, ShopperAnswer


def shopper_of(request: Request[Any, Any, Any], front: Front) -> UUID:
    """The shopper whose key came with a request; refuses (`shopper_only`) whoever has none."""
    found = front.shopper(bearer(request))
    if found is None:
        remedy = "Send the shopper_key of POST /v1/shoppers as Authorization: Bearer <shopper_key>."
        raise Refused("shopper_only", "This call is a shopper's.", field="Authorization", remedy=remedy, status=401)
    return found


@post(
    "/v1/shoppers",
    operation_id="createShopper",
    status_code=201,
    tags=["Buying"],
    summary="Become a shopper",
    responses=problems(400, 409, 413, 422),
)
async def shoppers(request: Request[Any, Any, Any]) -> ShopperAnswer:
    """A new shopper, with the key to claim coupons and to bring them along to quotes. Quotes and orders need none."""
    front = front_of(request)
    shopper_id = front.desk.new_id()
    return ShopperAnswer(shopper_id, front.shopper_key(shopper_id))


@get(
    "/v1/wallet",
    operation_id="getWallet",
    tags=["Buying"],
    summary="See what a shopper claimed",
    security=[{SHOPPER_KEY: []}],
    responses=problems(401),
)
async def wallet(request: Request[Any, Any, Any]) -> list[HeldAnswer]:
    """Her coupons and red packets that have not expired, what ends first before the rest; at most 300."""
    front = front_of(request)
    desk, shopper_id = front.desk, shopper_of(request, front)
    async with desk.database.read() as reader:
        found = await contents(reader, desk.cell, shopper_id, desk.clock.now())
    return [_held(front, one) for one in found]


@post(
    "/v1/wallet/claims",
    operation_id="claim",
    status_code=201,
    tags=["Buying"],
    summary="Claim a coupon or red packet",
    security=[{SHOPPER_KEY: []}],
    responses=problems(400, 401, 404, 409, 413, 422, 503),
)
async def claims(data: ClaimRequest, request: Request[Any, Any, Any]) -> Response[HeldAnswer] | Response[bytes]:
    """What lies in her wallet now. First come, first served: exactly as many are given as there are."""
    front = front_of(request)
    desk, shopper_id = front.desk, shopper_of(request, front)
    market = market_of(front, data.market)
    promotion, _ = promotion_of(desk.charts.campaigns.plans, data.promotion)
    wish = ClaimWish(shopper_id=shopper_id, promotion=promotion.code, market=market.code, now=desk.clock.now())
    got = await claims_of(request.app.state, desk).claim(wish)
    if isinstance(got, Claimed):
        return Response(_held(front, InWallet(got.row, used=False)), status_code=201)
    return answer(_refused(got))


def _refused(got: ClaimAnswer) -> Problem:
    """Why a claim got nothing; nothing was taken."""
    match got:
        case TooEarly(opens_at=opens_at):
            when = opens_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
            return problem(409, "claim_too_early", "It cannot be claimed yet.", field="promotion",
                           remedy=f"Send the claim from {when} on.")  # fmt: skip
        case Over():
            return problem(409, "claim_over", "It can no longer be claimed.", field="promotion",
                           remedy="GET /v1/campaigns lists what is on.")  # fmt: skip
        case UsedUp():
            return problem(409, "claims_used_up", "All of them are claimed.", field="promotion",
                           remedy="GET /v1/campaigns lists what else there is.")  # fmt: skip
        case OwnLimit(limit=limit):
            return problem(409, "claim_limit_reached", f"A shopper may have {limit} of these.", field="promotion",
                           remedy="GET /v1/wallet lists those she has.")  # fmt: skip
        case _:
            return problem(409, "claim_elsewhere", "It is not for this market.", field="market",
                           remedy="GET /v1/campaigns lists what a market has.")  # fmt: skip


def _held(front: Front, one: InWallet) -> HeldAnswer:
    row = one.row
    plans = front.desk.charts.campaigns.plans
    names = next((made.names for plan in plans for made in plan.promotions if made.code == row.promotion), {})
    market = front.desk.charts.markets.get(row.market)
    return HeldAnswer(
        held_id=row.held_id,
        promotion=row.promotion,
        names=names,
        market=row.market,
        amount_minor=row.minor,
        currency=market.currency if market and row.minor is not None else None,
        claimed_at=row.claimed_at,
        expires_at=row.expires_at,
        used=one.used,
    )
