"""The plainest books of a shop that are right: what the real ones must agree with after every step."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import msgspec

TAKEN = ("placed", "paid", "refunded")


class PlainLine(msgspec.Struct):
    """A line of an order."""

    thing: int
    quantity: int
    total: int
    back: int = 0
    """Pieces refunded."""
    restocked: int = 0
    """Of those, the pieces that are for sale again."""
    back_minor: int = 0

    def give_back(self, pieces: int, *, restock: bool) -> None:
        """So many more pieces are refunded."""
        self.back += pieces
        self.restocked += pieces if restock else 0
        self.back_minor = self.total * self.back // self.quantity


class PlainOrder(msgspec.Struct):
    """An order."""

    order_id: UUID
    shopper: int
    lines: list[PlainLine]
    state: str = "placed"
    declined: int = 0
    waiting: bool = False
    """A charge is under way that will be captured without a word."""

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def refunded(self) -> int:
        return sum(line.back_minor for line in self.lines)


class PlainBooks:
    """Orders, and pieces counted one by one."""

    def __init__(self, limits: list[int | None]) -> None:
        self.limits = limits
        self.received: Counter[int] = Counter()
        self.orders: list[PlainOrder] = []

    def _pieces(self, thing: int, states: tuple[str, ...], shopper: int | None = None) -> int:
        return sum(
            line.quantity - line.restocked
            for order in self.orders
            if order.state in states and shopper in (None, order.shopper)
            for line in order.lines
            if line.thing == thing
        )

    def counters(self, thing: int) -> tuple[int, int, int]:
        """Free, held and sold pieces of a thing."""
        held, sold = self._pieces(thing, ("placed",)), self._pieces(thing, ("paid", "refunded"))
        return self.received[thing] - held - sold, held, sold

    def lacks(self, shopper: int, wishes: dict[int, int]) -> str:
        """Why a shopper cannot have all of this: `sold_out`, `limit`, or nothing."""
        if any(self.counters(thing)[0] < count for thing, count in wishes.items()):
            return "sold_out"
        for thing, count in wishes.items():
            limit = self.limits[thing]
            if limit is not None and self._pieces(thing, TAKEN, shopper) + count > limit:
                return "limit"
        return ""

    def end_hold(self) -> int:
        """The time of all open orders is over; how many there were. A charge under way turns out to be captured."""
        due = [order for order in self.orders if order.state == "placed"]
        for order in due:
            order.state = "paid" if order.waiting else "expired"
        return len(due)
