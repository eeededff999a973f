"""Runs the SQL of the counters."""

from __future__ import annotations

from collections.abc import Sequence

from argosy.plumbing.database import Reader, Tx, load_queries
from argosy.quotas.model import Counter, Move, Sums

_sql = load_queries("argosy.quotas")


async def lock_counters(tx: Tx, cell: int, keys: Sequence[str]) -> list[Counter]:
    """The counters, locked in key order."""
    return await tx.rows(Counter, _sql["lock_counters"], cell, "\n".join(keys))


async def make_counters(tx: Tx, cell: int, allowances: dict[str, int]) -> None:
    """Counters that are not there yet."""
    await tx.do(_sql["make_counters"], cell, list(allowances), list(allowances.values()))


async def restate_counters(tx: Tx, cell: int, units: dict[str, int]) -> None:
    """Locked counters with so many units in all."""
    await tx.do(_sql["restate_counters"], cell, list(units), list(units.values()))


async def counters_of(reader: Reader, cell: int, prefix: str) -> list[Counter]:
    """All counters of a prefix."""
    return await reader.rows(Counter, _sql["counters_of"], cell, prefix)


async def move_counters(tx: Tx, cell: int, moves: Sequence[Move]) -> int:
    """Changed held and sold; the number of counters found."""
    keys, held, sold = zip(*[(move.key, str(move.held), str(move.sold)) for move in moves], strict=True)
    return await tx.do(_sql["move_counters"], cell, "\n".join(keys), "\n".join(held), "\n".join(sold))


async def receive_units(tx: Tx, cell: int, units: dict[str, int]) -> None:
    """More units."""
    await tx.do(_sql["receive_units"], cell, list(units), list(units.values()))


async def read_counters(reader: Reader, cell: int, keys: Sequence[str]) -> list[Counter]:
    """The counters as they are."""
    return await reader.rows(Counter, _sql["read_counters"], cell, keys)


async def sum_counters(reader: Reader, cell: int, prefix: str) -> Sums:
    """Sums over all counters of a prefix."""
    found = await reader.row(Sums, _sql["sum_counters"], cell, prefix)
    assert found is not None  # noqa: S101
    return found


async def stocked_hubs(reader: Reader, cell: int) -> frozenset[str]:
    """Hubs with counters of stock."""
    return frozenset(await reader.column(_sql["stocked_hubs"], cell))


async def nearly_gone(reader: Reader, cell: int, prefix: str, one_in: int, limit: int) -> list[str]:
    """Keys of counters of which hardly anything is free."""
    return [str(key) for key in await reader.column(_sql["nearly_gone"], cell, prefix, one_in, limit)]


async def forget_counters(tx: Tx, cell: int, prefix: str, before: str) -> int:
    """Forget counters of times that are past; how many."""
    return await tx.do(_sql["forget_counters"], cell, prefix, before)
