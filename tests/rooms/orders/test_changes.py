"""What each change makes of an order in each state, and what pieces of a line are worth."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.landed.returns import CHARGES, Charge, ChargeBack
from argosy.orders.changes import effect_of
from argosy.orders.commands import Change, Changed, LineCharges, NoteCharge, Pay, Refund, RefundLine, Release, TooLate
from argosy.orders.rows import LineState, OrderState
from argosy.orders.rules import PARTS, charge_parts, refund_lines, refund_parts
from argosy.quotas.model import Move
from rooms.orders.ground import NOW

ORDER = UUID(int=1)
REFUND = UUID(int=9)


def line_of(total: int, quantity: int, number: int = 1, keys: list[str] | None = None, **parts: int) -> LineState:
    """A line; all of its total is goods where its parts are not named."""
    whole = {"goods_minor": total, "shipping_minor": 0, "duty_minor": 0, "tax_minor": 0, "fees_minor": 0} | parts
    return LineState(
        order_id=ORDER,
        line=number,
        variant_id=UUID(int=10 + number),
        quantity=quantity,
        refunded_quantity=0,
        take_keys=keys or [],
        total_minor=total,
        refunded_minor=0,
        **whole,
    )


LINES = [line_of(1_000, 3, 1, ["stock/a", "limit/a"]), line_of(500, 1, 2, ["stock/b"])]


def order(state: str, reference: str = "", **more: Any) -> OrderState:
    keys, counts = ["stock/a", "limit/a", "stock/b"], [3, 3, 1]
    row = OrderState(ORDER, state, "FR", "EUR", 1_500, 0, keys, counts, "simulated", reference, 0)
    return replace(row, **more)


PAY = Pay(ORDER, "simulated", "ref", NOW)
CANCEL = Release(ORDER, "cancelled", "shopper", NOW)
EXPIRE = Release(ORDER, "expired", "clock", NOW)
ALL_BACK = Refund(ORDER, REFUND, (), True, "operator", NOW)
STATES = ("placed", "paid", "refunded", "cancelled", "expired")


def note(state: str, reference: str = "ref", reason: str = "", attempt: int | None = 0) -> NoteCharge:
    return NoteCharge(ORDER, "simulated", reference, state, reason, NOW, attempt)


def said(state: str, reference: str = "ref", reason: str = "") -> NoteCharge:
    """A provider's message, which does not tell the attempt."""
    return note(state, reference, reason, None)


CHANGES: dict[str, tuple[Change, dict[str, str]]] = {
    # Of each change, the states in which it does something and the state that follows; in all others it is too late.
    "pay": (PAY, {"placed": "paid"}),
    "cancel": (CANCEL, {"placed": "cancelled"}),
    "expire": (EXPIRE, {"placed": "expired"}),
    "refund": (ALL_BACK, {"paid": "refunded"}),
    "note-pending": (note("pending"), {"placed": "placed"}),
    "note-needs-action": (note("needs_action"), {"placed": "placed"}),
    "note-declined": (note("declined"), {"placed": "placed"}),
    "note-voided": (note("voided"), {"placed": "placed"}),
}
AGAIN = {("cancel", "cancelled"), ("expire", "expired")}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", CHANGES)
def test_each_change_in_each_state(name: str, state: str) -> None:
    change, follows = CHANGES[name]
    reference = "" if state in ("placed", "cancelled", "expired") else "first"
    effect = effect_of(change, order(state, reference), LINES)
    if state in follows:
        assert effect.answer == Changed(ORDER, follows[state])
        assert effect.order is not None
        assert effect.order.state == follows[state]
        assert effect.what
        assert effect.who
    else:
        again = (name, state) in AGAIN
        assert effect.answer == (Changed(ORDER, state, again=True) if again else TooLate(ORDER, state))
        assert (effect.order, effect.moves, effect.lines, effect.what, effect.refund_minor) == (None, (), (), "", 0)


@pytest.mark.parametrize("state", ["paid", "refunded"])
def test_the_same_payment_told_again_is_no_second_one(state: str) -> None:
    assert effect_of(PAY, order(state, "ref"), LINES).answer == Changed(ORDER, state, again=True)
    assert effect_of(PAY, order(state, "other"), LINES).answer == TooLate(ORDER, state)


def test_paying_turns_held_into_sold() -> None:
    effect = effect_of(PAY, order("placed"), LINES)
    assert effect.moves == (
        Move("stock/a", held=-3, sold=3), Move("limit/a", held=-3, sold=3), Move("stock/b", held=-1, sold=1),
    )  # fmt: skip
    assert (effect.what, effect.who, effect.settled_at) == ("order.paid", "simulated", NOW)
    assert effect.detail == {"reference": "ref", "amount_minor": 1_500, "currency": "EUR"}
    assert effect.order is not None
    assert (effect.order.charge_reference, effect.order.provider) == ("ref", "simulated")


