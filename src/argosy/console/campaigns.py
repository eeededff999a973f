"""Handlers of festivals: all of them, and the plan of one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get

from argosy.base.errors import NotFound
from argosy.campaigns.load import load_plans
from argosy.campaigns.plan import Festival, Plan
from argosy.campaigns.waiting.look import look as look_at_rooms
from argosy.console.front import Front, admitted, render
from argosy.console.ledger import Ledger, Use, ledger
from argosy.console.timeline import PHASES, Standing, by_day, by_market, clock, in_order, standing
from argosy.markets.formats import market_name
from argosy.markets.model import Market

_PLAN_SECONDS = 60.0
_LEDGER_SECONDS = 15.0
_NEARLY_GONE = 800
"""Per mille of a limit from which on the page says so."""


async def plans_of(front: Front) -> tuple[Plan, ...]:
    """All plans as their files have them, also with what orders do not give yet."""
    config, markets = front.config, front.desk.charts.markets
    return await front.kept.get(
        "plans", _PLAN_SECONDS, lambda: asyncio.to_thread(load_plans, config.data / "campaigns", markets)
    )


def first_market(front: Front, festival: Festival) -> Market:
    """The market on whose clock a festival is shown: home where it takes place there, else its first one that is open."""
    markets = front.desk.charts.markets
    codes = [code for code in festival.markets if code in markets]
    return markets[markets.home.code if markets.home.code in codes or not codes else codes[0]]


async def festivals(front: Front) -> list[tuple[Festival, Standing]]:
    """All festivals with where they stand, what runs or comes first."""
    plans = await plans_of(front)
    return in_order(
        [(one.festival, standing(one.festival, first_market(front, one.festival), front.now)) for one in plans]
    )


@get("/campaigns", include_in_schema=False)
async def campaigns_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """All festivals."""
    front, session = admitted(request)
    plans = {plan.festival.code: plan for plan in await plans_of(front)}
    rows = [
        (festival, plans[festival.code], told, first_market(front, festival))
        for festival, told in await festivals(front)
    ]
    return render(front, "campaigns.html", session=session, here="campaigns", rows=rows, phases=PHASES)


@get("/campaigns/{code:str}", include_in_schema=False)
async def plan_page(request: Request[Any, Any, Any], code: str, market: str = "") -> Response[bytes]:
    """The plan of a festival: its days, its promotions, what is set aside and used, what it costs whom."""
    front, session = admitted(request)
    plan = next((one for one in await plans_of(front) if one.festival.code == code), None)
    if plan is None:
        raise NotFound("unknown_festival", "There is no such festival.", remedy="See the list of festivals.")
    festival, markets = plan.festival, front.desk.charts.markets
    at = markets.find(market) if market else first_market(front, festival)
    here = [markets[one] for one in festival.markets if one in markets]
    told, now = standing(festival, at, front.now), front.now
    counted = await front.kept.get(("ledger", code), _LEDGER_SECONDS, lambda: ledger(front, plan))
    async with front.desk.database.read() as reader:
        rooms = await look_at_rooms(reader, front.desk.cell, now)
    phase = told.phase or max(festival.phases, key=lambda one: one.starts.replace(tzinfo=None))
    return render(
        front, "campaign.html", session=session, here="campaigns", plan=plan, festival=festival, market=at,
        markets=[(one.code, market_name(one, "en")) for one in here], standing=told, now=now.astimezone(clock(at)),
        calendar=by_day(festival, at, now), hours=by_market(festival, phase, here, markets.home, now), phase=phase,
        phases=PHASES, home=markets.home, clock_of=_clocks(here, now), ledger=counted, set_aside=_set_aside(counted),
        wants=_wants(counted), rooms=rooms,
    )  # fmt: skip


def _clocks(markets: Sequence[Market], now: Any) -> dict[str, str]:
    return {market.code: f"{now.astimezone(clock(market)):%H:%M}" for market in markets}


def _set_aside(counted: Ledger) -> Use:
    """Units of flash sales, pre-sales and gifts together."""
    uses = [use for row in counted.rows for use in row.uses if use.what == "units"]
    return Use(what="units", taken=sum(use.taken for use in uses), of=sum(use.of for use in uses))


def _wants(counted: Ledger) -> list[tuple[str, Use]]:
    """Limits that are nearly or wholly taken, the fullest first."""
    found = [
        (row.promotion.names.get("en", row.promotion.code), use)
        for row in counted.rows
        for use in row.uses
        if use.per_mille >= _NEARLY_GONE
    ]
    return sorted(found, key=lambda pair: -pair[1].per_mille)[:8]


CAMPAIGNS = [campaigns_page, plan_page]
