"""What is live in one market at one time, put in order for looking up: made once, used for every quote. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID

import msgspec

from argosy.campaigns.model import PricedLine
from argosy.campaigns.plan import (
    COUPONS,
    ORDER,
    Bundle,
    Festival,
    Flash,
    Gift,
    Layer,
    Off,
    Percent,
    Plan,
    PreSale,
    Price,
    Promotion,
    Scope,
    Shipping,
    instant,
    windows,
)
from argosy.campaigns.worth import PieceTerms, Terms, terms_in
from argosy.markets.model import Market

FOREVER = datetime.max.replace(tzinfo=UTC)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_PROFILES = 50_000
"""Goods whose promotions are remembered."""


class Filter(msgspec.Struct, frozen=True):
    """A scope as sets."""

    variants: frozenset[str]
    products: frozenset[str]
    shops: frozenset[str]
    brands: frozenset[str]
    categories: frozenset[str]
    without: frozenset[str]
    """Variants and products."""
    without_shops: frozenset[str]
    without_brands: frozenset[str]
    without_categories: frozenset[str]

    def fits(self, line: PricedLine) -> bool:
        """Whether the goods of a line are in the scope."""
        variant, product = str(line.variant_id), str(line.product_id)
        return (
            (not self.variants or variant in self.variants)
            and (not self.products or product in self.products)
            and (not self.shops or line.shop in self.shops)
            and (not self.brands or line.brand in self.brands)
            and (not self.categories or not self.categories.isdisjoint(line.category))
            and self.without.isdisjoint((variant, product))
            and line.shop not in self.without_shops
            and line.brand not in self.without_brands
            and self.without_categories.isdisjoint(line.category)
        )

    def places(self) -> list[tuple[str, str]]:
        """Where to file what has this scope: under its narrowest list."""
        for name in ("variants", "products", "shops", "brands", "categories"):
            values: frozenset[str] = getattr(self, name)
            if values:
                return [(name, value) for value in sorted(values)]
        return [("all", "")]


class Ready(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A live promotion, resolved for one market."""

    promotion: Promotion
    code: str
    bit: int
    """Its place among all that are live; the same in every process that reads the same plans."""
    bars: int
    """Places, as bits, of those it is not combined with."""
    goods: Filter
    levels: frozenset[str]
    seller_per_mille: int


