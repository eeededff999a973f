"""Runs the SQL of news."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from argosy.delivery.news.model import NewsRow, Told
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.delivery.news")


async def add_news(tx: Tx, news_id: UUID, told: Told, who: str, now: datetime, until: datetime | None) -> None:
    """News, written down."""
    row = (told.kind, told.subject, told.code, told.first, told.last, told.minutes, told.reason)
    await tx.do(_sql["add_news"], news_id, *row, who, now, until)


async def withdraw_news(tx: Tx, news_id: UUID, now: datetime) -> int:
    """News, taken back; whether they were in force."""
    return await tx.do(_sql["withdraw_news"], news_id, now)


async def news_in_force(reader: Reader, now: datetime) -> list[NewsRow]:
    """All that is in force."""
    return await reader.rows(NewsRow, _sql["news_in_force"], now)
