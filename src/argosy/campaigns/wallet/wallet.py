"""See what a shopper claimed, and bring it along to a quote."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from argosy.campaigns.candidates import held_key
from argosy.campaigns.model import Held, Wallet
from argosy.campaigns.wallet import store
from argosy.campaigns.wallet.model import InWallet
from argosy.plumbing.database import Reader
from argosy.quotas.look import look

MOST = 100
"""Coupons and red packets that a quote considers; those that end first go before the rest."""
_READ = 300


async def contents(reader: Reader, cell: int, shopper_id: UUID, since: datetime) -> list[InWallet]:
    """What a shopper claimed that was good at `since` or later, what ends first before the rest; at most 300."""
    rows = await store.of_shopper(reader, cell, shopper_id, since, _READ)
    counters = await look(reader, cell, [held_key(str(row.held_id)) for row in rows]) if rows else {}
    found = []
    for row in rows:
        counter = counters.get(held_key(str(row.held_id)))
        found.append(InWallet(row, counter is not None and counter.free < 1))
    return found


async def wallet(reader: Reader, cell: int, shopper_id: UUID, market: str, now: datetime) -> Wallet:
    """What a shopper can bring to an order in a market: unexpired, in no other order, at most 100.

    A red packet is good in the market that it was claimed in, since its amount is in that currency; a coupon everywhere.
    """
    held = [
        Held(str(one.row.held_id), one.row.promotion, one.row.expires_at, one.row.minor)
        for one in await contents(reader, cell, shopper_id, now)
        if not one.used and (one.row.minor is None or one.row.market == market)
    ]
    return Wallet(shopper=str(shopper_id), held=tuple(held[:MOST]))
