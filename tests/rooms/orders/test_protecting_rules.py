"""Price protection: which prices are protected and compared, at the edges of time, and in any order of drops and rises."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.plan import Festival, Phase, PhaseKind, Plan, Promotion
from argosy.campaigns.protection import Cause, LaterPrice
from argosy.orders.protecting.model import Decided, ToCheck
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
from argosy.pricing.model import PriceRow
from rooms.campaigns.trade import effect, promotion
from rooms.orders.ground import NOW, PLAIN, goods

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
            one = replace(one, settled_minor=found.owed_to_minor, left_minor=one.left_minor - found.owed_minor)
    lowest = min([p.unit_minor for p in prices if p.since <= last], default=10_000)
    assert paid == max(10_000 - lowest, 0) * kept


def test_pieces_that_went_back_get_no_drop() -> None:
    """10.00 a piece were paid back for two; one went back, and the price falls by 5.00 more: 5.00 for the one that is kept."""
    one = a_check(settled_minor=9_000, kept=1, left_minor=20_000 - 2_000 - 9_000)
    found = checked(one, [price(1, 9_000), price(5, 8_500)], NOW + 6 * DAY)
    assert (found.owed_minor, found.owed_to_minor) == (500, 8_500)


@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 1)), min_size=1, max_size=6),
)
def test_drops_and_pieces_that_go_back_never_come_to_more_than_the_line_cost(
    each: int, changes: list[tuple[int, int]]
) -> None:
    """Three at 100.00 of which coupons left so much each: drops pay what is left of it at most, whatever goes back in between."""
    left, prices = 3 * each, []
    one = a_check(kept=3, left_minor=left)
    for days, (minor, back) in enumerate(changes, start=1):
        prices.append(price(days, minor))
        found = checked(one, prices, NOW + days * DAY)
        if found.owed_minor is not None:
            assert found.owed_to_minor is not None
            assert found.owed_minor <= left
            left -= found.owed_minor
            one = replace(one, settled_minor=found.owed_to_minor)
        if back and one.kept:
            left -= min(max(each - (one.unit_minor - one.settled_minor), 0), left)
            one = replace(one, kept=one.kept - 1)
        one = replace(one, left_minor=left)


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
