"""A basket's price: parts that add up, and a plain answer to what cannot be priced."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.orders.model import MAX_LINES, MAX_QUANTITY, BasketLine, Destination, NotForSale, Quote
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.rules import limit_key
from argosy.quotas.model import Take
from rooms.orders.ground import CHARTS, HUB, MARKETS, NOW, goods, line, quoted, shelf

BAG = goods("bag", 42_700)
SHOE = goods("shoe", 10_000)
RARE = goods("rare", 5_000, limit=2)
UNPRICED = goods("unpriced", 0)
FOREIGN = goods("foreign", 100, "XYZ")
SHELF = shelf(BAG, SHOE, RARE, UNPRICED, FOREIGN)
SHOPPER = uuid4()


def quote(basket: list[BasketLine], country: str = "FR", **more: Any) -> Quote | NotForSale:
    wishes = {"quote_id": uuid4(), "shopper_id": SHOPPER, "language": "fr", **more}
    return quote_basket(CHARTS, SHELF, basket, Destination(country=country), NOW, **wishes)


def test_a_quote_tells_every_figure() -> None:
    made = quote([line(BAG, 2), line(RARE, 1)], quote_id=UUID(int=7))
    assert isinstance(made, Quote)
    bag, rare = made.lines
    # 53.40 is what one bag costs in France in all: 42.83, tax of 20% on it, and 2.00 for each heading of a consignment.
    assert (bag.price.minor, bag.unit_minor, bag.goods_minor) == (5_340, 4_283, 8_566)
    # Three pieces in two lines of one heading: 2.00 once, shared by what they cost.
    assert (bag.duty_minor, bag.tax_minor, made.fees_minor, bag.alone_minor) == (0, 1_713, 200, 10_680)
    assert (rare.price.minor, rare.quantity, rare.hs6, rare.origin, rare.weight_g) == (630, 1, "420222", "CN", None)
    assert (made.quote_id, made.market, made.currency, made.total_minor) == (UUID(int=7), "FR", "EUR", 10_909)
    assert (made.made_at, made.expires_at) == (NOW, NOW + timedelta(minutes=30))
    assert (made.terms, made.landed.state, made.duty_minor, made.tax_minor, made.fees_minor) == (
        "DDP",
        "known",
        0,
        1_785,
        200,
    )
    # Without a network no date is promised.
    assert made.promise is None


def test_a_quote_names_what_it_will_take() -> None:
    made = quote([line(BAG, 3), line(RARE, 2)])
    assert isinstance(made, Quote)
    rare = RARE.variant.variant_id
    assert made.takes() == [
        Take(f"stock/{BAG.variant.variant_id}/{HUB}", 3),
        Take(f"stock/{rare}/{HUB}", 2),
        Take(limit_key(rare, SHOPPER), 2, 2),
    ]


@pytest.mark.parametrize(
    ("language", "name", "told"),
    [
        pytest.param("fr", "Brand bag en français", "fr", id="translated"),
        pytest.param("ja", "Brand bag", "en", id="as-the-seller-wrote-it"),
    ],
)
def test_names_are_in_the_shopper_s_language_where_there_is_one(language: str, name: str, told: str) -> None:
    made = quote([line(BAG)], language=language)
    assert isinstance(made, Quote)
    assert (made.lines[0].name, made.lines[0].name_language) == (name, told)


def test_equal_variants_become_one_line() -> None:
    made = quote([line(BAG, 2), line(SHOE, 1), line(BAG, 3)])
    assert isinstance(made, Quote)
    assert [(one.variant_id, one.quantity) for one in made.lines] == [
        (BAG.variant.variant_id, 5),
        (SHOE.variant.variant_id, 1),
    ]


@pytest.mark.parametrize(
    ("basket", "missing"),
    [
        pytest.param([line(UNPRICED)], [UNPRICED], id="no-price"),
        pytest.param([line(BAG), line(FOREIGN), line(UNPRICED)], [FOREIGN, UNPRICED], id="all-are-named"),
    ],
)
def test_without_a_price_it_is_not_for_sale(basket: list[BasketLine], missing: list[Any]) -> None:
    assert quote(basket) == NotForSale(tuple(item.variant.variant_id for item in missing), "FR")


def test_without_a_rate_it_is_not_for_sale() -> None:
    assert quote([line(BAG)], "BR") == NotForSale((BAG.variant.variant_id,), "BR")


def many(count: int) -> list[BasketLine]:
    return [BasketLine(uuid4(), 1) for _ in range(count)]


NOWHERE = BasketLine(uuid4(), 1)


@pytest.mark.parametrize(
    ("basket", "country", "code", "field"),
    [
        pytest.param([], "FR", "empty_basket", "lines", id="empty"),
        pytest.param(many(MAX_LINES + 1), "FR", "too_many_lines", "lines", id="51-lines"),
        pytest.param([line(BAG, 0)], "FR", "quantity_out_of_range", "lines[0].quantity", id="zero"),
        pytest.param([line(SHOE), line(BAG, -1)], "FR", "quantity_out_of_range", "lines[1].quantity", id="negative"),
        pytest.param([line(BAG, MAX_QUANTITY + 1)], "FR", "quantity_out_of_range", "lines[0].quantity", id="1000"),
        pytest.param([line(BAG, 10**30)], "FR", "quantity_out_of_range", "lines[0].quantity", id="huge"),
        pytest.param(
            [line(BAG, 600), line(SHOE), line(BAG, 400)],
            "FR",
            "quantity_out_of_range",
            "lines[2].quantity",
            id="too-many-together",
        ),
        pytest.param(
            [line(BAG, 5), line(BAG, -4)], "FR", "quantity_out_of_range", "lines[1].quantity", id="negative-in-a-sum"
        ),
        pytest.param([line(BAG)], "XX", "unknown_market", "destination.country", id="no-such-market"),
        pytest.param([line(BAG)], "", "unknown_market", "destination.country", id="no-country"),
        pytest.param([NOWHERE], "FR", "unknown_variant", "lines[0].variant_id", id="no-such-variant"),
        pytest.param(
            [line(BAG), line(BAG), NOWHERE], "FR", "unknown_variant", "lines[2].variant_id", id="named-where-it-stands"
        ),
        pytest.param(
            [line(UNPRICED), NOWHERE], "FR", "unknown_variant", "lines[1].variant_id", id="unknown-goes-first"
        ),
    ],
)
def test_what_is_refused(basket: list[BasketLine], country: str, code: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        quote(basket, country)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_the_largest_basket_is_priced() -> None:
    items = [goods(f"thing {n}", 10**9) for n in range(MAX_LINES)]
    made = quoted(*((item, MAX_QUANTITY) for item in items), charts=CHARTS)
    assert len(made.lines) == MAX_LINES
    assert made.total_minor == sum(one.total_minor for one in made.lines)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 40)), min_size=1, max_size=20),
    st.sampled_from([code for code, market in MARKETS.items() if market.currency in ("CNY", "EUR", "JPY", "HKD")]),
)
def test_lines_add_up_to_the_whole(wishes: list[tuple[int, int]], country: str) -> None:
    made = quoted(
        *((goods(f"g{n}", minor), count) for n, (minor, count) in enumerate(wishes)), country=country, charts=CHARTS
    )
    for one in made.lines:
        parts = one.goods_minor - one.discount_minor + one.shipping_minor
        parts += (one.duty_minor or 0) + (one.tax_minor or 0) + (one.fees_minor or 0)
        assert one.total_minor == parts >= 0
        assert one.goods_minor == one.unit_minor * one.quantity >= 0
    for name in ("goods_minor", "discount_minor", "shipping_minor", "total_minor"):
        assert getattr(made, name) == sum(getattr(one, name) for one in made.lines)


def test_the_same_question_gets_the_same_answer() -> None:
    same = {"quote_id": UUID(int=1), "shopper_id": UUID(int=2)}
    assert quote([line(BAG), line(RARE)], **same) == quote([line(BAG), line(RARE)], **same)
