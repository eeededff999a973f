"""Promotions as tickets: what each is, when, how much there is left of it, and what of it is the reader's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec
from markupsafe import Markup

from argosy.campaigns.claims import budget_key, claim_key
from argosy.campaigns.plan import Festival, Plan, Promotion, RedPacket
from argosy.campaigns.wallet.model import InWallet
from argosy.campaigns.wallet.rules import is_for
from argosy.campaigns.wallet.wallet import contents
from argosy.quotas.look import look
from argosy.quotas.model import Counter
from argosy.storefront.festival.terms import Words, words
from argosy.storefront.festival.timetable import next_time, times
from argosy.storefront.festival.wording import name_in
from argosy.storefront.visit import Visit

Stands = Literal["itself", "open", "yours", "used", "used_up", "early"]
"""It applies by itself; it can be claimed; lies in the reader's wallet; was used; is gone; comes later."""
_ORDER: dict[Stands, int] = {"yours": 0, "open": 1, "itself": 2, "early": 3, "used": 4, "used_up": 5}


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """One promotion in the reader's market."""

    code: str
    festival: str
    name: Markup
    words: Words
    stands: Stands
    starts: datetime
    ends: datetime
    more: bool = False
    """She can claim another one."""
    amounts: tuple[str, ...] = ()
    """What her unused red packets are worth."""
    until: datetime | None = None
    """Until when hers are good."""
    share_left: float | None = None
    """Of all there are, 0 to 1, for a bar; None where there is no limit or nobody has claimed yet."""
    limit: int = 0
    """How many one shopper may claim."""


async def tickets(visit: Visit, plans: Iterable[Plan]) -> list[Ticket]:
    """The promotions of festivals that run or come in the reader's market, hers first; those of the past are left out."""
    now, market = visit.front.now, visit.market
    found = []
    for plan in plans:
        for promotion in plan.promotions:
            span = next_time(times(promotion, plan.festival, market), now)
            told = words(visit.edition, promotion, plan.festival)
            if span is not None and told is not None:
                found.append((promotion, plan.festival, span, told))
    counters, held = await _known(visit, [one for one, festival, _, _ in found if is_for(one, festival, market.code)])
    made = [_ticket(visit, *one, counters, held) for one in found]
    return sorted(made, key=lambda one: (_ORDER[one.stands], one.starts if one.stands == "early" else now, one.code))


async def _known(visit: Visit, promotions: list[Promotion]) -> tuple[Mapping[str, Counter], list[InWallet]]:
    """The counters of what is claimed, and the reader's wallet."""
    market, own = visit.market.code, str(visit.shopper_id or "")
    keys = []
    for one in promotions:
        if one.claim is not None:
            keys += [claim_key(one.code), *([claim_key(one.code, own)] if own else [])]
            keys += [budget_key(one.code, market)] if isinstance(one.effect, RedPacket) else []
    if not keys:
        return {}, []
    front = visit.front
    async with front.desk.database.read() as reader:
        counters = await look(reader, front.cell, keys)
        held = await contents(reader, front.cell, visit.shopper_id, front.now) if visit.shopper_id else []
    return counters, held


def _ticket(
    visit: Visit,
    promotion: Promotion,
    festival: Festival,
    span: tuple[datetime, datetime],
    told: Words,
    counters: Mapping[str, Counter],
    held: list[InWallet],
) -> Ticket:
    mine = [one for one in held if one.row.promotion == promotion.code]
    unused = [
        one.row for one in mine if not one.used and (one.row.minor is None or one.row.market == visit.market.code)
    ]
    stands, more = _standing(promotion, visit, span, counters, bool(unused), bool(mine))
    return Ticket(
        code=promotion.code,
        festival=festival.code,
        name=name_in(visit.edition, promotion.names, promotion.code),
        words=told,
        stands=stands,
        starts=span[0],
        ends=span[1],
        more=more,
        amounts=tuple(visit.edition.price(row.minor) for row in unused if row.minor),
        until=min((row.expires_at for row in unused), default=None),
        share_left=_share_left(promotion, visit.market.code, counters),
        limit=promotion.claim.per_shopper if promotion.claim else 0,
    )


def _standing(
    promotion: Promotion,
    visit: Visit,
    span: tuple[datetime, datetime],
    counters: Mapping[str, Counter],
    unused: bool,
    had: bool,
) -> tuple[Stands, bool]:
    """How a promotion stands for the reader, and whether she can claim another one."""
    early = visit.front.now < span[0]
    if promotion.claim is None:
        return ("early" if early else "itself"), False
    own = counters.get(claim_key(promotion.code, str(visit.shopper_id or "")))
    limited = own is not None and own.free < 1
    gone = _is_gone(promotion, visit.market.code, counters)
    can = not early and not limited and not gone
    if unused:
        return "yours", can
    if can:
        return "open", False
    if early:
        return "early", False
    return ("used" if limited or had else "used_up"), False


def _is_gone(promotion: Promotion, market: str, counters: Mapping[str, Counter]) -> bool:
    every = counters.get(claim_key(promotion.code))
    if every is not None and every.free < 1:
        return True
    budget = counters.get(budget_key(promotion.code, market))
    effect = promotion.effect
    return isinstance(effect, RedPacket) and budget is not None and budget.free < effect.low_minor.get(market, 0)


def _share_left(promotion: Promotion, market: str, counters: Mapping[str, Counter]) -> float | None:
    """The smaller of what is left of claims and of the budget."""
    known = [counters.get(claim_key(promotion.code)), counters.get(budget_key(promotion.code, market))]
    return min((max(one.free, 0) / one.received for one in known if one is not None and one.received), default=None)
