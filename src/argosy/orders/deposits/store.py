"""Runs the SQL of deposits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from argosy.orders.deposits.model import DepositRow, Owed
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.orders.deposits")


async def open_deposits(tx: Tx, cell: int, orders: Sequence[UUID], at: datetime) -> None:
    """Deposits of orders that were paid."""
    await tx.do(_sql["open_deposits"], cell, orders, at)


async def read_deposits(reader: Reader, cell: int, ids: Sequence[UUID]) -> dict[UUID, DepositRow]:
    """Deposits by id."""
    return {row.deposit_id: row for row in await reader.rows(DepositRow, _sql["read_deposits"], cell, ids)}


async def end_deposits(tx: Tx, cell: int, ends: Sequence[tuple[UUID, str, UUID | None]], at: datetime) -> int:
    """How deposits ended, and with which balance order; how many rows."""
    ids, states, orders = zip(*ends, strict=True)
    return await tx.do(_sql["end_deposits"], cell, ids, states, orders, ids, at)


async def owe_pieces(tx: Tx, cell: int, pieces: dict[UUID, int]) -> None:
    """Pieces that went back."""
    ids = list(pieces)
    await tx.do(_sql["owe_pieces"], cell, ids, list(pieces.values()), ids)


async def missed(reader: Reader, cell: int, now: datetime) -> list[DepositRow]:
    """Deposits to be forfeited."""
    return await reader.rows(DepositRow, _sql["missed"], cell, now)


async def to_give_back(reader: Reader, cell: int) -> list[Owed]:
    """Deposits that are owed in part."""
    return await reader.rows(Owed, _sql["to_give_back"], cell)


async def gave_back(tx: Tx, cell: int, deposit_id: UUID, pieces: int) -> None:
    """What was owed went back."""
    await tx.do(_sql["gave_back"], cell, deposit_id, pieces)


async def hand_over(tx: Tx, cell: int, deposit_id: UUID, before: UUID, now: UUID) -> int:
    """Another shopper's; how many rows."""
    return await tx.do(_sql["hand_over"], cell, deposit_id, before, now)


async def deposits_of(reader: Reader, cell: int, shopper_id: UUID) -> list[DepositRow]:
    """A shopper's deposits."""
    return await reader.rows(DepositRow, _sql["deposits_of"], cell, shopper_id)
