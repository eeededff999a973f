"""Gifts and shipping: what comes on top of a price and takes nothing off it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from argosy.campaigns.candidates import held_key, uses_key
from argosy.campaigns.ground import Ground
from argosy.campaigns.live import Extra
from argosy.campaigns.model import GiftOffer, Held, Left, Note, ShippingOffer, Wallet
from argosy.quotas.model import Take


class Extras(msgspec.Struct, frozen=True, gc=False):
    """What comes on top, and what is to be told of it."""

    gifts: tuple[GiftOffer, ...] = ()
    shipping: tuple[ShippingOffer, ...] = ()
    notes: tuple[Note, ...] = ()


NONE = Extras()


def gift_key(code: str) -> str:
    """The counter of a gift's pieces."""
    return f"gift/{code}"


def extras_for(ground: Ground, wallet: Wallet, held: Mapping[str, Held], left: Left, used_bits: int) -> Extras:
    """The gifts and the shipping of a basket, given the promotions that its price is made of.

    Every gift that is earned comes along. Of several limits of the shipping of a line the lowest counts; a coupon
    for shipping is used only where it is lower than what there is without it.
    """
    reached: list[tuple[Extra, list[int]]] = []
    for extra, lines, base in ground.layout.extras:
        if ground.sums[base] < extra.over_minor:
            continue
        if not extra.bars & used_bits and _may_use(extra, held, wallet, left):
            reached.append((extra, lines))
    if not reached:
        return NONE
    gifts, notes = [], []
    for extra, lines in reached:
        gift = extra.gift
        if gift is None:
            continue
        if extra.code in wallet.declined:
            notes.append(Note("gift_left_out", {"promotion": extra.code, "why": "declined"}))
        elif left.get(gift_key(extra.code), gift.units) < gift.quantity:
            notes.append(Note("gift_left_out", {"promotion": extra.code, "why": "gone"}))
        else:
            gifts.append(
                GiftOffer(
                    extra.code, gift.variant, gift.quantity, extra.over_minor, _names(ground, lines),
                    extra.seller_per_mille, _takes(extra, wallet),
                )
            )  # fmt: skip
    shipping = [
        ShippingOffer(
            one.code, _names(ground, lines), one.at_most_minor, one.seller_per_mille,
            held[one.code].held_id if one.held else "", _takes(one, wallet, held.get(one.code)),
        )
        for one, lines in _cheapest([pair for pair in reached if pair[0].gift is None])
    ]  # fmt: skip
    return Extras(tuple(gifts), tuple(shipping), tuple(notes))


def _names(ground: Ground, lines: Sequence[int]) -> tuple[str, ...]:
    return tuple([ground.lines[i].line for i in lines])


def _may_use(extra: Extra, held: Mapping[str, Held], wallet: Wallet, left: Left) -> bool:
    if extra.held and extra.code not in held:
        return False
    if extra.levels and extra.levels.isdisjoint(wallet.levels):
        return False
    return not left or all(left.get(key, 1) > 0 for key in (uses_key(extra.code), uses_key(extra.code, wallet.shopper)))


def _takes(extra: Extra, wallet: Wallet, held: Held | None = None) -> tuple[Take, ...]:
    promotion = extra.promotion
    takes = []
    if extra.gift is not None:
        takes.append(Take(gift_key(extra.code), extra.gift.quantity, extra.gift.units))
    if held is not None:
        takes.append(Take(held_key(held.held_id), 1, 1))
    if promotion.uses is not None:
        takes.append(Take(uses_key(extra.code), 1, promotion.uses))
    if promotion.per_shopper is not None:
        takes.append(Take(uses_key(extra.code, wallet.shopper), 1, promotion.per_shopper))
    return tuple(takes)


def _cheapest(reached: Sequence[tuple[Extra, list[int]]]) -> list[tuple[Extra, list[int]]]:
    """Of each line the lowest limit; coupons come last and only where they lower it."""
    if len(reached) < 2:
        return list(reached)
    best: dict[int, Extra] = {}
    for extra, lines in sorted(reached, key=lambda pair: (pair[0].held, pair[0].at_most_minor, pair[0].code)):
        for i in lines:
            if i not in best or extra.at_most_minor < best[i].at_most_minor:
                best[i] = extra
    lines_of: dict[str, tuple[Extra, list[int]]] = {}
    for i in sorted(best):
        lines_of.setdefault(best[i].code, (best[i], []))[1].append(i)
    return [lines_of[code] for code in sorted(lines_of)]
