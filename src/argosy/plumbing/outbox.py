"""The outbox: what happened, written in the same transaction, read in order, delivered at least once."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from argosy.plumbing.database import Database, Reader, Tx, load_queries
from argosy.plumbing.model import Event, OutboxRow

_sql = load_queries("argosy.plumbing")

# First half of the advisory lock keys of outbox consumers; the second is a hash of the consumer's name.
_CONSUMERS = 0x4F55


async def write(tx: Tx, cell: int, events: Sequence[Event], now: datetime) -> None:
    """Append events in their order. Call it last in the transaction: it locks the cell's head until the commit."""
    if events:
        written = await tx.do(_sql["add_events"], cell, list(events), len(events), now)
        assert written == len(events), f"the outbox of cell {cell} was not opened"  # noqa: S101


async def read(reader: Reader, cell: int, after: int, limit: int = 500) -> list[OutboxRow]:
    """Up to `limit` events after a position."""
    return await reader.rows(OutboxRow, _sql["read_events"], cell, after, limit)


async def open_cell(tx: Tx, cell: int) -> None:
    """Make the cell's outbox ready; safe to repeat."""
    await tx.do(_sql["open_cell"], cell)


async def deliver(
    database: Database, cell: int, consumer: str, handle: Callable[[Tx, list[OutboxRow]], Awaitable[None]]
) -> int:
    """Hand the next events to a consumer and note how far it came; the number handed over.

    The effect and the note are one transaction. One process at a time serves a consumer; 0 if another does.
    """
    async with database.transaction() as tx:
        if not await tx.value(_sql["try_duty"], _CONSUMERS, duty_number(consumer, cell)):
            return 0
        after = await tx.value(_sql["cursor_of"], cell, consumer) or 0
        events = await read(tx, cell, after)
        if events:
            await handle(tx, events)
            await tx.do(_sql["move_cursor"], cell, consumer, events[-1].position)
        return len(events)


def duty_number(name: str, cell: int) -> int:
    """A 32-bit number for a name within a cell: the second half of an advisory lock's key."""
    return zlib.crc32(f"{cell}/{name}".encode()) - 2**31
