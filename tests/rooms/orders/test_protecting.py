"""Price protection: what fell within some days of delivery is paid back once, by whatever way the price fell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from argosy.base.money import Money
from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.plan import Festival, Phase, PhaseKind, Plan, Promotion
from argosy.campaigns.protection import Cause, LaterPrice
from argosy.orders.commands import RefundLine
from argosy.orders.model import ShelfItem
from argosy.orders.pay import Paid, pay
from argosy.orders.place import place
from argosy.orders.ports import Means
from argosy.orders.protecting import pay_drops as drops
from argosy.orders.protecting.follow import follow, take_in
from argosy.orders.protecting.model import Decided, Owed, ToCheck
from argosy.orders.protecting.pay_drops import decide, pay_drops, protect
from argosy.orders.protecting.rules import (
    EVERY,
    LOST_AFTER,
    checked,
    days_of,
    ends_at,
    for_everybody,
    item_unit,
    later_prices,
)
from argosy.orders.quoting.offers import priced
from argosy.orders.refund import refund
from argosy.plumbing import outbox
from argosy.plumbing.model import Event
from argosy.pricing.model import PriceRow
from argosy.pricing.set_prices import NewPrice, set_prices
from rooms.campaigns.trade import effect, promotion
from rooms.orders.ground import ADDRESS, APPROVED, CELL, NOW, PLAIN, Bench, bench, goods, quoted, wrong_in

DAY = timedelta(days=1)
DAYS = 15
PARIS = ZoneInfo("Europe/Paris")
ORDER = UUID(int=1)
BAG = goods("bag", 10_000, "EUR")
BLINK = timedelta(microseconds=1)


def festival(**fields: object) -> Festival:
    return replace(
        Festival(
            code="618",
            names={"en": "618"},
            markets=("FR",),
            phases=(Phase(kind=PhaseKind.MAIN, starts=NOW - DAY, ends=NOW + DAY),),
            protect_days=DAYS,
        ),
        **fields,
    )


def later(code: str, kind: str, days: int, length: int = 1, **fields: object) -> Promotion:
    """A price of the item layer that begins so many days after the purchase."""
    told = {name: fields.pop(name) for name in ("levels", "uses", "per_shopper") if name in fields}
    window = {"starts": NOW + days * DAY, "ends": NOW + (days + length) * DAY}
    return promotion(code, "item", effect(kind, **fields), **window, **told)


def a_check(**fields: object) -> ToCheck:
    """Two pieces at 100.00 of which nothing went back, delivered after three days."""
    plain = ToCheck(
        ORDER, 1, BAG.variant.variant_id, "FR", DAYS, NOW, NOW + 3 * DAY, 10_000, 10_000, 2, 20_000, {}
    )  # fmt: skip
    return replace(plain, **fields)


def price(days: float, minor: int) -> LaterPrice:
    return LaterPrice(NOW + days * DAY, minor, Cause.PRICE)


# Rules -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "market", "brand", "at", "days"),
    [
        ({}, "FR", "brand", NOW, DAYS),
        ({}, "FR", "brand", NOW - DAY, DAYS),
        ({}, "FR", "brand", NOW + DAY, 0),
        ({}, "DE", "brand", NOW, 0),
        ({"brands": ("other",)}, "FR", "brand", NOW, 0),
        ({"brands": ("brand",)}, "FR", "brand", NOW, DAYS),
        ({"protect_days": 0}, "FR", "brand", NOW, 0),
    ],
)
def test_what_is_bought_in_a_festival_is_protected(
    fields: dict[str, object], market: str, brand: str, at: datetime, days: int
) -> None:
    assert days_of([Plan(festival=festival(**fields))], market, PARIS, brand, at) == days


def test_the_price_of_a_piece_is_what_the_item_layer_left() -> None:
    taken = [{"layer": "item", "off_minor": 3_001}, {"layer": "platform", "off_minor": 5_000}]
    assert item_unit(20_000, taken, 2) == 8_499
    assert item_unit(20_000, [], 2) == 10_000


@pytest.mark.parametrize(
    ("one", "open_to_all"),
    [
        (later("a", "percent", 1, per_mille=100), True),
        (later("a", "off", 1, off_minor={"FR": 1}), True),
        (later("a", "price", 1, unit_minor={"FR": 1}), True),
        (later("a", "flash", 1, unit_minor={"FR": 1}, units=9), False),
        (later("a", "percent", 1, per_mille=100, levels=("gold",)), False),
        (later("a", "percent", 1, per_mille=100, uses=5), False),
        (promotion("a", "shop", effect("percent", per_mille=100), shop="tester"), False),
    ],
)
def test_only_what_everybody_can_have_is_compared(one: Promotion, open_to_all: bool) -> None:
    assert for_everybody(one) is open_to_all


def test_the_last_instant_counts_and_the_next_one_does_not() -> None:
    last = ends_at(a_check())
    assert last == NOW + 18 * DAY
    found = checked(a_check(), [LaterPrice(last, 9_000, Cause.PRICE)], last + DAY)
    assert (found.owed_minor, found.owed_to_minor, found.next_check_at) == (2_000, 9_000, None)
    assert checked(a_check(), [LaterPrice(last + BLINK, 9_000, Cause.PRICE)], last + DAY).owed_minor is None
    # It is looked at for the last time at its end, not before.
    assert checked(a_check(), (), last - BLINK).next_check_at == last


def test_the_next_look_is_a_day_away_and_ends_where_nothing_arrives() -> None:
    assert checked(a_check(), (), NOW + DAY).next_check_at == NOW + DAY + EVERY
    lost = a_check(delivered_at=None)
    assert checked(lost, (), NOW + LOST_AFTER).next_check_at is None
    assert checked(a_check(kept=0), [price(1, 1)], NOW + 2 * DAY) == Decided(ORDER, 1, None, None, None)


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 12_000)), max_size=6),
    st.lists(st.integers(1, 30), min_size=1, max_size=6),
    st.integers(1, 3),
)
def test_looking_often_pays_what_looking_once_at_the_end_does(
    changes: list[tuple[int, int]], looks: list[int], kept: int
) -> None:
    """Drop then rise, rise then drop, in any order: what is paid in all is the fall to the lowest price there was."""
    prices = [price(days, minor) for days, minor in changes]
    one, paid = a_check(kept=kept, left_minor=10_000 * kept), 0
    last = ends_at(one)
    for days in (*sorted(looks), 40):
        found = checked(one, prices, NOW + days * DAY)
        if found.owed_minor is not None:
            assert found.owed_to_minor is not None
            paid += found.owed_minor
            one = replace(one, settled_minor=found.owed_to_minor)
    lowest = min([p.unit_minor for p in prices if p.since <= last], default=10_000)
    assert paid == max(10_000 - lowest, 0) * kept


def test_pieces_that_went_back_get_no_drop() -> None:
    """10.00 a piece were paid back for two; one went back, and the price falls by 5.00 more: 5.00 for the one that is kept."""
    one = a_check(settled_minor=9_000, kept=1, left_minor=10_000)
    found = checked(one, [price(1, 9_000), price(5, 8_500)], NOW + 6 * DAY)
    assert (found.owed_minor, found.owed_to_minor) == (500, 8_500)


# On a real database ------------------------------------------------------------------------------------------------


class _Shelf:
    """Goods that are made up, in place of the catalogue's."""

    async def items(self, variants: Iterable[UUID]) -> dict[UUID, ShelfItem]:
        return {variant: BAG for variant in variants if variant == BAG.variant.variant_id}


