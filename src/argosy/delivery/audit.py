"""See how the shop's own promises were kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from argosy.delivery import store
from argosy.delivery.ledger import Audit, judge
from argosy.plumbing.database import Reader


async def audit(reader: Reader, cell: int, now: datetime, days: int) -> Audit:
    """Accuracy and slack of the promises made in the last `days`, by lane; an empty ledger is told as such."""
    since = now - timedelta(days=days)
    weeks = await store.ledger_weeks(reader, cell, since, now)
    return judge(weeks, await store.ledger_slack(reader, cell, since, now), now, since)
