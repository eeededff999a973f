"""Goods at several hubs: parcels that add up to the order, never more than there is, and today's quote where one hub has all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from argosy.delivery.sourcing import Aim
from argosy.orders.model import Charts, Destination, NotForSale, Promise, Quote, ShelfItem
from argosy.orders.quoting.landing import business_date, region_in
from argosy.orders.quoting.offers import shown
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.rules import stock_key
from argosy.orders.sourcing.model import Elsewhere, locode, may_send, network_code
from argosy.orders.sourcing.rules import Where, sent_from
from argosy.plumbing.ids import derived_id
from rooms.orders.ground import CHARTS, HUB, MARKETS, NOW, goods, line, shelf

LIEGE, CHICAGO, TOKYO, PARIS = "BELGG", "USORD", "JPNRT", "FRCDG"
BAG, SHOE, SCARF, BELT = goods("bag", 42_700), goods("shoe", 10_000), goods("scarf", 30_000), goods("belt", 8_000)
DAYS = {HUB: 6, LIEGE: 2, CHICAGO: 4, TOKYO: 5, PARIS: 1}


def promise(hub: str, days: Mapping[str, int | None] = DAYS) -> Promise | None:
    """The date of a hub's goods, so many days after now."""
    if (after := days.get(hub)) is None:
        return None
    by = NOW + timedelta(days=after)
    return Promise(
        hub=network_code(hub), city="Paris", country="FR", time_zone="Europe/Paris", day=by.date(), by=by, order_by=NOW,
        leaves_at=NOW, mode="air", confidence=0.95, within_72h=after <= 3,
    )  # fmt: skip


def charts(stock: Mapping[str, Mapping[str, int]], aim: Aim = "earliest", base: Charts = CHARTS) -> Charts:
    """Facts in which goods wait at hubs."""
    elsewhere = Elsewhere(HUB, aim)
    elsewhere.renew({derived_id("test", name): dict(held) for name, held in stock.items()})
    return replace(base, elsewhere=elsewhere)


def quoted(
    facts: Charts,
    *wishes: tuple[ShelfItem, int],
    country: str = "FR",
    dates: Callable[[str], Promise | None] | None = promise,
) -> Quote:
    made = quote_basket(
        facts,
        shelf(*(item for item, _ in wishes)),
        [line(item, count) for item, count in wishes],
        Destination(country=country),
        NOW,
        quote_id=UUID(int=7),
        shopper_id=UUID(int=8),
        language="fr",
        promise=dates(HUB) if dates else None,
        dates=dates,
    )
    assert isinstance(made, Quote)
    return made


def hubs(quote: Quote) -> list[tuple[str, list[tuple[str, int]]]]:
    """What each parcel holds."""
    return [
        (one.hub, [(quote.lines[n - 1].sku, quote.lines[n - 1].quantity) for n in one.lines]) for one in quote.parcels
    ]


EVERYWHERE = {HUB: 9, LIEGE: 9}


@pytest.mark.parametrize(
    ("stock", "wishes", "aim", "parcels"),
    [
        # Only at home: as ever.
        ({}, [(BAG, 2), (SHOE, 1)], "earliest", [(HUB, [("bag", 2), ("shoe", 1)])]),
        # The earliest hub that has it.
        ({"bag": {HUB: 9, LIEGE: 2, CHICAGO: 9}}, [(BAG, 2)], "earliest", [(LIEGE, [("bag", 2)])]),
        ({"bag": {HUB: 9, LIEGE: 1, CHICAGO: 9}}, [(BAG, 2)], "earliest", [(CHICAGO, [("bag", 2)])]),
        # Sold out there: the next one, and home at last.
        ({"bag": {HUB: 9, LIEGE: 0, CHICAGO: 0}}, [(BAG, 2)], "earliest", [(HUB, [("bag", 2)])]),
        # The shoe is at home alone, so the basket is there when home's parcel is: one parcel.
        ({"bag": EVERYWHERE}, [(BAG, 1), (SHOE, 1)], "earliest", [(HUB, [("bag", 1), ("shoe", 1)])]),
        # Two hubs abroad have it whole before home would.
        (
            {"bag": {HUB: 9, LIEGE: 9}, "shoe": {HUB: 9, TOKYO: 9}},
            [(BAG, 1), (SHOE, 1)],
            "earliest",
            [(LIEGE, [("bag", 1)]), (TOKYO, [("shoe", 1)])],
        ),
        (
            {"bag": {HUB: 9, LIEGE: 9}, "shoe": {HUB: 9, TOKYO: 9}},
            [(BAG, 1), (SHOE, 1)],
            "fewest",
            [(HUB, [("bag", 1), ("shoe", 1)])],
        ),
        # Home has none left: two parcels whatever the aim.
        (
            {"bag": {HUB: 0, LIEGE: 9}},
            [(BAG, 1), (SHOE, 1)],
            "fewest",
            [(LIEGE, [("bag", 1)]), (HUB, [("shoe", 1)])],
        ),
        # No hub has three: they are shared out, the earliest hub first.
        ({"bag": {HUB: 2, LIEGE: 2}}, [(BAG, 3)], "earliest", [(LIEGE, [("bag", 2)]), (HUB, [("bag", 1)])]),
        # The hub in the shopper's own country is left out: we have no law for it.
        ({"bag": {HUB: 9, PARIS: 9}}, [(BAG, 1)], "earliest", [(HUB, [("bag", 1)])]),
    ],
)  # fmt: skip
def test_which_hub_sends_what(
    stock: dict[str, dict[str, int]], wishes: list[tuple[ShelfItem, int]], aim: Aim, parcels: list[object]
) -> None:
    assert sorted(map(str, hubs(quoted(charts(stock, aim), *wishes)))) == sorted(map(str, parcels))


