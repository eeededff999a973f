"""Which promotions are for which lines of a basket, found once for all baskets whose goods have the same promotions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import msgspec

from argosy.campaigns.items import Item
from argosy.campaigns.live import Choice, Extra, Live, Profile
from argosy.campaigns.model import PricedLine

_KEPT = 5_000
"""Baskets, told apart by the promotions of their goods, whose layouts are remembered."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """A promotion and the lines it is for."""

    choice: Choice
    code: str
    lines: list[int]
    mask: int
    """The lines as bits."""
    base: int
    """Place of what its lines cost among the ground's sums."""
    layer: int
    bit: int
    """Its own among the rows, which come in the order of their layers, then of their codes."""
    bars: int
    """Bits of the rows that cannot be used with it."""


class Layout(msgspec.Struct, frozen=True, gc=False):
    """What of a basket depends on the promotions of its lines alone, not on prices and quantities."""

    rows: tuple[Row, ...]
    extras: tuple[tuple[Extra, list[int], int], ...]
    """Each with its lines, and the place of what they cost among the sums."""
    sets: tuple[itemgetter[Any] | int | None, ...]
    """The sets of lines that occur: what picks them out; one line by its place; None for all of them."""


class Ground(msgspec.Struct, gc=False):
    """A basket after the item layer, in an order that does not depend on the caller's."""

    lines: Sequence[PricedLine]
    items: Sequence[Item]
    minors: Sequence[int]
    """What each line costs after the item layer."""
    whole: int
    """What they cost together."""
    profiles: Sequence[Profile]
    layout: Layout
    sums: Sequence[int]
    """What the sets of lines of the layout cost."""


def stand(live: Live, lines: Sequence[PricedLine], profiles: Sequence[Profile], items: Sequence[Item]) -> Ground:
    """The ground of a basket whose lines and profiles are in order."""
    minors = [item.minor for item in items]
    whole = sum(minors)
    key: Any = tuple([profile[4] for profile in profiles])
    if live.item_bars:
        barred = [item.bits & live.item_bars for item in items]
        if any(barred):
            key = (key, tuple(barred))
    layout = live.layouts.get(key)
    if layout is None:
        if len(live.layouts) >= _KEPT:
            live.layouts.clear()
        layout = live.layouts[key] = lay_out(profiles, [item.bits for item in items])
    sums = [whole if one is None else minors[one] if isinstance(one, int) else sum(one(minors)) for one in layout.sets]
    return Ground(lines, items, minors, whole, profiles, layout, sums)


def lay_out(profiles: Sequence[Profile], bits: Sequence[int]) -> Layout:
    """The rows of lines with these profiles, on which the promotions of the item layer with these bits set the prices."""
    choices: dict[Choice, list[int]] = {}
    extras: dict[Extra, list[int]] = {}
    for place, profile in enumerate(profiles):
        for choice in profile[1]:
            if not bits[place] & choice.bars:
                choices.setdefault(choice, []).append(place)
        for extra in profile[2]:
            if not bits[place] & extra.bars:
                extras.setdefault(extra, []).append(place)
    sets: dict[int, int] = {}
    pickers: list[itemgetter[Any] | int | None] = []

    def placed(lines: list[int]) -> tuple[int, int]:
        """Lines as bits, and the place of their set."""
        mask = sum([1 << i for i in lines])
        if mask not in sets:
            sets[mask] = len(pickers)
            pickers.append(None if len(lines) == len(profiles) else lines[0] if len(lines) == 1 else itemgetter(*lines))
        return mask, sets[mask]

    ordered = sorted(choices.items(), key=lambda pair: (pair[0].layer, pair[0].bit))
    masks = [placed(lines)[0] for _, lines in ordered]
    rows = tuple(
        Row(choice, choice.code, lines, masks[n], sets[masks[n]], choice.layer, 1 << n, _bars(ordered, masks, n))
        for n, (choice, lines) in enumerate(ordered)
    )
    return Layout(rows, tuple((extra, lines, placed(lines)[1]) for extra, lines in extras.items()), tuple(pickers))


def _bars(ordered: Sequence[tuple[Choice, list[int]]], masks: Sequence[int], place: int) -> int:
    """The rows that take part in the same layer on the same line, or one of the two says that they are not combined."""
    choice, mask = ordered[place][0], masks[place]
    bars = 0
    for other, (one, _) in enumerate(ordered):
        if other != place and ((one.layer == choice.layer and masks[other] & mask) or choice.bars >> one.bit & 1):
            bars |= 1 << other
    return bars
