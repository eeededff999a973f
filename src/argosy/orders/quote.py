"""Ask for the final price of a basket."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from argosy.campaigns.model import Wallet
from argosy.orders.desk import Desk
from argosy.orders.limits import knowing, run_out
from argosy.orders.model import BasketLine, Destination, NotForSale, Quote
from argosy.orders.quoting.offers import NOBODY, gifts_in
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.tokens import write_token

_ROUNDS = 5
"""So often a quote is made anew without what has run out; beyond, the order is told."""


async def quote(
    desk: Desk,
    basket: Sequence[BasketLine],
    destination: Destination,
    *,
    shopper_id: UUID,
    language: str,
    wallet: Wallet = NOBODY,
) -> tuple[Quote, str] | NotForSale:
    """A quote and its signed token. Writes nothing; asks the database nothing about goods that are on the shelf.

    Where its price takes of limited promotions their counters are looked at, and it does without those that have run out.
    """
    now, charts = desk.clock.now(), desk.charts
    shelf = await desk.shelf.items([*(line.variant_id for line in basket), *gifts_in(charts, destination.country, now)])
    make = partial(
        quote_basket,
        shelf=shelf,
        basket=basket,
        destination=destination,
        now=now,
        quote_id=desk.new_id(),
        shopper_id=shopper_id,
        language=language,
        promise=desk.promise(destination, now),
        dates=desk.dates(destination, now),
        wallet=wallet,
    )
    made = make(charts)
    for _ in range(_ROUNDS):
        short = {} if isinstance(made, NotForSale) else await run_out(desk, made.promised_takes(), shopper_id)
        if not short:
            break
        charts = knowing(charts, short)
        made = make(charts)
    return made if isinstance(made, NotForSale) else (made, write_token(made, desk.signer))
