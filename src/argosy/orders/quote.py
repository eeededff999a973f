"""Ask for the final price of a basket."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from argosy.campaigns.model import Wallet
from argosy.orders.desk import Desk
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.quoting.offers import NOBODY
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.tokens import write_token


async def quote(
    desk: Desk,
    basket: Sequence[BasketLine],
    destination: Destination,
    *,
    shopper_id: UUID,
    language: str,
    wallet: Wallet = NOBODY,
) -> tuple[Quote, str] | NotForSale:
    """A quote and its signed token, with the best use of the wallet. Writes nothing; goods on the shelf cost no query."""
    shelf = await desk.shelf.items([line.variant_id for line in basket])
    now = desk.clock.now()
    made = quote_basket(
        desk.charts,
        shelf,
        basket,
        destination,
        now,
        quote_id=desk.new_id(),
        shopper_id=shopper_id,
        language=language,
        promise=desk.promise(destination, now),
        wallet=wallet,
    )
    return made if isinstance(made, NotForSale) else (made, write_token(made, desk.signer))
