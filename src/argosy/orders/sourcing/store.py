"""Runs the SQL of stock beyond home."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from argosy.orders.sourcing.model import PrePlaced
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.orders.sourcing")


async def add_places(tx: Tx, cell: int, places: Sequence[tuple[UUID, str]]) -> None:
    """Where variants are kept from now on."""
    await tx.do(_sql["add_places"], cell, [variant for variant, _ in places], [hub for _, hub in places])


async def places(reader: Reader, cell: int, limit: int) -> list[PrePlaced]:
    """Where variants are kept."""
    return await reader.rows(PrePlaced, _sql["places"], cell, limit)
