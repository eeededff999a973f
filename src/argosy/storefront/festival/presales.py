"""Pre-sales of a festival: what a deposit costs and counts for, when its balance is due, and its goods."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import msgspec
from markupsafe import Markup

from argosy.campaigns.plan import Festival, PreSale, Promotion, instant
from argosy.orders.deposits.offers import presale_for
from argosy.orders.showing.cards import Card
from argosy.storefront.festival.terms import Words
from argosy.storefront.festival.timetable import next_time, times, zone_of
from argosy.storefront.festival.wording import name_in
from argosy.storefront.texts import noted
from argosy.storefront.visit import Visit

When = Literal["coming", "open", "balance"]
"""Deposits are taken later; they are taken now; no more are taken, and balances are due or will be."""
_NOW = noted("Pay %(deposit)s now, it counts as %(counts)s")
_THEN = noted("Deposit %(deposit)s counts for %(counts)s")


class PreSaleTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A pre-sale in the reader's market; the figures are for one piece."""

    code: str
    name: Markup
    words: Words
    """In one sentence, without a figure: what its goods are shown under."""
    deposit_minor: int
    stands: When
    starts: datetime
    """When deposits are taken, or were."""
    balance_from: datetime
    balance_until: datetime


def presales_of(visit: Visit, festival: str) -> list[PreSaleTicket]:
    """The pre-sales of a festival for everybody in the reader's market whose balance window is not over, the open ones first.

    Asks the database nothing.
    """
    found = [
        told
        for plan in visit.front.desk.charts.presales.plans
        if plan.festival.code == festival
        for one in plan.promotions
        if not one.levels and (told := _ticket(visit, one, plan.festival)) is not None
    ]
    places: tuple[When, ...] = ("open", "coming", "balance")
    return sorted(found, key=lambda one: (places.index(one.stands), one.starts, one.code))


def _ticket(visit: Visit, one: Promotion, festival: Festival) -> PreSaleTicket | None:
    """None where the market has no amounts for it, where no deposit can be paid any more, or none was ever to be."""
    effect, edition, market, now = one.effect, visit.edition, visit.market, visit.front.now
    assert isinstance(effect, PreSale), "a pre-sale without its effect"  # noqa: S101
    deposit, counts = effect.deposit_minor.get(market.code), effect.counts_minor.get(market.code)
    begins, ends = (instant(at, zone_of(market)).astimezone(UTC) for at in (effect.balance_from, effect.balance_until))
    spans = [(start, min(end, begins)) for start, end in times(one, festival, market) if start < begins]
    if deposit is None or counts is None or not spans or now >= ends:
        return None
    span = next_time(spans, now)
    stands: When = "balance" if span is None else "open" if span[0] <= now else "coming"
    text = _NOW if stands == "open" else _THEN
    return PreSaleTicket(
        code=one.code,
        name=name_in(edition, one.names, one.code),
        words=Words("", edition.gettext(text, deposit=edition.price(deposit), counts=edition.price(counts))),
        deposit_minor=deposit,
        stands=stands,
        starts=(span or spans[-1])[0],
        balance_from=begins,
        balance_until=ends,
    )


async def taking(visit: Visit, code: str, cards: list[Card]) -> list[Card]:
    """Those of the cards whose goods a pre-sale takes deposits for now, as their own pages say."""
    desk, now = visit.front.desk, visit.front.now
    shelf = await desk.shelf.items([card.offer.variant.variant_id for card in cards])
    found = []
    for card in cards:
        item = shelf.get(card.offer.variant.variant_id)
        offer = presale_for(desk.charts, visit.market, item, now) if item and card.offer.buyable else None
        if offer is not None and offer.open and offer.promotion == code:
            found.append(card)
    return found
