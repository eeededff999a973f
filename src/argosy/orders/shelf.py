"""The shelf: products and prices kept in memory within bounds, so that a warm quote asks the database nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from argosy.catalogue import find
from argosy.catalogue.model import Product
from argosy.orders.model import ShelfItem
from argosy.plumbing.database import Database, Reader
from argosy.pricing import look_up
from argosy.pricing.model import PriceRow

# Changes are written with the clock of the process that writes them and become visible at its commit: look back a little.
_OVERLAP = timedelta(seconds=10)


class ShelfCache:
    """Products with variants and prices, the least recently used dropped beyond `size` products."""

    def __init__(self, database: Database, now: datetime, size: int = 50_000) -> None:
        self._database = database
        self._size = size
        self._products: OrderedDict[UUID, Product] = OrderedDict()
        self._prices: dict[UUID, tuple[PriceRow, ...]] = {}
        self._product_of: dict[UUID, UUID] = {}
        self._items: dict[UUID, ShelfItem] = {}
        self._seen_until = now
        self._handled: dict[UUID, datetime] = {}
        self._looks = 0

    def products_kept(self) -> int:
        """How many products are in memory."""
        return len(self._products)

    async def products(self, ids: Sequence[UUID]) -> list[Product]:
        """Products in the order of their ids, unknown ones left out; at most one query each for goods and prices."""
        missing = [one for one in ids if one not in self._products]
        if missing:
            # What is wanted now is not what makes room for the rest.
            for one in ids:
                if one in self._products:
                    self._touch(one)
            async with self._database.read() as reader:
                await self._load(reader, missing)
                # At once: giving the connection back may let another task forget what was just read.
                return [self._touch(one) for one in ids if one in self._products]
        return [self._touch(one) for one in ids if one in self._products]

    async def items(self, variants: Iterable[UUID]) -> dict[UUID, ShelfItem]:
        """Shelf items by variant; variants there are not are missing."""
        found: dict[UUID, ShelfItem] = {}
        missing: list[UUID] = []
        for variant in variants:
            item = self._items.get(variant)
            if item is None:
                missing.append(variant)
            else:
                found[variant] = item
        return found | await self._fetch(missing) if missing else found

    def item(self, variant: UUID) -> ShelfItem | None:
        """A shelf item that is in memory."""
        return self._items.get(variant)

    def prices(self, variant: UUID) -> tuple[PriceRow, ...]:
        """The prices of a variant whose product is in memory."""
        return self._prices.get(variant, ())

    async def _fetch(self, variants: list[UUID]) -> dict[UUID, ShelfItem]:
        async with self._database.read() as reader:
            places = await find.products_of(reader, variants)
            await self._load(reader, sorted(set(places.values())))
            return {variant: self._items[variant] for variant in places if variant in self._items}

    async def _load(self, reader: Reader, ids: Sequence[UUID]) -> None:
        looks = -1
        while looks != self._looks:
            # What was read before a look that forgot it would be kept for ever: then it is read again.
            looks = self._looks
            found = await find.products(reader, ids)
            variants = [variant.variant_id for product in found.values() for variant in product.variants]
            prices = await look_up.look_up(reader, variants, datetime.now(UTC))
        for product in found.values():
            self._products[product.product_id] = product
            for variant in product.variants:
                rows = prices.get(variant.variant_id, ())
                self._prices[variant.variant_id] = rows
                self._product_of[variant.variant_id] = product.product_id
                self._items[variant.variant_id] = ShelfItem(product, variant, rows)
        while len(self._products) > self._size:
            self._drop(next(iter(self._products)))

    def _touch(self, product: UUID) -> Product:
        self._products.move_to_end(product)
        return self._products[product]

    def _drop(self, product_id: UUID) -> None:
        product = self._products.pop(product_id, None)
        for variant in product.variants if product else ():
            self._prices.pop(variant.variant_id, None)
            self._product_of.pop(variant.variant_id, None)
            self._items.pop(variant.variant_id, None)

    async def refresh(self) -> int:
        """Forget what was changed since the last look, or everything where that is too much to tell; always 0: no more to do."""
        until = datetime.now(UTC)
        async with self._database.read() as reader:
            products = await find.changed(reader, self._seen_until)
            prices = await look_up.changed_since(reader, self._seen_until)
        self._looks += 1
        changes = products | prices
        if max(len(products), len(prices)) >= find.MOST_CHANGES:
            for one in list(self._products):
                self._drop(one)
        for thing, at in changes.items():
            if self._handled.get(thing) != at:
                self._drop(self._product_of.get(thing, thing))
        self._handled = changes
        self._seen_until = until - _OVERLAP
        return 0
