"""Loading a feed: batches whole or not at all, the refused told, the same feed again changes nothing, memory bounded."""

from __future__ import annotations

import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from argosy.catalogue.model import ImportRow, RefusedRow
from argosy.loading import BATCH, LARGEST, Loaded, Stock, load
from argosy.plumbing.database import Database
from argosy.pricing.load_rates import rates_of
from argosy.pricing.model import RateRow
from rooms.catalogue.ground import BAG, NOW, TREE, bag, on, product, rows_of, searched

DAY = NOW.date()
RATES = rates_of([RateRow("CNY", DAY, 8, 1, "bank", DAY), RateRow("USD", DAY, 5, 4, "bank", DAY)])
SHOP = Stock(cell=1, tree=TREE, rates=RATES, home_currency="CNY")
KILLED = """
import asyncio, itertools, sys, time
from argosy.loading import BATCH, load
from argosy.plumbing.database import open_database
from rooms.catalogue.test_loading import NOW, SHOP, endless

async def main():
    database = await open_database(sys.argv[1], size=1)
    def rows():
        yield from itertools.islice(endless(), BATCH + BATCH // 2)
        print("half", flush=True)
        time.sleep(600)
    await load(database, SHOP, rows(), NOW, source="killed")

asyncio.run(main())
"""


def endless() -> Iterator[ImportRow]:
    """Products of two variants each, without end."""
    number = 0
    while True:
        for size in ("S", "M"):
            yield bag(f"e-{number}-{size}", group=f"e-{number}", size=size, name=f"Bag {number}")
        number += 1


def loaded(dsn: str, rows: list[ImportRow | RefusedRow], **more: Any) -> Loaded:
    """What became of rows."""

    async def work(database: Database) -> Loaded:
        return await load(database, SHOP, rows, more.pop("now", NOW), source="test", **more)

    return on(dsn, work)


def held(dsn: str, *tables: str) -> list[int]:
    """How many rows some tables have."""

    async def work(database: Database) -> list[int]:
        return [len(await rows_of(database, table)) for table in tables]

    return on(dsn, work)


def test_goods_have_price_and_stock_and_the_same_feed_again_changes_neither(dsn: str) -> None:
    rows: list[ImportRow | RefusedRow] = [bag("b-1"), bag("b-2", currency="USD", price_minor=1_000, stock=0)]
    first = loaded(dsn, rows)
    assert (first.rows, first.refused, first.prices_changed) == (2, 0, 2)

    async def work(database: Database) -> Any:
        return await rows_of(database, "prices"), await rows_of(database, "quotas"), await searched(database)

    before = on(dsn, work)
    assert loaded(dsn, rows, now=NOW + timedelta(days=2)).prices_changed == 0
    assert on(dsn, work) == before
    prices, quotas, found = before
    assert sorted((row["minor"], row["currency"]) for row in prices) == [(1_000, "USD"), (10_000, "CNY")]
    assert sorted(row["received"] for row in quotas) == [0, 5]
    # 10 USD are 8 EUR, and 64 CNY.
    assert found["price_rank"] == 6_400


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (bag("x", currency="KWD"), "currency"),
        (bag("x", category="spaceships"), "category"),
        (RefusedRow(7, "price", "it is no price"), "price"),
    ],
    ids=["currency without a rate", "no such category", "refused by the reader"],
)
def test_a_refused_row_is_told_and_the_others_are_taken(dsn: str, wrong: ImportRow | RefusedRow, field: str) -> None:
    refused: list[RefusedRow] = []
    done = loaded(dsn, [bag("b-1"), wrong, bag("b-2")], on_refused=refused.append)
    assert (done.rows, done.refused) == (2, 1)
    assert [row.field for row in refused] == [field]
    assert refused[0].reason
    assert held(dsn, "variants", "prices", "quotas") == [2, 2, 2]


def test_a_cut_price_has_a_history(dsn: str) -> None:
    loaded(dsn, [bag("b-1", was_minor=12_000, cut_days_ago=5)])

    async def work(database: Database) -> Any:
        return await rows_of(database, "prices")

    then, now = sorted(on(dsn, work), key=lambda row: row["valid_from"])
    assert (then["minor"], now["minor"], now["valid_to"]) == (12_000, 10_000, None)
    assert then["valid_to"] == now["valid_from"] == NOW - timedelta(days=5)


def test_a_load_killed_in_the_middle_leaves_whole_batches_and_can_be_begun_again(dsn: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, dsn], stdout=subprocess.PIPE, env=_environment())
    assert process.stdout is not None
    assert process.stdout.readline() == b"half\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert held(dsn, "variants", "prices", "quotas") == [BATCH] * 3
    assert held(dsn, "products", "search_products") == [BATCH // 2] * 2
    again = loaded(dsn, list(islice(endless(), BATCH + 10)))
    assert (again.rows, again.prices_changed) == (BATCH + 10, 10)
    assert held(dsn, "variants", "prices", "quotas") == [BATCH + 10] * 3


def _environment() -> dict[str, str]:
    import os
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    return {**os.environ, "PYTHONPATH": f"{root / 'src'}:{root / 'tests'}"}


@pytest.mark.parametrize("before", [BATCH - 1, BATCH - 3])
def test_the_variants_of_a_product_are_kept_together(dsn: str, before: int) -> None:
    steps: list[int] = []
    rows = [*islice(endless(), before), *(bag(f"b-{size}") for size in range(5)), *islice(endless(), 2)]
    loaded(dsn, rows, on_progress=steps.append)
    assert steps == [before + 5, before + 7]

    async def work(database: Database) -> list[str]:
        return [variant.sku for variant in (await product(database)).variants]

    assert on(dsn, work) == [f"b-{size}" for size in range(5)]


def test_a_product_larger_than_the_largest_batch_is_taken_in_pieces(dsn: str) -> None:
    steps: list[int] = []
    loaded(dsn, [bag(f"b-{number}") for number in range(LARGEST + 3)], on_progress=steps.append)
    assert steps == [LARGEST, LARGEST + 3]

    async def work(database: Database) -> list[str]:
        return [variant.sku for variant in (await product(database)).variants]

    assert on(dsn, work) == [f"b-{number}" for number in range(LARGEST + 3)]


def test_memory_does_not_grow_with_the_feed(dsn: str) -> None:
    peaks: dict[int, int] = {}

    def watch(done: int) -> None:
        peaks[done] = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()

    async def work(database: Database) -> Loaded:
        return await load(database, SHOP, islice(endless(), 9 * BATCH), NOW, source="test", on_progress=watch)

    tracemalloc.start()
    try:
        on(dsn, work)
    finally:
        tracemalloc.stop()
    assert list(peaks) == [BATCH * step for step in range(1, 10)]
    # A batch that stayed in memory would be in each later peak; a collection that happens late is in one or two.
    first, *_, seventh, eighth, last = peaks.values()
    assert min(seventh, eighth, last) < 2 * first


def test_an_empty_feed_is_nothing_wrong(dsn: str) -> None:
    assert loaded(dsn, []) == Loaded(rows=0, refused=0, prices_changed=0)
    assert BAG.sku == "b-1"
