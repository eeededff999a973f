"""Runs the SQL of the wallets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from argosy.campaigns.wallet.model import Tally, WalletRow
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.campaigns.wallet")


async def add(tx: Tx, cell: int, rows: Sequence[WalletRow]) -> None:
    """New rows."""
    await tx.do(
        _sql["add"],
        cell,
        [row.shopper_id for row in rows],
        [row.held_id for row in rows],
        [row.promotion for row in rows],
        [row.market for row in rows],
        [row.minor for row in rows],
        [row.claimed_at for row in rows],
        [row.expires_at for row in rows],
    )


async def of_shopper(reader: Reader, cell: int, shopper_id: UUID, since: datetime, most: int) -> list[WalletRow]:
    """A shopper's rows that end after an instant."""
    return await reader.rows(WalletRow, _sql["of_shopper"], cell, shopper_id, since, most)


async def hand_over(tx: Tx, cell: int, guest: UUID, held: Sequence[UUID], account: UUID) -> None:
    """Another owner of some rows."""
    await tx.do(_sql["hand_over"], cell, guest, held, account)


async def forget(tx: Tx, cell: int, before: datetime) -> int:
    """Rows taken out; at most 1,000 at once."""
    return await tx.do(_sql["forget"], cell, before)


async def tally(reader: Reader, cell: int, promotions: Sequence[str], most: int) -> list[Tally]:
    """Claims and uses by promotion, of at most so many claims."""
    return await reader.rows(Tally, _sql["tally"], cell, promotions, most)
