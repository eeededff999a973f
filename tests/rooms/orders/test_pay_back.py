"""Money that goes back without goods: once, never more than was paid, whatever refunds come before and after it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.base.money import Money
from argosy.orders.changes import effect_of
from argosy.orders.commands import Changed, NoOrder, Refund, RefundLine, TooLate
from argosy.orders.giving_back.model import PayBack
from argosy.orders.giving_back.pay_back import pay_back
from argosy.orders.giving_back.rules import at_most
from argosy.orders.look import order as look_at
from argosy.orders.pay import pay
from argosy.orders.ports import Means
from argosy.orders.refund import carry_out_open, refund
from argosy.orders.rows import LineState, OrderState
from argosy.orders.rules import PARTS
from rooms.orders.ground import APPROVED, NOW, REFUND_FAILS, Bench, bench, goods, on, wrong_in
from rooms.orders.test_changes import LINES, ORDER, REFUND, order

ACT = st.one_of(
    st.tuples(st.just("back"), st.integers(1, 2_000)),
    st.tuples(st.just("refund"), st.integers(1, 2), st.integers(1, 3)),
    st.just(("all",)),
)


@given(st.lists(ACT, max_size=8))
def test_no_more_goes_back_than_was_paid(acts: list[tuple[Any, ...]]) -> None:
    """Lines add up to the order after every step, and what all refunds come to is what the order says."""
    held: OrderState = order("paid", "ref")
    lines: dict[int, LineState] = {line.line: line for line in LINES}
    sent = 0
    for name, *values in acts:
        if name == "back":
            change: PayBack | Refund = PayBack(ORDER, REFUND, values[0], "late", "promises", NOW)
        else:
            wishes = (RefundLine(*values),) if values else ()
            change = Refund(ORDER, REFUND, wishes, True, "operator", NOW)
        effect = effect_of(change, held, list(lines.values()))
        if effect.order is None:
            continue
        held, sent = effect.order, sent + effect.refund_minor
        lines |= {line.line: line for line in effect.lines}
        assert sent == held.refunded_minor + held.paid_back_minor <= held.total_minor
        assert sum(line.refunded_minor for line in lines.values()) == held.refunded_minor
        assert sum(piece["amount_minor"] for piece in effect.refunded_lines) == (
            effect.refund_minor if name != "back" else 0
        )
    if held.state == "refunded":
        assert sent == held.total_minor


@given(
    st.lists(st.fixed_dictionaries({name: st.integers(0, 50) for name in PARTS}), min_size=1, max_size=4),
    st.integers(0, 400),
)
def test_parts_are_lessened_to_what_is_left(parts: list[dict[str, int]], left: int) -> None:
    whole, found = sum(sum(part.values()) for part in parts), at_most(left, parts)
    assert sum(sum(part.values()) for part in found) == min(whole, left)
    for before, after in zip(parts, found, strict=True):
        assert all(0 <= after[name] <= before[name] for name in PARTS)
    if sum(part["goods_minor"] for part in parts) >= whole - left:
        assert all(
            before[name] == after[name] for before, after in zip(parts, found, strict=True) for name in PARTS[1:]
        )


@pytest.mark.parametrize(
    ("state", "before", "wished", "given_back"),
    [
        pytest.param("paid", {}, 200, 200, id="all of it"),
        pytest.param("paid", {"refunded_minor": 1_400}, 200, 100, id="what is left"),
        pytest.param("paid", {"refunded_minor": 500, "paid_back_minor": 900}, 200, 100, id="after another"),
        pytest.param("paid", {"refunded_minor": 500, "paid_back_minor": 1_000}, 200, None, id="nothing left"),
        pytest.param("refunded", {"refunded_minor": 1_500}, 200, None, id="all refunded"),
        pytest.param("paid", {"total_minor": 0}, 1, None, id="paid by promotions"),
    ],
)
def test_what_is_paid_back(state: str, before: dict[str, int], wished: int, given_back: int | None) -> None:
    effect = effect_of(PayBack(ORDER, REFUND, wished, "late", "promises", NOW), order(state, "ref", **before), [])
    if given_back is None:
        assert isinstance(effect.answer, Refused)
        assert (effect.answer.code, effect.order) == ("nothing_to_pay_back", None)
        return
    assert effect.answer == Changed(ORDER, state)
    assert (effect.refund_minor, effect.moves, effect.lines, effect.why) == (given_back, (), (), "late")
    assert effect.detail.get("wished_minor", given_back) == wished


async def paid(made: Bench, card: str = APPROVED, *, pieces: int = 2) -> tuple[UUID, int]:
    """A paid order, and what it cost."""
    bag = goods(uuid4().hex)
    await made.receive((bag, pieces))
    order_id = await made.place((bag, pieces))
    total = (await made.one("SELECT total_minor FROM orders WHERE order_id = $1", order_id))["total_minor"]
    await pay(made.desk, order_id, 0, Money(total, "EUR"), Means(card_number=card), "")
    return order_id, total


def test_it_is_paid_back_once_however_often_it_is_asked(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order_id, total = await paid(made)
        key = uuid4()
        async with bench(dsn, made.clock) as other:
            asked = [
                pay_back(one.desk, order_id, key, 100, why="late", who="promises")
                for one in (made, other, made, other, made)
            ]
            answers = await asyncio.gather(*asked)
        assert sorted(answer.again for answer in answers if isinstance(answer, Changed)) == [False, *[True] * 4]
        assert await made.trail(order_id) == ["order.placed", "order.paid", "order.paid_back"]
        view = await look_at(made.desk, order_id, None)
        assert [(one.amount_minor, one.state, one.why) for one in view.refunds] == [(100, "done", "late")]
        assert (view.order.paid_back_minor, view.order.refunded_minor, view.order.state) == (100, 0, "paid")
        assert [line.refunded_quantity for line in view.lines] == [0]

        part, piece = uuid4(), [RefundLine(1, 1)]
        for again in (False, True):
            answer = await refund(made.desk, order_id, piece, restock=True, who="operator", refund_id=part)
            assert isinstance(answer, Changed)
            assert answer.again is again
        view = await look_at(made.desk, order_id, None)
        assert [line.refunded_quantity for line in view.lines] == [1]

        await refund(made.desk, order_id, restock=True, who="operator")
        view = await look_at(made.desk, order_id, None)
        assert view.order.state == "refunded"
        assert len(view.refunds) == 3
        assert sum(one.amount_minor for one in view.refunds) == total
        with pytest.raises(Refused, match="gone back"):
            await pay_back(made.desk, order_id, uuid4(), 1, why="late", who="promises")
        assert await pay_back(made.desk, order_id, key, 100, why="late", who="promises") == Changed(
            order_id, "refunded", again=True
        )
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_two_at_once_do_not_pay_more_than_was_paid(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order_id, total = await paid(made)
        async with bench(dsn, made.clock) as other:
            await asyncio.gather(
                *(pay_back(one.desk, order_id, uuid4(), total - 10, why="late", who="x") for one in (made, other))
            )
        view = await look_at(made.desk, order_id, None)
        assert sorted(one.amount_minor for one in view.refunds) == [10, total - 10]
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_what_the_provider_refuses_is_tried_again(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        order_id, _ = await paid(made, REFUND_FAILS)
        await pay_back(made.desk, order_id, uuid4(), 100, why="late", who="promises")
        rows = await made.ask("SELECT state, tries FROM refunds WHERE order_id = $1", order_id)
        assert [tuple(row) for row in rows] == [("failed", 1)]
        made.clock.move(timedelta(minutes=2))
        await carry_out_open(made.desk)
        rows = await made.ask("SELECT state, tries FROM refunds WHERE order_id = $1", order_id)
        assert [tuple(row) for row in rows] == [("failed", 2)]
        assert await wrong_in(made.ask) == []

    on(dsn, scene)


def test_an_order_that_is_not_paid_has_nothing_to_pay_back(dsn: str) -> None:
    async def scene(made: Bench) -> None:
        bag = goods(uuid4().hex)
        await made.receive((bag, 1))
        order_id = await made.place((bag, 1))
        asked = {"why": "late", "who": "promises"}
        assert await pay_back(made.desk, order_id, uuid4(), 1, **asked) == TooLate(order_id, "placed")
        nobody = uuid4()
        assert await pay_back(made.desk, nobody, uuid4(), 1, **asked) == NoOrder(nobody)

    on(dsn, scene)
