"""What pages and the API show of the catalogue: lists with prices, stock and counts, kept for a few seconds within bounds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from argosy.catalogue import find
from argosy.catalogue.model import BrandCount, BrandRow, Product, Variant
from argosy.catalogue.search import MAX_OFFSET, Counts, count, search
from argosy.catalogue.search_sql import Filter
from argosy.markets.model import Market
from argosy.orders.desk import Desk
from argosy.orders.model import Charts, Destination, Promise, ShelfItem
from argosy.orders.quoting.landing import region_in
from argosy.orders.quoting.offers import UNPRICED, Shown, shown
from argosy.orders.showing.answers import Answers
from argosy.orders.showing.bounds import ANY, Bounds
from argosy.orders.showing.cards import BY_PRICE, Card, Offer, card_of, in_order, is_poor, told
from argosy.orders.showing.fitting import Fitting, fitting
from argosy.orders.stock import StockBoard
from argosy.pricing.rules import rank_of
from argosy.quotas.model import Counter

Kept = TypeVar("Kept")

WINDOW = 240
"""Goods of a list sorted by price that are put in order by what they cost at the door; the next ones follow by seller's price."""
_STEP, _HEAD = 80, 24
_LIST_SECONDS = 15.0
_COUNT_SECONDS = 120.0
_KEPT = 5_000
_SHOWN = 50_000
# Ways to show a card of the same offers: by the colours asked for.
_COLOURINGS = 8
# A page may show a price that ended this long ago; a quote never does.
_PRICE_AGE = timedelta(seconds=20)


class Listing(msgspec.Struct, frozen=True):
    """A page of cards and the counts beside it."""

    cards: list[Card]
    counts: Counts


class _Shown(msgspec.Struct, frozen=True):
    """A product's offers as they were made, and what they were made from."""

    product: Product
    charts: Charts
    counters: list[Counter | None]
    held: list[Mapping[str, int] | None]
    """What of each waits at which hub, as far as it waits elsewhere than at home; empty where nothing does."""
    at: datetime
    offers: list[Offer]
    cards: dict[frozenset[str], Card]
    """By the colours that a list asks for."""


