"""Stock of the demo's grocery stores at their hubs: made up, the same at every opening, and not added twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from argosy.catalogue.model import ImportRow
from argosy.catalogue.take_in import variant_id
from argosy.delivery.stores.model import Store
from argosy.delivery.stores.rules import carries
from argosy.demo import grocery, invention
from argosy.demo.goods import LeftOut
from argosy.demo.tables import Tables, load
from argosy.orders.rules import stock_key
from argosy.plumbing.database import Tx
from argosy.quotas.receive import receive_new

_AT_ONCE = 2_000


def pieces(store: Store, sku: str) -> int:
    """Pieces of a good at a store's hub: none of one in twenty-five, else 6 to 125."""
    lot = invention.draw(f"{store.code} {grocery.MERCHANT} {sku}").below(100_000, invention.Part.STOCK)
    return 0 if lot % 25 == 0 else 6 + lot // 25 % 120


def store_stock(data: Path, tables: Tables, stores: Iterable[Store]) -> Iterator[tuple[str, int]]:
    """The counters of all that the stores sell, with their pieces."""
    goods = [row for row in grocery.rows(data, tables) if not isinstance(row, LeftOut)]
    for store in stores:
        for row in goods:
            if carries(store, tables.shelves[row.category].path):
                yield _counter(store, row)


def _counter(store: Store, row: ImportRow) -> tuple[str, int]:
    return stock_key(variant_id(row.merchant, row.sku), store.hub), pieces(store, row.sku)


async def stock_stores(tx: Tx, cell: int, data: Path, stores: Iterable[Store]) -> None:
    """Fill the stores' hubs; what is there already stays as it is."""
    counters = store_stock(data, load(data), stores)
    while batch := dict(islice(counters, _AT_ONCE)):
        await receive_new(tx, cell, batch)