class Option(Ready, frozen=True, eq=False, kw_only=True):
    """A price of the item layer: `unit_minor` or, without, the price less `off_minor` and `per_mille` of it."""

    unit_minor: int | None = None
    off_minor: int = 0
    per_mille: int = 0
    flash: Flash | None = None
    presale: PreSale | None = None
    balance: tuple[datetime, datetime] = (FOREVER, FOREVER)
    limited: bool = False
    """It is not good for any number of pieces."""

    def price(self, unit_minor: int) -> int:
        """What a piece costs that costs `unit_minor` without it; never below zero, maybe above."""
        if self.unit_minor is not None:
            return self.unit_minor
        return max(unit_minor - self.off_minor - unit_minor * self.per_mille // 1000, 0)


class Choice(Ready, frozen=True, eq=False, kw_only=True):
    """A promotion that is used or not, whichever is better."""

    layer: int
    """Place in `plan.ORDER`."""
    terms: Terms | None
    piece_terms: PieceTerms | None
    """One of the two is there."""
    held: bool
    limited: bool
    """It has counters of its own."""
    guarded: bool
    """It is limited, or not for everybody."""
    parts: tuple[Filter, ...] = ()


class Extra(Ready, frozen=True, eq=False, kw_only=True):
    """A gift, or a limit of what shipping costs."""

    gift: Gift | None = None
    over_minor: int = 0
    at_most_minor: int = 0
    held: bool = False


class Shape(msgspec.Struct, frozen=True, eq=False):
    """Goods that the same promotions may apply to have one and the same of these."""

    own: bool
    """Its item prices may depend on what a shopper paid ahead."""
    limited: bool
    """Its item prices depend on what is left of them."""
    items: dict[tuple[int, int, frozenset[str]], Any] = {}
    """Lines after the item layer, by price, quantity and the shopper's levels, where they depend on nothing else."""


Profile = tuple[tuple[Option, ...], tuple[Choice, ...], tuple[Extra, ...], str, Shape]
"""All that may apply to some goods, the id of their variant as text, and what they share with other goods."""
NOTHING: Profile = ((), (), (), "", Shape(False, False))


class Live:
    """The promotions of one market from `since` up to, not including, `until`; nothing begins or ends in between."""

    def __init__(
        self, market: str, currency: str, since: datetime, until: datetime, ready: Sequence[Option | Choice | Extra]
    ) -> None:
        self.market = market
        self.currency = currency
        self.since = since
        self.until = until
        self.by_code = {one.code: one for one in ready}
        self._filed: dict[tuple[str, str], list[Option | Choice | Extra]] = {}
        for one in ready:
            for place in one.goods.places():
                self._filed.setdefault(place, []).append(one)
        self.gifts = tuple(dict.fromkeys(_ids(ready)))
        """Variants that may come along for nothing."""
        self.levels = frozenset().union(*(one.levels for one in ready))
        """Levels of membership that some are for."""
        self._profiles: dict[tuple[int, int, str, str, tuple[str, ...]], Profile] = {}
        self._shapes: dict[tuple[int, ...], Shape] = {}
        self.layouts: dict[Any, Any] = {}
        """What `ground` remembers."""
        self.item_bars = 0
        """Those of the item layer, as bits, that keep a line out of anything else."""
        for one in ready:
            if not isinstance(one, Option):
                self.item_bars |= one.bars
        self.item_bars &= sum(1 << one.bit for one in ready if isinstance(one, Option))

    def __len__(self) -> int:
        return len(self.by_code)

    def profile(self, line: PricedLine) -> Profile:
        """What may apply to the goods of a line, in the order of their places."""
        key = (line.variant_id.int, line.product_id.int, line.shop, line.brand, line.category)
        known = self._profiles.get(key)
        if known is None:
            if len(self._profiles) >= _PROFILES:
                self._profiles.clear()
                self._shapes.clear()
                self.layouts.clear()
            known = self._profiles[key] = self._look_up(line)
        return known

    def _look_up(self, line: PricedLine) -> Profile:
        places = [
            ("variants", str(line.variant_id)),
            ("products", str(line.product_id)),
            ("shops", line.shop),
            ("brands", line.brand),
            *(("categories", code) for code in line.category),
            ("all", ""),
        ]
        found = {one.bit: one for place in places for one in self._filed.get(place, ()) if _for(one, line)}
        if not found:
            return NOTHING
        ready = [found[bit] for bit in sorted(found)]
        options = tuple(one for one in ready if isinstance(one, Option))
        bits = tuple(one.bit for one in ready)
        shape = self._shapes.get(bits)
        if shape is None:
            own, limited = any(one.presale for one in options), any(one.flash for one in options)
            shape = self._shapes[bits] = Shape(own, limited, {})
        return (
            options,
            tuple(one for one in ready if isinstance(one, Choice)),
            tuple(one for one in ready if isinstance(one, Extra)),
            str(line.variant_id),
            shape,
        )


def _ids(ready: Iterable[Option | Choice | Extra]) -> Iterator[UUID]:
    """Variants that are given; what a plan names that is the id of none is given by nobody."""
    for one in ready:
        found = variant_id(one.gift.variant) if isinstance(one, Extra) and one.gift is not None else None
        if found is not None:
            yield found


def variant_id(written: str) -> UUID | None:
    """The variant that a plan names; None where it is the name of none."""
    try:
        return UUID(written)
    except ValueError:
        return None


def _for(one: Option | Choice | Extra, line: PricedLine) -> bool:
    if not one.goods.fits(line):
        return False
    return not isinstance(one, Choice) or not one.parts or any(part.fits(line) for part in one.parts)


def make_live(plans: Iterable[Plan], market: Market, zone: tzinfo, now: datetime) -> Live:
    """What is live in a market, whose clock is `zone`, at an instant; good until `Live.until`.

    A promotion is live where its festival takes place, its effect has amounts for the market and `now` is in one of its
    windows. Codes must be unique over all plans, as `checks.faults` sees to.
    """
    since, until = _LONG_AGO, FOREVER
    found: list[tuple[Promotion, Festival]] = []
    for plan in plans:
        for promotion in plan.promotions:
            if market.code not in (promotion.markets or plan.festival.markets):
                continue
            times = windows(promotion, plan.festival, zone)
            for edge in (edge for window in times for edge in window):
                since, until = (max(since, edge), until) if edge <= now else (since, min(until, edge))
            if any(start <= now < end for start, end in times):
                found.append((promotion, plan.festival))
    found.sort(key=lambda pair: pair[0].code)
    bars = _bars([promotion for promotion, _ in found])
    ready = [
        one
        for bit, (promotion, festival) in enumerate(found)
        if (one := _ready(promotion, festival, market.code, zone, bit, bars[bit])) is not None
    ]
    return Live(market.code, market.currency, since.astimezone(UTC), until.astimezone(UTC), ready)


def _bars(promotions: Sequence[Promotion]) -> list[int]:
    """For each promotion the places of those it is not combined with, whichever of the two says so."""
    by_name: dict[str, int] = {}
    for place, promotion in enumerate(promotions):
        for name in (promotion.code, f"@{promotion.layer}", f"@{kind_of(promotion)}"):
            by_name[name] = by_name.get(name, 0) | 1 << place
    bars = [0] * len(promotions)
    for place, promotion in enumerate(promotions):
        barred = 0
        for name in promotion.not_with:
            barred |= by_name.get(name, 0)
        barred &= ~(1 << place)
        bars[place] |= barred
        for other in range(len(promotions)) if barred else ():
            if barred >> other & 1:
                bars[other] |= 1 << place
    return bars


def kind_of(promotion: Promotion) -> str:
    """The kind of a promotion's effect as plans write it: `every`."""
    return str(promotion.effect.__struct_config__.tag)


def _ready(
    promotion: Promotion, festival: Festival, market: str, zone: tzinfo, bit: int, bars: int
) -> Option | Choice | Extra | None:
    common = Ready(
        promotion=promotion,
        code=promotion.code,
        bit=bit,
        bars=bars,
        goods=_filter(promotion.scope, promotion.shop, festival.brands),
        levels=frozenset(promotion.levels),
        seller_per_mille=promotion.seller_part(),
    )
    told = msgspec.structs.asdict(common)
    if promotion.layer is Layer.ITEM:
        return _option(promotion, market, zone, told)
    if isinstance(promotion.effect, Gift | Shipping):
        return _extra(promotion, market, told)
    terms = terms_in(promotion.effect, market)
    if terms is None:
        return None
    parts = promotion.effect.parts if isinstance(promotion.effect, Bundle) else ()
    limited = promotion.uses is not None or promotion.per_shopper is not None
    return Choice(
        **told,
        layer=ORDER.index(promotion.layer),
        terms=None if isinstance(terms, PieceTerms) else terms,
        piece_terms=terms if isinstance(terms, PieceTerms) else None,
        held=promotion.layer in COUPONS,
        limited=limited,
        guarded=limited or bool(promotion.levels),
        parts=tuple(_filter(part.scope, promotion.shop, festival.brands) for part in parts),
    )


def _filter(scope: Scope, shop: str, brands: Sequence[str]) -> Filter:
    return Filter(
        frozenset(scope.variants),
        frozenset(scope.products),
        frozenset([shop] if shop else scope.shops),
        frozenset(scope.brands or brands),
        frozenset(scope.categories),
        frozenset(scope.except_variants) | frozenset(scope.except_products),
        frozenset(scope.except_shops),
        frozenset(scope.except_brands),
        frozenset(scope.except_categories),
    )


def _option(promotion: Promotion, market: str, zone: tzinfo, told: dict[str, Any]) -> Option | None:
    match promotion.effect:
        case Price(unit_minor=unit) if market in unit:
            return Option(**told, unit_minor=unit[market])
        case Off(off_minor=less) if market in less:
            return Option(**told, off_minor=less[market])
        case Percent(per_mille=per_mille):
            return Option(**told, per_mille=per_mille)
        case Flash(unit_minor=unit) as flash if market in unit:
            return Option(**told, unit_minor=unit[market], flash=flash, limited=True)
        case PreSale(deposit_minor=deposit, counts_minor=counts) as presale if market in deposit and market in counts:
            window = (instant(presale.balance_from, zone), instant(presale.balance_until, zone))
            off = counts[market] - deposit[market]
            return Option(**told, off_minor=off, presale=presale, balance=window, limited=True)
    return None


def _extra(promotion: Promotion, market: str, told: dict[str, Any]) -> Extra | None:
    effect = promotion.effect
    assert isinstance(effect, Gift | Shipping)  # noqa: S101
    if effect.over_minor and market not in effect.over_minor:
        return None
    over = effect.over_minor.get(market, 0)
    if isinstance(effect, Gift):
        return Extra(**told, gift=effect, over_minor=over)
    if effect.at_most_minor and market not in effect.at_most_minor:
        return None
    most = effect.at_most_minor.get(market, 0)
    return Extra(**told, over_minor=over, at_most_minor=most, held=promotion.claim is not None)
