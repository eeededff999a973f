"""The fast clock: one row a cell, read by all its processes."""

from __future__ import annotations

from datetime import UTC, datetime

from argosy.plumbing.clock import Pace, PacedClock
from argosy.plumbing.database import Database, Tx, load_queries
from argosy.plumbing.model import PaceRow

_sql = load_queries("argosy.plumbing")


async def set_pace(tx: Tx, cell: int, origin: datetime, speed: float) -> None:
    """Let the cell's business time stand at `origin` now and run `speed` times as fast (0.001 to 100,000)."""
    if not 0.001 <= speed <= 100_000:
        raise ValueError("speed is between 0.001 and 100,000")
    await tx.do(_sql["set_pace"], cell, origin, datetime.now(UTC), speed)


async def real_time(tx: Tx, cell: int) -> None:
    """Let business time be real time again."""
    await tx.do(_sql["drop_pace"], cell)


async def follow(database: Database, cell: int, clock: PacedClock) -> int:
    """Take over the cell's pace as it is now; always 0: there is never more to do at once."""
    async with database.read() as reader:
        row = await reader.row(PaceRow, _sql["pace_of"], cell)
    clock.pace = Pace(row.origin, row.real_origin, row.speed) if row else None
    return 0
