"""Ask for the final price of a basket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from argosy.campaigns.model import Wallet
from argosy.orders.desk import Desk
from argosy.orders.limits import knowing, run_out
from argosy.orders.model import BasketLine, Charts, Destination, NotForSale, Quote
from argosy.orders.quoting.offers import NOBODY, gifts_in
from argosy.orders.quoting.rules import in_the_price, quote_basket
from argosy.orders.quoting.stores import AtStore, at_store, check_goods
from argosy.orders.sourcing.room import as_far_as_it_bears
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
    at: AtStore | None = None,
) -> tuple[Quote, str] | NotForSale:
    """A quote and its signed token. Writes nothing; asks the database nothing about goods that are on the shelf.

    `at` is the city's store that it is bought at; None is the mall. Where its price takes of limited promotions their counters are
    looked at, and it does without those that have run out.
    """
    now, charts = desk.clock.now(), desk.charts
    shelf = await desk.shelf.items([*(line.variant_id for line in basket), *gifts_in(charts, destination.country, now)])
    if at is not None:
        check_goods(charts, at.store, shelf, basket, destination)
        charts = charts.at(at.store.hub)
    make = partial(
        quote_basket,
        shelf=shelf,
        basket=basket,
        destination=destination,
        now=now,
        quote_id=desk.new_id(),
        shopper_id=shopper_id,
        language=language,
        promise=desk.promise(destination, now) if at is None else None,
        dates=desk.dates(destination, now) if at is None else None,
        wallet=wallet,
        carriage=in_the_price if at is None else at.carriage,
    )
    made = await with_what_is_left(desk, make, charts, shopper_id)
    if isinstance(made, NotForSale):
        return made
    if at is not None:
        made = at_store(charts, at, shelf, made)
    return made, write_token(made, desk.signer)


async def with_what_is_left(
    desk: Desk, make: Callable[[Charts], Quote | NotForSale], charts: Charts, shopper_id: UUID
) -> Quote | NotForSale:
    """The quote as `make` makes it of facts that know which limited promotions have run out.

    A parcel that is heavier than a departure had room for of late has no date.
    """
    made = make(charts)
    for _ in range(_ROUNDS):
        short = {} if isinstance(made, NotForSale) else await run_out(desk, made.promised_takes(), shopper_id)
        if not short:
            break
        charts = knowing(charts, short)
        made = make(charts)
    return made if isinstance(made, NotForSale) else as_far_as_it_bears(desk, made)
