"""Small plans and baskets for the tests of campaigns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from argosy.campaigns.live import Live, make_live
from argosy.campaigns.model import PricedLine
from argosy.campaigns.plan import Effect, Festival, Phase, PhaseKind, Plan, Promotion
from argosy.markets.load import load_markets
from argosy.plumbing.config import Config

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MARKETS = load_markets(Config().data / "markets")
ZONE = ZoneInfo("Asia/Singapore")
FESTIVAL = Festival(
    code="618",
    names={"en": "618"},
    markets=("SG",),
    phases=(Phase(kind=PhaseKind.MAIN, starts=NOW - DAY, ends=NOW + DAY),),
)


def effect(kind: str, **fields: Any) -> Effect:
    """An effect by its kind; amounts are those of Singapore."""
    return msgspec.convert({"kind": kind, **fields}, Effect)


def here(minor: int | None) -> dict[str, int]:
    """An amount of Singapore, or none."""
    return {} if minor is None else {"SG": minor}


def promotion(code: str, layer: str, what: Effect, **fields: Any) -> Promotion:
    """A promotion of the main phase."""
    phases = () if "starts" in fields else (PhaseKind.MAIN,)
    return msgspec.convert(
        {"code": code, "layer": layer, "effect": msgspec.to_builtins(what), "phases": phases, **fields}, Promotion
    )


def live_of(*promotions: Promotion, now: datetime = NOW, festival: Festival = FESTIVAL) -> Live:
    """These promotions, live in Singapore."""
    return make_live([Plan(festival=festival, promotions=promotions)], MARKETS["SG"], ZONE, now)


def identity(name: str) -> UUID:
    """An id that belongs to a name, in the names' order."""
    return UUID(int=int.from_bytes(name.encode()[:16].ljust(16, b"\0"), "big"))


def line(name: str, shop: str, unit_minor: int, quantity: int = 1, **fields: Any) -> PricedLine:
    """A line of its own product."""
    told = {"product_id": identity(name), "variant_id": identity(name), "brand": "", "category": ("goods",)} | fields
    return PricedLine(line=name, shop=shop, quantity=quantity, unit_minor=unit_minor, **told)
