"""The outbox: events follow commits without gaps and reach each consumer in order, at least once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from argosy.plumbing import outbox
from argosy.plumbing.database import Database, Tx, open_database
from argosy.plumbing.model import Event, OutboxRow

NOW = datetime(2026, 6, 18, tzinfo=UTC)
CELL = 1
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@asynccontextmanager
async def opened(dsn: str, size: int = 6) -> AsyncIterator[Database]:
    """A database whose cell has an outbox."""
    database = await open_database(dsn, size=size)
    try:
        async with database.transaction() as tx:
            await outbox.open_cell(tx, CELL)
        yield database
    finally:
        await database.close()


def event(name: object) -> Event:
    """An event that tells its name."""
    return Event("order.placed", uuid4(), {"name": str(name), "text": '"\\ü漢'})


async def put(database: Database, *names: object) -> None:
    """Events of one transaction."""
    async with database.transaction() as tx:
        await outbox.write(tx, CELL, [event(name) for name in names], NOW)


async def everything(database: Database, cell: int = CELL) -> list[OutboxRow]:
    """All events of a cell."""
    async with database.read() as reader:
        return await outbox.read(reader, cell, 0, 100_000)


def names(rows: list[OutboxRow]) -> list[str]:
    """The names that events tell."""
    return [row.body["name"] for row in rows]


def test_events_keep_their_order_and_content(dsn: str) -> None:
    async def run() -> None:
        async with opened(dsn) as database:
            first = event("a")
            async with database.transaction() as tx:
                await outbox.write(tx, CELL, [first, event("b")], NOW)
                await outbox.write(tx, CELL, [], NOW)
                await outbox.write(tx, CELL, [event("c")], NOW)
            await put(database, "d")
            rows = await everything(database)
            assert names(rows) == ["a", "b", "c", "d"]
            assert [row.position for row in rows] == [1, 2, 3, 4]
            assert (rows[0].topic, rows[0].subject, rows[0].body, rows[0].at) == (
                first.topic,
                first.subject,
                first.body,
                NOW,
            )
            async with database.read() as reader:
                assert names(await outbox.read(reader, CELL, 1, 2)) == ["b", "c"]

    asyncio.run(run())


def test_opening_again_changes_nothing(dsn: str) -> None:
    async def run() -> None:
        async with opened(dsn) as database:
            await put(database, "a")
            async with database.transaction() as tx:
                await outbox.open_cell(tx, CELL)
                await outbox.open_cell(tx, 2)
            await put(database, "b")
            async with database.transaction() as tx:
                await outbox.write(tx, 2, [event("other")], NOW)
            assert [row.position for row in await everything(database)] == [1, 2]
            assert [row.position for row in await everything(database, 2)] == [1]

    asyncio.run(run())


def test_an_event_is_never_lost_for_want_of_an_outbox(dsn: str) -> None:
    async def run() -> None:
        async with opened(dsn) as database, database.transaction() as tx:
            await outbox.write(tx, 9, [event("a")], NOW)

    with pytest.raises(AssertionError, match="cell 9"):
        asyncio.run(run())


def test_what_is_rolled_back_leaves_no_gap(dsn: str) -> None:
    class Undo(Exception):
        pass

    async def run() -> None:
        async with opened(dsn) as database:
            await put(database, "a")
            with pytest.raises(Undo):
                async with database.transaction() as tx:
                    await outbox.write(tx, CELL, [event("x"), event("y")], NOW)
                    raise Undo
            await put(database, "b")
            rows = await everything(database)
            assert [(row.position, row.body["name"]) for row in rows] == [(1, "a"), (2, "b")]

    asyncio.run(run())


def test_a_second_writer_waits_for_the_first_commit(dsn: str) -> None:
    """Otherwise a reader could pass a position that is filled later, and would never see it."""

    async def run() -> None:
        async with opened(dsn) as database:
            async with database.transaction() as tx:
                await outbox.write(tx, CELL, [event("first")], NOW)
                second = asyncio.create_task(put(database, "second"))
                while not await waiting(database):
                    assert not second.done()
                assert await everything(database) == []
            await second
            assert names(await everything(database)) == ["first", "second"]

    asyncio.run(run())


async def waiting(database: Database) -> bool:
    """Whether a connection waits for another's lock."""
    async with database.read() as reader:
        count: int = await reader.connection.fetchval(_WAITING)
        return count > 0


