"""What a reader brings along to a quote."""

from __future__ import annotations

from uuid import UUID

from argosy.campaigns.model import Wallet
from argosy.campaigns.wallet.wallet import wallet
from argosy.storefront.visit import Visit


async def brought(visit: Visit, shopper_id: UUID) -> Wallet:
    """Her unused coupons and red packets; nothing is read where nothing is live in the market."""
    front = visit.front
    if not len(front.desk.charts.campaigns.live(visit.market, front.now)):
        return Wallet(shopper=str(shopper_id))
    async with front.desk.database.read() as reader:
        return await wallet(reader, front.cell, shopper_id, visit.market.code, front.now)
