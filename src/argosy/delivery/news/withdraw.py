"""Take news of the network back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from argosy.base.errors import NotFound
from argosy.delivery.news import store
from argosy.plumbing.database import Tx


async def withdraw(tx: Tx, news_id: UUID, now: datetime) -> None:
    """Take news back; refuses (`unknown_news`) those that are not in force."""
    if not await store.withdraw_news(tx, news_id, now):
        raise NotFound(
            "unknown_news", "No such news are in force.", field="id", remedy="`argosy news list` shows those that are."
        )
