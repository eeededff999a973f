"""What is wrong with a plan, field by field. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from argosy.campaigns.live import kind_of
from argosy.campaigns.plan import (
    COUPONS,
    Bundle,
    Every,
    Festival,
    ForThePriceOf,
    Gift,
    Layer,
    Percent,
    Plan,
    PreSale,
    Promotion,
    RedPacket,
    Tiers,
)
from argosy.markets.model import LANGUAGES, Markets

_PRICED = ("every", "percent", "tiers", "n_for_m", "bundle")
KINDS: dict[Layer, tuple[str, ...]] = {
    Layer.ITEM: ("price", "off", "percent", "flash", "presale"),
    Layer.SHOP: _PRICED,
    Layer.SHOP_COUPON: ("every", "percent", "tiers"),
    Layer.PLATFORM: _PRICED,
    Layer.PLATFORM_COUPON: ("every", "percent", "tiers"),
    Layer.RED_PACKET: ("red_packet",),
    Layer.GIFT: ("gift",),
    Layer.SHIPPING: ("shipping",),
}
"""The kinds of effect that a layer may have."""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong: where, what, and what to write instead."""

    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message} {self.remedy}"


def faults(plan: Plan, markets: Markets) -> list[Fault]:
    """All that is wrong with a plan, in the order of the file; empty: it may go live."""
    found = list(_festival_faults(plan.festival, markets))
    names = _names(plan.promotions)
    codes = Counter(promotion.code for promotion in plan.promotions)
    for place, promotion in enumerate(plan.promotions):
        where = f"promotions[{place}]"
        if codes[promotion.code] > 1:
            found.append(Fault(f"{where}.code", f"{promotion.code!r} stands twice.", "Give each its own."))
        found += [
            Fault(f"{where}.{fault.field}", fault.message, fault.remedy)
            for fault in (
                *_promotion_faults(promotion, plan.festival, names),
                *_effect_faults(promotion, plan.festival),
            )
        ]
    return found


def clashes(plans: Iterable[Plan]) -> list[Fault]:
    """Codes that several plans use: they name counters, so each belongs to one promotion for ever."""
    owners: dict[str, list[str]] = {}
    for plan in plans:
        for promotion in plan.promotions:
            owners.setdefault(promotion.code, []).append(plan.festival.code)
    return [
        Fault(code, f"Stands in the plans {' and '.join(festivals)}.", "Give each its own code.")
        for code, festivals in sorted(owners.items())
        if len(festivals) > 1
    ]


def _names(promotions: Sequence[Promotion]) -> set[str]:
    return (
        {promotion.code for promotion in promotions}
        | {f"@{layer}" for layer in Layer}
        | {f"@{kind}" for kinds in KINDS.values() for kind in kinds}
    )


def _festival_faults(festival: Festival, markets: Markets) -> Iterator[Fault]:
    if not festival.names.get("en"):
        yield Fault("festival.names.en", "It is missing.", "Every festival has an English name.")
    yield from _languages("festival.names", festival.names)
    for level, names in festival.level_names.items():
        yield from _languages(f"festival.level_names.{level}", names)
    for market in festival.markets:
        if market not in markets:
            yield Fault("festival.markets", f"There is no market {market}.", "See data/markets.")
    for place, phase in enumerate(festival.phases):
        yield from _window(f"festival.phases[{place}].ends", phase.starts, phase.ends)


def _languages(field: str, names: dict[str, str]) -> Iterator[Fault]:
    for language in names:
        if language not in LANGUAGES:
            yield Fault(
                f"{field}.{language}", "It is no language of the interface.", f"There are {', '.join(LANGUAGES)}."
            )


def _window(field: str, starts: datetime, ends: datetime) -> Iterator[Fault]:
    if (starts.tzinfo is None) != (ends.tzinfo is None):
        yield Fault(
            field, "One end is on the market's clock and the other on one for all.", "Give both an offset, or none."
        )
    elif ends <= starts:
        yield Fault(field, "It is not after the start.", "Write a later instant.")


def _promotion_faults(promotion: Promotion, festival: Festival, names: set[str]) -> Iterator[Fault]:
    yield from _languages("names", promotion.names)
    yield from _layer_faults(promotion)
    yield from _time_faults(promotion, festival)
    for name in promotion.not_with:
        if name not in names or name == promotion.code:
            yield Fault(
                "not_with", f"{name!r} names nothing to exclude.", "Write a code of this plan, @layer or @kind."
            )
    for market in promotion.markets:
        if market not in festival.markets:
            yield Fault("markets", f"The festival does not take place in {market}.", "Take it out, or add it there.")
    if festival.brands and not set(promotion.scope.brands) <= set(festival.brands):
        yield Fault("scope.brands", "A brand does not take part in the festival.", "Add it to `festival.brands`.")


