"""What pages and the API show of the catalogue: lists with prices, stock and counts, kept for a few seconds within bounds."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from argosy.catalogue import find
from argosy.catalogue.model import BrandCount, BrandRow, Product, Variant
from argosy.catalogue.search import Counts, count, search
from argosy.catalogue.search_sql import Filter
from argosy.markets.model import Market
from argosy.orders.desk import Desk
from argosy.orders.model import Charts, Destination, Promise, ShelfItem
from argosy.orders.quoting.landing import Doorstep, region_in
from argosy.orders.quoting.offers import UNPRICED, Shown, shown
from argosy.pricing.model import Price

Kept = TypeVar("Kept")

_LIST_SECONDS = 15.0
_COUNT_SECONDS = 120.0
_KEPT = 5_000
# A page may show a price that ended this long ago; a quote never does.
_PRICE_AGE = timedelta(seconds=20)


class Offer(msgspec.Struct, frozen=True):
    """A variant in a market: its price, and how many there are."""

    variant: Variant
    price: Price | None
    """What one piece costs at the door, its earlier price in the same terms."""
    free: int | None
    """Pieces at all hubs that send it there; None where no stock ever came in."""
    share_left: float
    """Free pieces as a share of those received, 0 to 1: for words about scarcity, not for sums."""
    door: Doorstep | None = None
    """How that price is made; None where there is none."""
    goods: Price | None = None
    """The market's price that it is made from: in same-gross markets what is paid in all, else before duty and tax."""
    hub: str = ""
    """UN/LOCODE of the hub that one piece would come from."""
    elsewhere: bool = False
    """Whether that is another hub than home: then `promise` is its date, None where none can be promised."""
    promise: Promise | None = None

    @property
    def buyable(self) -> bool:
        """Whether it can be put into a basket here and now."""
        return self.price is not None and bool(self.free) and not self.banned

    @property
    def banned(self) -> bool:
        """Whether the law forbids to sell it there; `door` says why."""
        return self.door is not None and self.door.banned

    @property
    def all_in(self) -> bool:
        """Whether nothing more will be asked for at the door."""
        return self.door is not None and self.door.all_in and not self.banned


class Card(msgspec.Struct, frozen=True):
    """A product as a list shows it, by the variant that can be had, the cheapest first."""

    product: Product
    offer: Offer
    one_price: bool
    """All variants cost the same."""


class Listing(msgspec.Struct, frozen=True):
    """A page of cards and the counts beside it."""

    cards: list[Card]
    counts: Counts


