"""Tell news of the network: promises made from the next seconds on know them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from argosy.delivery.model import Network
from argosy.delivery.news import store
from argosy.delivery.news.model import Told
from argosy.delivery.news.rules import check, until
from argosy.plumbing.database import Tx


async def tell(tx: Tx, network: Network, told: Told, *, news_id: UUID, who: str, now: datetime) -> None:
    """Write news down, if they fit the network (see `rules.check` for what is refused)."""
    check(network, told)
    await store.add_news(tx, news_id, told, who, now, until(told))
