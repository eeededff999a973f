"""What a shopper brings along to a quote."""

from __future__ import annotations

from uuid import UUID

from argosy.campaigns.model import Wallet
from argosy.campaigns.wallet.wallet import wallet
from argosy.markets.model import Market
from argosy.orders.desk import Desk


async def brought(desk: Desk, shopper_id: UUID, market: Market) -> Wallet:
    """Her unused coupons and red packets; nothing is read where nothing is live in the market."""
    now = desk.clock.now()
    if not len(desk.charts.campaigns.live(market, now)):
        return Wallet(shopper=str(shopper_id))
    async with desk.database.read() as reader:
        return await wallet(reader, desk.cell, shopper_id, market.code, now)
