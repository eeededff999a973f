"""What is promised beyond the price: deposits, price protection, claims and red packets."""

from __future__ import annotations

import statistics
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.campaigns.claims import budget_key, claim_takes, draw_packet
from argosy.campaigns.model import Deposit, Wallet
from argosy.campaigns.plan import PreSale
from argosy.campaigns.presale import (
    DepositState,
    PaidDeposit,
    TooEarly,
    TooLate,
    balance_due,
    forfeit,
    pay_deposit,
    take_of,
    use,
)
from argosy.campaigns.protection import Bought, Cause, LaterPrice, drop_to_pay_back
from argosy.campaigns.rules import best_offer
from argosy.quotas.model import Move, Take
from rooms.campaigns.trade import DAY, NOW, ZONE, effect, here, identity, line, live_of, promotion

OPENS, ENDS = NOW - DAY, NOW + DAY
BLINK = timedelta(microseconds=1)
PRESALE = effect(
    "presale", deposit_minor=here(5_000), counts_minor=here(10_000), balance_from=OPENS, balance_until=ENDS, units=20
)
VARIANT = identity("watch")


def deposit(quantity: int = 1) -> PaidDeposit:
    assert isinstance(PRESALE, PreSale)
    return pay_deposit(PRESALE, "early", "d1", "s", VARIANT, "SG", ZONE, quantity)


def test_a_deposit_expands() -> None:
    """Pay 50, have it count for 100: a watch of 300 costs 250 in all."""
    paid = deposit()
    assert (paid.paid_minor, paid.counts_minor) == (5_000, 10_000)
    assert balance_due(paid, 30_000) == 20_000
    assert balance_due(paid, 8_000) == 0
    wallet = Wallet(shopper="s", deposits=(Deposit("d1", "early", VARIANT, 1, paid.paid_minor),))
    offer = best_offer(live_of(promotion("early", "item", PRESALE)), [line("watch", "one", 30_000, 2)], wallet, NOW)
    assert offer.payable_minor == 25_000 + 30_000
    assert offer.deposit_minor == 5_000
    assert offer.used == ("d1",)
    assert [(one.promotion, one.off_minor) for one in offer.lines[0].taken] == [("early", 5_000)]


def test_a_better_price_goes_before_the_expansion_and_the_deposit_still_counts() -> None:
    wallet = Wallet(shopper="s", deposits=(Deposit("d1", "early", VARIANT, 1, 5_000),))
    cheaper = promotion("cheap", "item", effect("price", unit_minor=here(20_000)))
    live = live_of(promotion("early", "item", PRESALE), cheaper)
    offer = best_offer(live, [line("watch", "one", 30_000)], wallet, NOW)
    assert (offer.payable_minor, offer.deposit_minor) == (20_000, 5_000)


@pytest.mark.parametrize("now", [OPENS - BLINK, ENDS])
def test_outside_of_its_window_a_deposit_is_not_counted(now: datetime) -> None:
    """The promotion itself may be live, in the days of the deposits."""
    wallet = Wallet(shopper="s", deposits=(Deposit("d1", "early", VARIANT, 1, 5_000),))
    live = live_of(promotion("early", "item", PRESALE, starts=OPENS - DAY, ends=ENDS + DAY), now=now)
    offer = best_offer(live, [line("watch", "one", 30_000)], wallet, now)
    assert (offer.payable_minor, offer.deposit_minor, offer.used) == (30_000, 0, ())


def test_a_missed_balance_window_forfeits_the_deposit_and_frees_the_units() -> None:
    paid = deposit(2)
    assert take_of(paid, 20) == Take(f"presale/early/{VARIANT}", 2, 20)
    assert forfeit(paid, ENDS - BLINK) is None
    ended = forfeit(paid, ENDS)
    assert ended is not None
    lost, freed = ended
    assert lost.state is DepositState.FORFEITED
    assert freed == Move(f"presale/early/{VARIANT}", held=-2)
    assert isinstance(use(lost, NOW), TooLate)
    assert forfeit(lost, ENDS + DAY) is None


@given(st.timedeltas(min_value=-3 * DAY, max_value=3 * DAY) | st.sampled_from([-DAY, DAY, DAY - BLINK, -DAY - BLINK]))
def test_no_instant_allows_to_pay_and_to_forfeit(away: timedelta) -> None:
    now, paid = NOW + away, deposit()
    used, lost = use(paid, now), forfeit(paid, now)
    assert isinstance(used, PaidDeposit) is (OPENS <= now < ENDS)
    assert (lost is not None) is (now >= ENDS)
    assert isinstance(used, TooEarly) is (now < OPENS)
    if isinstance(used, PaidDeposit):
        assert forfeit(used, ENDS + DAY) is None
        assert isinstance(use(used, now), TooLate)


