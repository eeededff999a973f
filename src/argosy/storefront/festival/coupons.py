"""Handlers of the coupon centre."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from argosy.campaigns.wallet.model import ClaimAnswer, Claimed, ClaimWish, NotHere, Over, OwnLimit, TooEarly, UsedUp
from argosy.campaigns.wallet.rules import promotion_of
from argosy.orders.coupons.claiming import claims_of
from argosy.storefront.festival.tickets import tickets
from argosy.storefront.page import redirect, render
from argosy.storefront.seo import links
from argosy.storefront.texts import noted
from argosy.storefront.visit import Visit, posted, visit_of

TOLD = {
    Claimed: "claimed",
    TooEarly: "early",
    Over: "over",
    UsedUp: "used-up",
    OwnLimit: "limit",
    NotHere: "elsewhere",
}
"""What the page is told of a claim's answer, as it stands in its address."""
SENTENCES = {
    "claimed": noted("It is yours. Your basket uses it where it saves you most."),
    "early": noted("It cannot be claimed yet. Nothing was lost: come back when it opens."),
    "over": noted("It can no longer be claimed."),
    "used-up": noted("All of them are claimed."),
    "limit": noted("You have as many of these as one shopper may."),
    "elsewhere": noted("It is not for this country."),
}


@get("/{market:str}/{language:str}/coupons", include_in_schema=False)
async def coupon_centre(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Coupons and red packets: hers, those to claim, those to come."""
    visit = visit_of(request)
    found = [one for one in await tickets(visit, visit.front.desk.charts.campaigns.plans) if one.limit]
    return render(
        visit,
        "festival/coupons.html",
        yours=[one for one in found if one.stands == "yours"],
        to_claim=[one for one in found if one.stands == "open"],
        early=[one for one in found if one.stands == "early"],
        gone=[one for one in found if one.stands in ("used", "used_up")],
        told=told(visit, request.query_params.get("told", "")),
        links=links(visit, "coupons"),
    )


def told(visit: Visit, code: str) -> tuple[str, str]:
    """What became of a claim and the kind of its notice; empty where the address tells nothing."""
    text = SENTENCES.get(code)
    return (visit.gettext(text), "kept" if code == "claimed" else "saff") if text else ("", "")


@post("/{market:str}/{language:str}/coupons/claim", status_code=303, include_in_schema=False)
async def claimed(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Claim a coupon or red packet, and go back to the page that it stood on."""
    visit = visit_of(request)
    form = await posted(request, visit)
    plans = visit.front.desk.charts.campaigns.plans
    promotion, festival = promotion_of(plans, str(form.get("promotion", ""))[:100])
    wish = ClaimWish(
        shopper_id=visit.shopper(), promotion=promotion.code, market=visit.market.code, now=visit.front.now
    )
    answer: ClaimAnswer = await claims_of(request.app.state, visit.front.desk).claim(wish)
    steps = ("festival", festival.code) if form.get("to") == "festival" else ("coupons",)
    return redirect(visit, visit.edition.url(*steps, told=TOLD[type(answer)]) + "#coupons")
