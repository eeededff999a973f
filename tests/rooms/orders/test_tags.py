"""Price tags: at any instant, in any order of asking, what is kept is what would be made anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from argosy.orders.model import ShelfItem
from argosy.orders.quoting import tags
from argosy.orders.quoting.landing import business_date, doorstep
from argosy.orders.quoting.tags import tags_at
from argosy.pricing.load_rates import rates_of
from argosy.pricing.model import PriceRow, RateRow
from argosy.pricing.rules import price_in
from rooms.orders.ground import CHARTS, goods

START = datetime(2026, 6, 14, tzinfo=UTC)
RATES = rates_of(
    [
        RateRow(currency, (START + timedelta(days=day)).date(), rate + day, 1, "bank", START.date())
        for currency, rate in (("CNY", 8), ("JPY", 160))
        for day in (0, 2, 3)
    ]
)
# Few instants, so that two of them are often a moment apart where something changes: days of Paris, of UTC, thirty days on.
instants = st.builds(
    lambda day, hour, moment: START + timedelta(days=day, hours=hour, microseconds=moment),
    st.sampled_from([0, 1, 2, 3, 30, 31]),
    st.sampled_from([0, 1, 22, 23]),
    st.sampled_from([0, 0, 1]),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[str, datetime, datetime | None, int], ...]:
    """Prices one after another, of the seller or of France, the last without an end or with one."""
    rows = []
    for name in ("", "FR"):
        edges = sorted(draw(st.sets(instants, min_size=1, max_size=4)))
        ends = [*edges[1:], draw(st.none() | instants)]
        rows += [
            (name, begins, ends_at, draw(st.integers(100, 30_000)))
            for begins, ends_at in zip(edges, ends, strict=True)
            if ends_at is None or ends_at > begins
        ]
    return tuple(rows)


def item_of(rows: tuple[tuple[str, datetime, datetime | None, int], ...]) -> ShelfItem:
    """A bag with these prices."""
    bag = goods("bag")
    made = [
        PriceRow(bag.variant.variant_id, name, begins, ends, minor, "EUR" if name else "CNY", "test")
        for name, begins, ends, minor in rows
    ]
    return replace(bag, prices=tuple(made))


@example(
    history=(("", START, START + timedelta(days=1), 2000), ("", START + timedelta(days=1), None, 1000)),
    asked=[("FR", START + timedelta(days=31)), ("FR", START + timedelta(days=31, microseconds=1))],
)
@given(history=histories(), asked=st.lists(st.tuples(st.sampled_from(["FR", "JP"]), instants), min_size=2, max_size=12))
def test_a_tag_is_what_would_be_made_anew(
    history: tuple[tuple[str, datetime, datetime | None, int], ...], asked: list[tuple[str, datetime]]
) -> None:
    charts = replace(CHARTS, rates=RATES, doorsteps={})
    item = item_of(history)
    # Each twice: what was made for one instant must do for the next, or not be taken for it.
    for code, now in [*asked, *reversed(asked)]:
        market = charts.markets[code]
        at = business_date(market, now)
        tag = tags_at(charts, market, market.region, at).of(item, now)
        price = price_in(market, item.prices, RATES, now)
        assert (tag and tag.price) == price
        if tag and price:
            fresh = replace(charts, doorsteps={})
            assert tag.step == doorstep(fresh, market, market.region, item, price.minor, at)


def test_goods_that_were_read_again_have_a_new_tag() -> None:
    charts, now = replace(CHARTS, rates=RATES, doorsteps={}), START + timedelta(days=5)
    market = charts.markets["JP"]
    kept = tags_at(charts, market, "", now.date())
    first = kept.of(item_of((("", START, None, 1000),)), now)
    second = kept.of(item_of((("", START, None, 2000),)), now)
    assert first and second
    assert first.price.seller_minor == 1000
    assert second.price.seller_minor == 2000


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "_KEPT", 3)
    charts, now = replace(CHARTS, doorsteps={}), START + timedelta(days=5)
    market = charts.markets["JP"]
    kept = tags_at(charts, market, "", now.date())
    for number in range(10):
        assert kept.of(goods(f"bag {number}"), now)
        assert sum(map(len, charts.doorsteps["tags"].places.values())) <= 3