@asynccontextmanager
async def shop(dsn: str, *promotions: Promotion) -> AsyncIterator[Bench]:
    """A desk whose festival protects for 15 days, with a bag at EUR 100.00."""
    async with bench(dsn) as on:
        board = CampaignBoard([Plan(festival=festival(), promotions=promotions)])
        on.desk.charts = replace(PLAIN, campaigns=board, singles={})
        on.desk.shelf = _Shelf()  # type: ignore[assignment]
        await on.receive((BAG, 10))
        await priced_at(on, 10_000)
        yield on


async def priced_at(on: Bench, minor: int) -> None:
    """The seller sets a price from now on."""
    async with on.desk.database.transaction() as tx:
        now = on.clock.now()
        await set_prices(tx, "", [NewPrice(BAG.variant.variant_id, minor, "EUR", now)], "test", now)


async def bought(on: Bench, count: int = 2) -> UUID:
    """A paid order of bags, protected."""
    made = quoted((BAG, count), now=on.clock.now(), charts=on.desk.charts)
    await place(on.desk, made, ADDRESS)
    paid = await pay(
        on.desk, made.quote_id, 0, Money(made.total_minor, "EUR"), Means(card_number=APPROVED), "http://back"
    )
    assert isinstance(paid, Paid)
    await follow(on.desk)
    return made.quote_id