def test_readers_see_a_growing_prefix_while_two_write(dsn: str) -> None:
    class Undo(Exception):
        pass

    async def writer(database: Database, name: str, seed: int) -> int:
        chance, kept = random.Random(seed), 0
        for number in range(60):
            size = chance.randint(1, 4)
            try:
                async with database.transaction() as tx:
                    await outbox.write(tx, CELL, [event(f"{name}{number}.{part}") for part in range(size)], NOW)
                    if chance.random() < 0.3:
                        raise Undo
                kept += size
            except Undo:
                pass
        return kept

    async def run() -> None:
        async with opened(dsn) as database:
            writers = [asyncio.create_task(writer(database, name, seed)) for seed, name in enumerate("ab")]
            seen: list[UUID] = []
            while True:
                done = all(task.done() for task in writers)
                rows = await everything(database)
                assert [row.position for row in rows] == list(range(1, len(rows) + 1))
                assert [row.subject for row in rows[: len(seen)]] == seen
                seen = [row.subject for row in rows]
                if done:
                    break
            assert len(seen) == sum([await task for task in writers]) > 0
            for name in "ab":
                told = [tuple(map(int, one[1:].split("."))) for one in names(rows) if one[0] == name]
                assert told == sorted(told)

    asyncio.run(run())


def test_each_consumer_gets_every_event_in_order(dsn: str) -> None:
    got: dict[str, list[str]] = {"mail": [], "search": []}

    async def run() -> None:
        async with opened(dsn) as database:
            for batch in range(3):
                await put(database, *(f"{batch}.{number}" for number in range(400)))
            for consumer, seen in got.items():

                async def handle(_tx: Tx, rows: list[OutboxRow], seen: list[str] = seen) -> None:
                    seen.extend(names(rows))

                counts = [await outbox.deliver(database, CELL, consumer, handle) for _ in range(4)]
                assert counts == [500, 500, 200, 0]
            assert got["mail"] == got["search"] == names(await everything(database))

    asyncio.run(run())


def test_a_failed_delivery_comes_again_and_leaves_no_effect(dsn: str) -> None:
    calls: list[list[str]] = []

    async def run() -> None:
        async with opened(dsn) as database:
            await put(database, "a", "b")

            async def handle(tx: Tx, rows: list[OutboxRow]) -> None:
                calls.append(names(rows))
                await outbox.open_cell(tx, 500 + len(calls))
                if len(calls) < 3:
                    raise OSError("the receiver is away")

            for _ in range(2):
                with pytest.raises(OSError, match="away"):
                    await outbox.deliver(database, CELL, "mail", handle)
            assert await outbox.deliver(database, CELL, "mail", handle) == 2
            assert await outbox.deliver(database, CELL, "mail", handle) == 0
            async with database.read() as reader:
                heads = await reader.connection.fetch("SELECT cell FROM outbox_heads WHERE cell > 500")
            assert [row["cell"] for row in heads] == [503], "the effects of failed deliveries are undone"

    asyncio.run(run())
    assert calls == [["a", "b"]] * 3


def test_one_process_at_a_time_serves_a_consumer(dsn: str) -> None:
    async def run() -> None:
        async with opened(dsn) as database, opened(dsn) as another:
            await put(database, "a")
            inside, go_on = asyncio.Event(), asyncio.Event()

            async def slow(_tx: Tx, _rows: list[OutboxRow]) -> None:
                inside.set()
                await go_on.wait()

            async def never(_tx: Tx, _rows: list[OutboxRow]) -> None:
                raise AssertionError("two at a time")

            async def other(_tx: Tx, rows: list[OutboxRow]) -> None:
                assert names(rows) == ["a"]

            first = asyncio.create_task(outbox.deliver(database, CELL, "mail", slow))
            await inside.wait()
            assert await outbox.deliver(another, CELL, "mail", never) == 0
            assert await outbox.deliver(another, CELL, "search", other) == 1
            go_on.set()
            assert await first == 1
            assert await outbox.deliver(another, CELL, "mail", never) == 0

    asyncio.run(run())


def test_duties_have_numbers_of_their_own() -> None:
    numbers = {outbox.duty_number(name, cell) for name in ("mail", "search", "expire") for cell in range(100)}
    assert len(numbers) == 300
    assert all(-(2**31) <= number < 2**31 for number in numbers)
