"""What a list is narrowed to by price: what its cards show decides, the seller's price only where to look first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

_TAIL = 20
"""Of goods looked at, one in so many at each end is passed over: a good that differs from all others widens no range."""
_FAR = 4
"""A good whose price at the door is so many times farther from its seller's than any looked at may be missed in a long list."""


class Bounds(msgspec.Struct, frozen=True):
    """The least and the most that a card may show, in minor units of the market's currency; None: anything."""

    least: int | None = None
    most: int | None = None

    def hold(self, minor: int | None) -> bool:
        """Whether a price is within, both ends included; what has no price is so only where nothing is asked."""
        if minor is None:
            return self == ANY
        return (self.least is None or self.least <= minor) and (self.most is None or minor <= self.most)


ANY = Bounds()


class Seen(msgspec.Struct, frozen=True):
    """What a product's card shows."""

    product_id: UUID
    minor: int | None


def ranks_of(bounds: Bounds, ratios: Sequence[float]) -> tuple[Bounds, Bounds]:
    """The seller's prices, as lists are kept by, of goods within bounds: of all that are not far from these, and of most.

    `ratios` are what cards of like goods show for one of the seller's price; without any nothing is narrowed.
    """
    if not ratios:
        return ANY, ANY
    known, tail = sorted(ratios), len(ratios) // _TAIL
    return _ranks(bounds, known[0] / _FAR, known[-1] * _FAR), _ranks(bounds, known[tail], known[-1 - tail])


def _ranks(bounds: Bounds, low: float, high: float) -> Bounds:
    return Bounds(
        None if bounds.least is None else int(bounds.least / high),
        None if bounds.most is None else int(bounds.most / low) + 1,
    )


def by_price(seen: Sequence[Seen], *, dearest: bool) -> list[Seen]:
    """In the order of what the cards show; of the same price as they were given."""
    return sorted(seen, key=lambda one: (one.minor or 0) * (-1 if dearest else 1))
