"""Handlers of the help pages: what is true of this shop today, said plainly."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from argosy.base.errors import NotFound
from argosy.outside.cards import CARDS, Outcome
from argosy.storefront.page import render
from argosy.storefront.seo import links
from argosy.storefront.texts import noted
from argosy.storefront.visit import visit_of

TOPICS = ("shipping", "returns", "test-cards")
COURSES = {
    Outcome.APPROVED: noted("Pays at once."),
    Outcome.DECLINED: noted("Is refused by the bank."),
    Outcome.INSUFFICIENT_FUNDS: noted("Is refused: too little money."),
    Outcome.EXPIRED: noted("Is refused: the card has run out."),
    Outcome.STEP: noted("Asks you to confirm on the bank’s page."),
    Outcome.LATE: noted("Is not decided at once; pays after some seconds."),
    Outcome.LATE_DECLINE: noted("Is not decided at once; is refused after some seconds."),
    Outcome.TWICE: noted("Pays, and its message comes twice: the order is paid once."),
    Outcome.EARLY: noted("Pays, and its message comes before the answer."),
    Outcome.SILENT: noted("Never answers: we ask for what became of it."),
    Outcome.REFUND_FAILS: noted("Pays, but cannot be refunded."),
}
"""What each kind of test card does."""


@get(["/{market:str}/{language:str}/help", "/{market:str}/{language:str}/help/{topic:str}"], include_in_schema=False)
async def help_page(request: Request[Any, Any, Any], topic: str = "") -> Response[bytes]:
    """Help: all topics, or one of them."""
    visit = visit_of(request)
    if topic and (topic not in TOPICS or (topic == "test-cards" and not visit.front.simulated)):
        raise NotFound("unknown_address", "There is no such page.")
    front = visit.front
    return render(
        visit,
        f"help/{topic or 'index'}.html",
        links=links(visit, f"help/{topic}" if topic else "help"),
        hold_minutes=int(front.desk.hold_for.total_seconds() // 60),
        quote_minutes=int(front.desk.charts.quote_for.total_seconds() // 60),
        cards=[(grouped(number), visit.gettext(COURSES[outcome])) for number, outcome in CARDS.items()],
    )


def grouped(number: str) -> str:
    """A card's number as it is printed: in groups of four."""
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))