def _layer_faults(promotion: Promotion) -> Iterator[Fault]:
    layer, kinds = promotion.layer, KINDS[promotion.layer]
    if kind_of(promotion) not in kinds:
        yield Fault("effect.kind", f"The layer {layer} has none such.", f"It has {', '.join(kinds)}.")
    if layer in (Layer.SHOP, Layer.SHOP_COUPON) and not promotion.shop:
        yield Fault("shop", "A promotion of the shop layers belongs to a shop.", "Name its merchant.")
    if layer in (Layer.PLATFORM, Layer.PLATFORM_COUPON, Layer.RED_PACKET) and promotion.shop:
        yield Fault("shop", "A promotion of the platform belongs to no shop.", "Leave it out, or limit `scope.shops`.")
    if layer in COUPONS and promotion.claim is None:
        yield Fault("claim", "Coupons and red packets are claimed.", "Add `claim = {uses = 1000, per_shopper = 1}`.")
    if promotion.levels and isinstance(promotion.effect, PreSale):
        yield Fault("levels", "A deposit is taken of everybody.", "Leave the levels out.")
    if layer not in (*COUPONS, Layer.SHIPPING) and promotion.claim is not None:
        yield Fault("claim", "Only coupons, red packets and shipping are claimed.", "Take it out, or see `uses`.")


def _time_faults(promotion: Promotion, festival: Festival) -> Iterator[Fault]:
    if promotion.phases:
        if promotion.starts or promotion.ends:
            yield Fault("phases", "There are `starts` and `ends` too.", "Write one or the other.")
        there = {phase.kind for phase in festival.phases}
        for kind in promotion.phases:
            if kind not in there:
                yield Fault("phases", f"The festival has no phase {kind}.", f"It has {', '.join(sorted(there))}.")
    elif promotion.starts is None or promotion.ends is None:
        yield Fault("phases", "It is nowhere said when it is live.", "Write `phases`, or `starts` and `ends`.")
    else:
        yield from _window("ends", promotion.starts, promotion.ends)


def _effect_faults(promotion: Promotion, festival: Festival) -> Iterator[Fault]:
    effect = promotion.effect
    tables = [("effect", effect)]
    if isinstance(effect, Tiers):
        tables = [(f"effect.tiers[{place}]", tier) for place, tier in enumerate(effect.tiers)]  # type: ignore[misc]
    for where, table in tables:
        yield from _amount_faults(where, table, promotion, festival)
    yield from _sense_faults(promotion)


def _amount_faults(where: str, table: msgspec.Struct, promotion: Promotion, festival: Festival) -> Iterator[Fault]:
    """Amounts of a market that does not take part, and thresholds without what they lead to."""
    given = {name: value for name, value in msgspec.structs.asdict(table).items() if name.endswith("_minor") and value}
    wanted = set(promotion.markets) or {market for amounts in given.values() for market in amounts}
    for name, amounts in given.items():
        for market in amounts:
            if market not in festival.markets:
                yield Fault(f"{where}.{name}.{market}", "The festival does not take place there.", "Take it out.")
        for market in sorted(wanted - set(amounts)):
            yield Fault(f"{where}.{name}.{market}", "It is missing.", "Write an amount for each market, or 0.")
    required = {name for name, field in _fields(table).items() if field.required and name.endswith("_minor")}
    for name in sorted(required - set(given)):
        yield Fault(f"{where}.{name}", "It has no amount.", "Write one for each market.")


def _fields(table: msgspec.Struct) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(table)}


def _sense_faults(promotion: Promotion) -> Iterator[Fault]:
    match promotion.effect:
        case Every(repeated=True, over_minor=over) if not all(over.values()):
            yield Fault("effect.over_minor", "A threshold of 0 cannot be repeated.", "Write one above 0.")
        case Percent(over_minor=over, at_most_minor=most) if promotion.layer is Layer.ITEM and (over or most):
            yield Fault("effect", "A percentage of the item layer has no threshold and no cap.", "Take them out.")
        case ForThePriceOf(take=take, pay=pay) if pay >= take:
            yield Fault("effect.pay", "As many are paid as are taken.", "Write less than `take`.")
        case Bundle(parts=parts) if any(part.scope == parts[0].scope for part in parts[1:]):
            yield Fault("effect.parts", "Two parts have the same scope.", "Make one part with a quantity of it.")
        case Gift() as gift:
            yield from _gift_faults(gift)
        case PreSale() | Tiers() | RedPacket() as effect:
            yield from _inner_faults(effect)


def _gift_faults(gift: Gift) -> Iterator[Fault]:
    if gift.quantity > gift.units:
        yield Fault("effect.quantity", "There are fewer units.", "Write `units` or less.")
    try:
        UUID(gift.variant)
    except ValueError:
        yield Fault("effect.variant", f"{gift.variant!r} is no id of a variant.", "Write that of one on sale.")


def _inner_faults(effect: PreSale | Tiers | RedPacket) -> Iterator[Fault]:
    """Amounts that do not go together."""
    if isinstance(effect, PreSale):
        if any(effect.counts_minor.get(market, 0) < minor for market, minor in effect.deposit_minor.items()):
            yield Fault("effect.counts_minor", "The deposit counts less than was paid.", "Write the deposit or more.")
        yield from _window("effect.balance_until", effect.balance_from, effect.balance_until)
    elif isinstance(effect, Tiers):
        for place, tier in enumerate(effect.tiers):
            if bool(tier.off_minor) == bool(tier.per_mille):
                yield Fault(f"effect.tiers[{place}]", "A step takes an amount or a part.", "Write one of the two.")
    else:
        low, high, budget = effect.low_minor, effect.high_minor, effect.budget_minor
        if any(not low.get(market, 0) <= high[market] <= budget.get(market, 0) for market in high):
            yield Fault("effect.high_minor", "Not between `low_minor` and `budget_minor`.", "Write one that is.")
