"""Baskets, promotions and wallets at random, small in number and rich in ties, roundings and exclusions."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from argosy.campaigns.model import Held, PricedLine, Wallet
from argosy.campaigns.plan import Promotion
from rooms.campaigns.trade import DAY, NOW, effect, here, identity, line, promotion

SHOPS = ("one", "two", "three")
NAMES = tuple("abcdef")
LAYERS = (
    "item",
    "shop",
    "shop",
    "shop_coupon",
    "platform",
    "platform",
    "platform_coupon",
    "platform_coupon",
    "red_packet",
)


class Case(msgspec.Struct, frozen=True):
    """A basket and all that it may use."""

    promotions: tuple[Promotion, ...]
    lines: tuple[PricedLine, ...]
    wallet: Wallet


def _step(draw: st.DrawFn, scale: int) -> dict[str, Any]:
    over = draw(st.integers(0, 3 * scale))
    return {"over_minor": here(over), "off_minor": here(draw(st.integers(1, scale)))}


def _effect(draw: st.DrawFn, layer: str, scale: int) -> Any:
    if layer == "item":
        kind = draw(st.sampled_from(["price", "off", "percent"]))
        if kind == "percent":
            return effect(kind, per_mille=draw(st.integers(1, 700)))
        field = "unit_minor" if kind == "price" else "off_minor"
        return effect(kind, **{field: here(draw(st.integers(0, scale)))})
    if layer == "red_packet":
        most = {name: here(10**9) for name in ("low_minor", "high_minor", "budget_minor")}
        return effect("red_packet", over_minor=here(draw(st.integers(0, scale))), **most)
    kind = draw(st.sampled_from(["every", "every", "percent", "tiers", "n_for_m"]))
    if kind == "percent":
        cap = draw(st.none() | st.integers(1, scale))
        part = draw(st.sampled_from([50, 100, 333, 500, 900, 1000]))
        return effect(kind, per_mille=part, over_minor=here(draw(st.integers(0, scale))), at_most_minor=here(cap))
    if kind == "tiers":
        return effect(kind, tiers=[_step(draw, scale) | {"over_minor": here(k * scale)} for k in (1, 2)])
    if kind == "n_for_m":
        return effect(kind, take=3, pay=draw(st.integers(1, 2)))
    step = _step(draw, scale)
    repeated = step["over_minor"]["SG"] > 0 and draw(st.booleans())
    return effect(kind, **step, repeated=repeated)


def _promotion(draw: st.DrawFn, number: int, scale: int) -> Promotion:
    layer = draw(st.sampled_from(LAYERS))
    scope: dict[str, list[str]] = {}
    if draw(st.integers(0, 2)) == 0:
        some = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
        scope[draw(st.sampled_from(["variants", "except_variants"]))] = [str(identity(name)) for name in some]
    barred: list[str] = []
    if draw(st.integers(0, 2)) == 0:
        names = [f"p{k}" for k in range(8)] + ["@red_packet", "@percent", "@shop"]
        barred = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    return promotion(
        f"p{number}",
        layer,
        _effect(draw, layer, scale),
        shop=draw(st.sampled_from(SHOPS)) if layer in ("shop", "shop_coupon") else "",
        scope=scope,
        not_with=barred,
        seller_per_mille=draw(st.none() | st.integers(0, 1000)),
    )


@st.composite
def cases(draw: st.DrawFn, most: int = 8) -> Case:
    """A basket of up to six lines from three shops with up to `most` promotions, each coupon held or not."""
    scale = draw(st.sampled_from([5, 40, 1_000, 20_000]))
    promotions = tuple(_promotion(draw, number, scale) for number in range(draw(st.integers(1, most))))
    lines = tuple(
        line(
            name, draw(st.sampled_from(SHOPS)), draw(st.integers(0, 2 * scale)), draw(st.sampled_from([1, 1, 1, 2, 3]))
        )
        for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    )
    held = tuple(
        Held(f"h-{one.code}", one.code, NOW + DAY, draw(st.integers(1, scale)) if one.layer == "red_packet" else None)
        for one in promotions
        if one.layer in ("shop_coupon", "platform_coupon", "red_packet") and draw(st.integers(0, 4)) > 0
    )
    return Case(promotions, lines, Wallet(shopper="s", held=held))