class Showcase:
    """Reads for browsing. Lists may be 15 seconds old, counts two minutes, stock two seconds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Any]] = {}
        self._hubs: dict[tuple[str, str, UUID], tuple[Mapping[str, int], Charts, datetime, Charts]] = {}
        self._prices: dict[tuple[str, str, UUID, str], tuple[ShelfItem, Charts, datetime, Shown]] = {}

    async def listing(
        self, market: Market, wanted: Filter, sort: str, page: int, size: int, region: str = ""
    ) -> Listing:
        """A page of products (pages from 1) with counts; refuses what `search` refuses.

        `region` is the state or province delivered to, here and below; without it the market's own default.
        """
        ids = await self._keep(
            ("list", wanted, sort, page, size), _LIST_SECONDS, lambda: self._hits(wanted, sort, page, size)
        )
        counts = await self.counts(wanted)
        return Listing(await self.cards(market, ids, _colours(wanted), region), counts)

    async def counts(self, wanted: Filter) -> Counts:
        """The counts beside a search."""
        return await self._keep(("count", wanted), _COUNT_SECONDS, lambda: self._count(wanted))

    async def cards(
        self, market: Market, ids: list[UUID], colours: frozenset[str] = frozenset(), region: str = ""
    ) -> list[Card]:
        """Cards of products, in the order of their ids, each by a variant in one of these colours where it has one."""
        # A list may still name a product whose variants have gone to others.
        products = [product for product in await self._desk.shelf.products(ids) if product.variants]
        stock = await self._desk.stock.counters([v.variant_id for product in products for v in product.variants])
        now = self._desk.clock.now()
        return [
            _card(product, [self._offer(market, region, v, stock, now) for v in product.variants], colours)
            for product in products
        ]

    async def product(self, market: Market, product_id: UUID, region: str = "") -> tuple[Product, list[Offer]] | None:
        """A product with an offer for each variant; None also where its variants have all gone to other products."""
        found = await self._desk.shelf.products([product_id])
        if not found or not found[0].variants:
            return None
        stock = await self._desk.stock.counters([variant.variant_id for variant in found[0].variants])
        now = self._desk.clock.now()
        return found[0], [self._offer(market, region, variant, stock, now) for variant in found[0].variants]

    async def product_at(self, handle: str) -> UUID | None:
        """The product at an address."""
        return await self._keep(("handle", handle), _COUNT_SECONDS, lambda: self._read(find.product_at, handle))

    async def brand(self, slug: str) -> BrandRow | None:
        """A brand at an address."""
        return await self._keep(("brand", slug), _COUNT_SECONDS, lambda: self._read(find.brand, slug))

    async def brands(self) -> list[BrandCount]:
        """The largest 500 brands."""
        return await self._keep("brands", _COUNT_SECONDS, lambda: self._read(find.largest_brands, 500))

    async def brand_names(self, slugs: tuple[str, ...]) -> dict[str, str]:
        """Names of brands by their part of an address."""
        return await self._keep(("names", slugs), _COUNT_SECONDS, lambda: self._read(find.names_of_brands, slugs))

    async def category_counts(self) -> dict[str, int]:
        """Products by category."""
        return await self._keep("categories", _COUNT_SECONDS, lambda: self._read(find.category_counts))

    async def _read(self, verb: Callable[..., Awaitable[Kept]], *values: Any) -> Kept:
        async with self._desk.database.read() as reader:
            return await verb(reader, *values)

    async def _hits(self, wanted: Filter, sort: str, page: int, size: int) -> list[UUID]:
        async with self._desk.database.read() as reader:
            return await search(reader, wanted, sort, size, (page - 1) * size)

    async def _count(self, wanted: Filter) -> Counts:
        async with self._desk.database.read() as reader:
            return await count(reader, wanted)

    async def _keep(self, key: Hashable, seconds: float, make: Callable[[], Awaitable[Kept]]) -> Kept:
        """What was made at most `seconds` ago; an older one is still given while it is made anew, once for all callers."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            if kept[0] < time.monotonic() and key not in self._making:
                self._begin(key, seconds, make)
            value: Kept = kept[1]
            return value
        task = self._making.get(key) or self._begin(key, seconds, make)
        made: Kept = await asyncio.shield(task)
        return made

    def _begin(self, key: Hashable, seconds: float, make: Callable[[], Awaitable[Kept]]) -> asyncio.Task[Any]:
        async def work() -> Kept:
            try:
                value = await make()
                self._kept[key] = (time.monotonic() + seconds, value)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
                return value
            finally:
                self._making.pop(key, None)

        task = asyncio.create_task(work())
        # An error of a renewal nobody waits for is told when the next one asks.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._making[key] = task
        return task

    def _offer(self, market: Market, region: str, variant: Variant, stock: dict[UUID, Any], now: datetime) -> Offer:
        counter = stock.get(variant.variant_id)
        free = None if counter is None else max(counter.free, 0)
        share = min(free / counter.received, 1.0) if counter is not None and counter.received and free else 0.0
        beyond = self._desk.charts.elsewhere.beyond(variant.variant_id, market.code)
        if beyond:
            free = (free or 0) + beyond
            share = share or 1.0
        (price, door, goods), hub = self._price(market, region, variant.variant_id, now)
        if hub == self._desk.charts.hub:
            return Offer(variant, price, free, share, door, goods, hub)
        promise = self._desk.promise(Destination(country=market.code, region=region), now, hub)
        return Offer(variant, price, free, share, door, goods, hub, elsewhere=True, promise=promise)

    def _price(self, market: Market, region: str, variant_id: UUID, now: datetime) -> tuple[Shown, str]:
        """What a piece costs at the door, how, and the price that it is made from; and the hub that it comes from."""
        charts, item = self._desk.charts, self._desk.shelf.item(variant_id)
        if item is None:
            return UNPRICED, charts.hub
        region = region_in(market, region)
        leaving = self._leaving(market, region, item, now)
        key = (market.code, region, variant_id, leaving.hub)
        kept = self._prices.get(key)
        if kept is not None and kept[0] is item and kept[1] is charts and abs(now - kept[2]) < _PRICE_AGE:
            return kept[3], leaving.hub
        if len(self._prices) > 500_000:
            self._prices.clear()
        made = shown(leaving, market, region, item, now)
        self._prices[key] = (item, charts, now, made)
        return made, leaving.hub

    def _leaving(self, market: Market, region: str, item: ShelfItem, now: datetime) -> Charts:
        """The facts as the hub sees them that sends a piece; as fresh as prices are, while it has the same stock."""
        charts, variant_id = self._desk.charts, item.variant.variant_id
        held = charts.elsewhere.free.get(variant_id)
        if held is None:
            return charts
        key = (market.code, region, variant_id)
        kept = self._hubs.get(key)
        if kept is None or kept[0] is not held or kept[1] is not charts or abs(now - kept[2]) >= _PRICE_AGE:
            if len(self._hubs) > 500_000:
                self._hubs.clear()
            kept = self._hubs[key] = (held, charts, now, self._desk.sent_from(market, region, item, now))
        return kept[3]


def _colours(wanted: Filter) -> frozenset[str]:
    """The colours that a search names or is narrowed to."""
    return frozenset(wanted.colours).union(*(meaning.colours for meaning in wanted.meanings))


def _card(product: Product, offers: list[Offer], colours: frozenset[str]) -> Card:
    prices = {offer.price.minor for offer in offers if offer.price}

    def rank(offer: Offer) -> tuple[bool, bool, int]:
        other_colour = bool(colours) and offer.variant.colour not in colours
        return not offer.buyable, other_colour, offer.price.minor if offer.price else 1 << 62

    return Card(product, min(offers, key=rank), len(prices) <= 1)