DELIVERED = NOW + 3 * DAY
PRICE, FLASH, COUPON, MEMBER = Cause.PRICE, Cause.FLASH, Cause.COUPON, Cause.MEMBER


@pytest.mark.parametrize(
    ("later", "now_days", "already", "back"),
    [
        pytest.param([], 10, 0, 0, id="no drop"),
        pytest.param([(5, 9_000, PRICE)], 10, 0, 2_000, id="two pieces fall by 10.00"),
        pytest.param([(5, 9_000, PRICE), (6, 8_500, PRICE), (7, 9_900, PRICE)], 10, 0, 3_000, id="the lowest counts"),
        pytest.param([(5, 9_000, PRICE), (6, 8_500, PRICE)], 10, 2_000, 1_000, id="less what was paid back"),
        pytest.param([(5, 5_000, FLASH), (5, 4_000, COUPON), (5, 3_000, MEMBER)], 10, 0, 0, id="flash, coupon, level"),
        pytest.param([(5, 5_000, FLASH), (6, 9_500, PRICE)], 10, 0, 1_000, id="a flash price hides no drop"),
        pytest.param([(1, 9_000, PRICE)], 2, 0, 2_000, id="before delivery"),
        pytest.param([(-1, 9_000, PRICE)], 10, 0, 0, id="before the purchase"),
        pytest.param([(18, 9_000, PRICE)], 30, 0, 2_000, id="on the last instant"),
        pytest.param([(19, 9_000, PRICE)], 30, 0, 0, id="too late"),
        pytest.param([(12, 9_000, PRICE)], 10, 0, 0, id="not yet"),
        pytest.param([(5, 11_000, PRICE)], 10, 0, 0, id="a rise takes nothing"),
        pytest.param([(5, 1_000, PRICE)], 10, 0, 17_000, id="never more than was paid"),
    ],
)
def test_a_later_drop_is_paid_back(later: list[tuple[int, int, Cause]], now_days: int, already: int, back: int) -> None:
    """Two pieces at 100.00, 170.00 paid after coupons; 15 days of protection."""
    bought = Bought(
        unit_item_minor=10_000,
        quantity=2,
        payable_minor=17_000,
        bought_at=NOW,
        delivered_at=DELIVERED if now_days >= 3 else None,
        paid_back_minor=already,
    )
    prices = [LaterPrice(NOW + days * DAY, minor, cause) for days, minor, cause in later]
    assert drop_to_pay_back(bought, prices, 15, NOW + now_days * DAY) == back
    assert drop_to_pay_back(bought, prices, 0, NOW + now_days * DAY) == 0


AMOUNTS = {"low_minor": here(100), "high_minor": here(900), "budget_minor": here(50_000)}
PACKET = promotion("packet", "red_packet", effect("red_packet", **AMOUNTS), claim={"uses": 70, "per_shopper": 2})


def test_a_claim_takes_a_use_an_allowance_and_the_budget() -> None:
    assert claim_takes(PACKET, "s", "SG", 345) == [
        Take("claim/packet", 1, 70),
        Take("claim/packet/s", 1, 2),
        Take(budget_key("packet", "SG"), 345, 50_000),
    ]
    with pytest.raises(Refused, match="not claimed"):
        claim_takes(promotion("p", "platform", effect("percent", per_mille=1)), "s", "SG")


def test_red_packets_are_drawn_by_seed_within_their_limits() -> None:
    drawn = [draw_packet(PACKET, "SG", f"shopper-{number}", 0, b"seed") for number in range(3_000)]
    assert drawn == [draw_packet(PACKET, "SG", f"shopper-{number}", 0, b"seed") for number in range(3_000)]
    assert drawn != [draw_packet(PACKET, "SG", f"shopper-{number}", 0, b"other") for number in range(3_000)]
    assert drawn[0] != draw_packet(PACKET, "SG", "shopper-0", 1, b"seed")
    assert min(drawn) >= 100
    assert max(drawn) <= 900
    assert 480 < statistics.mean(drawn) < 520
    assert len(set(drawn)) > 700