@pytest.mark.parametrize(("change", "what"), [(CANCEL, "order.cancelled"), (EXPIRE, "order.expired")])
def test_releasing_frees_what_was_held(change: Release, what: str) -> None:
    effect = effect_of(change, order("placed"), LINES)
    assert effect.moves == (Move("stock/a", held=-3), Move("limit/a", held=-3), Move("stock/b", held=-1))
    assert (effect.what, effect.who, effect.settled_at) == (what, change.who, NOW)


@pytest.mark.parametrize(
    ("before", "tried", "noted", "reference", "attempts", "what"),
    [
        pytest.param("", 0, note("pending"), "ref", 0, "payment.pending", id="pending-is-kept"),
        pytest.param("", 0, note("needs_action"), "ref", 0, "payment.needs_action", id="a-step-is-kept"),
        pytest.param("", 0, note("declined", "ref", "no_funds"), "", 1, "payment.declined", id="declined-at-once"),
        pytest.param("", 1, note("declined", attempt=1), "", 2, "payment.declined", id="declined-the-second-time"),
        pytest.param("", 1, note("declined"), "", 1, "", id="the-first-decline-again"),
        pytest.param("new", 1, note("pending", "old"), "new", 1, "", id="a-late-word-of-the-first"),
        pytest.param("step", 0, note("declined", "done"), "", 1, "payment.declined", id="a-step-ends-under-a-new-name"),
        pytest.param("", 0, said("pending"), "ref", 0, "payment.pending", id="said-first"),
        pytest.param("ref", 0, said("declined", "ref", "no_funds"), "", 1, "payment.declined", id="said-later"),
        pytest.param("ref", 0, said("voided"), "", 1, "payment.voided", id="said-to-be-void"),
        pytest.param("", 1, said("declined"), "", 1, "", id="said-again"),
        pytest.param("new", 1, said("declined", "old"), "new", 1, "", id="said-of-an-old-one"),
        pytest.param("new", 1, said("pending", "old"), "new", 1, "", id="said-of-an-old-one-that-waits"),
    ],
)
def test_what_a_charge_leaves_behind(
    before: str, tried: int, noted: NoteCharge, reference: str, attempts: int, what: str
) -> None:
    placed = order("placed", before, charge_attempts=tried)
    effect = effect_of(noted, placed, LINES)
    after = effect.order or placed
    assert (after.charge_reference, after.charge_attempts, effect.what) == (reference, attempts, what)
    assert effect.answer == Changed(ORDER, "placed", again=not what)
    assert effect.moves == ()
    assert effect.detail == ({"reason": noted.reason} if noted.reason and what else {})


def refund(*lines: tuple[int, int], restock: bool = True) -> Refund:
    return Refund(ORDER, REFUND, tuple(RefundLine(*one) for one in lines), restock, "operator", NOW)


def test_a_refund_by_line_leaves_the_order_paid_until_all_is_back() -> None:
    first = effect_of(refund((1, 1)), order("paid"), LINES)
    assert first.answer == Changed(ORDER, "paid")
    assert first.order is not None
    assert (first.order.refunded_minor, first.refund_minor) == (333, 333)
    assert first.moves == (Move("stock/a", sold=-1), Move("limit/a", sold=-1))
    assert first.refunded_lines == (
        {"line": 1, "quantity": 1, "amount_minor": 333, "goods_minor": 333, "reason": "changed_mind"},
    )
    assert (first.what, first.detail["amount_minor"], first.detail["refund"]) == ("order.refunded", 333, str(REFUND))
    left = [*first.lines, LINES[1]]
    rest = effect_of(refund((2, 1), (1, 2)), first.order, left)
    assert rest.answer == Changed(ORDER, "refunded")
    assert rest.order is not None
    assert (rest.order.refunded_minor, rest.refund_minor) == (1_500, 1_167)


def test_a_refund_without_lines_gives_back_all_that_is_left() -> None:
    left = [replace(LINES[0], refunded_quantity=2, refunded_minor=666), LINES[1]]
    effect = effect_of(ALL_BACK, order("paid", refunded_minor=666), left)
    assert effect.order is not None
    assert (effect.order.state, effect.order.refunded_minor, effect.refund_minor) == ("refunded", 1_500, 834)
    assert effect.moves == (Move("stock/a", sold=-1), Move("limit/a", sold=-1), Move("stock/b", sold=-1))


