"""What a room may admit, whose turn it is, who draws which lot, and how often a page asks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.campaigns.waiting.model import SECOND_US, UNIT, Pass, Phase, RoomWish, Standing, Ticket
from argosy.campaigns.waiting.rules import (
    LATEST,
    allowed,
    check_wish,
    from_us,
    guards,
    index_in_slot,
    lot,
    never_guarded,
    pause,
    places_before,
    reached,
    to_us,
)
from argosy.campaigns.waiting.tokens import due_for_renewal, read_token, still_good, write_pass, write_ticket
from argosy.measuring.bench_waiting import out_of_order
from argosy.plumbing.secrets import Signer
from rooms.campaigns.waiting_line import HOLDER, OPENS_US, room

RATES = st.lists(st.tuples(st.integers(1, 600), st.integers(0, 900)), max_size=5).map(tuple)
SIGNER = Signer("a secret of at least thirty-two letters", "waiting")
TICKET = Ticket(room().key, HOLDER, 3_556_483_200, 7, 41)
PASS = Pass(room().key, HOLDER, OPENS_US, OPENS_US)


def test_a_room_allows_nothing_before_its_opening_and_its_rate_after_it() -> None:
    rates = room(500, rates=((10, 100), (20, 0))).rates
    told = [allowed(rates, OPENS_US + second * SECOND_US) // UNIT for second in (-60, 0, 1, 10, 15, 20, 3600)]
    assert told == [0, 0, 500, 5_000, 5_500, 6_000, 6_000]


def test_a_rate_set_before_the_opening_replaces_the_first() -> None:
    rates = room(500, rates=((-30, 80),)).rates
    assert [(one.from_us, one.per_second) for one in rates] == [(OPENS_US, 80)]


@given(st.integers(0, 900), RATES, st.integers(1, 400_000 * UNIT))
def test_a_place_is_reached_at_the_first_instant_that_allows_it(
    first: int, more: tuple[tuple[int, int], ...], place: int
) -> None:
    rates = room(first, rates=more).rates
    at = reached(rates, place)
    if at is None:
        assert rates[-1].per_second == 0
        assert allowed(rates, OPENS_US + 10**6 * SECOND_US) < place
    else:
        assert allowed(rates, at) >= place
        assert allowed(rates, at - 1) < place


@given(st.integers(1, 3_000), st.binary(min_size=1, max_size=32))
@settings(max_examples=40, deadline=None)
def test_lots_give_every_place_once(count: int, key: bytes) -> None:
    assert sorted(lot(key, count, number) for number in range(count)) == list(range(count))


@pytest.mark.parametrize("count", [2, 3, 10, 101])
def test_lots_are_fair(count: int) -> None:
    """Pearson's test: over many keys every place is as likely for the first as for the last who came (p > 0.0001)."""
    for number in (0, count - 1):
        draws = 200 * count if count < 50 else 100 * count
        seen = Counter(lot(b"key %d" % key, count, number) for key in range(draws))
        expected = draws / count
        chi = sum((seen[place] - expected) ** 2 / expected for place in range(count))
        freedom = count - 1
        # Wilson and Hilferty's approximation of the quantile; 3.719 is the normal one of 0.9999.
        assert chi < freedom * (1 - 2 / (9 * freedom) + 3.719 * (2 / (9 * freedom)) ** 0.5) ** 3


def test_lots_do_not_keep_neighbours_together() -> None:
    places = [lot(b"key", 10_000, number) for number in range(10_000)]
    ascending = sum(a < b for a, b in pairwise(places))
    # 5,000 are expected with a standard deviation of 29.
    assert 4_850 < ascending < 5_150
    assert len({a - b for a, b in pairwise(places)}) > 5_000


@given(st.dictionaries(st.integers(1, 50), st.integers(1, 30), min_size=1, max_size=5))
def test_everybody_of_a_slot_has_a_place_of_her_own(lanes: dict[int, int]) -> None:
    places = {(lane, n): index_in_slot(lanes, lane, n) for lane, came in lanes.items() for n in range(came)}
    assert sorted(places.values()) == list(range(sum(lanes.values())))
    for (lane, ordinal), place in places.items():
        assert ordinal == 0 or place > places[lane, ordinal - 1]


@pytest.mark.parametrize(("ahead", "before"), [(-5 * UNIT, 0), (0, 0), (1, 0), (UNIT, 0), (UNIT + 1, 1), (3 * UNIT, 2)])
def test_who_is_before(ahead: int, before: int) -> None:
    assert places_before(100 * UNIT + ahead, 100 * UNIT) == before


