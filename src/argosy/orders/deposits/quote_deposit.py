"""Ask for a pre-sale's deposit."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from argosy.base.errors import NotFound
from argosy.orders.deposits.offers import deposit_quote
from argosy.orders.desk import Desk
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.tokens import write_token


async def quote_deposit(
    desk: Desk,
    line: BasketLine,
    destination: Destination,
    *,
    shopper_id: UUID,
    language: str,
    levels: Collection[str] = (),
) -> tuple[Quote, str] | NotForSale:
    """The deposit for so many pieces as a signed quote, to be ordered and paid as any other. Writes nothing.

    Refuses (`unknown_variant`) goods that there are not, (`no_presale`) goods that no pre-sale takes deposits for now.
    """
    shelf = await desk.shelf.items([line.variant_id])
    item = shelf.get(line.variant_id)
    if item is None:
        raise NotFound("unknown_variant", "There is no such variant.", field="lines[0].variant_id")
    made = deposit_quote(
        desk.charts,
        item,
        line.quantity,
        destination,
        desk.clock.now(),
        quote_id=desk.new_id(),
        shopper_id=shopper_id,
        language=language,
        levels=levels,
    )
    return made if isinstance(made, NotForSale) else (made, write_token(made, desk.signer))
