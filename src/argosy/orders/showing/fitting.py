"""Goods whose price at the door is within bounds: the index knows only the seller's price, so so many are looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
from msgspec.structs import replace

from argosy.catalogue.search import Counts, count, leading
from argosy.catalogue.search_sql import CAP, Filter
from argosy.orders.showing.bounds import Bounds, Seen, by_price, ranks_of
from argosy.orders.showing.cards import BY_PRICE
from argosy.plumbing.database import Database

LOOK = 1_440
"""Goods that a list narrowed by price looks at: all where no more can fit, else those that come first in its order."""
_SAMPLE = 240

_AT_ONCE = 80

Look = Callable[[list[UUID]], Awaitable[dict[UUID, int | None]]]
"""What the cards of products show, in their order; None where that is no price. Some may be missing."""
Compare = Callable[[list[UUID]], Awaitable[list[float]]]
"""What the cards of products show for one of the seller's price, as far as they have prices."""


class Fitting(msgspec.Struct, frozen=True):
    """The products found, in the list's order, and the counts beside them."""

    ids: list[UUID]
    counts: Counts
    """Of just these; `capped` where more goods may fit than were looked at."""


async def fitting(
    database: Database, look: Look, compare: Compare, wanted: Filter, sort: str, bounds: Bounds, nominal: Bounds
) -> Fitting:
    """What of a list is within bounds.

    Of a list of at most `LOOK` goods that is all. Of a longer one those are looked at whose seller's price lets them be
    within, judging by a sample of about that price: all that are not far from it, or, where they are too many, the first.
    `nominal` is the bounds as seller's prices, exchanged and no more.
    """
    ids, beyond = await _leading(database, wanted, sort, LOOK + 1), False
    if len(ids) > LOOK:
        beyond = await _beyond_search(database, wanted)
        around = Bounds(nominal.least and nominal.least // 4, nominal.most and nominal.most * 2)
        ratios = await compare(await _leading(database, _between(wanted, around), "popular", _SAMPLE))
        far, near = ranks_of(bounds, ratios)
        ids = await _leading(database, _between(wanted, far), sort, LOOK + 1)
    more = len(ids) > LOOK
    if more:
        ids = await _leading(database, _between(wanted, near), sort, LOOK)
    found = [one for one in await _seen(look, ids) if bounds.hold(one.minor)]
    if sort in BY_PRICE:
        found = by_price(found, dearest=sort == "-price")
    fit = [one.product_id for one in found]
    async with database.read() as reader:
        counts = await count(reader, Filter(products=tuple(fit)))
    return Fitting(fit, replace(counts, total=len(fit), capped=more or beyond))


async def _seen(look: Look, ids: list[UUID]) -> list[Seen]:
    told: dict[UUID, int | None] = {}
    for at in range(0, len(ids), _AT_ONCE):
        some = await look(ids[at : at + _AT_ONCE])
        unpriced = [one for one, minor in some.items() if minor is None]
        # What was forgotten just then, because it changed, is there when it is looked at again.
        told |= some | (await look(unpriced) if unpriced else {})
        # Others are answered meanwhile.
        await asyncio.sleep(0)
    return [Seen(one, minor) for one, minor in told.items()]


async def _beyond_search(database: Database, wanted: Filter) -> bool:
    """Whether a category has goods that a narrowed search does not come to, because more popular ones are enough for it."""
    if not wanted.category:
        return False
    async with database.read() as reader:
        return (await count(reader, Filter(category=wanted.category))).total > CAP


def _between(wanted: Filter, ranks: Bounds) -> Filter:
    return replace(wanted, least_rank=ranks.least, most_rank=ranks.most)


async def _leading(database: Database, wanted: Filter, sort: str, most: int) -> list[UUID]:
    async with database.read() as reader:
        return await leading(reader, wanted, sort, most)
