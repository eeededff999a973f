"""Bring goods into the shop: each batch of rows with its prices and its stock in one transaction, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from argosy.catalogue.model import ImportRow, RefusedRow
from argosy.catalogue.rules import Tree
from argosy.catalogue.take_in import product_id, take_in, variant_id
from argosy.landed import classify
from argosy.landed.classification.load import load_hints
from argosy.landed.classification.model import Goods, Hints
from argosy.landed.classification.rules import heading_for
from argosy.orders.rules import stock_key
from argosy.plumbing.database import BY_KEY, Database, Tx
from argosy.pricing.model import SELLERS_PRICE, Rates
from argosy.pricing.rules import rank_of
from argosy.pricing.set_prices import NewPrice, set_prices
from argosy.quotas.receive import receive_new
from argosy.shop import HUB

BATCH = 2_000
"""Rows of a batch; it grows to `LARGEST` where a product has that many variants one after the other."""
LARGEST = 10_000
# A price that was cut held this long before.
_HELD_BEFORE = timedelta(days=60)


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a feed."""

    rows: int
    refused: int
    prices_changed: int


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What loading needs to know of the shop."""

    cell: int
    tree: Tree
    rates: Rates
    home_currency: str
    hints: Hints | None = None
    """What headings are suggested by; None: rows without one get their category's, and nobody is asked."""
    priced_from: datetime | None = None
    """Since when prices hold that nothing tells the age of; None: from now on."""


def hints_of(data: Path, tree: Tree) -> Hints:
    """What headings are suggested by, from the reference data of a folder."""
    names = {code: category.names["en"] for code, category in tree.by_code.items()}
    return load_hints(data / "landed", names)


async def load(
    database: Database,
    shop: Stock,
    rows: Iterable[ImportRow | RefusedRow],
    now: datetime,
    *,
    source: str,
    stories: Mapping[str, Mapping[str, str]] = {},
    on_refused: Callable[[RefusedRow], None] = lambda _: None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Loaded:
    """Take in a feed; memory stays the same however long it is, and the same feed again changes nothing.

    A killed load leaves whole batches: start it again and it goes over them. Rows whose currency has no rate of exchange
    are refused here, all others were checked by the reader. `on_progress` is told the rows so far.
    """
    done = refused = changed = 0
    began = time.monotonic()

    def accepted() -> Iterator[ImportRow]:
        nonlocal refused
        for number, row in enumerate(rows, start=1):
            told = row if isinstance(row, RefusedRow) else _unpriced(row, number, shop, now)
            if told is None and isinstance(row, ImportRow):
                yield row
            elif told is not None:
                refused += 1
                on_refused(told)

    for batch in _batches(accepted()):
        # Servers ask what changed since they last looked: each batch changes goods when it is taken in, not when the feed began.
        at = now + timedelta(seconds=time.monotonic() - began)
        # By key, whatever the statistics said when the tables were empty: they grow while they are filled.
        async with database.transaction(**BY_KEY) as tx:
            changed += await _batch(tx, shop, batch, now, at, source, stories)
        done += len(batch)
        on_progress(done)
    return Loaded(rows=done, refused=refused, prices_changed=changed)


def _batches(rows: Iterable[ImportRow]) -> Iterator[list[ImportRow]]:
    """The rows in batches that keep the variants of a product together, as far as they follow each other."""
    batch: list[ImportRow] = []
    for row in rows:
        same = bool(batch) and (batch[-1].merchant, batch[-1].group) == (row.merchant, row.group)
        if len(batch) >= (LARGEST if same else BATCH):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _unpriced(row: ImportRow, number: int, shop: Stock, now: datetime) -> RefusedRow | None:
    if rank_of(row.price_minor, row.currency, shop.home_currency, shop.rates, now) is None:
        return RefusedRow(
            number, "currency", f"no rate of exchange is known for {row.currency}; add it to exchange_rates.csv"
        )
    if row.category not in shop.tree.by_code:
        return RefusedRow(number, "category", f"there is no category {row.category}")
    return None


async def _batch(
    tx: Tx,
    shop: Stock,
    batch: list[ImportRow],
    now: datetime,
    at: datetime,
    source: str,
    stories: Mapping[str, Mapping[str, str]],
) -> int:
    ids = [variant_id(row.merchant, row.sku) for row in batch]
    ranks = {
        key: rank_of(row.price_minor, row.currency, shop.home_currency, shop.rates, now) or 0
        for key, row in zip(ids, batch, strict=True)
    }
    headed = batch if shop.hints is None else [_headed(row, shop.hints) for row in batch]
    await take_in(tx, headed, shop.tree, ranks, at, stories)
    if shop.hints is not None:
        declared = frozenset(key for key, row in zip(ids, batch, strict=True) if row.hs6)
        goods = {key: _goods(key, row, shop.tree) for key, row in zip(ids, headed, strict=True)}
        await classify.ask(tx, shop.cell, shop.hints, list(goods.values()), now, declared=declared)
    prices = []
    for key, row in zip(ids, batch, strict=True):
        cut = row.cut_days_ago
        since = min(now, shop.priced_from or now) if cut is None else now - timedelta(days=cut)
        was = None if cut is None else row.was_minor
        before = min(since - _HELD_BEFORE, shop.priced_from or since) if was else None
        prices.append(NewPrice(key, row.price_minor, row.currency, since, was, before))
    changed = await set_prices(tx, SELLERS_PRICE, prices, source, at)
    await receive_new(tx, shop.cell, {stock_key(key, HUB): row.stock for key, row in zip(ids, batch, strict=True)})
    return changed


def _headed(row: ImportRow, hints: Hints) -> ImportRow:
    """The row with the heading that its title and category tell, where it brings none and they are sure."""
    if row.hs6:
        return row
    found = heading_for(hints, row.name, row.category, row.name_language)
    return msgspec.structs.replace(row, hs6=found) if found else row


def _goods(key: UUID, row: ImportRow, tree: Tree) -> Goods:
    """A row as the operator's queue sees it, with the heading that the catalogue keeps."""
    return Goods(
        variant_id=key,
        product_id=product_id(row.merchant, row.group),
        title=row.name,
        language=row.name_language,
        category=row.category,
        hs6=row.hs6 or tree.by_code[row.category].hs6 or "",
        origin=row.origin,
        weight_g=row.weight_g,
    )
