"""Handler that tells festivals and their promotions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, get

from argosy.campaigns.live import kind_of
from argosy.campaigns.plan import Festival, PreSale, Promotion, instant, phase_at, windows
from argosy.markets.model import Market
from argosy.platform.browsing import MarketCode
from argosy.platform.document import problems
from argosy.platform.front import front_of, market_of
from argosy.platform.shapes.campaigns import FestivalAnswer, PhaseAnswer, PromotionAnswer, SpanAnswer


@get(
    "/v1/campaigns",
    operation_id="listCampaigns",
    tags=["Browsing"],
    summary="List the festivals of a market and their promotions",
    responses=problems(400),
)
async def campaigns(request: Request[Any, Any, Any], market: MarketCode) -> list[FestivalAnswer]:
    """The festivals of a market that are not over, in the order of their beginnings, with their promotions there."""
    front = front_of(request)
    at, now, charts = market_of(front, market), front.desk.clock.now(), front.desk.charts
    presales = {plan.festival.code: plan.promotions for plan in charts.presales.plans}
    found = [
        _festival(plan.festival, (*plan.promotions, *presales.get(plan.festival.code, ())), at, now)
        for plan in charts.campaigns.plans
        if at.code in plan.festival.markets
    ]
    return sorted(
        (one for one in found if any(phase.ends > now for phase in one.phases)), key=lambda one: one.phases[0].starts
    )


def _festival(festival: Festival, promotions: tuple[Promotion, ...], market: Market, now: datetime) -> FestivalAnswer:
    zone = ZoneInfo(market.calendar.time_zone)
    phases = [
        PhaseAnswer(one.kind, instant(one.starts, zone).astimezone(UTC), instant(one.ends, zone).astimezone(UTC))
        for one in festival.phases
    ]
    here = phase_at(festival, zone, now)
    return FestivalAnswer(
        festival.code,
        festival.names,
        market.currency,
        here.kind if here else "",
        sorted(phases, key=lambda one: one.starts),
        festival.protect_days,
        festival.level_names,
        [
            told
            for one in promotions
            if market.code in (one.markets or festival.markets)
            and (told := _promotion(one, festival, market, zone, now)) is not None
        ],
    )


def _promotion(
    one: Promotion, festival: Festival, market: Market, zone: ZoneInfo, now: datetime
) -> PromotionAnswer | None:
    """A promotion in a market; None where it has no amounts for it."""
    terms = _terms(msgspec.to_builtins(one.effect), market.code)
    if terms is None:
        return None
    times = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in windows(one, festival, zone)]
    until = None
    if isinstance(one.effect, PreSale):
        until, over = (instant(at, zone).astimezone(UTC) for at in (one.effect.balance_from, one.effect.balance_until))
        terms |= {"balance_from": until, "balance_until": over}
    return PromotionAnswer(
        one.code,
        one.names,
        one.layer,
        kind_of(one),
        any(start <= now < end for start, end in times) and (until is None or now < until),
        [SpanAnswer(start, end) for start, end in sorted(times)],
        terms,
        _filled(msgspec.to_builtins(one.scope)),
        one.shop,
        list(one.levels),
        list(one.not_with),
        one.claim is not None,
    )


def _terms(effect: dict[str, Any], market: str) -> dict[str, Any] | None:
    """The figures of an effect in one market; None where amounts are given, but not for it."""
    told: dict[str, Any] = {}
    for name, value in effect.items():
        if name == "kind" or value in (None, {}):
            continue
        if not name.endswith("_minor"):
            told[name] = _parts(name, value, market)
        elif market in value:
            told[name] = value[market]
        else:
            return None
        if told[name] is None:
            return None
    return told


def _parts(name: str, value: Any, market: str) -> Any:
    """A ladder's steps or a bundle's parts; anything else as it is. None for a ladder that is not the market's."""
    if name == "tiers":
        steps = [_terms(step, market) for step in value]
        return None if None in steps else steps
    return [part | {"scope": _filled(part["scope"])} for part in value] if name == "parts" else value


def _filled(scope: dict[str, Any]) -> dict[str, Any]:
    return {name: list(values) for name, values in scope.items() if values}
