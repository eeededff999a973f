"""What is made up keeps within its bounds for any number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from argosy.demo import invention
from argosy.demo.tables import Shelf

shelves = st.builds(
    lambda weight, low, more: Shelf(
        code="mens-shirts",
        path=("fashion", "mens-clothing", "mens-shirts"),
        weight_g=weight,
        price_low=low,
        price_high=low + more,
    ),
    st.integers(5, 5000),
    st.integers(1, 3000),
    st.integers(1, 6000),
)
numbers = st.text(min_size=1, max_size=20)


@given(numbers, shelves)
def test_prices_stay_in_the_range_of_the_category(number: str, shelf: Shelf) -> None:
    price = invention.price_minor(invention.draw(number), shelf)
    assert shelf.price_low * 100 <= price <= shelf.price_high * 100


@given(numbers, st.integers(1, 10_000_000))
def test_a_cut_is_from_a_higher_price_within_twenty_days(number: str, price: int) -> None:
    was, days = invention.cut(invention.draw(number), price)
    if was is None or days is None:
        assert was is None and days is None
    else:
        assert price < was <= 2 * price + 1000
        assert 1 <= days <= 20


@given(numbers, shelves)
def test_weights_differ_by_a_fifth_at_most(number: str, shelf: Shelf) -> None:
    weight = invention.weight_g(invention.draw(number), shelf)
    assert max(5, shelf.weight_g * 80 // 100) <= weight <= max(5, shelf.weight_g * 120 // 100)


@given(numbers)
def test_stock_popularity_and_origin_keep_their_bounds(number: str) -> None:
    lots = invention.draw(number)
    assert 0 <= invention.stock(lots) <= 5000
    assert 1000 <= invention.popularity(lots) <= 21_000
    shelf = Shelf(code="sarees", path=("fashion", "ethnic-wear", "sarees"), weight_g=1, price_low=1, price_high=2)
    assert invention.origin(lots, shelf) in {"IN", "BD", "PK"}


@given(numbers)
def test_sizes_follow_the_goods_and_for_whom_they_are(number: str) -> None:
    lots = invention.draw(number)

    def sizes(*path: str, gender: str = "") -> tuple[str, ...]:
        return invention.sizes(lots, Shelf(code=path[-1], path=path, weight_g=1, price_low=1, price_high=2), gender)

    assert set(sizes("shoes", "heels", gender="women")) <= {"36", "37", "38", "39", "40"}
    assert set(sizes("shoes", "formal-shoes", gender="men")) <= {"41", "42", "43", "44", "45"}
    assert 3 <= len(sizes("fashion", "mens-clothing", "mens-shirts")) <= 4
    assert sizes("shoes", "shoe-care") == ()
    assert sizes("bags", "handbags") == ()


def test_the_same_number_draws_the_same_lots_and_another_does_not() -> None:
    assert invention.draw("fa-1") == invention.draw("fa-1")
    assert invention.draw("fa-1") != invention.draw("fa-2")