async def delivered(on: Bench, order_id: UUID) -> None:
    """A carrier tells that the parcel is there."""
    at = on.clock.now()
    async with on.desk.database.transaction() as tx:
        await outbox.write(tx, CELL, [Event("parcel.delivered", order_id, {"at": at.isoformat()})], at)
    await follow(on.desk)


async def paid_back(on: Bench, order_id: UUID) -> list[int]:
    """Amounts that went back for prices that fell; the books must be right."""
    rows = await on.ask(
        "SELECT amount_minor, state FROM refunds WHERE order_id = $1 AND why = 'price_protection' ORDER BY at, refund_id",
        order_id,
    )
    assert {row["state"] for row in rows} <= {"done"}
    assert await wrong_in(on.ask) == []
    return [row["amount_minor"] for row in rows]


def played(dsn: str, scene: Callable[[Bench], Awaitable[None]], *promotions: Promotion) -> None:
    """Run a scene in the shop."""

    async def whole() -> None:
        async with shop(dsn, *promotions) as on:
            await scene(on)

    asyncio.run(whole())


def test_a_drop_is_paid_back_once_and_a_rise_takes_nothing(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await delivered(on, order_id)
        assert await protect(on.desk) == 2
        assert await paid_back(on, order_id) == [2_000]
        assert await protect(on.desk) == 0
        on.clock.move(DAY / 2)
        await priced_at(on, 8_500)
        on.clock.move(DAY / 4)
        await priced_at(on, 12_000)
        on.clock.move(DAY)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [2_000, 1_000]
        on.clock.move(30 * DAY)
        await priced_at(on, 1_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [2_000, 1_000]
        assert await on.ask("SELECT FROM protections") == []
        row = await on.one("SELECT state, refunded_minor, paid_back_minor FROM orders WHERE order_id = $1", order_id)
        assert tuple(row) == ("paid", 0, 3_000)
        lines = await on.one("SELECT refunded_quantity FROM order_lines WHERE order_id = $1", order_id)
        assert lines["refunded_quantity"] == 0
        assert (await on.counters(BAG)) == (8, 0, 2)

    played(dsn, scene)


@pytest.mark.parametrize(("late", "back"), [(timedelta(0), [2_000]), (BLINK, [])])
def test_the_last_day_counts_to_its_end(dsn: str, late: timedelta, back: list[int]) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(3 * DAY)
        await delivered(on, order_id)
        on.clock.move(DAYS * DAY + late)
        await priced_at(on, 9_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == back
        assert await on.ask("SELECT FROM protections") == []

    played(dsn, scene)


def test_promotions_of_everybody_count_and_others_do_not(dsn: str) -> None:
    promotions = (
        later("members", "percent", 2, per_mille=500, levels=("gold",)),
        later("flash", "flash", 2, unit_minor={"FR": 4_000}, units=9),
        later("weekend", "percent", 4, per_mille=100),
    )

    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(3 * DAY)
        await protect(on.desk)
        assert await paid_back(on, order_id) == []
        # The weekend came and went between two looks.
        on.clock.move(4 * DAY)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [2_000]

    played(dsn, scene, *promotions)


def test_of_what_went_back_before_nothing_is_protected(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        await refund(on.desk, order_id, [RefundLine(1, 1)], restock=True, who="operator")
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [1_000]
        # All the rest goes back: in all what was paid, and not a cent more.
        await refund(on.desk, order_id, (), restock=True, who="operator")
        row = await on.one(
            "SELECT state, refunded_minor + paid_back_minor AS back, total_minor FROM orders WHERE order_id = $1",
            order_id,
        )
        assert row["state"] == "refunded"
        assert row["back"] == row["total_minor"] == 20_000
        on.clock.move(2 * DAY)
        await priced_at(on, 5_000)
        await protect(on.desk)
        assert await paid_back(on, order_id) == [1_000]
        assert await on.ask("SELECT FROM protections") == []

    played(dsn, scene)


def test_a_payment_that_was_cut_off_is_repeated_as_it_was(dsn: str) -> None:
    """Paid and not noted, and the price falls further before it is noted: each drop goes back once."""

    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await decide(on.desk)
        (due,) = await on.ask("SELECT * FROM protections")
        cut_off = Owed(order_id, 1, due["owed_minor"], due["owed_to_minor"])
        await drops._pay(on.desk, cut_off)
        on.clock.move(2 * DAY)
        await priced_at(on, 8_000)
        assert await decide(on.desk) == 0
        assert await pay_drops(on.desk) == 1
        assert await paid_back(on, order_id) == [2_000]
        await protect(on.desk)
        assert await paid_back(on, order_id) == [2_000, 2_000]

    played(dsn, scene)


def test_two_processes_pay_once(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        orders = [await bought(on, 1) for _ in range(4)]
        on.clock.move(2 * DAY)
        await priced_at(on, 9_000)
        await asyncio.gather(*(protect(on.desk) for _ in range(6)))
        while await protect(on.desk):
            pass
        for order_id in orders:
            assert await paid_back(on, order_id) == [1_000]

    played(dsn, scene)


def test_events_that_come_twice_change_nothing(dsn: str) -> None:
    async def scene(on: Bench) -> None:
        order_id = await bought(on)
        await delivered(on, order_id)
        before = await on.ask("SELECT * FROM protections")
        async with on.desk.database.transaction() as tx:
            await take_in(on.desk, tx, await outbox.read(tx, CELL, 0))
        assert await on.ask("SELECT * FROM protections") == before
        assert before[0]["delivered_at"] == NOW
        assert before[0]["unit_minor"] == 10_000

    played(dsn, scene)


def test_a_movement_of_currencies_is_no_drop() -> None:
    """The seller's price in another currency is exchanged at the order's own rate."""
    rows = [PriceRow(BAG.variant.variant_id, "", NOW - DAY, NOW + DAY, 80_000, "CNY", "t"),
            PriceRow(BAG.variant.variant_id, "", NOW + DAY, None, 80_000, "CNY", "t")]  # fmt: skip
    market = PLAIN.markets["FR"]
    rate = PLAIN.rates.on("CNY", "EUR", NOW.date())
    assert rate is not None
    half = replace(rate, numerator=rate.numerator * 2)
    live, line = CampaignBoard(()).live, priced(PLAIN, "1", BAG, 1, 0)
    told = [
        later_prices(
            market, rows, PLAIN.rates, used, line, lambda at: live(market, at), (), NOW, NOW + 2 * DAY
        )[0].unit_minor
        for used in (rate, half)
    ]  # fmt: skip
    assert told[1] > told[0] * 1.5
