"""How refunds of goods and money without goods share what was paid. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from argosy.orders.rules import PARTS


def at_most(left: int, parts: Sequence[dict[str, int]]) -> list[dict[str, int]]:
    """The parts of what goes back, lessened so that they come to no more than `left`: money went back before without goods.

    Goods' money is lessened first and from the last piece up, so that what was declared to customs stays whole.
    """
    over = sum(sum(part.values()) for part in parts) - left
    if over <= 0:
        return list(parts)
    found = [dict(part) for part in parts]
    for name in PARTS:
        for part in reversed(found):
            less = min(over, part.get(name, 0))
            if less:
                part[name] -= less
                over -= less
    return found


def less_dropped(part: dict[str, int], dropped_minor: int) -> dict[str, int]:
    """The parts of what goes back for pieces, less what was paid back for them before because their price had fallen."""
    return part if not dropped_minor else at_most(max(sum(part.values()) - dropped_minor, 0), [part])[0]
