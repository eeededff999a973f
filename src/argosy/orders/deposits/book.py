"""The deposits that one batch of changes touches: opened, used and ended in the batch's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.orders.changes import PAID, REFUNDED, Effect, effect_of
from argosy.orders.commands import Change, Changed, NoOrder, Pay, Refund, TooLate
from argosy.orders.deposits import store
from argosy.orders.deposits.model import DepositRow, EndDeposit
from argosy.orders.deposits.rules import deposit_key, deposit_used, freed, is_deposit, may_end, sold, take_of
from argosy.orders.model import LineState, OrderState
from argosy.plumbing.database import Tx
from argosy.quotas.model import Move, Take


class Book:
    """What changes mean for deposits. A batch without any costs no query."""

    def __init__(self, rows: Mapping[UUID, DepositRow], ending: Sequence[UUID]) -> None:
        self._rows = rows
        self.takes: list[Take] = [take_of(one) for one in ending]
        """Counters of deposits that are to end."""
        self._opened: list[UUID] = []
        self._ended: dict[UUID, tuple[UUID, str, UUID | None]] = {}
        self._owed: dict[UUID, int] = {}
        self._at: datetime | None = None

    def keys(self) -> list[str]:
        """Counters of what these deposits hold or held."""
        return [key for row in self._rows.values() for key in row.take_keys]

    def effect(
        self,
        change: Change,
        order: OrderState,
        lines: Sequence[LineState],
        free: Mapping[str, int],
        moves: Sequence[Move],
    ) -> Effect:
        """What a change does to an order; `free` are units of counters before the `moves` of the batch so far."""
        if isinstance(change, EndDeposit):
            return self._end(change, order, free, moves)
        if isinstance(change, Refund) and is_deposit(order.take_keys):
            return Effect(_no_goods())
        effect = effect_of(change, order, lines)
        if effect.order is not None and isinstance(change, Pay | Refund):
            return self._noted(change, order, effect)
        return effect

    def _noted(self, change: Pay | Refund, order: OrderState, effect: Effect) -> Effect:
        """The same effect, with what it means for the deposit that the order is or uses."""
        if isinstance(change, Pay) and is_deposit(order.take_keys):
            # Its pieces stay held until the balance is paid.
            self._opened.append(order.order_id)
            self._at = change.now
            return replace(effect, moves=())
        used = deposit_used(order.take_keys)
        if used is None:
            return effect
        self._at = change.now
        if isinstance(change, Pay):
            self._ended[used] = (used, "used", order.order_id)
            return replace(effect, moves=(*effect.moves, *sold(self._rows[used])))
        self._owed.update((used, line.refunded_quantity) for line in effect.lines if line.line == 1)
        return effect

    def _end(self, change: EndDeposit, order: OrderState, free: Mapping[str, int], moves: Sequence[Move]) -> Effect:
        row, key = self._rows.get(change.order_id), deposit_key(change.order_id)
        if row is None:
            return Effect(NoOrder(change.order_id))
        left = free.get(key, 0) - sum(move.held + move.sold for move in moves if move.key == key)
        if left < 1 or not may_end(change, row):
            return Effect(TooLate(change.order_id, row.state if left < 1 else "due"))
        back = order.left_minor if change.how == "returned" else 0
        self._ended[row.deposit_id] = (row.deposit_id, change.how, None)
        self._at = change.now
        detail = {"amount_minor": back} if change.how == "returned" else {"amount_minor": row.paid_minor}
        state = REFUNDED if change.how == "returned" else PAID
        return Effect(
            Changed(order.order_id, change.how),
            replace(order, state=state, paid_back_minor=order.paid_back_minor + back),
            moves=tuple(freed(row)),
            settled_at=change.now,
            what=f"order.deposit_{change.how}",
            who=change.who,
            detail={**detail, "currency": order.currency},
            refund_minor=back,
            why="deposit",
        )

    async def write(self, tx: Tx, cell: int) -> None:
        """Write down what became of deposits."""
        if self._at is None:
            return
        if self._opened:
            await store.open_deposits(tx, cell, self._opened, self._at)
        if self._ended:
            ends = sorted(self._ended.values(), key=lambda one: one[0])
            found = await store.end_deposits(tx, cell, ends, self._at)
            assert found == len(ends), "a deposit ended twice"  # noqa: S101
        if self._owed:
            await store.owe_pieces(tx, cell, self._owed)


async def open_book(tx: Tx, cell: int, changes: Sequence[Change], orders: Mapping[UUID, OrderState]) -> Book:
    """The deposits that these changes of locked orders touch. Their rows tell what never changes; counters tell the rest."""
    ending = [change.order_id for change in changes if isinstance(change, EndDeposit)]
    ids = set(ending)
    for change in changes:
        if isinstance(change, Pay | Refund) and change.order_id in orders:
            used = deposit_used(orders[change.order_id].take_keys)
            if used is not None:
                ids.add(used)
    rows = await store.read_deposits(tx, cell, sorted(ids)) if ids else {}
    return Book(rows, [one for one in ending if one in rows])


def _no_goods() -> Refused:
    return Refused(
        "deposit_order",
        "This order is a deposit: there are no goods to refund.",
        field="order_id",
        remedy="Cancel the deposit, or refund the order that its balance was paid with.",
        status=409,
    )
