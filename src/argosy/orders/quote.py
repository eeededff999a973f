"""Ask for the final price of a basket."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from argosy.orders.desk import Desk
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.rules import quote_basket
from argosy.orders.tokens import write_token


async def quote(
    desk: Desk, basket: Sequence[BasketLine], destination: Destination, *, shopper_id: UUID, language: str
) -> tuple[Quote, str] | NotForSale:
    """A quote and its signed token. Writes nothing; asks the database nothing about goods that are on the shelf."""
    shelf = await desk.shelf.items([line.variant_id for line in basket])
    made = quote_basket(
        desk.charts,
        shelf,
        basket,
        destination,
        desk.clock.now(),
        quote_id=desk.new_id(),
        shopper_id=shopper_id,
        language=language,
    )
    return made if isinstance(made, NotForSale) else (made, write_token(made, desk.signer))
