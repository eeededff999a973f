"""What becomes of a gift when goods that earned it are given back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from argosy.orders.commands import RefundLine
from argosy.orders.rows import LineRow


def gifts_back(
    quoted: Sequence[Mapping[str, Any]], rows: Sequence[LineRow], wished: Sequence[RefundLine]
) -> list[RefundLine]:
    """The gifts that go back with the wished lines: those whose goods, less all that was given back, no longer earn them.

    `quoted` are the lines of the order's quote as kept, in their order. What is kept of a line counts with its part of the
    price after the item layer. Nothing is paid for a gift, so nothing is paid back for it, and nothing is asked for one that
    stays away: the refund only says that it is no longer the shopper's. Whoever offered it bears it.
    """
    kept = {row.line: row.quantity - row.refunded_quantity for row in rows}
    for wish in wished:
        kept[wish.line] = kept.get(wish.line, 0) - wish.quantity
    named = {wish.line for wish in wished}
    back = []
    for number, line in enumerate(quoted, start=1):
        gift = line.get("gift")
        if gift and number not in named and kept.get(number, 0) > 0 and not _earned(gift, quoted, kept):
            back.append(RefundLine(number, kept[number]))
    return back


def _earned(gift: Mapping[str, Any], quoted: Sequence[Mapping[str, Any]], kept: Mapping[int, int]) -> bool:
    worth = pieces = 0
    for number in gift["earned_by"]:
        line, left = quoted[number - 1], max(kept.get(number, 0), 0)
        pieces += left
        worth += _item_minor(line) * left // line["quantity"]
    return pieces > 0 and worth >= int(gift["over_minor"])


def _item_minor(line: Mapping[str, Any]) -> int:
    """A line after the item layer."""
    return int(line["list_minor"]) - sum(int(one["off_minor"]) for one in line["taken"] if one["layer"] == "item")