def test_the_cheapest_is_taken_within_the_date_that_home_could_keep() -> None:
    # From Liège there is no flat charge for a heading: it is the cheapest, and before home's date.
    near = quoted(charts({"bag": {HUB: 9, LIEGE: 9}}, "cheapest"), (BAG, 1))
    assert hubs(near) == [(LIEGE, [("bag", 1)])]
    far = quoted(
        charts({"bag": {HUB: 9, LIEGE: 9}}, "cheapest"), (BAG, 1), dates=lambda hub: promise(hub, {HUB: 3, LIEGE: 4})
    )
    assert hubs(far) == [(HUB, [("bag", 1)])]


def test_each_parcel_is_a_consignment_with_its_own_date() -> None:
    made = quoted(charts({"bag": {HUB: 0, LIEGE: 9}}), (BAG, 1), (SHOE, 2))
    near, far = made.parcels
    assert [one.promise and one.promise.day for one in made.parcels] == [date(2026, 6, 20), date(2026, 6, 24)]
    assert made.promise == far.promise
    # Inside the customs union the law asks no flat charge for a heading; from China it does, once for its own parcel.
    assert (near.landed.fees_minor, far.landed.fees_minor) == (0, 200)
    assert made.fees_minor == 200
    assert (near.landed.shares[0].line, far.landed.shares[0].line) == ("1", "2")
    alone = quoted(CHARTS, (SHOE, 2))
    assert far.landed.total_minor == alone.total_minor
    assert [take.key for take in made.takes()] == [
        stock_key(BAG.variant.variant_id, LIEGE),
        stock_key(SHOE.variant.variant_id, HUB),
    ]


def test_no_date_of_one_parcel_is_no_date_of_the_whole() -> None:
    made = quoted(charts({"bag": {HUB: 0, LIEGE: 9}}), (BAG, 1), (SHOE, 1), dates=lambda hub: promise(hub, {HUB: 6}))
    assert [one.promise is None for one in made.parcels] == [True, False]
    assert made.promise is None


def test_what_all_together_have_not_is_left_to_the_order_to_refuse() -> None:
    made = quoted(charts({"bag": {HUB: 1, LIEGE: 2}}), (BAG, 9))
    assert hubs(made) == [(LIEGE, [("bag", 9)])]


def test_a_shop_with_a_hub_of_its_own_sells_from_it_alone() -> None:
    facts = replace(charts({"bag": EVERYWHERE}), hub="HKHKG")
    made = quoted(facts, (BAG, 1), country="HK", dates=None)
    assert (made.hub, made.split) == ("HKHKG", ())
    assert made.lines[0].takes[0].key == stock_key(BAG.variant.variant_id, "HKHKG")


def test_one_hub_that_has_all_gives_the_quote_of_before() -> None:
    """To the byte, but for the name of the hub: what older orders are read by still reads it."""
    plain = quoted(CHARTS, (BAG, 2), (SHOE, 1))
    made = quoted(charts({"bag": {HUB: 9, LIEGE: 1}, "shoe": {HUB: 9}}), (BAG, 2), (SHOE, 1))
    assert msgspec.json.encode(made) == msgspec.json.encode(plain)
    told = msgspec.json.decode(msgspec.json.encode(plain))
    del told["hub"], told["split"]
    old = msgspec.convert(told, Quote)
    assert (old.hub, old.parcels[0].lines, old.parcels[0].landed) == ("", (1, 2), plain.landed)


