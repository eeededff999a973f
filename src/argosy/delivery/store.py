"""Runs the SQL of the ledger of promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from argosy.delivery.ledger import LedgerSlack, LedgerWeek, Promise
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.delivery")


async def add_promises(tx: Tx, cell: int, promises: Sequence[Promise]) -> int:
    """Promises that were not written down yet; how many they were."""
    return await tx.do(
        _sql["add_promises"],
        cell,
        [one.parcel_id for one in promises],
        [one.order_id for one in promises],
        [one.lane for one in promises],
        [one.confidence for one in promises],
        [one.ordered_at for one in promises],
        [one.promised_at for one in promises],
    )


async def set_delivered(tx: Tx, cell: int, deliveries: Mapping[UUID, datetime]) -> int:
    """First deliveries; how many parcels they were of."""
    return await tx.do(_sql["set_delivered"], cell, list(deliveries), list(deliveries.values()))


async def ledger_weeks(reader: Reader, cell: int, since: datetime, at: datetime) -> list[LedgerWeek]:
    """Counts by lane, confidence and week."""
    return await reader.rows(LedgerWeek, _sql["ledger_weeks"], cell, since, at)


async def ledger_slack(reader: Reader, cell: int, since: datetime, at: datetime) -> list[LedgerSlack]:
    """Slack by lane and confidence."""
    return await reader.rows(LedgerSlack, _sql["ledger_slack"], cell, since, at)