class Showcase:
    """Reads for browsing. Lists may be 15 seconds old, counts two minutes, stock two seconds."""

    def __init__(self, desk: Desk, hub: str = "", stock: StockBoard | None = None) -> None:
        """`hub` and its stock where another one's goods are sold than the desk's."""
        self._desk = desk
        self._hub = hub
        self.stock = stock or desk.stock
        self._answers = Answers(_KEPT)
        self._shown: OrderedDict[tuple[str, str, UUID], _Shown] = OrderedDict()

    @property
    def charts(self) -> Charts:
        """What its prices are made from, as it is now."""
        return self._desk.charts.at(self._hub) if self._hub else self._desk.charts

    async def listing(
        self,
        market: Market,
        wanted: Filter,
        sort: str,
        page: int,
        size: int,
        region: str = "",
        bounds: Bounds = ANY,
    ) -> Listing:
        """A page of products (pages from 1) with counts; refuses what `search` refuses.

        `region` is the state or province delivered to, here and below; without it the market's own default. No card shows
        a price out of `bounds`: what is dearer or cheaper since the list was made is left out.
        """
        if bounds == ANY:
            cards = await self.goods(market, wanted, sort, page, size, region)
            return Listing(cards, await self.counts(wanted))
        first = (page - 1) * size
        found = await self._fitting(market, wanted, sort, region, bounds)
        # Beyond the last page the search says so itself.
        ids = found.ids[first : first + size] if first <= MAX_OFFSET else await self._hits(wanted, sort, page, size)
        cards = [card for card in await self.cards(market, ids, _colours(wanted), region) if bounds.hold(told(card))]
        return Listing(in_order(cards, sort) if sort in BY_PRICE else cards, found.counts)

    async def goods(
        self, market: Market, wanted: Filter, sort: str, page: int, size: int, region: str = ""
    ) -> list[Card]:
        """A page of products without the counts, which cost more than the goods."""
        if sort in BY_PRICE:
            ids = await self._in_windows(market, wanted, sort, page, size, region)
            # What changed since the window was put in order is in its place at least on this page.
            return in_order(await self.cards(market, ids, _colours(wanted), region), sort)
        numbers = range((page - 1) * size // WINDOW, (page * size - 1) // WINDOW + 1)
        if any([await self._is_poor(market, wanted, sort, number, region) for number in numbers]):
            ids = await self._in_windows(market, wanted, sort, page, size, region)
        else:
            ids = await self._listed(wanted, sort, page, size)
        return await self.cards(market, ids, _colours(wanted), region)

    async def _listed(self, wanted: Filter, sort: str, page: int, size: int) -> list[UUID]:
        """A page in the index's order."""
        key = ("list", wanted, sort, page, size)
        return await self._answers.keep(key, _LIST_SECONDS, lambda: self._hits(wanted, sort, page, size))

    async def _is_poor(self, market: Market, wanted: Filter, sort: str, number: int, region: str) -> bool:
        """Whether a window begins with many goods that cannot be had, as where the law forbids most of a country's goods."""
        if number * WINDOW > MAX_OFFSET:
            return False
        region, colours = region_in(market, region), _colours(wanted)

        async def look() -> bool:
            head = await self._listed(wanted, sort, number * WINDOW // _HEAD + 1, _HEAD)
            return is_poor(await self.cards(market, head, colours, region))

        return await self._answers.keep(("poor", market.code, region, wanted, sort, number), _LIST_SECONDS, look)

    async def _in_windows(
        self, market: Market, wanted: Filter, sort: str, page: int, size: int, region: str
    ) -> list[UUID]:
        """A page of the list whose windows are put in order by what their cards show."""
        first = (page - 1) * size
        ids: list[UUID] = []
        for number in range(first // WINDOW, (first + size - 1) // WINDOW + 1):
            if number * WINDOW <= MAX_OFFSET:
                ids += await self._window(market, wanted, sort, number, region)
        # Beyond the last page the search says so itself.
        return ids[first % WINDOW :][:size] if first <= MAX_OFFSET else await self._hits(wanted, sort, page, size)

    async def _window(self, market: Market, wanted: Filter, sort: str, number: int, region: str) -> list[UUID]:
        region = region_in(market, region)
        key = ("window", market.code, region, wanted, sort, number)
        return await self._answers.keep(
            key, _LIST_SECONDS, lambda: self._ordered(market, wanted, sort, number * WINDOW, region)
        )

    async def _ordered(self, market: Market, wanted: Filter, sort: str, first: int, region: str) -> list[UUID]:
        """The window's goods as cards are ordered, of which the index only knows the seller's price."""
        ids: list[UUID] = []
        async with self._desk.database.read() as reader:
            for at in range(first, min(first + WINDOW, MAX_OFFSET + 1), _STEP):
                ids += await search(reader, wanted, sort, min(_STEP, first + WINDOW - at), at)
        if sort not in BY_PRICE and not await self._is_poor(market, wanted, sort, first // WINDOW, region):
            return ids
        cards = await self.cards(market, ids, _colours(wanted), region)
        ordered = [card.product.product_id for card in in_order(cards, sort)]
        # What has gone from the shelf keeps its place in the count, so that windows follow each other without a gap.
        return list(dict.fromkeys([*ordered, *ids]))

    async def counts(self, wanted: Filter) -> Counts:
        """The counts beside a search."""
        return await self._answers.keep(("count", wanted), _COUNT_SECONDS, lambda: self._count(wanted))

    async def counts_within(self, market: Market, wanted: Filter, sort: str, region: str, bounds: Bounds) -> Counts:
        """The counts beside a list narrowed by price, of what it shows in all its pages."""
        if bounds == ANY:
            return await self.counts(wanted)
        return (await self._fitting(market, wanted, sort, region, bounds)).counts

    async def _fitting(self, market: Market, wanted: Filter, sort: str, region: str, bounds: Bounds) -> Fitting:
        region, colours = region_in(market, region), _colours(wanted)

        async def look(ids: list[UUID]) -> dict[UUID, int | None]:
            return {one.product.product_id: told(one) for one in await self.cards(market, ids, colours, region)}

        async def compare(ids: list[UUID]) -> list[float]:
            cards = await self.cards(market, ids, colours, region)
            prices = [card.offer.price for card in cards if card.offer.price]
            return [one.minor / (self._rank(one.seller_minor, one.seller_currency) or 1) for one in prices if one.minor]

        def make() -> Awaitable[Fitting]:
            nominal = Bounds(self._rank(bounds.least, market.currency), self._rank(bounds.most, market.currency))
            return fitting(self._desk.database, look, compare, wanted, sort, bounds, nominal)

        return await self._answers.keep(("within", market.code, region, wanted, sort, bounds), _LIST_SECONDS, make)

    def _rank(self, minor: int | None, currency: str) -> int | None:
        """A price as lists are ordered by."""
        charts = self.charts
        home = charts.markets.home.currency
        return None if minor is None else rank_of(minor, currency, home, charts.rates, self._desk.clock.now())

    async def cards(
        self, market: Market, ids: list[UUID], colours: frozenset[str] = frozenset(), region: str = ""
    ) -> list[Card]:
        """Cards of products, in the order of their ids, each by a variant in one of these colours where it has one."""
        # A list may still name a product whose variants have gone to others.
        products = [product for product in await self._desk.shelf.products(ids) if product.variants]
        stock = await self.stock.counters([v.variant_id for product in products for v in product.variants])
        now = self._desk.clock.now()
        cards = []
        for product in products:
            shown = self._offers(market, region, product, stock, now)
            card = shown.cards.get(colours)
            if card is None:
                card = card_of(product, shown.offers, colours)
                if len(shown.cards) < _COLOURINGS:
                    shown.cards[colours] = card
            cards.append(card)
        return cards

    async def product(self, market: Market, product_id: UUID, region: str = "") -> tuple[Product, list[Offer]] | None:
        """A product with an offer for each variant; None also where its variants have all gone to other products."""
        found = await self._desk.shelf.products([product_id])
        if not found or not found[0].variants:
            return None
        stock = await self.stock.counters([variant.variant_id for variant in found[0].variants])
        now = self._desk.clock.now()
        return found[0], self._offers(market, region, found[0], stock, now).offers

    async def product_at(self, handle: str) -> UUID | None:
        """The product at an address."""
        return await self._answers.keep(("handle", handle), _COUNT_SECONDS, lambda: self._read(find.product_at, handle))

    async def brand(self, slug: str) -> BrandRow | None:
        """A brand at an address."""
        return await self._answers.keep(("brand", slug), _COUNT_SECONDS, lambda: self._read(find.brand, slug))

    async def brands(self) -> list[BrandCount]:
        """The largest 500 brands."""
        return await self._answers.keep("brands", _COUNT_SECONDS, lambda: self._read(find.largest_brands, 500))

    async def brand_names(self, slugs: tuple[str, ...]) -> dict[str, str]:
        """Names of brands by their part of an address."""
        return await self._answers.keep(
            ("names", slugs), _COUNT_SECONDS, lambda: self._read(find.names_of_brands, slugs)
        )

    async def category_counts(self) -> dict[str, int]:
        """Products by category."""
        return await self._answers.keep("categories", _COUNT_SECONDS, lambda: self._read(find.category_counts))

    async def _read(self, verb: Callable[..., Awaitable[Kept]], *values: Any) -> Kept:
        async with self._desk.database.read() as reader:
            return await verb(reader, *values)

    async def _hits(self, wanted: Filter, sort: str, page: int, size: int) -> list[UUID]:
        async with self._desk.database.read() as reader:
            return await search(reader, wanted, sort, size, (page - 1) * size)

    async def _count(self, wanted: Filter) -> Counts:
        async with self._desk.database.read() as reader:
            return await count(reader, wanted)

    def _offers(
        self, market: Market, region: str, product: Product, stock: Mapping[UUID, Counter | None], now: datetime
    ) -> _Shown:
        """An offer for each variant: those made before while product, facts, stock and dates are the same, for a while."""
        region = region_in(market, region)
        key = (market.code, region, product.product_id)
        charts = self.charts
        counters = [stock.get(variant.variant_id) for variant in product.variants]
        free = {} if self._hub else charts.elsewhere.free
        held = [free.get(variant.variant_id) for variant in product.variants] if free else []
        kept = self._shown.get(key)
        if kept is not None:
            self._shown.move_to_end(key)
            stands = kept.product is product and kept.charts is charts and kept.held == held
            if not stands or abs(now - kept.at) >= _PRICE_AGE:
                kept = None
            elif kept.counters == counters and self._dated(kept, market, region, now):
                return kept
        items = [self._desk.shelf.item(variant.variant_id) for variant in product.variants]
        # What only home's stock or a date changed costs what it did and comes from where it did, until its time is over.
        sent = [((one.price, one.door, one.goods), one.hub) for one in kept.offers] if kept is not None else [
            self._sent(market, region, item, now) for item in items
        ]  # fmt: skip
        offers = [self._offer(market, region, *one, now) for one in zip(product.variants, counters, sent, strict=True)]
        made = _Shown(product, charts, counters, held, kept.at if kept is not None else now, offers, {})
        # A shelf that forgot or renewed the product meanwhile has no prices to keep with it.
        if all(item is not None and item.product is product for item in items):
            self._shown[key] = made
            while len(self._shown) > _SHOWN:
                self._shown.popitem(last=False)
        return made

    def _dated(self, kept: _Shown, market: Market, region: str, now: datetime) -> bool:
        """Whether what comes from other hubs still has the dates that it was shown with."""
        return not any(kept.held) or all(
            not one.elsewhere or one.promise == self._promise(market, region, one.hub, now) for one in kept.offers
        )

    def _promise(self, market: Market, region: str, hub: str, now: datetime) -> Promise | None:
        return self._desk.promise(Destination(country=market.code, region=region), now, hub)

    def _sent(self, market: Market, region: str, item: ShelfItem | None, now: datetime) -> tuple[Shown, str]:
        """What a piece costs at the door, how, and the price that it is made from; and the hub that it comes from."""
        if item is None:
            return UNPRICED, self.charts.hub
        leaving = self.charts if self._hub else self._desk.sent_from(market, region, item, now)
        return shown(leaving, market, region, item, now), leaving.hub

    def _offer(
        self,
        market: Market,
        region: str,
        variant: Variant,
        counter: Counter | None,
        sent: tuple[Shown, str],
        now: datetime,
    ) -> Offer:
        charts = self.charts
        (price, door, goods), hub = sent
        free = None if counter is None else max(counter.free, 0)
        share = min(free / counter.received, 1.0) if counter is not None and counter.received and free else 0.0
        beyond = 0 if self._hub else charts.elsewhere.beyond(variant.variant_id, market.code)
        if beyond:
            free = (free or 0) + beyond
            share = share or 1.0
        if hub == charts.hub:
            return Offer(variant, price, free, share, door, goods, hub)
        promise = self._promise(market, region, hub, now)
        return Offer(variant, price, free, share, door, goods, hub, elsewhere=True, promise=promise)


def _colours(wanted: Filter) -> frozenset[str]:
    """The colours that a search names or is narrowed to."""
    return frozenset(wanted.colours).union(*(meaning.colours for meaning in wanted.meanings))
