"""The price of a basket in a city's store: the fee shared out, the slot as the promise, what is refused."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.delivery.stores.rules import slots
from argosy.orders.changes import effect_of
from argosy.orders.commands import Refund, RefundLine
from argosy.orders.model import BasketLine, Charts, Destination, LineState, NotForSale, OrderState, Quote, ShelfItem
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.quoting.stores import AtStore, at_store, check_area, check_goods
from argosy.quotas.model import Move, Take
from rooms.delivery.store_ground import store, stores
from rooms.orders.ground import CHARTS, NOW, goods, line, shelf

ONE = store()
PATHS = {"milk": ("fresh", "milk"), "rice": ("pantry", "rice"), "wine": ("drinks", "wine"), "handbags": ("handbags",)}
AT_HOME = replace(CHARTS, stores=stores(ONE), paths=PATHS, doorsteps={}, elsewhere={})
TOMORROW = slots(AT_HOME.stores, ONE, NOW)[0]


def food(name: str, minor: int, category: str = "rice") -> ShelfItem:
    """A grocery with the market's own price."""
    made = goods(name, minor, "HKD")
    prices = tuple(replace(row, list="HK") for row in made.prices)
    return ShelfItem(replace(made.product, category=category), made.variant, prices)


def asked(*wishes: tuple[ShelfItem, int], at: AtStore | None = None, charts: Charts = AT_HOME) -> Quote:
    """The quote of a store."""
    at = at or AtStore(ONE, TOMORROW)
    here, basket = charts.at(at.store.hub), [line(item, count) for item, count in wishes]
    kept, destination = shelf(*(item for item, _ in wishes)), Destination(country="HK")
    check_goods(here, at.store, kept, basket, destination)
    made = quote_basket(
        here, kept, basket, destination, NOW, quote_id=UUID(int=1), shopper_id=UUID(int=2), language="en",
        carriage=at.carriage,
    )  # fmt: skip
    assert not isinstance(made, NotForSale)
    return at_store(here, at, kept, made)


def test_a_domestic_sale_has_no_duty_and_no_tax() -> None:
    made = asked((food("rice", 6_000), 2))
    assert (made.goods_minor, made.shipping_minor, made.total_minor) == (12_000, 3_000, 15_000)
    assert (made.terms, made.duty_minor, made.tax_minor, made.fees_minor) == ("DDP", 0, 0, 0)
    assert made.landed.state == "known"
    assert any(fact.code == "sale.domestic" for fact in made.landed.facts)
    assert made.store == "hk"


def test_pieces_are_taken_at_the_stores_hub_and_one_place_of_the_slot() -> None:
    rice = food("rice", 6_000)
    made = asked((rice, 2))
    assert made.takes() == [
        Take(f"stock/{rice.variant.variant_id}/HK-KWC", 2),
        Take(f"slot/hk/{TOMORROW.day}/8-10", 1, 2),
    ]


def test_what_was_computed_for_the_mall_is_not_taken_for_the_store() -> None:
    rice = food("rice", 6_000)
    mall = quote_basket(
        AT_HOME, shelf(rice), [line(rice, 2)], Destination(country="HK"), NOW,
        quote_id=UUID(int=1), shopper_id=UUID(int=2), language="en",
    )  # fmt: skip
    assert not isinstance(mall, NotForSale)
    assert (mall.shipping_minor, mall.store, mall.slot, mall.parcels) == (0, "", None, ())
    assert mall.takes() == [Take(f"stock/{rice.variant.variant_id}/CNHGH", 2)]
    assert AT_HOME.at("HK-KWC") is AT_HOME.at("HK-KWC")
    assert AT_HOME.at("HK-KWC").doorsteps is not AT_HOME.doorsteps


def test_the_slot_is_the_promise_and_ends_the_quote() -> None:
    made = asked((food("rice", 6_000), 2))
    promise = made.promise
    assert promise is not None
    assert (promise.day, promise.by, promise.order_by) == (TOMORROW.day, TOMORROW.ends, TOMORROW.order_by)
    assert (promise.hub, promise.city, promise.time_zone) == ("HK-KWC", "Hong Kong", "Asia/Hong_Kong")
    assert (promise.confidence, promise.within_72h) == (0.95, True)
    assert made.expires_at == NOW + timedelta(minutes=30) < TOMORROW.order_by
    # Ten minutes before the cut-off the price stands for ten minutes and no longer.
    short = replace(TOMORROW, order_by=NOW + timedelta(minutes=10))
    assert asked((food("rice", 6_000), 2), at=AtStore(ONE, short)).expires_at == short.order_by