def test_goods_that_do_not_come_back_stay_sold() -> None:
    assert effect_of(refund((1, 3), restock=False), order("paid"), LINES).moves == ()


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        pytest.param([(3, 1)], "unknown_line", "lines[0].line", id="no-such-line"),
        pytest.param([(1, 1), (1, 1)], "unknown_line", "lines[1].line", id="a-line-twice"),
        pytest.param([(2, 1), (1, 0)], "refund_out_of_range", "lines[1].quantity", id="none"),
        pytest.param([(1, -1)], "refund_out_of_range", "lines[0].quantity", id="negative"),
        pytest.param([(1, 4)], "refund_out_of_range", "lines[0].quantity", id="more-than-there-were"),
    ],
)
def test_pieces_that_the_order_does_not_have(lines: list[tuple[int, int]], code: str, field: str) -> None:
    effect = effect_of(refund(*lines), order("paid"), LINES)
    assert isinstance(effect.answer, Refused)
    assert (effect.answer.code, effect.answer.field) == (code, field)
    assert (effect.order, effect.moves, effect.refund_minor) == (None, (), 0)


def test_a_line_that_is_all_back_has_nothing_left() -> None:
    done = replace(LINES[0], refunded_quantity=3, refunded_minor=1_000)
    told = refund_lines([done], [RefundLine(1, 1)])
    assert isinstance(told, Refused)
    assert (told.code, told.remedy) == ("refund_out_of_range", "All of this line was refunded.")
    assert refund_lines([done, LINES[1]], []) == [(LINES[1], 1)]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.integers(0, 10**12), min_size=5, max_size=5), st.lists(st.integers(1, 400), min_size=1, max_size=12))
def test_the_parts_of_all_pieces_are_the_line_s(amounts: list[int], parts: list[int]) -> None:
    whole = dict(zip(PARTS, amounts, strict=True))
    line = line_of(sum(amounts), sum(parts), **whole)
    back = dict.fromkeys(PARTS, 0)
    for part in parts:
        told = refund_parts(line, part)
        for name, worth in told.items():
            assert worth >= 0
            # No piece is worth a whole unit more than another.
            assert abs(worth * line.quantity - whole[name] * part) < line.quantity
            back[name] += worth
        line = replace(
            line,
            refunded_quantity=line.refunded_quantity + part,
            refunded_minor=line.refunded_minor + sum(told.values()),
        )
    assert back == whole
    assert line.refunded_minor == sum(amounts)


def test_duty_tax_and_fees_go_back_with_their_line() -> None:
    line = line_of(1_537, 2, goods_minor=1_000, shipping_minor=0, duty_minor=0, tax_minor=237, fees_minor=300)
    assert refund_parts(line, 1) == {"goods_minor": 500, "tax_minor": 118, "fees_minor": 150}
    again = replace(line, refunded_quantity=1, refunded_minor=768)
    assert refund_parts(again, 1) == {"goods_minor": 500, "tax_minor": 119, "fees_minor": 150}


BACK = ChargeBack(charge="duty", answer="claim", borne_by="authority", owed=None)
KEPT = ChargeBack(charge="tax", answer="no", borne_by="shopper", owed=False, source="a law", how="not repaid")


def test_a_charge_that_the_law_keeps_is_told_and_not_paid() -> None:
    line = line_of(1_537, 2, goods_minor=1_000, duty_minor=300, tax_minor=237)
    change = replace(refund((1, 1)), reason="goodwill", charges=(LineCharges(1, (BACK, KEPT)),))
    effect = effect_of(change, order("paid"), [line, LINES[1]])
    assert effect.refund_minor == 650
    (piece,) = effect.refunded_lines
    assert (piece["amount_minor"], piece["reason"], "tax_minor" in piece) == (650, "goodwill", False)
    told = [(one["charge"], one["amount_minor"], one["goes_back"], one["source"]) for one in piece["charges"]]
    assert told == [("duty", 150, True, ""), ("tax", 118, False, "a law")]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.integers(0, 10**12), min_size=5, max_size=5),
    st.lists(st.tuples(st.integers(1, 400), st.sets(st.sampled_from(["duty", "tax", "fees"]))), min_size=1, max_size=9),
)
def test_what_goes_back_and_what_is_kept_are_the_line_in_any_portions(
    amounts: list[int], portions: list[tuple[int, set[Charge]]]
) -> None:
    line = line_of(sum(amounts), sum(n for n, _ in portions), **dict(zip(PARTS, amounts, strict=True)))
    back = kept = 0
    for n, keeps in portions:
        law = [replace(KEPT if name in keeps else BACK, charge=name) for name in CHARGES]
        back += sum(refund_parts(line, n, law).values())
        told = charge_parts(line, n, law).get("charges", [])
        kept += sum(one["amount_minor"] for one in told if not one["goes_back"])
        line = replace(line, refunded_quantity=line.refunded_quantity + n)
        assert back <= line.total_minor
    assert back + kept == sum(amounts)
