"""Setting prices on a real database: what held before is kept, and the same again changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.plumbing.database import Database, open_database
from argosy.pricing.look_up import changed_since, look_up
from argosy.pricing.model import SELLERS_PRICE, PriceRow
from argosy.pricing.set_prices import NewPrice, set_prices

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
DAY = timedelta(days=1)
A, B = uuid4(), uuid4()

Scene = Callable[[Database], Awaitable[None]]


def on(dsn: str, scene: Scene) -> None:
    """Run a scene with a database open."""

    async def run() -> None:
        database = await open_database(dsn, size=2)
        try:
            await scene(database)
        finally:
            await database.close()

    asyncio.run(run())


async def put(database: Database, *prices: NewPrice, now: datetime = NOW, name: str = SELLERS_PRICE) -> int:
    async with database.transaction() as tx:
        return await set_prices(tx, name, prices, "test", now)


async def history(database: Database, variant: UUID, now: datetime = NOW) -> list[PriceRow]:
    """All rows of a variant, the oldest first."""
    async with database.read() as reader:
        rows = (await look_up(reader, [variant], now)).get(variant, ())
    return sorted(rows, key=lambda row: (row.list, row.valid_from))


def told(rows: list[PriceRow]) -> list[tuple[int, datetime, datetime | None]]:
    return [(row.minor, row.valid_from, row.valid_to) for row in rows]


def test_a_first_price_begins_when_it_says(dsn: str) -> None:
    async def scene(database: Database) -> None:
        assert await put(database, NewPrice(A, 100, "CNY", NOW - 3 * DAY), NewPrice(B, 200, "EUR", NOW)) == 2
        assert told(await history(database, A)) == [(100, NOW - 3 * DAY, None)]
        assert (await history(database, B))[0].currency == "EUR"

    on(dsn, scene)


def test_a_change_keeps_what_held_before(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await put(database, NewPrice(A, 100, "CNY", NOW))
        assert await put(database, NewPrice(A, 80, "CNY", NOW + DAY), now=NOW + DAY) == 1
        assert await put(database, NewPrice(A, 90, "CNY", NOW + 2 * DAY), now=NOW + 2 * DAY) == 1
        assert told(await history(database, A)) == [
            (100, NOW, NOW + DAY),
            (80, NOW + DAY, NOW + 2 * DAY),
            (90, NOW + 2 * DAY, None),
        ]

    on(dsn, scene)


def test_the_same_price_again_changes_nothing(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await put(database, NewPrice(A, 100, "CNY", NOW), NewPrice(B, 50, "CNY", NOW))
        before = await history(database, A)
        again = [NewPrice(A, 100, "CNY", NOW + DAY), NewPrice(B, 51, "CNY", NOW + DAY)]
        assert await put(database, *again, now=NOW + DAY) == 1
        assert await put(database, *again, now=NOW + 2 * DAY) == 0
        assert await history(database, A) == before
        async with database.read() as reader:
            assert await changed_since(reader, NOW) == {B: NOW + DAY}

    on(dsn, scene)


def test_the_same_amount_in_another_currency_is_a_change(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await put(database, NewPrice(A, 100, "CNY", NOW))
        assert await put(database, NewPrice(A, 100, "EUR", NOW + DAY), now=NOW + DAY) == 1
        assert [row.currency for row in await history(database, A)] == ["CNY", "EUR"]

    on(dsn, scene)


def test_a_cut_price_comes_with_what_it_was(dsn: str) -> None:
    async def scene(database: Database) -> None:
        cut = NewPrice(A, 80, "CNY", NOW - 5 * DAY, was_minor=100, was_from=NOW - 50 * DAY)
        assert await put(database, cut) == 1
        assert told(await history(database, A)) == [(100, NOW - 50 * DAY, NOW - 5 * DAY), (80, NOW - 5 * DAY, None)]
        assert await put(database, cut, now=NOW + DAY) == 0

    on(dsn, scene)


def test_what_really_held_is_not_rewritten_by_a_claim(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await put(database, NewPrice(A, 100, "CNY", NOW - 5 * DAY), now=NOW - 5 * DAY)
        claim = NewPrice(A, 80, "CNY", NOW - 2 * DAY, was_minor=999, was_from=NOW - 50 * DAY)
        await put(database, claim)
        assert told(await history(database, A)) == [(100, NOW - 5 * DAY, NOW), (80, NOW, None)]

    on(dsn, scene)


def test_a_price_to_come_leaves_no_gap(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await put(database, NewPrice(A, 100, "CNY", NOW - DAY))
        assert await put(database, NewPrice(A, 80, "CNY", NOW + DAY)) == 1
        assert told(await history(database, A)) == [(100, NOW - DAY, NOW + DAY), (80, NOW + DAY, None)]

    on(dsn, scene)


def test_a_new_price_holds_until_the_one_that_is_to_come(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await put(database, NewPrice(A, 100, "CNY", NOW - DAY))
        await put(database, NewPrice(A, 80, "CNY", NOW + 5 * DAY))
        assert await put(database, NewPrice(A, 95, "CNY", NOW), now=NOW) == 1
        assert told(await history(database, A)) == [
            (100, NOW - DAY, NOW),
            (95, NOW, NOW + 5 * DAY),
            (80, NOW + 5 * DAY, None),
        ]

    on(dsn, scene)


def test_lists_do_not_know_each_other(dsn: str) -> None:
    async def scene(database: Database) -> None:
        await put(database, NewPrice(A, 100, "CNY", NOW))
        assert await put(database, NewPrice(A, 12, "EUR", NOW), name="FR") == 1
        assert await put(database, NewPrice(A, 13, "EUR", NOW + DAY), name="FR", now=NOW + DAY) == 1
        assert [(row.list, row.minor) for row in await history(database, A)] == [("", 100), ("FR", 12), ("FR", 13)]

    on(dsn, scene)


@pytest.mark.parametrize("minor", [pytest.param(0, id="free"), pytest.param(-1, id="negative")])
def test_a_price_that_is_none_is_refused_and_nothing_is_written(dsn: str, minor: int) -> None:
    async def scene(database: Database) -> None:
        with pytest.raises(asyncpg.CheckViolationError):
            await put(database, NewPrice(B, 100, "CNY", NOW), NewPrice(A, minor, "CNY", NOW))
        assert await history(database, A) == await history(database, B) == []

    on(dsn, scene)


STEPS = st.lists(
    st.tuples(st.integers(0, 10), st.integers(-5, 20), st.sampled_from([100, 200, 300])), min_size=1, max_size=8
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=1, max_size=6))
def test_however_prices_are_set_there_is_one_price_at_a_time(
    dsn: str, stories: list[list[tuple[int, int, int]]]
) -> None:
    async def scene(database: Database) -> None:
        for steps in stories:
            variant, now = uuid4(), NOW
            await put(database, NewPrice(variant, 50, "CNY", now), now=now)
            for pause, ahead, minor in steps:
                now += pause * DAY
                await put(database, NewPrice(variant, minor, "CNY", now + ahead * DAY), now=now)
            rows = await history(database, variant, NOW)
            assert all(one.valid_to == other.valid_from for one, other in pairwise(rows)), told(rows)
            assert rows[-1].valid_to is None
            assert rows[0].valid_from == NOW

    on(dsn, scene)
