"""What a shopper brings along to a quote."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from argosy.campaigns.model import Wallet
from argosy.campaigns.wallet.wallet import wallet
from argosy.markets.model import Market
from argosy.orders.desk import Desk
from argosy.shoppers.levels import level_of


async def brought(
    desk: Desk,
    shopper_id: UUID,
    market: Market,
    *,
    account_id: UUID | None = None,
    declined: frozenset[str] = frozenset(),
) -> Wallet:
    """Her unused coupons and red packets, the level of membership of her account, and the gifts she does not want.

    Nothing is read where nothing is live in the market, and no level where nothing is for one.
    """
    now = desk.clock.now()
    live = desk.charts.campaigns.live(market, now)
    if not len(live):
        return Wallet(shopper=str(shopper_id))
    async with desk.database.read() as reader:
        found = await wallet(reader, desk.cell, shopper_id, market.code, now)
        level = await level_of(reader, desk.cell, account_id) if account_id and live.levels else ""
    return replace(found, levels=frozenset({level} if level else ()), declined=declined)
