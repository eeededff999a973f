"""Why an order was not placed, as the API tells it."""

from __future__ import annotations

from argosy.orders.commands import Lack, LimitReached, OfferGone, QuoteExpired, SlotFull, SoldOut, WayGone
from argosy.platform.model import LackAnswer, Problem
from argosy.platform.problems import problem
from argosy.platform.shapes.stores import slot_answer

_GONE = {
    "hub_sold_out": "The hub that was to send it has too few left; another one has them.",
    "departure_full": "The departure that its date relied on is full.",
}


def told_lack(lack: SoldOut | LimitReached | OfferGone | SlotFull | QuoteExpired | WayGone) -> Problem:
    """Why an order was not placed; nothing was held and nothing charged."""
    match lack:
        case SoldOut(lacks=lacks):
            return problem(409, "sold_out", "Too few are left. Nothing was held or charged.", lacks=_lacks(lacks),
                           remedy="Order what is left, or something else.")  # fmt: skip
        case LimitReached(lacks=lacks):
            return problem(409, "limit_reached", "A shopper may have only so many of these.", lacks=_lacks(lacks),
                           remedy="Order fewer.")  # fmt: skip
        case OfferGone(lacks=lacks):
            message = "A promotion that the price counted on has run out."
            return problem(
                409, "offer_gone", message, field="quote", lacks=_lacks(lacks), remedy="Ask for a new quote."
            )
        case WayGone(why=why):
            message = _GONE[why]
            return problem(409, "way_gone", message, field="quote", remedy="Ask for a new quote.")
        case SlotFull(slot=slot, others=others):
            message = f"The slot {slot.name} is full by now. Nothing was held or charged."
            remedy = "Ask for a quote with another slot." if others else "Ask for the store's slots again later."
            return problem(
                409, "slot_full", message, field="quote", remedy=remedy, slots=[slot_answer(one) for one in others]
            )
        case QuoteExpired():
            return problem(
                409, "quote_expired", "The quote's time is over.", field="quote", remedy="Ask for a new quote."
            )


def _lacks(lacks: tuple[Lack, ...]) -> list[LackAnswer]:
    return [LackAnswer(lack.variant_id, lack.wanted, lack.left) for lack in lacks]
