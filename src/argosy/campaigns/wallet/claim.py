"""Claim coupons and red packets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from argosy.campaigns.plan import Plan, Promotion
from argosy.campaigns.wallet import store
from argosy.campaigns.wallet.model import ClaimAnswer, Claimed, ClaimWish, NotHere, WalletRow
from argosy.campaigns.wallet.rules import good_until, granted, most_takes, promotion_of
from argosy.markets.model import Markets
from argosy.plumbing.database import Tx
from argosy.quotas.lock import lock
from argosy.quotas.model import Move
from argosy.quotas.move import move

Open = tuple[int, ClaimWish, Promotion, datetime]
"""A wish that may be granted: its place, itself, its promotion, and until when what it claims is good."""


async def claim(
    tx: Tx,
    cell: int,
    wishes: Sequence[ClaimWish],
    *,
    plans: Iterable[Plan],
    markets: Markets,
    seed_of: Callable[[str], bytes],
    new_id: Callable[[], UUID],
) -> list[ClaimAnswer]:
    """The answers to claims, in their order; all that they take is taken, and lies in the wallets, with this transaction.

    First come, first served; a claim takes all it needs or nothing. `seed_of` gives a promotion's secret seed, from which
    red packets are drawn. Call it once a transaction. Refuses (`unknown_coupon`) what is never claimed.
    """
    plans = tuple(plans)
    answers: dict[int, ClaimAnswer] = {}
    open_: list[Open] = []
    for place, wish in enumerate(wishes):
        found = _until(wish, plans, markets)
        if isinstance(found, tuple):
            open_.append((place, wish, *found))
        else:
            answers[place] = found
    takes = [take for _, wish, one, _ in open_ for take in most_takes(one, str(wish.shopper_id), wish.market)]
    free = await lock(tx, cell, takes)
    rows: list[WalletRow] = []
    moves: list[Move] = []
    for place, wish, promotion, until in open_:
        answers[place] = answer = _grant(wish, promotion, until, free, moves, seed_of, new_id)
        if isinstance(answer, Claimed):
            rows.append(answer.row)
    await move(tx, cell, moves)
    if rows:
        await store.add(tx, cell, rows)
    return [answers[place] for place in range(len(wishes))]


def _until(wish: ClaimWish, plans: Iterable[Plan], markets: Markets) -> tuple[Promotion, datetime] | ClaimAnswer:
    promotion, festival = promotion_of(plans, wish.promotion)
    market = markets.get(wish.market)
    if market is None:
        return NotHere()
    zone = ZoneInfo(market.calendar.time_zone)
    until = good_until(promotion, festival, market.code, zone, wish.now)
    return (promotion, until) if isinstance(until, datetime) else until


def _grant(
    wish: ClaimWish,
    promotion: Promotion,
    until: datetime,
    free: dict[str, int],
    moves: list[Move],
    seed_of: Callable[[str], bytes],
    new_id: Callable[[], UUID],
) -> ClaimAnswer:
    """The answer to one wish; what it takes is noted in `moves` and gone from `free`."""
    found = granted(promotion, str(wish.shopper_id), wish.market, free, seed_of(promotion.code))
    if not isinstance(found, tuple):
        return found
    minor, takes = found
    for take in takes:
        free[take.key] -= take.count
        moves.append(Move(take.key, sold=take.count))
    row = WalletRow(wish.shopper_id, new_id(), promotion.code, wish.market, minor, wish.now, until)
    return Claimed(row)
