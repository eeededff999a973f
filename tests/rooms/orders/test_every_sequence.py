"""Random sequences of everything that happens to orders, against plain books; then two processes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.orders.cancel import cancel
from argosy.orders.commands import Changed, LimitReached, Placed, RefundLine, SoldOut, TooLate
from argosy.orders.expire import expire
from argosy.orders.model import Quote
from argosy.orders.pay import Declined, Ended, Paid, Pending, pay
from argosy.orders.place import place
from argosy.orders.ports import Means
from argosy.orders.refund import refund
from rooms.orders.ground import ADDRESS, APPROVED, DECLINED, HOLD, SILENT, SOLD, Bench, bench, goods, quoted, wrong_in
from rooms.orders.plain_books import PlainBooks, PlainLine, PlainOrder

PRICES = [42_700, 1_001, 99]
LIMITS: list[int | None] = [None, 4, None]
THINGS = range(len(PRICES))

WISH = st.dictionaries(st.sampled_from(THINGS), st.integers(1, 3), min_size=1)
WHICH = st.integers(0, 30)
OPERATION = st.one_of(
    st.tuples(st.just("receive"), st.sampled_from(THINGS), st.integers(0, 4)),
    st.tuples(st.just("place"), WISH, st.integers(0, 1)),
    st.tuples(st.just("place"), WISH, st.integers(0, 1)),
    st.tuples(st.just("again"), WHICH),
    st.tuples(st.just("pay"), WHICH, st.sampled_from([APPROVED, APPROVED, DECLINED, SILENT])),
    st.tuples(st.just("pay"), WHICH, st.just(APPROVED)),
    st.tuples(st.just("cancel"), WHICH),
    st.tuples(st.just("refund"), WHICH, st.dictionaries(st.integers(1, 3), st.integers(1, 3)), st.booleans()),
    st.tuples(st.just("expire")),
)
STORY = st.lists(OPERATION, min_size=12, max_size=30)


class Play:
    """One story in a shop with goods of its own."""

    def __init__(self, made: Bench) -> None:
        self.made = made
        self.plain = PlainBooks(LIMITS)
        name = uuid4().hex
        self.items = [goods(f"{name} {n}", PRICES[n], limit=LIMITS[n]) for n in THINGS]
        self.shoppers = [uuid4(), uuid4()]
        self.quotes: dict[int, Quote] = {}

    async def act(self, operation: tuple[Any, ...]) -> None:
        """Do it, and compare the answer with the plain one."""
        name, *values = operation
        if name in ("again", "pay", "cancel", "refund"):
            if not self.plain.orders:
                return
            values[0] %= len(self.plain.orders)
        await getattr(self, name)(*values)

    async def receive(self, thing: int, count: int) -> None:
        self.plain.received[thing] += count
        await self.made.receive((self.items[thing], count))

    async def place(self, wishes: dict[int, int], shopper: int) -> None:
        lines = [(self.items[thing], count) for thing, count in wishes.items()]
        quote = quoted(*lines, now=self.made.clock.now(), shopper=self.shoppers[shopper])
        answer = await place(self.made.desk, quote, ADDRESS)
        lacks = self.plain.lacks(shopper, wishes)
        assert isinstance(answer, {"": Placed, "sold_out": SoldOut, "limit": LimitReached}[lacks])
        if not lacks:
            self.quotes[len(self.plain.orders)] = quote
            totals = [one.total_minor for one in quote.lines]
            told = zip(wishes.items(), totals, strict=True)
            plain = [PlainLine(thing, count, total) for (thing, count), total in told]
            self.plain.orders.append(PlainOrder(quote.quote_id, shopper, plain))

    async def again(self, which: int) -> None:
        order = self.plain.orders[which]
        answer = await place(self.made.desk, self.quotes[which], ADDRESS)
        assert answer == Placed(order.order_id, order.state, order.declined, again=True)

    async def pay(self, which: int, card: str) -> None:
        order = self.plain.orders[which]
        # While the provider has not decided, the same charge is asked for again; what is over is not begun anew.
        if order.waiting or card == SILENT:
            card = SILENT if order.waiting or order.state == "placed" else APPROVED
        amount = Money(order.total, "EUR")
        answer = await pay(self.made.desk, order.order_id, order.declined, amount, Means(card_number=card), "")
        assert answer == self._paid(order, card)

    def _paid(self, order: PlainOrder, card: str) -> object:
        if order.state in ("paid", "refunded"):
            # The same charge again; a decline that comes too late is told as what holds.
            return Paid(order.order_id)
        if order.state != "placed":
            return Ended(order.order_id, order.state)
        if card == DECLINED:
            order.declined += 1
            return Declined(order.order_id, "card_declined")
        if card == SILENT:
            order.waiting = True
            return Pending(order.order_id)
        order.state = "paid"
        return Paid(order.order_id)

    async def cancel(self, which: int) -> None:
        order = self.plain.orders[which]
        answer = await cancel(self.made.desk, order.order_id, "shopper")
        if order.state in ("placed", "cancelled"):
            assert answer == Changed(order.order_id, "cancelled", again=order.state == "cancelled")
            order.state, order.waiting = "cancelled", False
        else:
            assert answer == TooLate(order.order_id, order.state)

    async def refund(self, which: int, lines: dict[int, int], restock: bool) -> None:
        order = self.plain.orders[which]
        wishes = [RefundLine(*one) for one in lines.items()]
        try:
            answer = await refund(self.made.desk, order.order_id, wishes, restock=restock, who="operator")
        except Refused as wrong:
            assert order.state == "paid"
            assert wrong.code == self._unrefundable(order, lines)
            return
        if order.state != "paid":
            assert answer == TooLate(order.order_id, order.state)
            return
        assert not self._unrefundable(order, lines)
        for number, line in enumerate(order.lines, start=1):
            left = line.quantity - line.back
            line.give_back(lines.get(number, 0) if lines else left, restock=restock)
        if all(line.back == line.quantity for line in order.lines):
            order.state = "refunded"
        assert answer == Changed(order.order_id, order.state)

    def _unrefundable(self, order: PlainOrder, lines: dict[int, int]) -> str:
        for number, count in lines.items():
            if number > len(order.lines):
                return "unknown_line"
            if count > order.lines[number - 1].quantity - order.lines[number - 1].back:
                return "refund_out_of_range"
        return ""

    async def expire(self) -> None:
        self.made.clock.move(HOLD)
        assert await expire(self.made.desk) == self.plain.end_hold()

    async def check(self) -> None:
        """Counters and orders are what the plain books say."""
        for thing in THINGS:
            if self.plain.received[thing] or self.plain.counters(thing) != (0, 0, 0):
                assert await self.made.counters(self.items[thing]) == self.plain.counters(thing)
        rows = await self.made.ask(_ORDERS, [order.order_id for order in self.plain.orders])
        told = {row["order_id"]: (row["state"], row["total_minor"], row["refunded_minor"]) for row in rows}
        assert told == {order.order_id: (order.state, order.total, order.refunded) for order in self.plain.orders}


_ORDERS = "SELECT order_id, state, total_minor, refunded_minor FROM orders WHERE order_id = ANY($1::uuid[])"


def in_one_shop(dsn: str, examples: int, story: Any, play: Callable[..., Awaitable[None]]) -> None:
    """Run many stories one after another on one bench."""
    with asyncio.Runner() as runner:
        context = bench(dsn)
        made = runner.run(context.__aenter__())

        @settings(deadline=None, max_examples=examples, suppress_health_check=list(HealthCheck))
        @given(story)
        def run(operations: Any) -> None:
            runner.run(play(made, operations))

        try:
            run()
            assert runner.run(wrong_in(made.ask)) == []
        finally:
            runner.run(context.__aexit__(None, None, None))


def test_every_sequence_agrees_with_plain_books(dsn: str) -> None:
    """Well over a thousand pairs of one operation after another."""
    pairs = 0

    async def play(made: Bench, operations: list[tuple[Any, ...]]) -> None:
        nonlocal pairs
        pairs += len(operations) - 1
        story = Play(made)
        # Held orders of an earlier story that was broken off must not end in this one.
        made.clock.move(HOLD)
        await expire(made.desk)
        for thing in THINGS:
            await story.receive(thing, 3)
        for operation in operations:
            await story.act(operation)
            await story.check()
        assert await wrong_in(made.ask) == []

    in_one_shop(dsn, 80, STORY, play)
    assert pairs > 1_000


def test_any_two_operations_at_once_keep_the_books_right(dsn: str) -> None:
    """Pairs of operations on the same few orders, by two processes at the same time; nobody knows who comes first."""
    pair = st.tuples(OPERATION, OPERATION)

    async def play(made: Bench, pairs: list[tuple[Any, Any]]) -> None:
        async with bench(dsn, made.clock) as other:
            here, there = Play(made), Play(other)
            there.items, there.shoppers = here.items, here.shoppers
            for thing in THINGS:
                await here.receive(thing, 3)
            for one, two in pairs:
                await asyncio.gather(unchecked(here, one), unchecked(there, two))
                both = {**here.quotes, **there.quotes}
                here.quotes, there.quotes = dict(both), dict(both)
            assert await wrong_in(made.ask) == []
            await sold_agrees(made)

    in_one_shop(dsn, 50, st.lists(pair, min_size=10, max_size=20), play)


async def unchecked(play: Play, operation: tuple[Any, ...]) -> None:
    """Do an operation on any order that either process has placed; every answer is as good as another."""
    desk = play.made.desk
    name, *values = operation
    if name == "expire":
        play.made.clock.move(HOLD)
        await expire(desk)
    elif name == "receive":
        await play.receive(*values)
    elif name == "place":
        lines = [(play.items[thing], count) for thing, count in values[0].items()]
        quote = quoted(*lines, now=play.made.clock.now(), shopper=play.shoppers[values[1]])
        if isinstance(await place(desk, quote, ADDRESS), Placed):
            play.quotes[quote.quote_id.int] = quote
    elif play.quotes:
        quote = play.quotes[sorted(play.quotes)[values[0] % len(play.quotes)]]
        order = quote.quote_id
        if name == "again":
            await place(desk, quote, ADDRESS)
        elif name == "pay":
            await pay(desk, order, 0, Money(quote.total_minor, "EUR"), Means(card_number=values[1]), "")
        elif name == "cancel":
            await cancel(desk, order, "shopper")
        else:
            wishes = [RefundLine(*one) for one in values[1].items()]
            try:
                await refund(desk, order, wishes, restock=values[2], who="operator")
            except Refused as wrong:
                assert wrong.code in ("unknown_line", "refund_out_of_range")


async def sold_agrees(made: Bench) -> None:
    """Of every counter no more is sold than paid orders have, and no less than they have without what was refunded."""
    for row in await made.ask(SOLD):
        assert row["pieces"] - row["back"] <= row["sold"] <= row["pieces"], dict(row)
