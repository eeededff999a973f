"""What a reader brings along to a quote."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from argosy.campaigns.model import Wallet
from argosy.campaigns.wallet.wallet import wallet
from argosy.shoppers.levels import level_of
from argosy.storefront.visit import Visit


async def brought(visit: Visit, shopper_id: UUID) -> Wallet:
    """Her unused coupons and red packets, her level of membership, and the gifts she does not want.

    Nothing is read where nothing is live in the market, and no level where nothing is for one.
    """
    front = visit.front
    live = front.desk.charts.campaigns.live(visit.market, front.now)
    if not len(live):
        return Wallet(shopper=str(shopper_id))
    async with front.desk.database.read() as reader:
        found = await wallet(reader, front.cell, shopper_id, visit.market.code, front.now)
        level = await level_of(reader, front.cell, visit.account_id) if visit.account_id and live.levels else ""
    return replace(found, levels=frozenset({level} if level else ()), declined=visit.declined)
