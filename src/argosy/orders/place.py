"""Make a quote an order."""

from __future__ import annotations

from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.markets.model import Address
from argosy.orders.commands import Place, PlaceAnswer, SoldOut, WayGone
from argosy.orders.desk import Desk
from argosy.orders.groceries.ordering import place_in_slot
from argosy.orders.model import Quote
from argosy.orders.sourcing.rerouting import dated, sold_out
from argosy.orders.sourcing.room import note_full, with_room


async def place(desk: Desk, quote: Quote, address: Address) -> PlaceAnswer:
    """Hold the goods and write the order, all or nothing, once however often it is sent; in a slot, if its store has them.

    Refuses (`destination_changed`) an address in another country than the quote's, or in another state or province where
    tax depends on it: its price was another.
    """
    if address.country != quote.destination.country:
        raise Refused(
            "destination_changed",
            f"The quote is for {quote.destination.country}.",
            field="address.country",
            remedy="Ask for a quote to this country.",
        )
    market = desk.charts.markets.get(quote.market)
    if market is not None and market.region and address.country_area != quote.destination.region:
        raise Refused(
            "destination_changed",
            f"The quote is for {quote.destination.country}-{quote.destination.region}, where tax is another.",
            field="address.country_area",
            remedy=f"Ask for a quote with the destination's region {address.country_area or 'named'}.",
        )
    now = desk.clock.now()
    if quote.store:
        return await place_in_slot(desk, quote, address, now)
    # The date is computed for where it goes; the page named the city that its own date was for.
    place = replace(quote.destination, city=address.city or quote.destination.city, region=quote.destination.region)
    # Nothing is sent for a deposit.
    quote = replace(quote, promise=None) if quote.deposit else dated(desk, quote, place, now)
    quote = with_room(desk, quote, place, now)
    answer = await desk.intake.submit(Place(quote, address, desk.payments.name, now, now + desk.hold_for))
    if isinstance(answer, WayGone):
        note_full(desk, answer, now)
    return sold_out(desk, quote, answer) if isinstance(answer, SoldOut) else answer
