"""Make a quote an order."""

from __future__ import annotations

from argosy.base.errors import Refused
from argosy.markets.model import Address
from argosy.orders.desk import Desk
from argosy.orders.model import Place, PlaceAnswer, Quote


async def place(desk: Desk, quote: Quote, address: Address) -> PlaceAnswer:
    """Hold the goods and write the order, all or nothing, once however often it is sent.

    Refuses (`destination_changed`) an address in another country than the quote's: its price was another.
    """
    if address.country != quote.destination.country:
        raise Refused(
            "destination_changed",
            f"The quote is for {quote.destination.country}.",
            field="address.country",
            remedy="Ask for a quote to this country.",
        )
    now = desk.clock.now()
    return await desk.intake.submit(Place(quote, address, desk.payments.name, now, now + desk.hold_for))
