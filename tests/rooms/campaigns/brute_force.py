"""Every lawful combination of a basket, tried one by one: what the search is held against. It shares no code with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from argosy.base.money import share
from argosy.campaigns.model import PricedLine, Wallet
from argosy.campaigns.plan import Every, ForThePriceOf, Percent, Price, Promotion, RedPacket, Tiers
from rooms.campaigns.trade import NOW

LAYERS = ("shop", "shop_coupon", "platform", "platform_coupon", "red_packet")


def covers(promotion: Promotion, line: PricedLine) -> bool:
    """Whether a promotion is for the goods of a line."""
    scope = promotion.scope
    return (
        (not promotion.shop or promotion.shop == line.shop)
        and (not scope.variants or str(line.variant_id) in scope.variants)
        and str(line.variant_id) not in scope.except_variants
    )


def excludes(one: Promotion, other: Promotion) -> bool:
    """Whether two promotions are not combined."""

    def names(a: Promotion, b: Promotion) -> bool:
        return bool({b.code, f"@{b.layer}", f"@{b.effect.__struct_config__.tag}"} & set(a.not_with))

    return names(one, other) or names(other, one)


def item_price(promotion: Promotion, unit: int) -> int:
    what = promotion.effect
    if isinstance(what, Price):
        return what.unit_minor["SG"]
    if isinstance(what, Percent):
        return unit - unit * what.per_mille // 1000
    return max(unit - what.off_minor["SG"], 0)  # type: ignore[union-attr]


def amount(promotion: Promotion, minor: int, items: list[int], lines: Sequence[PricedLine], left: list[int]) -> int:
    """What a promotion takes off lines that cost `items` after the item layer, of which `left` is left."""
    what: Any = promotion.effect
    base, rest = sum(items), sum(left)
    if isinstance(what, Every):
        over, off = what.over_minor["SG"], what.off_minor["SG"]
        times = 0 if base < over else base // over if what.repeated else 1
        return min(times * off, what.at_most_minor.get("SG", 10**9) if what.repeated else 10**9, rest)
    if isinstance(what, Percent):
        part = rest * what.per_mille // 1000
        return 0 if base < what.over_minor.get("SG", 0) else min(part, what.at_most_minor.get("SG", 10**9))
    if isinstance(what, Tiers):
        reached = [tier for tier in what.tiers if base >= tier.over_minor["SG"]]
        best = max(reached, key=lambda tier: tier.over_minor["SG"], default=None)
        if best is None:
            return 0
        return min(best.off_minor.get("SG", 0), rest) if best.off_minor else rest * best.per_mille // 1000
    if isinstance(what, ForThePriceOf):
        prices = sorted(
            item // line.quantity for item, line in zip(items, lines, strict=True) for _ in range(line.quantity)
        )
        return min(sum(prices[: len(prices) // what.take * (what.take - what.pay)]), rest)
    assert isinstance(what, RedPacket)
    return 0 if base < what.over_minor.get("SG", 0) else min(minor, rest)


def lowest_total(promotions: Sequence[Promotion], lines: Sequence[PricedLine], wallet: Wallet) -> int:
    """The lowest total that any lawful combination leaves."""
    ordered = sorted(lines, key=lambda line: line.variant_id.int)
    items, priced_by = [], []
    for line in ordered:
        prices = [
            (item_price(one, line.unit_minor), one.code, one)
            for one in promotions
            if one.layer == "item" and covers(one, line)
        ]
        best = min((price for price in prices if price[0] < line.unit_minor), default=None)
        items.append((best[0] if best else line.unit_minor) * line.quantity)
        priced_by.append(best[2] if best else None)
    worth = {held.promotion: held.minor or 0 for held in wallet.held if held.expires_at > NOW}
    usable = []
    for one in sorted((one for one in promotions if one.layer in LAYERS), key=lambda one: LAYERS.index(one.layer)):
        on = [
            i
            for i, line in enumerate(ordered)
            if covers(one, line) and not (priced_by[i] is not None and excludes(one, priced_by[i]))  # type: ignore[arg-type]
        ]
        if on and (("coupon" not in one.layer and one.layer != "red_packet") or one.code in worth):
            usable.append((one, on))

    def lowest(place: int, left: list[int], chosen: list[tuple[Promotion, list[int]]]) -> int:
        if place == len(usable):
            return sum(left)
        without = lowest(place + 1, left, chosen)
        one, on = usable[place]
        for other, lines_of_other in chosen:
            if excludes(one, other) or (one.layer == other.layer and set(on) & set(lines_of_other)):
                return without
        weights = [left[i] for i in on]
        off = amount(one, worth.get(one.code, 0), [items[i] for i in on], [ordered[i] for i in on], weights)
        after = list(left)
        for i, part in zip(on, share(off, weights), strict=True):
            after[i] -= part
        return min(without, lowest(place + 1, after, [*chosen, (one, on)]))

    return lowest(0, items, [])