@given(st.integers(0, 7200), st.integers(0, 60_000), st.integers(0, 60_000))
def test_a_page_asks_the_less_often_the_longer_it_waits_and_never_much_too_late(
    left: int, before: int, salt: int
) -> None:
    standing = Standing(Phase.WAITING, before, OPENS_US + left * SECOND_US, OPENS_US)
    seconds = pause(standing, OPENS_US, salt)
    assert 1 <= seconds <= LATEST
    assert seconds <= max(1, left)
    sooner = Standing(Phase.WAITING, before, OPENS_US + left * SECOND_US // 2, OPENS_US)
    # The last few seconds are waited for in one go.
    assert left < 8 or pause(sooner, OPENS_US, 0) <= pause(standing, OPENS_US, 0)


def test_a_paused_room_and_a_turn_are_asked_for_too() -> None:
    assert 1 <= pause(Standing(Phase.WAITING, 9, None, 0), 0, 3) <= LATEST
    assert pause(Standing(Phase.TURN, 0, 0, 0), 0, 3) == 1


def test_those_who_draw_lots_learn_their_place_before_the_opening_but_not_all_at_once() -> None:
    closing = Standing(Phase.EARLY, 50_000, OPENS_US, OPENS_US)
    asked = Counter(pause(closing, OPENS_US - 2 * SECOND_US, salt) for salt in range(50_000))
    assert len(asked) == 11
    assert max(asked.values()) < 5_000


@pytest.mark.parametrize(
    ("prefix", "path", "covered"),
    [
        ("/", "/", True),
        ("/", "/p/teal-bag", True),
        ("/", "/v1/quotes", False),
        ("/festival", "/festival", True),
        ("/festival", "/festival/618/flash", True),
        ("/festival", "/festivals", False),
        ("/v1/quotes", "/v1/quotes", True),
        ("/v1", "/v1/products", True),
    ],
)
def test_what_a_path_covers(prefix: str, path: str, covered: bool) -> None:
    assert guards(prefix, path) is covered


@pytest.mark.parametrize(
    "path",
    [
        "/orders",
        "/orders/0198",
        "/pay/simulated/x",
        "/static/app.css",
        "/healthz",
        "/v1/operator/x",
        "/v1/webhooks/payments/x",
    ],
)
def test_who_pays_or_has_paid_never_waits(path: str) -> None:
    assert never_guarded(path)


GOOD = {"name": "flash", "paths": ("/festival",), "opens_at": datetime(2026, 6, 18, tzinfo=UTC), "per_second": 500}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, None),
        ({"per_second": 0}, None),
        ({"paths": ("/", "/v1/quotes")}, None),
        ({"name": ""}, "name"),
        ({"name": "Flash"}, "name"),
        ({"name": "a" * 33}, "name"),
        ({"paths": ()}, "paths"),
        ({"paths": ("festival",)}, "paths"),
        ({"paths": ("/festival/",)}, "paths"),
        ({"paths": ("/orders/x",)}, "paths"),
        ({"per_second": -1}, "per_second"),
        ({"per_second": 100_001}, "per_second"),
        ({"stay_minutes": 0}, "stay_minutes"),
        ({"stay_minutes": 241}, "stay_minutes"),
    ],
)
def test_a_room_that_could_not_be_kept_is_refused(change: dict[str, object], field: str | None) -> None:
    wish = RoomWish(**{**GOOD, **change})  # type: ignore[arg-type]
    if field is None:
        check_wish(wish)
        return
    with pytest.raises(Refused) as wrong:
        check_wish(wish)
    assert (wrong.value.code, wrong.value.field) == ("bad_waiting_room", field)
    assert wrong.value.remedy


def test_tokens_say_what_was_written() -> None:
    assert read_token(SIGNER, write_ticket(SIGNER, TICKET), room(), HOLDER) == TICKET
    assert read_token(SIGNER, write_pass(SIGNER, PASS), room(), HOLDER) == PASS
    early = Ticket(room().key, HOLDER, -1, 2**62, 2**32 - 1)
    assert read_token(SIGNER, write_ticket(SIGNER, early), room(), HOLDER) == early


def test_a_token_is_good_for_its_holder_and_room_only() -> None:
    for text in (write_ticket(SIGNER, TICKET), write_pass(SIGNER, PASS)):
        assert read_token(SIGNER, text, room(), b"x" * 16) is None
        other = write_pass(SIGNER, Pass(b"other   ", HOLDER, OPENS_US, OPENS_US))
        assert read_token(SIGNER, other, room(), HOLDER) is None
        forged = write_pass(Signer("another secret of thirty-two letters", "waiting"), PASS)
        assert read_token(SIGNER, forged, room(), HOLDER) is None
        assert (
            read_token(SIGNER, Signer("a secret of at least thirty-two letters", "quote").sign(b"p"), room(), HOLDER)
            is None
        )


@given(st.integers(0, 81), st.characters(codec="ascii"))
def test_a_changed_token_is_worth_nothing(at: int, letter: str) -> None:
    text = write_ticket(SIGNER, TICKET)
    changed = text[:at] + letter + text[at + 1 :]
    assert changed == text or read_token(SIGNER, changed, room(), HOLDER) is None
    assert read_token(SIGNER, text[:at], room(), HOLDER) is None


def test_a_pass_ends_when_it_is_not_used_and_at_last_in_any_case() -> None:
    stay, hour = room().stay_us, 3600 * SECOND_US
    assert still_good(room(), PASS, OPENS_US + stay - 1)
    assert not still_good(room(), PASS, OPENS_US + stay)
    renewed = Pass(PASS.room_key, HOLDER, OPENS_US, OPENS_US + 4 * hour - 1)
    assert still_good(room(), renewed, OPENS_US + 4 * hour - 1)
    assert not still_good(room(), renewed, OPENS_US + 4 * hour)
    assert not due_for_renewal(room(), PASS, OPENS_US + stay // 2)
    assert due_for_renewal(room(), PASS, OPENS_US + stay // 2 + 1)


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_survive(at: datetime) -> None:
    assert from_us(to_us(at)) == at


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=30))
def test_disorder_is_measured_as_it_is(people: list[tuple[int, int]]) -> None:
    """The benchmark's figure against every pair."""
    pairs = [b[0] - a[0] for a in people for b in people if a[0] < b[0] and a[1] > b[1]]
    assert out_of_order([(float(came), float(inside)) for came, inside in people]) == max(pairs, default=0)
