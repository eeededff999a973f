"""Runs the SQL of price protection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from argosy.delivery.parcels.model import Arrived
from argosy.orders.protecting.model import BoughtLine, Decided, OrderLine, Owed, Protected, ToCheck
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.orders.protecting")


async def bought_lines(reader: Reader, cell: int, orders: Sequence[UUID]) -> list[BoughtLine]:
    """Lines of those of the orders that are paid."""
    return await reader.rows(BoughtLine, _sql["bought_lines"], cell, orders)


async def add(tx: Tx, cell: int, lines: Sequence[Protected]) -> None:
    """New lines."""
    await tx.do(_sql["add"], cell, list(lines))


async def delivered(tx: Tx, cell: int, found: Sequence[Arrived]) -> None:
    """When orders were delivered."""
    await tx.do(_sql["delivered"], cell, [one.order_id for one in found], [one.at for one in found])


async def due(reader: Reader, cell: int, now: datetime, most: int) -> list[UUID]:
    """Orders of so many lines that are to be compared, by id."""
    return await reader.column(_sql["due"], cell, now, most)


async def to_check(tx: Tx, cell: int, orders: Sequence[UUID], now: datetime) -> list[ToCheck]:
    """Lines to compare, of orders that are locked."""
    return await tx.rows(ToCheck, _sql["to_check"], cell, orders, now)


async def of_order(reader: Reader, cell: int, order_id: UUID) -> list[OrderLine]:
    """Lines of an order that are under protection."""
    return await reader.rows(OrderLine, _sql["of_order"], cell, order_id)


async def decide(tx: Tx, cell: int, found: Sequence[Decided]) -> None:
    """What comparing them came to; lines that are over and never fell are taken out."""
    await tx.do(_sql["decide"], cell, list(found))
    await forget_over(tx, cell, [one.order_id for one in found if one.next_check_at is None])


async def owed(reader: Reader, cell: int, most: int) -> list[Owed]:
    """Drops to pay back."""
    return await reader.rows(Owed, _sql["owed"], cell, most)


async def settle(tx: Tx, cell: int, one: Owed) -> None:
    """That a drop was paid back."""
    await tx.do(_sql["settle"], cell, one.order_id, one.line)


async def forget_over(tx: Tx, cell: int, orders: Sequence[UUID]) -> None:
    """Take out what is over."""
    if orders:
        await tx.do(_sql["forget_over"], cell, orders)