def test_codes_of_hubs_go_both_ways() -> None:
    assert (network_code("CNHGH"), locode("CN-HGH")) == ("CN-HGH", "CNHGH")


ITEMS = (BAG, SHOE, SCARF, BELT)
PLACES = (HUB, LIEGE, CHICAGO, TOKYO)


@settings(deadline=None, max_examples=150)
@given(
    held=st.lists(st.dictionaries(st.sampled_from(PLACES), st.integers(0, 4), max_size=4), min_size=4, max_size=4),
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    aim=st.sampled_from(["earliest", "cheapest", "fewest"]),
    days=st.dictionaries(st.sampled_from(PLACES), st.integers(1, 9), max_size=4),
    country=st.sampled_from(["FR", "DE", "JP", "HK", "CN"]),
)
def test_parcels_add_up_and_nothing_is_taken_twice(
    held: list[dict[str, int]], counts: list[int], aim: Aim, days: dict[str, int], country: str
) -> None:
    stock = {item.variant.sku: one for item, one in zip(ITEMS, held, strict=True) if one}
    wishes = list(zip(ITEMS, counts, strict=False))
    made = quoted(charts(stock, aim), *wishes, country=country, dates=lambda hub: promise(hub, days))
    pieces: dict[str, int] = {}
    for one in made.lines:
        pieces[one.sku] = pieces.get(one.sku, 0) + one.quantity
    assert pieces == {item.variant.sku: count for item, count in wishes}
    assert sorted(n for parcel in made.parcels for n in parcel.lines) == list(range(1, len(made.lines) + 1))
    for parcel in made.parcels:
        assert parcel.hub == HUB or may_send(parcel.hub, country)
        assert [int(share.line) for share in parcel.landed.shares] == list(parcel.lines)
    _sums(made)
    enough = all(
        item.variant.sku not in stock
        or sum(left for hub, left in stock[item.variant.sku].items() if hub == HUB or may_send(hub, country)) >= count
        for item, count in wishes
    )
    if enough:
        for take in made.takes():
            name = next(one.variant.sku for one in ITEMS if str(one.variant.variant_id) in take.key)
            if name in stock:
                assert take.count <= stock[name].get(take.key.rpartition("/")[2], 0)


def _sums(made: Quote) -> None:
    for name in ("duty_minor", "tax_minor", "fees_minor"):
        whole = getattr(made, name)
        assert whole == (sum(getattr(one, name) for one in made.lines) if made.terms == "DDP" else None)
        if made.terms == "DDP":
            assert whole == sum(getattr(one.landed, name) for one in made.parcels)
    assert made.total_minor == sum(one.total_minor for one in made.lines)


@settings(deadline=None, max_examples=100)
@given(
    held=st.dictionaries(st.sampled_from(PLACES), st.integers(0, 3), min_size=1),
    minor=st.integers(500, 400_000),
    country=st.sampled_from(["FR", "DE", "IT", "JP", "HK", "CN"]),
    aim=st.sampled_from(["earliest", "cheapest", "fewest"]),
)
def test_a_page_shows_what_one_piece_costs_from_the_hub_that_sends_it(
    held: dict[str, int], minor: int, country: str, aim: Aim
) -> None:
    item = goods("thing", minor)
    facts, market = charts({"thing": held}, aim), MARKETS[country]
    region = region_in(market, "")
    leaving = sent_from(Where(facts, market, region, business_date(market, NOW), promise), item, NOW)
    price, door, _ = shown(leaving, market, region, item, NOW)
    assert price is not None
    assert door is not None
    if door.banned:
        return
    made = quoted(facts, (item, 1), country=country)
    assert (made.hub, made.total_minor, made.terms) == (leaving.hub, price.minor, door.terms)


def test_what_may_not_be_sent_from_anywhere_says_so() -> None:
    item = goods("ivory")
    item = replace(item, variant=replace(item.variant, hs6="960110"))
    made = quote_basket(
        charts({"ivory": EVERYWHERE}), shelf(item), [line(item)], Destination(country="FR"), NOW, quote_id=uuid4(),
        shopper_id=uuid4(), language="fr", promise=promise(HUB), dates=promise,
    )  # fmt: skip
    plain = quote_basket(
        CHARTS, shelf(item), [line(item)], Destination(country="FR"), NOW, quote_id=uuid4(), shopper_id=uuid4(),
        language="fr",
    )  # fmt: skip
    assert isinstance(made, NotForSale) == isinstance(plain, NotForSale)
