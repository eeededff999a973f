"""See the news of the network that are in force."""

from __future__ import annotations

from datetime import datetime

from argosy.delivery.news import store
from argosy.delivery.news.model import NewsRow
from argosy.plumbing.database import Reader


async def in_force(reader: Reader, now: datetime) -> list[NewsRow]:
    """News that are not taken back and still matter, in the order in which they were told."""
    return await store.news_in_force(reader, now)
