"""What promotions leave of a charge for shipping: a table, and what holds for any charge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.campaigns.carriage import shipping_after
from argosy.campaigns.model import Held, Offer, Wallet
from argosy.campaigns.plan import Promotion
from argosy.campaigns.rules import best_offer
from argosy.quotas.model import Take
from rooms.campaigns.trade import NOW, effect, here, line, live_of, promotion

LINES = [line("a", "one", 6_000), line("b", "two", 2_000, 2)]
FREE = promotion("free", "shipping", effect("shipping", over_minor=here(9_000)), seller_per_mille=300)
CAPPED = promotion("capped", "shipping", effect("shipping", at_most_minor=here(250)))
ONE = promotion("one", "shipping", effect("shipping"), shop="one")
COUPON = promotion("coupon", "shipping", effect("shipping"), claim={"uses": 5}, per_shopper=3)
DEAR = promotion("dear", "shipping", effect("shipping", over_minor=here(99_000)))


def offer_of(*promotions: Promotion, held: bool = False) -> Offer:
    wallet = Wallet(shopper="s", held=(Held("h", "coupon", NOW + timedelta(days=1)),) if held else ())
    return best_offer(live_of(*promotions), LINES, wallet, NOW)


@pytest.mark.parametrize(
    ("promotions", "fee", "lines", "left", "taken"),
    [
        # Goods for 60.00 and 40.00: of a charge of 5.00 they bear 3.00 and 2.00.
        ([], 500, None, 500, []),
        ([FREE], 500, None, 0, [("free", 500, 150)]),
        ([DEAR], 500, None, 500, []),
        ([CAPPED], 500, None, 250, [("capped", 250, 0)]),
        ([CAPPED], 250, None, 250, []),
        ([CAPPED], 0, None, 0, []),
        ([CAPPED, FREE], 500, None, 0, [("free", 500, 150)]),
        ([ONE], 500, None, 200, [("one", 300, 300)]),
        ([ONE, CAPPED], 1_000, None, 250, [("capped", 150, 0), ("one", 600, 600)]),
        # A delivery of one line alone.
        ([ONE], 500, {"a"}, 0, [("one", 500, 500)]),
        ([ONE], 500, {"b"}, 500, []),
    ],
)
def test_what_is_left_of_a_charge(
    promotions: list[Promotion],
    fee: int,
    lines: set[str] | None,
    left: int,
    taken: list[tuple[str, int, int]],
) -> None:
    found = shipping_after(offer_of(*promotions), fee, lines)
    assert found.fee_minor == left
    assert [(one.promotion, one.off_minor, one.seller_minor) for one in found.taken] == taken
    assert all(one.layer == "shipping" for one in found.taken)


def test_a_coupon_is_used_up_only_where_it_lowers_something() -> None:
    offer = offer_of(COUPON, held=True)
    assert (offer.used, offer.takes) == ((), ())
    used = shipping_after(offer, 500)
    assert (used.fee_minor, used.used) == (0, ("h",))
    assert used.takes == (Take("held/h", 1, 1), Take("promotion/coupon/s", 1, 3))
    for idle in (shipping_after(offer, 0), shipping_after(None, 500), shipping_after(offer_of(COUPON), 500)):
        assert (idle.taken, idle.used, idle.takes) == ((), (), ())


@given(
    st.permutations([FREE, CAPPED, ONE, DEAR]).flatmap(lambda all_: st.integers(0, 4).map(lambda n: all_[:n])),
    st.integers(0, 10**6),
)
def test_a_charge_is_never_negative_nor_higher(promotions: list[Promotion], fee: int) -> None:
    found = shipping_after(offer_of(*promotions), fee)
    assert 0 <= found.fee_minor == fee - sum(one.off_minor for one in found.taken)
    assert all(0 <= one.seller_minor <= one.off_minor for one in found.taken)
    if CAPPED in promotions:
        assert found.fee_minor <= 250
