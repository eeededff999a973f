"""When a coupon can be claimed and what comes out of it, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.errors import NotFound
from argosy.campaigns.plan import Festival, Phase, PhaseKind, Plan, Promotion
from argosy.campaigns.wallet.model import NotHere, Over, OwnLimit, TooEarly, UsedUp
from argosy.campaigns.wallet.rules import good_until, granted, is_for, most_takes, promotion_of
from rooms.campaigns.trade import DAY, NOW, ZONE, effect, promotion

HOUR = timedelta(hours=1)
TWO_PHASES = Festival(
    code="618",
    names={"en": "618"},
    markets=("SG", "JP"),
    phases=(
        Phase(kind=PhaseKind.OPENING, starts=NOW, ends=NOW + HOUR),
        Phase(kind=PhaseKind.MAIN, starts=NOW + DAY, ends=NOW + 2 * DAY),
    ),
)


def coupon(**fields: object) -> Promotion:
    told = {"claim": {"uses": 3, "per_shopper": 1}, "phases": ["opening", "main"]} | fields
    return promotion("five", "platform_coupon", effect("every", over_minor={"SG": 100}, off_minor={"SG": 5}), **told)


def packet(low: int = 20, high: int = 6180, budget: int = 10_000) -> Promotion:
    what = effect("red_packet", low_minor={"SG": low}, high_minor={"SG": high}, budget_minor={"SG": budget})
    return promotion("packet", "red_packet", what, claim={"uses": 100, "per_shopper": 3})


@pytest.mark.parametrize(
    ("after", "answer"),
    [
        (-HOUR, TooEarly(NOW)),
        (-timedelta(microseconds=1), TooEarly(NOW)),
        (timedelta(), NOW + 2 * DAY),
        (HOUR - timedelta(microseconds=1), NOW + 2 * DAY),
        (HOUR, TooEarly(NOW + DAY)),
        (DAY, NOW + 2 * DAY),
        (2 * DAY, Over(NOW + 2 * DAY)),
        (9 * DAY, Over(NOW + 2 * DAY)),
    ],
)
def test_it_is_claimed_while_it_is_live_and_good_to_its_end(after: timedelta, answer: object) -> None:
    assert good_until(coupon(), TWO_PHASES, "SG", ZONE, NOW + after) == answer


@pytest.mark.parametrize("market", ["JP", "FR"])
def test_a_market_without_amounts_or_festival_has_no_coupon(market: str) -> None:
    assert good_until(coupon(), TWO_PHASES, market, ZONE, NOW) == NotHere()


def test_a_packet_without_a_budget_is_for_nobody() -> None:
    what = effect("red_packet", low_minor={"SG": 1}, high_minor={"SG": 2}, budget_minor={"JP": 9})
    one = promotion("packet", "red_packet", what, claim={"uses": 1, "per_shopper": 1})
    assert not is_for(one, TWO_PHASES, "SG")


def test_a_wall_clock_begins_at_each_markets_own_midnight() -> None:
    one = coupon(starts="2026-06-18T00:00:00", ends="2026-06-19T00:00:00", phases=[])
    midnight = datetime(2026, 6, 17, 16, tzinfo=UTC)
    assert good_until(one, TWO_PHASES, "SG", ZONE, midnight) == midnight + DAY
    assert good_until(one, TWO_PHASES, "SG", ZONE, midnight - timedelta(seconds=1)) == TooEarly(midnight)


def test_only_what_is_claimed_is_found() -> None:
    free = promotion("cross", "platform", effect("every", over_minor={"SG": 1}, off_minor={"SG": 1}))
    plans = [Plan(festival=TWO_PHASES, promotions=(free, coupon()))]
    assert promotion_of(plans, "five")[0].code == "five"
    for code in ("cross", "none"):
        with pytest.raises(NotFound):
            promotion_of(plans, code)


@pytest.mark.parametrize(
    ("everybody", "own", "answer"),
    [(3, 1, None), (1, 1, None), (0, 1, UsedUp()), (3, 0, OwnLimit(1)), (0, 0, OwnLimit(1))],
)
def test_a_coupon_is_granted_while_there_are_some(everybody: int, own: int, answer: object) -> None:
    found = granted(coupon(), "ana", "SG", {"claim/five": everybody, "claim/five/ana": own}, b"")
    if answer is None:
        assert isinstance(found, tuple)
        assert found[0] is None
        assert [(take.key, take.count) for take in found[1]] == [("claim/five", 1), ("claim/five/ana", 1)]
    else:
        assert found == answer


@given(
    low=st.integers(1, 500),
    more=st.integers(0, 500),
    budget=st.integers(0, 20_000),
    seed=st.binary(min_size=1, max_size=64),
)
def test_packets_never_exceed_the_budget_and_never_fall_below_the_least(
    low: int, more: int, budget: int, seed: bytes
) -> None:
    one = packet(low, low + more, budget)
    left, minors = budget, []
    for number in range(200):
        shopper = f"s{number}"
        free = {"claim/packet": 100, f"claim/packet/{shopper}": 3, "packets/packet/SG": left}
        found = granted(one, shopper, "SG", free, seed)
        if not isinstance(found, tuple):
            assert found == UsedUp()
            assert left < low
            break
        minor, takes = found
        assert minor is not None
        assert low <= minor <= low + more
        assert takes[-1].key == "packets/packet/SG"
        assert takes[-1].count == minor
        minors.append(minor)
        left -= minor
    assert left >= 0
    assert sum(minors) + left == budget


def test_each_packet_of_a_shopper_is_another_draw_and_the_same_one_again() -> None:
    one = packet(budget=1_000_000)

    def drawn(own: int) -> object:
        free = {"claim/packet": 100, "claim/packet/ana": own, "packets/packet/SG": 1_000_000}
        found = granted(one, "ana", "SG", free, b"secret")
        return found[0] if isinstance(found, tuple) else found

    assert len({drawn(3), drawn(2), drawn(1)}) == 3
    assert drawn(3) == drawn(3)
    assert drawn(0) == OwnLimit(3)


def test_all_counters_are_locked_that_a_claim_may_take_from() -> None:
    keys = {take.key: take.allowance for take in most_takes(packet(), "ana", "SG")}
    assert keys == {"claim/packet": 100, "claim/packet/ana": 3, "packets/packet/SG": 10_000}
