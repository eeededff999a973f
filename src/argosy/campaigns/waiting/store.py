"""Runs the SQL of the waiting rooms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from argosy.campaigns.waiting.model import ArrivalRow, RateRow, RoomRow, RoomWish
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.campaigns.waiting")


async def read_rooms(reader: Reader, cell: int) -> list[RoomRow]:
    """All rooms."""
    return await reader.rows(RoomRow, _sql["read_rooms"], cell)


async def share_rooms(tx: Tx, cell: int) -> list[RoomRow]:
    """All rooms; until the transaction ends nobody closes their lots."""
    return await tx.rows(RoomRow, _sql["share_rooms"], cell)


async def lock_room(tx: Tx, cell: int, room: str) -> RoomRow | None:
    """One room, locked; None where there is none."""
    return await tx.row(RoomRow, _sql["lock_room"], cell, room)


async def add_room(tx: Tx, cell: int, wish: RoomWish, made_at: datetime) -> bool:
    """Whether the room was added; its name may be taken."""
    values = (wish.name, made_at, list(wish.paths), wish.opens_at, wish.stay_minutes)
    return bool(await tx.do(_sql["add_room"], cell, *values))


async def move_opening(tx: Tx, cell: int, room: str, opens_at: datetime) -> None:
    """Another opening."""
    await tx.do(_sql["move_opening"], cell, room, opens_at)


async def close_lots(tx: Tx, cell: int, room: str, now: datetime) -> bool:
    """Whether this call closed them."""
    return bool(await tx.do(_sql["close_lots"], cell, room, now))


async def drop_room(tx: Tx, cell: int, room: str) -> bool:
    """Whether there was such a room; its rates and counts go with it."""
    found = await tx.do(_sql["drop_room"], cell, room)
    await tx.do(_sql["drop_rates"], cell, room)
    await tx.do(_sql["drop_arrivals"], cell, room)
    return bool(found)


async def read_rates(reader: Reader, cell: int) -> list[RateRow]:
    """The rates of all rooms."""
    return await reader.rows(RateRow, _sql["read_rates"], cell)


async def put_rate(tx: Tx, cell: int, rate: RateRow) -> None:
    """A rate from an instant on."""
    await tx.do(_sql["put_rate"], cell, rate.room, rate.from_at, rate.per_second)


async def count_arrivals(tx: Tx, cell: int, rows: Sequence[ArrivalRow]) -> None:
    """Counts written, where they are higher than those there."""
    columns = ([row.room for row in rows], [row.slot for row in rows], [row.lane for row in rows])
    await tx.do(_sql["count_arrivals"], cell, *columns, [row.arrived for row in rows])


async def read_arrivals(reader: Reader, cell: int, room: str, since: int) -> list[ArrivalRow]:
    """Counts from a slot on, and of those who draw lots."""
    return await reader.rows(ArrivalRow, _sql["read_arrivals"], cell, room, since)
