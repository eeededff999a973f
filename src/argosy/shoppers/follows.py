"""Follow brands, signed in or not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from argosy.plumbing.database import Reader, Tx
from argosy.shoppers import store
from argosy.shoppers.model import FollowRow


async def follow(tx: Tx, cell: int, shopper_id: UUID, brand_slug: str, now: datetime) -> None:
    """Follow a brand; a second time changes nothing. Whether there is such a brand is the caller's to know."""
    await store.follow(tx, cell, shopper_id, brand_slug, now)


async def unfollow(tx: Tx, cell: int, shopper_id: UUID, brand_slug: str) -> None:
    """Follow it no longer."""
    await store.unfollow(tx, cell, shopper_id, brand_slug)


async def followed(reader: Reader, cell: int, shopper_id: UUID) -> list[FollowRow]:
    """The brands she follows, the latest first; at most 500."""
    return await store.follows_of(reader, cell, shopper_id)


async def follows(reader: Reader, cell: int, shopper_id: UUID, brand_slug: str) -> bool:
    """Whether she follows a brand."""
    return await store.is_followed(reader, cell, shopper_id, brand_slug)


async def followers(reader: Reader, cell: int, brand_slug: str) -> int:
    """How many follow a brand in this cell."""
    return await store.followers(reader, cell, brand_slug)


async def hand_over(tx: Tx, cell: int, visit: UUID, account_id: UUID) -> None:
    """Give what a visit followed to the account that it signed in to."""
    if visit != account_id:
        await store.hand_follows_over(tx, cell, visit, account_id)