@pytest.mark.parametrize(("minor", "fee"), [(10_000, 3_000), (24_999, 3_000), (25_000, 0), (40_000, 0)])
def test_the_fee_by_what_the_goods_cost(minor: int, fee: int) -> None:
    made = asked((food("rice", minor), 1))
    assert (made.shipping_minor, made.total_minor) == (fee, minor + fee)


def test_below_the_minimum_there_is_a_price_to_see_and_none_to_order() -> None:
    rice = food("rice", 9_999)
    with pytest.raises(Refused) as refused:
        asked((rice, 1))
    assert (refused.value.code, refused.value.status, refused.value.field) == ("below_minimum", 409, "lines")
    seen = asked((rice, 1), at=AtStore(ONE))
    assert (seen.total_minor, seen.slot, seen.promise) == (12_999, None, None)


@given(st.lists(st.tuples(st.integers(1_000, 9_000), st.integers(1, 5)), min_size=1, max_size=8))
def test_the_fee_is_shared_to_the_cent(wishes: list[tuple[int, int]]) -> None:
    basket = [(food(f"food {n}", minor), count) for n, (minor, count) in enumerate(wishes)]
    made = asked(*basket, at=AtStore(ONE))
    assert sum(one.shipping_minor for one in made.lines) == made.shipping_minor
    assert sum(one.total_minor for one in made.lines) == made.total_minor == made.goods_minor + made.shipping_minor
    assert made.shipping_minor == (0 if made.goods_minor >= 25_000 else 3_000)
    whole = made.goods_minor
    for one in made.lines:
        assert abs(one.shipping_minor * whole - made.shipping_minor * one.goods_minor) < whole


def test_chilled_and_ambient_goods_are_packed_apart() -> None:
    made = asked((food("rice", 6_000), 2), (food("milk", 3_000, "milk"), 1), (food("more rice", 1_000), 3))
    assert [(one.temperature, one.lines) for one in made.parcels] == [
        ("ambient", ((1, 2), (3, 3))),
        ("chilled", ((2, 1),)),
    ]
    assert {(one.hub, one.promise) for one in made.parcels} == {("HK-KWC", made.promise)}


@pytest.mark.parametrize("category", ["wine", "handbags"])
def test_what_the_store_does_not_sell(category: str) -> None:
    with pytest.raises(Refused) as refused:
        asked((food("rice", 20_000), 1), (food("other", 5_000, category), 1))
    assert (refused.value.code, refused.value.field) == ("not_carried", "lines[1].variant_id")


def test_where_its_vans_do_not_go() -> None:
    check_area(ONE, "HK", "Kowloon", "Mong Kok", "")
    with pytest.raises(Refused) as refused:
        check_area(ONE, "FR", "", "Paris", "75004", "address")
    assert (refused.value.code, refused.value.field, refused.value.status) == ("outside_store_area", "address", 409)


def order_row() -> OrderState:
    return OrderState(
        UUID(int=1), "paid", "HK", "HKD", 15_000, 0, ["stock/x/HK-KWC", "slot/hk/2026-06-19/8-10"], [2, 1],
        "simulated", "ref", 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "restock", "moves"),
    [
        ((), True, [("stock/x/HK-KWC", -2), ("slot/hk/2026-06-19/8-10", -1)]),
        ((), False, [("slot/hk/2026-06-19/8-10", -1)]),
        ((RefundLine(1, 1),), True, [("stock/x/HK-KWC", -1)]),
        ((RefundLine(1, 2),), True, [("stock/x/HK-KWC", -2), ("slot/hk/2026-06-19/8-10", -1)]),
    ],
)
def test_a_place_is_free_when_nothing_is_to_come(
    lines: tuple[RefundLine, ...], restock: bool, moves: list[tuple[str, int]]
) -> None:
    kept = [LineState(UUID(int=1), 1, UUID(int=3), 2, 0, ["stock/x/HK-KWC"], 15_000, 0, 12_000, 3_000, 0, 0, 0)]
    refund = partial(Refund, UUID(int=1), UUID(int=9))
    effect = effect_of(refund(lines, restock, "shop", NOW), order_row(), kept)
    assert list(effect.moves) == [Move(key, sold=sold) for key, sold in moves]
    assert effect.refund_minor == (7_500 if lines == (RefundLine(1, 1),) else 15_000)


def test_unknown_goods_are_told_as_everywhere() -> None:
    basket = [BasketLine(UUID(int=77), 1)]
    check_goods(AT_HOME, ONE, {}, basket, Destination(country="HK"))
