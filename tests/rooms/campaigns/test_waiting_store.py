"""Rooms on a real database: made, followed by several processes, drawn, changed, taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from argosy.base.errors import NotFound, Refused
from argosy.campaigns.waiting.close_room import close_room
from argosy.campaigns.waiting.follow import Exchange, close_lots
from argosy.campaigns.waiting.line import Line
from argosy.campaigns.waiting.look import look
from argosy.campaigns.waiting.model import Phase, RoomWish
from argosy.campaigns.waiting.open_room import open_room
from argosy.campaigns.waiting.postpone import postpone
from argosy.campaigns.waiting.rooms import Rooms
from argosy.campaigns.waiting.rules import to_us
from argosy.campaigns.waiting.set_rate import set_rate
from argosy.plumbing.database import Database, open_database

OPENS = datetime(2026, 6, 18, 12, tzinfo=UTC)
NOW = OPENS - timedelta(minutes=10)
WISH = RoomWish(name="flash", paths=("/festival",), opens_at=OPENS, per_second=10)
HOLDER = b"h" * 16


class Process:
    """A server process, as far as it knows of rooms."""

    def __init__(self, database: Database) -> None:
        self.rooms = Rooms(1, 2)
        self.exchange = Exchange(self.rooms, "secret")
        self.database = database

    async def follow(self, now: datetime) -> Line | None:
        """One exchange; the line of the room, if there is one."""
        async with self.database.transaction() as tx:
            lines = await self.exchange.follow(tx, now)
        self.rooms.show(lines)
        return self.rooms.line_for("/festival/618")


def on(dsn: str, work: Callable[[Database], Awaitable[None]]) -> None:
    """Do something with a database."""

    async def run() -> None:
        database = await open_database(dsn, size=3)
        try:
            await work(database)
        finally:
            await database.close()

    asyncio.run(run())


async def within(database: Database, verb: Callable[..., Awaitable[object]], *values: object) -> object:
    """A verb in a transaction of its own."""
    async with database.transaction() as tx:
        return await verb(tx, 1, *values)


def second(seconds: float) -> datetime:
    """An instant after the opening."""
    return OPENS + timedelta(seconds=seconds)


def test_a_room_from_its_making_to_its_end(dsn: str) -> None:
    async def work(database: Database) -> None:
        first, other = Process(database), Process(database)
        assert await first.follow(NOW) is None and first.rooms.open == ()
        await within(database, open_room, WISH, NOW)
        lines = [await process.follow(NOW) for process in (first, other)]
        assert lines[0] is not None and lines[1] is not None
        assert first.rooms.line_for("/brands") is None
        early = [lines[n % 2].arrive(HOLDER, to_us(NOW) + n) for n in range(20)]  # type: ignore[union-attr]
        for at in (second(-1.9), second(-1.6)):
            for process in (first, other):
                await process.follow(at)
        assert first.rooms.lots_due(to_us(second(-2.1))) == []
        assert first.rooms.lots_due(to_us(second(-1.9))) == ["flash"]
        assert not await within(database, close_lots, "flash", second(-2.1))
        assert await within(database, close_lots, "flash", second(-1.9))
        assert not await within(database, close_lots, "flash", second(-1.8))
        late = lines[1].arrive(HOLDER, to_us(second(-1)))
        for process in (first, other, first):
            await process.follow(second(0))
        places = [lines[0].standing(ticket, to_us(OPENS)).before for ticket in early]
        assert sorted(places) == list(range(20))
        assert lines[0].standing(late, to_us(OPENS)).before == 20
        async with database.read() as reader:
            seen = await look(reader, 1, second(1))
        assert [(one.name, one.came, one.waiting, one.per_second) for one in seen] == [("flash", 21, 11, 10)]
        again = Process(database)
        line = await again.follow(second(0))
        assert line is not None
        assert [line.standing(ticket, to_us(OPENS)).before for ticket in early] == places
        await within(database, close_room, "flash")
        assert await again.follow(second(1)) is None
        async with database.read() as reader:
            assert await reader.connection.fetchval("SELECT count(*) FROM waiting_arrivals") == 0

    on(dsn, work)


def test_tickets_of_a_room_that_was_closed_are_worth_nothing_in_one_of_its_name(dsn: str) -> None:
    async def work(database: Database) -> None:
        process = Process(database)
        await within(database, open_room, WISH, NOW)
        old = await process.follow(NOW)
        assert old is not None
        old.arrive(HOLDER, to_us(NOW))
        await within(database, close_room, "flash")
        await within(database, open_room, WISH, NOW + timedelta(seconds=1))
        new = await process.follow(NOW + timedelta(seconds=1))
        assert new is not None and new.room.key != old.room.key
        assert new.end() == 0

    on(dsn, work)


def test_counts_that_could_not_be_written_are_written_with_the_next(dsn: str) -> None:
    async def work(database: Database) -> None:
        process, other = Process(database), Process(database)
        await within(database, open_room, WISH, NOW)
        line = await process.follow(NOW)
        assert line is not None
        for n in range(7):
            line.arrive(HOLDER, to_us(NOW) + n)
        with pytest.raises(ZeroDivisionError):
            async with database.transaction() as tx:
                await process.exchange.follow(tx, NOW)
                raise ZeroDivisionError
        process.exchange.undo()
        assert (await other.follow(NOW)).end() == 0  # type: ignore[union-attr]
        await process.follow(NOW)
        assert (await other.follow(NOW)).end() == 7_000_000  # type: ignore[union-attr]

    on(dsn, work)


def test_lots_are_closed_once_while_others_count(dsn: str) -> None:
    """Closing waits for those who write, and what is written after it does not count: all see the same lots."""

    async def work(database: Database) -> None:
        processes = [Process(database) for _ in range(3)]
        await within(database, open_room, WISH, NOW)
        lines = [await process.follow(NOW) for process in processes]
        for n in range(300):
            line = lines[n % 3]
            assert line is not None
            line.arrive(HOLDER, to_us(NOW) + n)
        closing = [within(database, close_lots, "flash", second(-1.5)) for _ in range(3)]
        following = [process.follow(second(-1.5)) for process in processes]
        done = await asyncio.gather(*closing, *following)
        assert sorted(map(bool, done[:3])) == [False, False, True]
        ends = []
        for process in processes:
            line = await process.follow(second(0))
            assert line is not None
            ends.append(line.end())
        assert len(set(ends)) == 1

    on(dsn, work)


def test_a_rate_and_an_opening_can_be_changed(dsn: str) -> None:
    async def work(database: Database) -> None:
        process = Process(database)
        await within(database, open_room, WISH, NOW)
        later = OPENS + timedelta(minutes=5)
        line = await process.follow(NOW)
        assert line is not None
        ticket = line.arrive(HOLDER, to_us(NOW))
        await within(database, postpone, "flash", later, NOW)
        assert await process.follow(NOW) is line
        assert line.standing(ticket, to_us(NOW)).due_us == to_us(later)
        await within(database, set_rate, "flash", 0, NOW)
        await process.follow(NOW)
        assert [(one.from_us, one.per_second) for one in line.room.rates] == [(to_us(later), 0)]
        with pytest.raises(Refused) as wrong:
            await within(database, postpone, "flash", later, later - timedelta(seconds=2))
        assert (wrong.value.code, wrong.value.status) == ("waiting_room_open", 409)

    on(dsn, work)


def test_a_room_that_opens_at_once_lets_the_first_in_within_two_seconds(dsn: str) -> None:
    async def work(database: Database) -> None:
        process = Process(database)
        await within(database, open_room, RoomWish(name="now", paths=("/festival",), opens_at=NOW, per_second=5), NOW)
        line = await process.follow(NOW)
        assert line is not None
        ticket = line.arrive(HOLDER, to_us(NOW))
        assert process.rooms.lots_due(to_us(NOW)) == ["now"]
        await within(database, close_lots, "now", NOW)
        for steps in range(1, 9):
            at = NOW + timedelta(seconds=steps / 4)
            await process.follow(at)
            if line.standing(ticket, to_us(at)).phase is Phase.TURN:
                break
        assert steps <= 6

    on(dsn, work)


@pytest.mark.parametrize("verb", [(close_room,), (set_rate, 5, NOW), (postpone, OPENS, NOW)])
def test_a_room_that_is_not_there_is_not_found(dsn: str, verb: tuple[Callable[..., Awaitable[None]], object]) -> None:
    async def work(database: Database) -> None:
        with pytest.raises(NotFound) as wrong:
            await within(database, verb[0], "nowhere", *verb[1:])
        assert wrong.value.code == "unknown_waiting_room"

    on(dsn, work)


def test_a_name_is_taken_once(dsn: str) -> None:
    async def work(database: Database) -> None:
        await within(database, open_room, WISH, NOW)
        with pytest.raises(Refused) as wrong:
            await within(database, open_room, WISH, NOW)
        assert (wrong.value.code, wrong.value.status) == ("waiting_room_exists", 409)

    on(dsn, work)


def test_the_closest_room_guards(dsn: str) -> None:
    async def work(database: Database) -> None:
        process = Process(database)
        await within(database, open_room, RoomWish(name="shop", paths=("/",), opens_at=OPENS, per_second=10), NOW)
        await within(database, open_room, WISH, NOW)
        await process.follow(NOW)
        found = {path: process.rooms.line_for(path) for path in ("/festival/618", "/p/bag", "/orders/1", "/v1/quotes")}
        named = {path: line.room.name if line else None for path, line in found.items()}
        assert named == {"/festival/618": "flash", "/p/bag": "shop", "/orders/1": None, "/v1/quotes": None}

    on(dsn, work)
