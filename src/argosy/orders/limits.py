"""Which promotions orders give, and what is left of limited ones: for prices on pages, and for the quote of a basket."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from uuid import UUID

from msgspec.structs import replace

from argosy.campaigns.candidates import uses_key
from argosy.campaigns.items import flash_key
from argosy.campaigns.live import Choice, Extra, Filter, Option
from argosy.campaigns.plan import Plan, PreSale, Promotion
from argosy.catalogue import search_sql
from argosy.catalogue.search import search
from argosy.orders.desk import Desk
from argosy.orders.model import Charts, ShelfItem
from argosy.orders.quoting.offers import priced
from argosy.quotas.look import look
from argosy.quotas.model import Take

MOST_KEYS = 10_000
"""Counters that are watched: what a flash sale sells beyond them keeps its price on lists until somebody wants it."""
MOST_PRODUCTS = 500
"""Products of one flash sale that are watched, the most popular ones."""
SCOPE_SECONDS = 60
_PAGE = 100


def is_served(promotion: Promotion) -> bool:
    """Whether it changes what goods cost: a pre-sale does so only for the balance of a deposit that was paid."""
    return not isinstance(promotion.effect, PreSale)


def served(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans with what orders give of them: nothing else may change a price, or use up a coupon or a gift's pieces."""
    return tuple(replace(plan, promotions=tuple(one for one in plan.promotions if is_served(one))) for plan in plans)


def presales(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans with their pre-sales alone."""
    found = (replace(plan, promotions=tuple(one for one in plan.promotions if not is_served(one))) for plan in plans)
    return tuple(plan for plan in found if plan.promotions)


class Limits:
    """Watches the limited promotions that are live in any market; `renew` is to be called every two seconds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._variants: dict[str, tuple[float, list[UUID]]] = {}

    async def renew(self) -> int:
        """Tell the campaigns' board what has run out and what has come back; always 0: there is never more to do at once.

        `left` becomes a new mapping when anything changed, and stays the same otherwise: prices are remembered by it. It
        names what has run out only, also what a quote ran into (`run_out`).
        """
        board = self._desk.charts.campaigns
        wanted = await self._wanted()
        for key in board.left:
            wanted.setdefault(key, 1)
        keys = list(wanted)[:MOST_KEYS]
        counters = {}
        if keys:
            async with self._desk.database.read() as reader:
                counters = await look(reader, self._desk.cell, keys)
        left = {key: max(one.free, 0) for key, one in counters.items() if one.free < wanted[key]}
        if left != board.left:
            board.left = left
        return 0

    async def _wanted(self) -> dict[str, int]:
        """Counters of what is live now, each with the least that makes it worth anything."""
        desk, now = self._desk, self._desk.clock.now()
        wanted: dict[str, int] = {}
        for market in desk.charts.markets.launched():
            for one in desk.charts.campaigns.live(market, now).by_code.values():
                if one.promotion.uses is not None:
                    wanted[uses_key(one.code)] = 1
                if isinstance(one, Option) and one.flash is not None:
                    for variant in await self._flash(one):
                        wanted[flash_key(one.code, str(variant))] = 1
        return wanted

    async def _flash(self, option: Option) -> list[UUID]:
        """The variants of a flash sale, looked up once a minute; they are the same in every market."""
        at = time.monotonic()
        known = self._variants.get(option.code)
        if known is None or at - known[0] >= SCOPE_SECONDS:
            items = await goods_of(self._desk, option, MOST_PRODUCTS)
            known = self._variants[option.code] = (at, [item.variant.variant_id for item in items])
        return known[1]


async def run_out(desk: Desk, takes: Sequence[Take], shopper_id: UUID) -> dict[str, int]:
    """What is left of those counters that have less than these takes want, by key; for a quote to be made anew without it.

    What has run out for everybody is told to the campaigns' board at once.
    """
    wanted: dict[str, int] = {}
    for take in takes:
        wanted[take.key] = wanted.get(take.key, 0) + take.count
    if not wanted:
        return {}
    async with desk.database.read() as reader:
        counters = await look(reader, desk.cell, list(wanted))
    short = {key: max(one.free, 0) for key, one in counters.items() if one.free < wanted[key]}
    # A counter that starts empty is that of goods: there are none where nothing ever came in.
    short |= {take.key: 0 for take in takes if take.allowance is None and take.key not in counters}
    gone = {key: 0 for key, free in short.items() if not free and not _own(key, shopper_id)}
    board = desk.charts.campaigns
    if any(key not in board.left for key in gone):
        board.left = {**board.left, **gone}
    return short


def knowing(charts: Charts, left: Mapping[str, int]) -> Charts:
    """The same facts, but for what is left of these counters."""
    board = copy(charts.campaigns)
    board.left = {**board.left, **left}
    return replace(charts, campaigns=board, singles={}, at_hubs={})


def _own(key: str, shopper_id: UUID) -> bool:
    """Whether a counter is one shopper's own."""
    return key.startswith("held/") or key.endswith(f"/{shopper_id}")


async def goods_of(desk: Desk, one: Option | Choice | Extra, most: int) -> list[ShelfItem]:
    """The variants that a promotion is for, of at most so many products, the most popular first.

    A promotion that names neither goods, categories nor brands is looked for among the most popular goods of all.
    """
    ids: list[UUID] = []
    if one.goods.variants:
        shelf = await desk.shelf.items(_ids(one.goods.variants)[:most])
        ids = [item.product.product_id for item in shelf.values()]
    elif one.goods.products:
        ids = _ids(one.goods.products)[:most]
    else:
        ids = await _listed(desk, one.goods, most)
    found: list[ShelfItem] = []
    for start in range(0, len(ids), _PAGE):
        products = await desk.shelf.products(list(dict.fromkeys(ids[start : start + _PAGE])))
        items = await desk.shelf.items([variant.variant_id for product in products for variant in product.variants])
        found += [item for item in items.values() if one.goods.fits(priced(desk.charts, "1", item, 1, 0))]
    return found


async def _listed(desk: Desk, goods: Filter, most: int) -> list[UUID]:
    """Products of its categories and brands, the most popular first of each category."""
    wanted = [
        search_sql.Filter(category=category, brands=tuple(sorted(goods.brands)))
        for category in sorted(goods.categories) or [""]
    ]
    each = -(-most // len(wanted))
    ids: list[UUID] = []
    async with desk.database.read() as reader:
        for one in wanted:
            for start in range(0, each, _PAGE):
                size = min(_PAGE, each - start)
                page = await search(reader, one, "popular", size, start)
                ids += page
                if len(page) < size:
                    break
    return ids


def _ids(written: Iterable[str]) -> list[UUID]:
    """The ids among what a plan names; what is none is no good of ours."""
    found = []
    for one in sorted(written):
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
