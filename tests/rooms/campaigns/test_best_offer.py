"""The best lawful combination: equal to brute force, never negative, never worse for a further coupon, in any order.

`ARGOSY_TEST_BASKETS=10000 pytest tests/rooms/campaigns/test_best_offer.py` tries ten thousand random baskets.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argosy.base.money import share
from argosy.campaigns import search
from argosy.campaigns.model import Held, Offer, Wallet
from argosy.campaigns.refunds import give_back
from argosy.campaigns.rules import best_offer
from rooms.campaigns.baskets import Case, cases
from rooms.campaigns.brute_force import lowest_total
from rooms.campaigns.trade import DAY, NOW, effect, here, line, live_of, promotion

BASKETS = int(os.environ.get("ARGOSY_TEST_BASKETS", "400"))
SOME = settings(max_examples=max(BASKETS // 5, 60), deadline=None, suppress_health_check=list(HealthCheck))


def offer_for(case: Case) -> Offer:
    return best_offer(live_of(*case.promotions), case.lines, case.wallet, NOW)


@settings(max_examples=BASKETS, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_no_combination_is_cheaper(case: Case) -> None:
    offer = offer_for(case)
    assert offer.exact
    assert offer.payable_minor == lowest_total(case.promotions, case.lines, case.wallet)


@SOME
@given(cases())
def test_the_books_of_an_offer_balance(case: Case) -> None:
    offer = offer_for(case)
    for one, asked in zip(offer.lines, case.lines, strict=True):
        assert (one.line, one.quantity, one.list_minor) == (
            asked.line,
            asked.quantity,
            asked.unit_minor * asked.quantity,
        )
        assert one.payable_minor >= 0
        assert one.payable_minor == one.list_minor - sum(taken.off_minor for taken in one.taken)
        assert all(0 <= taken.seller_minor <= taken.off_minor for taken in one.taken)
        assert all(type(taken.off_minor) is int and taken.off_minor > 0 for taken in one.taken)
        cut = sum(taken.off_minor for taken in one.taken if taken.layer == "item")
        assert one.item_minor == one.list_minor - cut
    assert offer.payable_minor == sum(one.payable_minor for one in offer.lines) >= 0
    assert offer.item_minor == sum(one.item_minor for one in offer.lines)
    saved = [note.params["minor"] for note in offer.notes if note.code == "saved"]
    assert saved == ([offer.saved_minor] if offer.saved_minor else [])
    for code in {taken.promotion for one in offer.lines for taken in one.taken if taken.layer != "item"}:
        parts = [taken for one in offer.lines for taken in one.taken if taken.promotion == code]
        seller = next(one for one in case.promotions if one.code == code).seller_part()
        assert sum(part.seller_minor for part in parts) == sum(part.off_minor for part in parts) * seller // 1000


@SOME
@given(cases(), st.randoms(use_true_random=False))
def test_order_does_not_matter(case: Case, chance: random.Random) -> None:
    offer = offer_for(case)
    lines, held, promotions = list(case.lines), list(case.wallet.held), list(case.promotions)
    for things in (lines, held, promotions):
        chance.shuffle(things)
    other = offer_for(Case(tuple(promotions), tuple(lines), Wallet(shopper="s", held=tuple(held))))
    assert sorted(other.lines, key=lambda one: one.line) == sorted(offer.lines, key=lambda one: one.line)
    assert (other.used, other.takes, other.notes) == (offer.used, offer.takes, offer.notes)


@SOME
@given(cases(), st.data())
def test_a_further_coupon_never_raises_the_price(case: Case, data: st.DataObject) -> None:
    if not case.wallet.held:
        return
    lost = data.draw(st.sampled_from(case.wallet.held))
    fewer = tuple(held for held in case.wallet.held if held is not lost)
    without = offer_for(Case(case.promotions, case.lines, Wallet(shopper="s", held=fewer)))
    assert offer_for(case).payable_minor <= without.payable_minor


@SOME
@given(cases())
def test_what_is_used_up_is_needed(case: Case) -> None:
    """A coupon that is used takes something off; without it the others that are used would leave more to pay."""
    offer = offer_for(case)
    used = {taken.promotion for one in offer.lines for taken in one.taken}
    assert {held.promotion for held in case.wallet.held if held.held_id in offer.used} <= used
    promotions = tuple(one for one in case.promotions if one.code in used or one.layer == "item")
    for held_id in offer.used:
        fewer = tuple(held for held in case.wallet.held if held.held_id != held_id)
        without = offer_for(Case(promotions, case.lines, Wallet(shopper="s", held=fewer)))
        assert without.payable_minor > offer.payable_minor


@SOME
@given(cases())
def test_refunds_of_all_pieces_are_what_was_paid(case: Case) -> None:
    for one in offer_for(case).lines:
        parts = [give_back(one, 1, done) for done in range(one.quantity)]
        assert sum(part.payable_minor for part in parts) == one.payable_minor
        assert sum(sum(taken.off_minor for taken in part.taken) for part in parts) == one.list_minor - one.payable_minor
        assert min(part.payable_minor for part in parts) >= 0


def test_an_item_promotion_may_raise_the_price() -> None:
    """The item layer is no choice: declining a small cut to keep a threshold is not tried."""
    cross = promotion("cross", "platform", effect("every", over_minor=here(30_000), off_minor=here(4_000)))
    cut = promotion("cut", "item", effect("off", off_minor=here(1)))
    lines = [line("a", "one", 30_000)]
    without = best_offer(live_of(cross), lines, Wallet(shopper="s"), NOW)
    with_it = best_offer(live_of(cross, cut), lines, Wallet(shopper="s"), NOW)
    assert (without.payable_minor, with_it.payable_minor) == (26_000, 29_999)


@SOME
@given(cases(most=10))
def test_beyond_the_bounds_the_error_is_told(case: Case) -> None:
    whole = offer_for(case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "EXACT_CHOICES", 0)
        patch.setattr(search, "STEPS", 1)
        hurried = offer_for(case)
    assert hurried.payable_minor - hurried.at_most_minor <= whole.payable_minor <= hurried.payable_minor
    assert hurried.exact == (hurried.at_most_minor == 0)
    if not hurried.exact:
        assert {"minor": hurried.at_most_minor} in [note.params for note in hurried.notes if note.code == "approximate"]


def test_a_search_without_end_ends() -> None:
    """30 shops with 20 promotions each that all differ a little: the answer comes, with its doubt."""
    promotions = [
        promotion(
            f"s{shop}-{number}",
            "shop",
            effect("percent", per_mille=100 + number),
            shop=f"shop-{shop}",
            not_with=[f"s{(shop + 1) % 30}-{number}", f"s{(shop + 7) % 30}-{(number * 3) % 20}"],
        )
        for shop in range(30)
        for number in range(20)
    ]
    promotions.append(promotion("all", "platform_coupon", effect("percent", per_mille=300)))
    lines = [line(f"{shop}-{k}", f"shop-{shop}", 1_000 + 37 * shop + k) for shop in range(30) for k in range(2)]
    held = (Held("h", "all", NOW + DAY),)
    offer = best_offer(live_of(*promotions), lines, Wallet(shopper="s", held=held), NOW)
    assert not offer.exact
    assert 0 < offer.at_most_minor < offer.payable_minor // 10


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any), st.integers(0, 10**7))
def test_the_search_shares_as_money_is_shared(weights: list[int], minor: int) -> None:
    assert search._shares(minor, weights, sum(weights)) == share(minor, weights)
