"""A store's rules by tables: which slots can be had when, what an order costs to bring, what goes into which parcel."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.base.errors import Refused
from argosy.delivery.stores.model import TEMPERATURES, Area, Stores
from argosy.delivery.stores.rules import (
    carries,
    fee_minor,
    kept_at,
    missing_minor,
    missing_to_free_minor,
    packed,
    serves,
    slot_named,
    slots,
    store_of,
)
from rooms.delivery.store_ground import HONG_KONG, KEPT, local, slot_time, store, stores

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (24, 25, 26, 27))


@pytest.mark.parametrize(
    ("now", "days"),
    [
        # The evening's cut-off, to the instant.
        ("2026-11-23T00:00", (TUESDAY, WEDNESDAY)),
        ("2026-11-23T21:59:59.999999", (TUESDAY, WEDNESDAY)),
        ("2026-11-23T22:00", (WEDNESDAY, THURSDAY)),
        ("2026-11-23T23:59:59", (WEDNESDAY, THURSDAY)),
        # After midnight it is the day before delivery again.
        ("2026-11-24T00:00", (WEDNESDAY, THURSDAY)),
        ("2026-11-24T21:59", (WEDNESDAY, THURSDAY)),
        ("2026-11-24T22:00", (THURSDAY, FRIDAY)),
    ],
)
def test_the_cut_off_is_the_citys_evening(now: str, days: tuple[date, ...]) -> None:
    one = store()
    found = slots(stores(one), one, local(now))
    assert [slot.name for slot in found] == [f"{day}/{code}" for day in days for code in ("8-10", "18-20")]
    # The same instant, told by another clock.
    assert slots(stores(one), one, local(now).astimezone(ZoneInfo("America/Los_Angeles"))) == found


def test_a_slot_names_its_instants() -> None:
    one = store()
    first = slots(stores(one), one, local("2026-11-23T12:00"))[0]
    assert (first.starts, first.ends) == (local("2026-11-24T08:00"), local("2026-11-24T10:00"))
    assert first.order_by == local("2026-11-23T22:00")
    assert first.starts.tzinfo is UTC
    assert (first.key, first.take.count, first.take.allowance) == ("slot/hk/2026-11-24/8-10", 1, 2)


@pytest.mark.parametrize(
    ("changes", "closed", "expected"),
    [
        ({}, (TUESDAY,), (WEDNESDAY, THURSDAY)),
        ({}, (TUESDAY, WEDNESDAY, THURSDAY), (FRIDAY, date(2026, 11, 28))),
        ({"days_offered": 1}, (), (TUESDAY,)),
        ({"days_offered": 1}, (TUESDAY,), (WEDNESDAY,)),
        ({"days_before": 0, "cut_off": time(7)}, (), (TUESDAY, WEDNESDAY)),
        ({"days_before": 2}, (), (WEDNESDAY, THURSDAY)),
        ({"slots": (slot_time("8-10", weekdays=("thu",)),), "days_offered": 2}, (), (THURSDAY, date(2026, 12, 3))),
    ],
)
def test_days_of_delivery(changes: dict[str, object], closed: tuple[date, ...], expected: tuple[date, ...]) -> None:
    one = store(**changes)
    found = slots(stores(one, *closed), one, local("2026-11-23T12:00"))
    assert tuple(dict.fromkeys(slot.day for slot in found)) == expected


def test_a_store_that_is_closed_for_months_has_no_slots() -> None:
    one = store()
    every = [TUESDAY + timedelta(days=n) for n in range(80)]
    assert slots(stores(one, *every), one, local("2026-11-23T12:00")) == []


def test_clocks_that_change_move_the_instant_and_not_the_hour() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    one = store(time_zone="Europe/Berlin", days_offered=3)
    # Summer time ends on 25 October 2026: that Saturday evening's cut-off is at 20:00 UTC, Sunday's at 21:00.
    found = slots(stores(one), one, local("2026-10-23T12:00", berlin))
    assert [(slot.day.day, slot.order_by.hour) for slot in found[::2]] == [(24, 20), (25, 20), (26, 21)]
    assert all(slot.ends - slot.starts == timedelta(hours=2) for slot in found)


@pytest.mark.parametrize(
    ("name", "now", "code"),
    [
        ("2026-11-24/8-10", "2026-11-23T21:59", ""),
        ("2026-11-24/8-10", "2026-11-23T22:00", "slot_closed"),
        ("2026-11-20/8-10", "2026-11-23T12:00", "slot_closed"),
        # Beyond the days that are offered.
        ("2026-11-27/8-10", "2026-11-23T12:00", "slot_closed"),
        ("2026-11-24/9-11", "2026-11-23T12:00", "unknown_slot"),
        ("2026-11-26/8-10", "2026-11-23T12:00", "unknown_slot"),
        ("24.11.2026/8-10", "2026-11-23T12:00", "unknown_slot"),
        ("0001-01-01/8-10", "2026-11-23T12:00", "unknown_slot"),
        ("", "2026-11-23T12:00", "unknown_slot"),
        ("2026-11-24", "2026-11-23T12:00", "unknown_slot"),
        ("2026-11-24/8-10/x", "2026-11-23T12:00", "unknown_slot"),
    ],
)
def test_a_slot_by_name(name: str, now: str, code: str) -> None:
    one = store()
    every = stores(one, THURSDAY)
    if code:
        with pytest.raises(Refused) as refused:
            slot_named(every, one, name, local(now))
        assert (refused.value.code, refused.value.field) == (code, "slot")
    else:
        assert slot_named(every, one, name, local(now)).name == name


@given(minutes=st.integers(0, 60 * 24 * 30))
def test_every_slot_that_is_offered_can_be_had_and_none_that_is_not(minutes: int) -> None:
    one = store()
    every, now = stores(one, WEDNESDAY), local("2026-11-23T00:00") + timedelta(minutes=minutes)
    found = slots(every, one, now)
    assert found and all(now < slot.order_by < slot.starts < slot.ends for slot in found)
    assert [slot_named(every, one, slot.name, now) for slot in found] == found
    assert WEDNESDAY not in {slot.starts.astimezone(HONG_KONG).date() for slot in found}
    assert len({slot.day for slot in found}) == one.days_offered


def test_a_store_there_is_not() -> None:
    with pytest.raises(Refused) as refused:
        store_of(Stores(), "hk")
    assert (refused.value.code, refused.value.status) == ("unknown_store", 404)


@pytest.mark.parametrize(
    ("goods", "fee", "missing", "to_free"),
    [
        (0, 3_000, 10_000, 25_000),
        (9_999, 3_000, 1, 15_001),
        (10_000, 3_000, 0, 15_000),
        (24_999, 3_000, 0, 1),
        (25_000, 0, 0, 0),
        (99_999, 0, 0, 0),
    ],
)
def test_minimum_and_fee(goods: int, fee: int, missing: int, to_free: int) -> None:
    one = store()
    assert (fee_minor(one, goods), missing_minor(one, goods), missing_to_free_minor(one, goods)) == (
        fee,
        missing,
        to_free,
    )


@pytest.mark.parametrize(
    ("path", "sold", "temperature"),
    [
        (("pantry",), True, "ambient"),
        (("pantry", "pasta-rice", "rice"), True, "ambient"),
        (("fresh", "dairy", "milk"), True, "chilled"),
        (("fresh", "ice"), True, "frozen"),
        (("drinks", "wine"), False, "ambient"),
        (("drinks", "wine", "red"), False, "ambient"),
        (("bags", "handbags"), False, None),
        ((), False, None),
    ],
)
def test_goods(path: tuple[str, ...], sold: bool, temperature: str | None) -> None:
    assert carries(store(), path) is sold
    kept = kept_at(KEPT, path)
    assert (kept.temperature if kept else None) == temperature


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(TEMPERATURES)), max_size=12))
def test_no_parcel_holds_two_temperatures_and_nothing_is_lost(kinds: list[tuple[int, str]]) -> None:
    lines = [(number, quantity, kind) for number, (quantity, kind) in enumerate(kinds, start=1)]
    found = packed(lines)  # type: ignore[arg-type]
    kind_of = {number: kind for number, _, kind in lines}
    assert sorted(line for _, inside in found for line in inside) == [
        (number, quantity) for number, quantity, _ in lines
    ]
    assert all({kind_of[number] for number, _ in inside} == {temperature} for temperature, inside in found)
    assert len(found) == len({kind for _, kind in kinds})


CITY = Area(country_areas=("Kowloon",), not_cities=("Lamma Island", "南丫島"))
BERLIN = Area(cities=("Berlin",), postal_codes=("10", "12"))


@pytest.mark.parametrize(
    ("area", "country_area", "city", "postal_code", "inside"),
    [
        (Area(), "", "", "", True),
        (Area(), "Bayern", "München", "80331", True),
        (CITY, "", "", "", True),
        (CITY, "Kowloon", "Mong Kok", "", True),
        (CITY, "KOWLOON", "", "", True),
        (CITY, "New Territories", "", "", False),
        (CITY, "Kowloon", "lamma island", "", False),
        (CITY, "", "南丫島", "", False),
        (BERLIN, "", "BERLIN", "10115", True),
        (BERLIN, "", "Berlin", "20095", False),
        (BERLIN, "", "Potsdam", "", False),
        (BERLIN, "", "", "12043", True),
    ],
)
def test_the_area(area: Area, country_area: str, city: str, postal_code: str, inside: bool) -> None:
    assert serves(area, country_area, city, postal_code) is inside
