"""What a promotion is worth to the goods it applies to, in one market: a fixed amount, or a part of what is left. Pure.

Thresholds look at the price after the item layer, whatever else is used; so a fixed worth never depends on the other promotions.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import msgspec

from argosy.campaigns.plan import Bundle, Effect, Every, ForThePriceOf, Percent, RedPacket, Tiers

UNCAPPED = 1 << 60
Pieces = tuple[tuple[int, int], ...]
"""Pieces of a line by their price after the item layer: `(price, count), ...`."""
Worth = tuple[int, int, int]
"""A fixed amount, or zero and parts per thousand of what is left with the most they may come to."""
Missing = tuple[int, int]
"""What to add to reach more, and what would then be saved."""
Reach = tuple[Worth | None, Missing | None]
"""What is reached, and what could be."""


class EveryTerms(msgspec.Struct, frozen=True):
    """So much off from `over_minor` on, once or for every multiple."""

    over_minor: int
    off_minor: int
    repeated: bool
    cap_minor: int

    def reach(self, base: int) -> Reach:
        """The amount, and what lacks to the threshold or to its next multiple."""
        over, off = self.over_minor, self.off_minor
        if base < over:
            return None, (over - base, off)
        if not self.repeated:
            return (off, 0, UNCAPPED), None
        times = base // over
        now, more = min(times * off, self.cap_minor), min(times * off + off, self.cap_minor)
        return (now, 0, UNCAPPED), (over - base % over, more - now) if more > now else None


class PercentTerms(msgspec.Struct, frozen=True):
    """A part of what the layers before have left, from `over_minor` on."""

    over_minor: int
    per_mille: int
    cap_minor: int

    def reach(self, base: int) -> Reach:
        """The part, and what lacks to the threshold."""
        if base >= self.over_minor:
            return (0, self.per_mille, self.cap_minor), None
        return None, (self.over_minor - base, min(self.over_minor * self.per_mille // 1000, self.cap_minor))


class TierTerms(msgspec.Struct, frozen=True):
    """Steps `(over, off, per mille)`, lowest first."""

    steps: tuple[tuple[int, int, int], ...]

    def reach(self, base: int) -> Reach:
        """The highest step that is reached, and what lacks to the next."""
        reached, now = None, 0
        for over, off, per_mille in self.steps:
            if base < over:
                more = (off or over * per_mille // 1000) - now
                return reached, (over - base, more) if more > 0 else None
            reached, now = (off, per_mille, UNCAPPED), off or base * per_mille // 1000
        return reached, None


class FreePieces(msgspec.Struct, frozen=True):
    """Of every `take` pieces the cheapest `free` cost nothing."""

    take: int
    free: int

    def worth(self, lines: Sequence[Pieces], _parts: Sequence[Sequence[int]]) -> Worth | None:
        """The price of the free pieces; None where there are too few."""
        pieces = sorted(chain.from_iterable(lines))
        free = sum(count for _, count in pieces) // self.take * self.free
        return (cheapest(pieces, free), 0, UNCAPPED) if free else None


def cheapest(pieces: Sequence[tuple[int, int]], count: int) -> int:
    """The price of the first `count` pieces."""
    worth = 0
    for price, there in pieces:
        taken = min(there, count)
        worth, count = worth + price * taken, count - taken
    return worth


class BundleTerms(msgspec.Struct, frozen=True):
    """Sets of so many pieces of each part at one price."""

    quantities: tuple[int, ...]
    price_minor: int

    def worth(self, lines: Sequence[Pieces], parts: Sequence[Sequence[int]]) -> Worth | None:
        """What the sets cost less than their pieces, dearest pieces first; None where no set is complete or cheaper.

        `parts` are the places in `lines` of each part's goods.
        """
        stacks = [
            [price for price, count in sorted(chain.from_iterable(lines[i] for i in part), reverse=True)
             for _ in range(count)]
            for part in parts
        ]  # fmt: skip
        sets = min(len(stack) // need for stack, need in zip(stacks, self.quantities, strict=True))
        off = 0
        for number in range(sets):
            dear = sum(
                sum(stack[number * need : (number + 1) * need])
                for stack, need in zip(stacks, self.quantities, strict=True)
            )
            off += max(dear - self.price_minor, 0)
        return (off, 0, UNCAPPED) if off else None


class PacketTerms(msgspec.Struct, frozen=True):
    """A red packet counts from `over_minor` on; its amount is its own."""

    over_minor: int

    def reach(self, base: int) -> Reach:
        """A worth of nothing yet; what lacks is not told, as the amount is not known here."""
        return (None if base < self.over_minor else (0, 0, UNCAPPED)), None


Terms = EveryTerms | PercentTerms | TierTerms | PacketTerms
"""What depends on the price of the lines together."""
PieceTerms = FreePieces | BundleTerms
"""What depends on their pieces."""


def terms_in(effect: Effect, market: str) -> Terms | PieceTerms | None:
    """An effect's terms in a market; None where it has no amounts for it, or is none that takes part in the choice."""
    match effect:
        case Every(over_minor=over, off_minor=off) if market in over and market in off:
            return EveryTerms(over[market], off[market], effect.repeated, effect.at_most_minor.get(market, UNCAPPED))
        case Percent(over_minor=over, at_most_minor=most) if _complete(market, over, most):
            return PercentTerms(over.get(market, 0), effect.per_mille, most.get(market, UNCAPPED))
        case Tiers(tiers=tiers) if all(_complete(market, tier.over_minor, tier.off_minor) for tier in tiers):
            steps = [(tier.over_minor[market], tier.off_minor.get(market, 0), tier.per_mille) for tier in tiers]
            return TierTerms(tuple(sorted(steps)))
        case ForThePriceOf():
            return FreePieces(effect.take, effect.take - effect.pay)
        case Bundle(price_minor=price) if market in price:
            return BundleTerms(tuple(part.quantity for part in effect.parts), price[market])
        case RedPacket(over_minor=over) if market in effect.high_minor:
            return PacketTerms(over.get(market, 0))
    return None


def _complete(market: str, *amounts: dict[str, int]) -> bool:
    """Whether all amounts that are given at all are given for the market."""
    return all(market in one for one in amounts if one)
