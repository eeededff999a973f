"""Counters on a real database: locked in one order, moved within bounds, never given away twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from argosy.plumbing.database import Database, Tx, connect, open_database
from argosy.quotas.lock import lock
from argosy.quotas.look import look, sums
from argosy.quotas.model import Counter, Move, Sums, Take
from argosy.quotas.move import move
from argosy.quotas.receive import receive, receive_new
from argosy.quotas.rules import admit

CELL = 1
Scene = Callable[[Database], Awaitable[None]]


def on(dsn: str, scene: Scene) -> None:
    async def run() -> None:
        database = await open_database(dsn, size=4)
        try:
            await scene(database)
        finally:
            await database.close()

    asyncio.run(run())


async def seen(database: Database, *keys: str, cell: int = CELL) -> dict[str, tuple[int, int, int]]:
    async with database.read() as reader:
        found = await look(reader, cell, keys)
    return {key: (one.received, one.held, one.sold) for key, one in found.items()}


def test_units_come_in_and_add_up(dsn: str) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            await receive(tx, CELL, {"a": 3, "b": 0})
            await receive(tx, CELL, {"a": 4})
            await receive_new(tx, CELL, {"a": 99, "c": 5})
            await receive(tx, CELL, {})
        assert await seen(database, "a", "b", "c", "none") == {"a": (7, 0, 0), "b": (0, 0, 0), "c": (5, 0, 0)}

    on(dsn, scene)


def test_fewer_than_none_cannot_come_in(dsn: str) -> None:
    async def scene(database: Database) -> None:
        with pytest.raises(ValueError, match="a: -1"):
            async with database.transaction() as tx:
                await receive(tx, CELL, {"b": 1, "a": -1})
        assert await seen(database, "a", "b") == {}

    on(dsn, scene)


def test_cells_have_counters_of_their_own(dsn: str) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            await receive(tx, 1, {"a": 3})
            await receive(tx, 2, {"a": 8})
            await lock(tx, 1, [Take("a", 1)])
            await move(tx, 1, [Move("a", held=3)])
        assert await seen(database, "a", cell=1) == {"a": (3, 3, 0)}
        assert await seen(database, "a", cell=2) == {"a": (8, 0, 0)}

    on(dsn, scene)


def test_units_are_held_sold_and_given_back(dsn: str) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            await receive(tx, CELL, {"a": 5, "b": 5})
            assert await lock(tx, CELL, [Take("a", 1), Take("never", 1)], ["b"]) == {"a": 5, "b": 5}
            await move(tx, CELL, [Move("a", held=3), Move("b", held=1)])
        async with database.transaction() as tx:
            assert await lock(tx, CELL, [], ["a", "b"]) == {"a": 2, "b": 4}
            await move(
                tx, CELL, [Move("a", held=-2, sold=2), Move("a", held=-1), Move("b", held=1), Move("b", held=-1)]
            )
        assert await seen(database, "a", "b") == {"a": (5, 0, 2), "b": (5, 1, 0)}
        async with database.read() as reader:
            assert await sums(reader, CELL, "a") == Sums(1, 5, 0, 2)
            assert await sums(reader, CELL, "") == Sums(2, 10, 1, 2)
            assert await sums(reader, CELL, "stock/") == Sums(0, 0, 0, 0)

    on(dsn, scene)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(Move("a", held=6), id="more-held-than-there-is"),
        pytest.param(Move("a", held=3, sold=3), id="more-held-and-sold"),
        pytest.param(Move("a", held=-1), id="held-below-zero"),
        pytest.param(Move("a", sold=-1), id="sold-below-zero"),
    ],
)
def test_a_move_out_of_bounds_undoes_the_whole_transaction(dsn: str, wrong: Move) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            await receive(tx, CELL, {"a": 5, "b": 5})
        with pytest.raises(asyncpg.CheckViolationError):
            async with database.transaction() as tx:
                await lock(tx, CELL, [], ["a", "b"])
                await move(tx, CELL, [Move("b", held=1)])
                await move(tx, CELL, [wrong])
        assert await seen(database, "a", "b") == {"a": (5, 0, 0), "b": (5, 0, 0)}

    on(dsn, scene)


def test_a_move_of_what_is_not_there_is_a_broken_rule(dsn: str) -> None:
    async def scene(database: Database) -> None:
        with pytest.raises(AssertionError, match="gone"):
            async with database.transaction() as tx:
                await move(tx, CELL, [Move("nowhere", held=1)])

    on(dsn, scene)


def test_an_allowance_is_made_by_its_first_taker_and_kept(dsn: str) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            assert await lock(tx, CELL, [Take("limit/x/one", 2, 3)]) == {"limit/x/one": 3}
            await move(tx, CELL, [Move("limit/x/one", held=2)])
        async with database.transaction() as tx:
            # Another allowance for the same counter changes nothing: the first taker's stands.
            assert await lock(tx, CELL, [Take("limit/x/one", 1, 9)]) == {"limit/x/one": 1}
        assert await seen(database, "limit/x/one") == {"limit/x/one": (3, 2, 0)}

    on(dsn, scene)


@pytest.mark.parametrize(
    ("allowance", "free", "received"),
    [
        pytest.param(9, 7, 9, id="more"),
        pytest.param(3, 1, 3, id="as-many"),
        pytest.param(2, 0, 2, id="as-many-as-are-taken"),
        pytest.param(1, 0, 2, id="fewer-than-are-taken"),
    ],
)
def test_what_is_stated_today_is_what_there_is(dsn: str, allowance: int, free: int, received: int) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            await lock(tx, CELL, [Take("slot/x", 2, 3), Take("limit/x", 2, 3)], stated=("slot/",))
            await move(tx, CELL, [Move("slot/x", held=1, sold=1), Move("limit/x", held=2)])
        async with database.transaction() as tx:
            found = await lock(
                tx, CELL, [Take("slot/x", 1, allowance), Take("limit/x", 1, allowance)], stated=("slot/",)
            )
        assert found == {"slot/x": free, "limit/x": 1}
        assert await seen(database, "slot/x", "limit/x") == {"slot/x": (received, 1, 1), "limit/x": (3, 2, 0)}

    on(dsn, scene)


def test_places_that_come_back_are_not_given_again_beyond_fewer(dsn: str) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            await lock(tx, CELL, [Take("slot/x", 3, 3)])
            await move(tx, CELL, [Move("slot/x", held=3)])
        for left, free in ((2, 0), (1, 1)):
            async with database.transaction() as tx:
                assert await lock(tx, CELL, [Take("slot/x", 1, 2)], ["slot/x"], ("slot/",)) == {"slot/x": 0}
                await move(tx, CELL, [Move("slot/x", held=-1)])
            async with database.transaction() as tx:
                assert await lock(tx, CELL, [Take("slot/x", 1, 2)], stated=("slot/",)) == {"slot/x": free}
            assert await seen(database, "slot/x") == {"slot/x": (2, left, 0)}

    on(dsn, scene)


async def takers(dsn: str, batches: int, keys: list[str], allowance: int | None, seed: int) -> dict[str, int]:
    """One connection that takes in many batches; what it got, by key."""
    draw = random.Random(seed)
    connection = await connect(dsn)
    got = dict.fromkeys(keys, 0)
    for _ in range(batches):
        wishes = [[Take(key, draw.randint(1, 3), allowance) for key in draw.sample(keys, 2)] for _ in range(8)]
        async with connection.transaction():
            tx = Tx(connection)
            free = await lock(tx, CELL, [take for wish in wishes for take in wish])
            moves = []
            for wish, lacking in zip(wishes, admit(free, wishes), strict=True):
                if not lacking:
                    moves.extend([Move(take.key, held=take.count) for take in wish])
                    for take in wish:
                        got[take.key] += take.count
            await move(tx, CELL, moves)
    await connection.close()
    return got


@pytest.mark.parametrize(
    "allowance", [pytest.param(None, id="stock-that-came-in"), pytest.param(300, id="allowances-made-by-takers")]
)
def test_takers_side_by_side_never_oversell(dsn: str, allowance: int | None) -> None:
    keys = [f"k{n}" for n in range(5)]

    async def scene(database: Database) -> None:
        if allowance is None:
            async with database.transaction() as tx:
                await receive(tx, CELL, dict.fromkeys(keys, 300))
        told = await asyncio.gather(*(takers(dsn, 60, keys, allowance, seed) for seed in range(3)))
        for key in keys:
            taken = sum(got[key] for got in told)
            assert await seen(database, key) == {key: (300, taken, 0)}
        # Four times as much was wished for as there was: nearly all is gone, and nobody was left out.
        assert sum(sum(got.values()) for got in told) > 1_200
        assert all(sum(got.values()) for got in told)

    on(dsn, scene)


def test_a_counter_is_locked_until_the_transaction_ends(dsn: str) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            await receive(tx, CELL, {"a": 1})
        order: list[str] = []
        locked = asyncio.Event()

        async def first() -> None:
            async with database.transaction() as tx:
                assert await lock(tx, CELL, [Take("a", 1)]) == {"a": 1}
                locked.set()
                await asyncio.sleep(0.2)
                await move(tx, CELL, [Move("a", held=1)])
                order.append("first")

        async def second() -> None:
            await locked.wait()
            async with database.transaction() as tx:
                assert await lock(tx, CELL, [Take("a", 1)]) == {"a": 0}
                order.append("second")

        await asyncio.gather(first(), second())
        assert order == ["first", "second"]

    on(dsn, scene)


def test_looking_at_counters_gives_structs(dsn: str) -> None:
    async def scene(database: Database) -> None:
        async with database.transaction() as tx:
            await receive(tx, CELL, {"a": 4})
        async with database.read() as reader:
            assert await look(reader, CELL, ["a"]) == {"a": Counter("a", 4, 0, 0)}
            with pytest.raises(AssertionError, match="too many"):
                await look(reader, CELL, ["a"] * 10_001)

    on(dsn, scene)
