"""How a basket becomes a quote, and what a refund is worth. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from msgspec import to_builtins

from argosy.base.errors import Refused
from argosy.landed.returns import ChargeBack
from argosy.orders.commands import (
    RefundLine,
)
from argosy.orders.model import MAX_LINES, MAX_QUANTITY, BasketLine
from argosy.orders.rows import LineState


def stock_key(variant_id: UUID, hub: str) -> str:
    """The counter of a variant's pieces at a hub."""
    return f"stock/{variant_id}/{hub}"


def limit_key(variant_id: UUID, shopper_id: UUID) -> str:
    """The counter of what one shopper may still have of a variant."""
    return f"limit/{variant_id}/{shopper_id}"


def check_basket(lines: Sequence[BasketLine]) -> list[BasketLine]:
    """The lines with equal variants put together; refuses an empty basket and numbers out of range."""
    if not lines:
        raise Refused(
            "empty_basket", "There is nothing in the basket.", field="lines", remedy="Send one line at least."
        )
    if len(lines) > MAX_LINES:
        raise Refused(
            "too_many_lines", f"{len(lines)} lines are too many.", field="lines", remedy=f"Send at most {MAX_LINES}."
        )
    for number, line in enumerate(lines):
        if not 1 <= line.quantity <= MAX_QUANTITY:
            refuse_quantity(number, f"The quantity is {'below 1' if line.quantity < 1 else 'too large'}.")
    if len({line.variant_id for line in lines}) == len(lines):
        return list(lines)
    merged: dict[UUID, int] = {}
    for number, line in enumerate(lines):
        merged[line.variant_id] = merged.get(line.variant_id, 0) + line.quantity
        if merged[line.variant_id] > MAX_QUANTITY:
            refuse_quantity(number, "The quantity is too large.")
    return [BasketLine(variant, quantity) for variant, quantity in merged.items()]


def refuse_quantity(number: int, message: str) -> None:
    """Refuse a line's quantity with the range that is allowed."""
    remedy = f"Send a whole number from 1 to {MAX_QUANTITY}."
    raise Refused("quantity_out_of_range", message, field=f"lines[{number}].quantity", remedy=remedy)


PARTS = ("goods_minor", "shipping_minor", "duty_minor", "tax_minor", "fees_minor")
"""What a line's total is made of, and what of it goes back with its pieces."""


def refund_parts(line: LineState, quantity: int, charges: Iterable[ChargeBack] = ()) -> dict[str, int]:
    """What goes back for `quantity` more pieces of a line: goods, shipping, duty, tax and fees as the order has them.

    The pieces' parts add up to the line's, whatever is given back in what order; without what stays with the shopper
    according to `charges`.
    """
    kept = {f"{one.charge}_minor" for one in charges if not one.goes_back}
    return {name: worth for name, worth in _parts(line, quantity).items() if name not in kept}


def charge_parts(line: LineState, quantity: int, charges: Iterable[ChargeBack]) -> dict[str, list[dict[str, Any]]]:
    """The same pieces' duty, tax and fees under `charges`: how much, who bears it, by whose rule; empty without any."""
    parts = _parts(line, quantity)
    told = [
        {"amount_minor": parts[name], "goes_back": one.goes_back, **to_builtins(one)}
        for one in charges
        if (name := f"{one.charge}_minor") in parts
    ]
    return {"charges": told} if told else {}


def _parts(line: LineState, quantity: int) -> dict[str, int]:
    done = line.refunded_quantity
    return {
        name: whole * (done + quantity) // line.quantity - whole * done // line.quantity
        for name in PARTS
        if (whole := getattr(line, name))
    }


def refund_lines(lines: Iterable[LineState], wished: Sequence[RefundLine]) -> list[tuple[LineState, int]] | Refused:
    """The lines and pieces that a refund gives back; without wishes all that is left. A `Refused` says what is wrong."""
    by_number = {line.line: line for line in lines}
    if not wished:
        return [(line, left) for line in by_number.values() if (left := line.quantity - line.refunded_quantity)]
    found: list[tuple[LineState, int]] = []
    for place, wish in enumerate(wished):
        line = by_number.pop(wish.line, None)
        if line is None:
            return Refused(
                "unknown_line", "The order has no such line, or it stands twice.", field=f"lines[{place}].line"
            )
        left = line.quantity - line.refunded_quantity
        if not 1 <= wish.quantity <= left:
            remedy = f"Send 1 to {left}." if left else "All of this line was refunded."
            return Refused(
                "refund_out_of_range", "So many are not left.", field=f"lines[{place}].quantity", remedy=remedy
            )
        found.append((line, wish.quantity))
    return found
