"""What is live: by market, by clock, by scope; and who is excluded by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from argosy.campaigns.live import Live, make_live
from argosy.campaigns.model import Held, Note, PricedLine, Wallet
from argosy.campaigns.plan import Festival, Phase, PhaseKind, Plan, Promotion, phase_at
from argosy.campaigns.rules import best_offer
from argosy.quotas.model import Take
from rooms.campaigns.trade import FESTIVAL, MARKETS, NOW, effect, here, identity, line, live_of, promotion

SHOPPER = Wallet(shopper="s")
TEN = effect("percent", per_mille=100)
MIDNIGHT = datetime(2026, 6, 18)  # noqa: DTZ001


def codes(live: Live, one: PricedLine) -> set[str]:
    return {ready.code for kind in live.profile(one)[:3] for ready in kind}  # type: ignore[attr-defined]


def day(market: str, now: datetime) -> Live:
    """What is live of a promotion that lasts from one midnight of the market to the next."""
    held = promotion("day", "platform", TEN, starts=MIDNIGHT, ends=MIDNIGHT + timedelta(days=1))
    festival = msgspec.structs.replace(FESTIVAL, markets=("SG", "US", "IN"))
    zone = ZoneInfo(MARKETS[market].calendar.time_zone)
    return make_live([Plan(festival=festival, promotions=(held,))], MARKETS[market], zone, now)


@pytest.mark.parametrize(
    ("market", "first", "end"),
    [("SG", "2026-06-17T16:00", "2026-06-18T16:00"), ("IN", "2026-06-17T18:30", "2026-06-18T18:30")],
)
def test_an_instant_without_offset_is_each_markets_own(market: str, first: str, end: str) -> None:
    starts, ends = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, end))
    blink = timedelta(microseconds=1)
    assert [len(day(market, at)) for at in (starts - blink, starts, ends - blink, ends)] == [0, 1, 1, 0]
    assert (day(market, starts).since, day(market, starts).until) == (starts, ends)
    assert day(market, starts - blink).until == starts
    assert day(market, ends).since == ends


def test_an_instant_with_offset_is_the_same_everywhere() -> None:
    opening = datetime.fromisoformat("2026-06-16T20:00:00+08:00")
    phase = Phase(kind=PhaseKind.OPENING, starts=opening, ends=opening + timedelta(hours=1))
    for zone in ("Asia/Singapore", "America/New_York"):
        festival = Festival(code="x", names={"en": "x"}, markets=("SG",), phases=(phase,))
        assert phase_at(festival, ZoneInfo(zone), opening) == phase
        assert phase_at(festival, ZoneInfo(zone), opening - timedelta(seconds=1)) is None


def test_an_offer_is_made_of_what_is_live_now() -> None:
    live = day("SG", NOW)
    with pytest.raises(AssertionError, match="another time"):
        best_offer(live, [line("a", "one", 100)], SHOPPER, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        ({}, "abcd"),
        ({"brands": ["x"]}, "ab"),
        ({"categories": ["shoes"]}, "bc"),
        ({"categories": ["goods"]}, "abcd"),
        ({"brands": ["x"], "categories": ["shoes"]}, "b"),
        ({"shops": ["two"]}, "cd"),
        ({"shops": ["two"], "except_categories": ["shoes"]}, "d"),
        ({"except_brands": ["x"]}, "cd"),
        ({"except_shops": ["two"]}, "ab"),
        ({"variants": [str(identity("a")), str(identity("c"))]}, "ac"),
        ({"products": [str(identity("d"))]}, "d"),
        ({"except_variants": [str(identity("a"))]}, "bcd"),
        ({"except_products": [str(identity("b"))]}, "acd"),
    ],
    ids=str,
)
def test_a_scope_fits_every_list_less_its_exceptions(scope: dict[str, list[str]], fits: str) -> None:
    shoes = ("goods", "shoes")
    lines = [
        line("a", "one", 100, brand="x"),
        line("b", "one", 100, brand="x", category=shoes),
        line("c", "two", 100, brand="y", category=shoes),
        line("d", "two", 100),
    ]
    live = live_of(promotion("p", "platform", TEN, scope=scope))
    assert "".join(one.line for one in lines if codes(live, one)) == fits


def test_brands_that_do_not_take_part_have_no_promotion() -> None:
    live = live_of(promotion("p", "platform", TEN), festival=msgspec.structs.replace(FESTIVAL, brands=("x",)))
    assert codes(live, line("a", "one", 100, brand="x")) == {"p"}
    assert codes(live, line("b", "one", 100, brand="y")) == set()


def test_a_promotion_without_an_amount_for_the_market_is_not_live_there() -> None:
    abroad = effect("every", over_minor={"US": 100}, off_minor={"US": 10})
    assert len(live_of(promotion("p", "platform", abroad))) == 0


@pytest.mark.parametrize("name", ["b", "@platform_coupon", "@percent"])
def test_one_side_is_enough_to_exclude(name: str) -> None:
    live = live_of(
        promotion("a", "platform", effect("every", over_minor=here(1), off_minor=here(1)), not_with=[name]),
        promotion("b", "platform_coupon", TEN),
    )
    a, b = live.by_code["a"], live.by_code["b"]
    assert a.bars == 1 << b.bit
    assert b.bars == 1 << a.bit


def test_a_promotion_that_names_its_own_kind_does_not_exclude_itself() -> None:
    live = live_of(*(promotion(code, "platform", TEN, not_with=["@percent"]) for code in ("a", "b")))
    assert [live.by_code[code].bars for code in ("a", "b")] == [0b10, 0b01]


def flash(**limits: int) -> Promotion:
    return promotion("rush", "item", effect("flash", unit_minor=here(500), **limits))


@pytest.mark.parametrize(
    ("left", "pays", "takes"),
    [
        ({}, 2_000, [("flash/rush/V", 2, 5), ("flash/rush/V/s", 2, 2)]),
        ({"flash/rush/V": 1}, 2_500, [("flash/rush/V", 1, 5), ("flash/rush/V/s", 1, 2)]),
        ({"flash/rush/V/s": 1}, 2_500, [("flash/rush/V", 1, 5), ("flash/rush/V/s", 1, 2)]),
        ({"flash/rush/V": 0}, 3_000, []),
        ({"flash/rush/V/s": 0}, 3_000, []),
    ],
    ids=str,
)
def test_a_flash_price_is_for_the_pieces_that_are_left(
    left: dict[str, int], pays: int, takes: list[tuple[str, int, int]]
) -> None:
    variant = str(identity("a"))
    known = {key.replace("V", variant): count for key, count in left.items()}
    offer = best_offer(live_of(flash(units=5, per_shopper=2)), [line("a", "one", 1_000, 3)], SHOPPER, NOW, known)
    assert offer.payable_minor == pays
    told = [(take.key.replace(variant, "V"), take.count, take.allowance) for take in offer.takes]
    assert told == takes


def test_a_limited_promotion_takes_and_ends() -> None:
    live = live_of(promotion("p", "platform", TEN, uses=100, per_shopper=1))
    lines = [line("a", "one", 1_000)]
    offer = best_offer(live, lines, SHOPPER, NOW)
    assert [(take.key, take.count, take.allowance) for take in offer.takes] == [
        ("promotion/p", 1, 100),
        ("promotion/p/s", 1, 1),
    ]
    for key in ("promotion/p", "promotion/p/s"):
        assert best_offer(live, lines, SHOPPER, NOW, {key: 0}).payable_minor == 1_000


def test_a_member_price_is_for_its_level() -> None:
    live = live_of(
        promotion("gold", "item", TEN, levels=["gold"]), promotion("silver", "platform", TEN, levels=["silver"])
    )
    pays = {
        level: best_offer(
            live, [line("a", "one", 1_000)], Wallet(shopper="s", levels=frozenset([level])), NOW
        ).payable_minor
        for level in ("gold", "silver", "none")
    }
    assert pays == {"gold": 900, "silver": 900, "none": 1_000}


def test_gifts_and_shipping_come_on_top() -> None:
    tote = effect("gift", variant="tote", units=10, over_minor=here(2_000))
    free = effect("shipping", over_minor=here(1_500))
    capped = effect("shipping", at_most_minor=here(300))
    live = live_of(
        promotion("tote", "gift", tote),
        promotion("free", "shipping", free, shop="one", claim={"uses": 5}),
        promotion("capped", "shipping", capped),
    )
    lines = [line("a", "one", 1_600), line("b", "two", 500)]
    offer = best_offer(live, lines, SHOPPER, NOW)
    assert [(gift.promotion, gift.variant, gift.quantity) for gift in offer.gifts] == [("tote", "tote", 1)]
    assert [(one.promotion, one.lines, one.at_most_minor) for one in offer.shipping] == [("capped", ("a", "b"), 300)]
    (gift,) = offer.gifts
    assert (gift.takes, gift.lines, gift.over_minor) == ((Take("gift/tote", 1, 10),), ("a", "b"), 2_000)
    assert offer.takes == ()
    gone = best_offer(live, lines, SHOPPER, NOW, {"gift/tote": 0})
    assert (gone.gifts, gone.notes[-1]) == ((), Note("gift_left_out", {"promotion": "tote", "why": "gone"}))
    unwanted = best_offer(live, lines, replace(SHOPPER, declined=frozenset({"tote"})), NOW)
    assert (unwanted.gifts, unwanted.notes[-1].params["why"]) == ((), "declined")
    assert best_offer(live, lines[:1], SHOPPER, NOW).gifts == ()


def test_a_shipping_coupon_is_used_where_it_is_lower() -> None:
    coupon = promotion("free", "shipping", effect("shipping"), shop="one", claim={"uses": 5})
    held = Wallet(shopper="s", held=(Held("h", "free", NOW + timedelta(days=1)),))
    lines = [line("a", "one", 1_600), line("b", "two", 500)]
    capped = promotion("capped", "shipping", effect("shipping", at_most_minor=here(300)))
    offer = best_offer(live_of(coupon, capped), lines, held, NOW)
    assert [(one.promotion, one.lines) for one in offer.shipping] == [("capped", ("b",)), ("free", ("a",))]
    assert [(one.held_id, one.takes) for one in offer.shipping] == [("", ()), ("h", (Take("held/h", 1, 1),))]
    assert offer.used == (), "it is the charge for shipping that uses it up"
    everywhere = promotion("free-too", "shipping", effect("shipping"))
    offer = best_offer(live_of(coupon, everywhere), lines, held, NOW)
    assert [(one.promotion, one.lines) for one in offer.shipping] == [("free-too", ("a", "b"))]
    assert offer.used == ()


def test_a_bundle_takes_the_dearest_pieces_of_complete_sets() -> None:
    parts = [{"scope": {"brands": ["x"]}}, {"scope": {"brands": ["y"]}, "quantity": 2}]
    live = live_of(promotion("set", "platform", effect("bundle", parts=parts, price_minor=here(1_000))))
    one = line("a", "one", 700, 1, brand="x")
    for quantity, pays in ((1, 1_100), (2, 1_000), (3, 1_400)):
        offer = best_offer(live, [one, line("b", "two", 400, quantity, brand="y")], SHOPPER, NOW)
        assert offer.payable_minor == pays, quantity
    dear = line("c", "two", 900, 1, brand="x")
    offer = best_offer(live, [one, dear, line("b", "two", 400, 2, brand="y")], SHOPPER, NOW)
    assert offer.payable_minor == 700 + 1_000


def test_no_promotion_is_no_change() -> None:
    lines = [line("b", "one", 700, 2), line("a", "one", 100)]
    offer = best_offer(live_of(), lines, SHOPPER, NOW)
    assert [(one.line, one.payable_minor, one.taken) for one in offer.lines] == [("b", 1_400, ()), ("a", 100, ())]
    assert (offer.payable_minor, offer.saved_minor, offer.notes, offer.takes) == (1_500, 0, (), ())
