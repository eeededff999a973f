"""Parcels on their way on a real database: whatever carriers tell twice, late or not at all."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from argosy.base.errors import NotFound, Refused
from argosy.delivery.audit import audit
from argosy.delivery.parcels import look
from argosy.delivery.parcels.numbers import s10, sscc
from argosy.delivery.parcels.rules import BAG_HOLDS
from argosy.orders.commands import RefundLine
from argosy.orders.refund import refund
from rooms.delivery.parcel_ground import BAG, HUB, NOW, SCARF, Yard, numbers, on_yard, report
from rooms.orders.ground import CELL, wrong_in

WEEKS = timedelta(days=12)
FULL = [
    "announced", "picked", "packed", "handed_over", "departed", "arrived", "departed", "arrived", "customs", "cleared",
    "out_for_delivery", "delivered",
]  # fmt: skip


# On the way --------------------------------------------------------------------------------------------------------


def test_parcels_travel_to_the_door_when_the_clock_jumps(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        for _ in range(30):
            await yard.buy((BAG, 1))
        await yard.dispatch()
        await yard.pass_time(WEEKS)
        parcels = await yard.ask("SELECT * FROM parcels")
        assert {parcel["state"] for parcel in parcels} == {"delivered"}
        for parcel in parcels:
            codes = await yard.codes(parcel)
            assert codes == FULL or codes == [*FULL[:11], "failed_attempt", "out_for_delivery", "delivered"]
            assert parcel["reached"] == 6
        assert await yard.ask("SELECT * FROM simulated_runs") == []
        async with yard.desk.database.read() as reader:
            told = await audit(reader, CELL, yard.clock.now(), 90)
        (overall,) = told.overall
        assert (overall.made, overall.due) == (30, 30)
        broken = [parcel for parcel in parcels if parcel["at_door_at"] > parcel["promised_at"]]
        assert overall.kept == 30 - len(broken)
        assert [parcel["owed_minor"] is not None for parcel in parcels] == [parcel in broken for parcel in parcels]

    on_yard(dsn, scene)


def test_small_steps_and_one_jump_come_to_the_same(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        for _ in range(6):
            await yard.buy((BAG, 1))
        await yard.dispatch()
        sql = "SELECT number, next_at, events FROM simulated_runs ORDER BY number"
        planned = {row["number"]: [one["code"] for one in row["events"]] for row in await yard.ask(sql)}
        for _ in range(40):
            await yard.pass_time(timedelta(hours=5))
            assert await yard.ask("SELECT * FROM simulated_runs WHERE next_at <= $1", yard.clock.now()) == []
            assert await yard.ask("SELECT * FROM parcel_events WHERE at > $1", yard.clock.now()) == []
        for parcel in await yard.ask("SELECT * FROM parcels"):
            assert await yard.codes(parcel) == ["announced", *planned[parcel["number"]]]

    on_yard(dsn, scene)


def test_parcels_of_a_departure_share_bags(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        for _ in range(BAG_HOLDS // 10 + 3):
            await yard.buy((BAG, 1))
        await yard.dispatch()
        key = f"{HUB}>PVG/2026-06-15T21:30"
        parcels = await yard.ask("SELECT * FROM parcels ORDER BY number")
        # A bag that is nearly full: the rest goes into the next one.
        await yard.tell(*(report(one, "handed_over", NOW, HUB, key) for one in parcels[:3]))
        await yard.ask("UPDATE bags SET parcels = $1", BAG_HOLDS - 2)
        await yard.tell(*(report(one, "handed_over", NOW, HUB, key) for one in parcels[3:]))
        bags = await yard.ask("SELECT * FROM bags ORDER BY number")
        assert [bag["number"] for bag in bags] == [sscc(0, "9520001", 0), sscc(0, "9520001", 1)]
        assert [bag["parcels"] for bag in bags] == [BAG_HOLDS, len(parcels) - 5]
        async with yard.desk.database.read() as reader:
            rows = await look.manifest(reader, CELL, key)
            (row,) = await look.departures(reader, CELL, None)
            with pytest.raises(NotFound, match="No parcel leaves"):
                await look.manifest(reader, CELL, "nowhere")
        assert [row.number for row in sorted(rows, key=lambda one: one.number)] == numbers(parcels)
        assert [row.bag for row in rows] == sorted(row.bag for row in rows)
        assert (row.departure, row.bags, row.parcels, row.weight_g) == (key, 2, len(parcels), None)
        # Told again, nothing is bagged anew.
        await yard.tell(*(report(one, "handed_over", NOW, HUB, key) for one in parcels))
        assert await yard.ask("SELECT * FROM bags ORDER BY number") == bags

    on_yard(dsn, scene, simulate=False)


# What carriers tell ------------------------------------------------------------------------------------------------


def course(parcel: Any) -> list[Any]:
    """A plain course of some days, in time."""
    told = [
        ("handed_over", HUB),
        ("departed", HUB),
        ("arrived", "PVG"),
        ("departed", "PVG"),
        ("arrived", "CDG"),
        ("customs", "CDG"),
        ("cleared", "CDG"),
        ("out_for_delivery", "CDG"),
        ("delivered", "Paris"),
    ]
    return [report(parcel, code, NOW + timedelta(hours=hour), place) for hour, (code, place) in enumerate(told, 1)]


@pytest.mark.parametrize("seed", range(4))
def test_events_may_come_in_any_order_and_twice(dsn: str, seed: int) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        yard.clock.move(timedelta(hours=10))
        events = course(parcel)
        dice = random.Random(seed)
        dice.shuffle(events)
        while events:
            some = [events.pop() for _ in range(min(len(events), dice.randint(1, 3)))]
            assert await yard.tell(*some) == 1
            assert await yard.tell(*some) == 0
        after = await yard.parcel(parcel["order_id"])
        assert (after["state"], after["reached"]) == ("delivered", 6)
        assert after["delivered_at"] == NOW + timedelta(hours=9)
        assert after["broken_at"] is None and after["expected_day"] is None
        assert await yard.codes(parcel) == ["announced", *(one.code for one in course(parcel))]
        (told,) = await yard.ask("SELECT * FROM promises")
        assert (told["delivered_at"], told["promised_at"]) == (after["delivered_at"], parcel["promised_at"])
        topics = [row["topic"] for row in await yard.ask("SELECT topic FROM outbox WHERE topic LIKE 'parcel.%'")]
        assert topics == ["parcel.delivered"]

    on_yard(dsn, scene, simulate=False)


@pytest.mark.parametrize(
    ("number", "hours", "code", "field"),
    [
        (s10("LP", 99_999_999, "CN"), 1, "unknown_parcel", "events[1].number"),
        (None, 48, "event_out_of_time", "events[1].at"),
        (None, -1, "event_out_of_time", "events[1].at"),
    ],
)
def test_a_message_with_a_wrong_event_is_refused_whole(
    dsn: str, number: str | None, hours: int, code: str, field: str
) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        yard.clock.move(timedelta(hours=2))
        good = report(parcel, "handed_over", NOW + timedelta(hours=1), HUB)
        wrong = report({"number": number or parcel["number"]}, "departed", NOW + timedelta(hours=hours), HUB)  # type: ignore[arg-type]
        with pytest.raises(Refused) as refused:
            await yard.tell(good, wrong)
        assert (refused.value.code, refused.value.field) == (code, field)
        assert await yard.codes(parcel) == ["announced"]

    on_yard(dsn, scene, simulate=False)


def test_a_missed_flight_is_told_before_the_day_comes(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        yard.clock.move(timedelta(days=2))
        await yard.tell(report(parcel, "handed_over", NOW + timedelta(hours=3), HUB))
        await yard.tell(report(parcel, "arrived", yard.clock.now(), "PVG"))
        assert (await yard.parcel(parcel["order_id"]))["unforeseen"] is True
        assert await yard.forwarding.look_ahead() == 1
        assert await yard.forwarding.look_ahead() == 0
        after = await yard.parcel(parcel["order_id"])
        assert after["expected_day"] > parcel["promised_day"]
        assert after["owed_minor"] is None
        (told,) = await yard.ask("SELECT body FROM outbox WHERE topic = 'parcel.late'")
        assert told["body"]["expected_day"] == after["expected_day"].isoformat()

    on_yard(dsn, scene, simulate=False)


def test_a_parcel_that_catches_up_is_promised_as_before(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        await yard.ask("UPDATE parcels SET expected_day = promised_day + 2")
        yard.clock.move(timedelta(hours=6))
        await yard.tell(report(parcel, "delayed", NOW + timedelta(hours=2), HUB))
        assert (await yard.parcel(parcel["order_id"]))["expected_day"] is not None
        await yard.tell(report(parcel, "arrived", NOW + timedelta(hours=6), "PVG"))
        after = await yard.parcel(parcel["order_id"])
        assert (after["reached"], after["expected_day"], after["unforeseen"]) == (2, None, False)

    on_yard(dsn, scene, simulate=False)


def test_silence_on_the_way_is_noticed_before_the_day_is_over(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        yard.clock.move(timedelta(hours=3))
        await yard.tell(report(parcel, "handed_over", yard.clock.now(), HUB))
        days, told = [], yard.clock.now()
        while yard.clock.now() < parcel["promised_at"] - timedelta(hours=4):
            await yard.pass_time(timedelta(hours=3))
            day = (await yard.parcel(parcel["order_id"]))["expected_day"]
            if day is not None and not days:
                told = yard.clock.now()
            days.extend([day] if day else [])
        assert days and days == sorted(days) and days[0] > parcel["promised_day"]
        assert parcel["promised_at"] - told > timedelta(hours=12)
        # It was on its way all the time, and its carrier says so at last.
        hours = [timedelta(hours=count) for count in (5, 9, 14, 26)]
        places = [("departed", HUB), ("arrived", "PVG"), ("departed", "PVG"), ("arrived", "CDG")]
        await yard.tell(*(report(parcel, code, NOW + span, at) for span, (code, at) in zip(hours, places, strict=True)))
        assert (await yard.parcel(parcel["order_id"]))["expected_day"] is None

    on_yard(dsn, scene, simulate=False)


def test_a_silent_carrier_breaks_the_promise_all_the_same(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        await yard.tell(report(parcel, "handed_over", NOW, HUB))
        await yard.pass_time(parcel["promised_at"] - NOW)
        assert (await yard.parcel(parcel["order_id"]))["broken_at"] is None
        yard.clock.move(timedelta(minutes=1))
        assert await yard.forwarding.look_ahead() == 1
        after = await yard.parcel(parcel["order_id"])
        assert after["owed_minor"] == parcel["if_late_minor"] > 0
        assert after["broken_at"] == parcel["promised_at"]
        assert after["expected_day"] > parcel["promised_day"]
        first = after["expected_day"]
        # Days go by, and the day that was told last is never one that is over.
        await yard.pass_time(timedelta(days=9))
        later = await yard.parcel(parcel["order_id"])
        assert later["expected_day"] > first
        assert later["expected_day"] >= yard.clock.now().date() - timedelta(days=1)
        async with yard.desk.database.read() as reader:
            (owed,) = await look.owed(reader, CELL)
        assert (owed.number, owed.owed_minor, owed.currency) == (parcel["number"], parcel["if_late_minor"], "EUR")
        topics = [row["topic"] for row in await yard.ask("SELECT topic FROM outbox WHERE topic LIKE 'parcel.%'")]
        assert topics.count("parcel.promise_broken") == 1

    on_yard(dsn, scene, simulate=False)


def test_a_parcel_that_never_left_breaks_its_promise_in_the_ledger_too(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        assert await yard.ask("SELECT * FROM promises") == []
        await yard.pass_time(parcel["promised_at"] - NOW + timedelta(hours=1))
        (told,) = await yard.ask("SELECT * FROM promises")
        assert told["delivered_at"] is None and told["promised_at"] == parcel["promised_at"]

    on_yard(dsn, scene, simulate=False)


def test_a_delivery_in_time_that_is_told_late_mends_the_promise(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        await yard.tell(report(parcel, "handed_over", NOW, HUB))
        await yard.pass_time(parcel["promised_at"] - NOW + timedelta(days=1))
        assert (await yard.parcel(parcel["order_id"]))["owed_minor"] > 0
        await yard.tell(report(parcel, "delivered", parcel["promised_at"] - timedelta(hours=5), "Paris"))
        after = await yard.parcel(parcel["order_id"])
        assert (after["state"], after["owed_minor"], after["broken_at"], after["expected_day"]) == (
            "delivered",
            None,
            None,
            None,
        )
        async with yard.desk.database.read() as reader:
            told = await audit(reader, CELL, yard.clock.now(), 90)
        assert (told.overall[0].due, told.overall[0].kept) == (1, 1)

    on_yard(dsn, scene, simulate=False)


def test_without_a_network_parcels_go_by_what_carriers_tell(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        assert (parcel["stages"], parcel["promised_day"], parcel["if_late_minor"]) == ([], None, None)
        yard.clock.move(timedelta(hours=10))
        await yard.tell(*course(parcel))
        assert (await yard.parcel(parcel["order_id"]))["state"] == "delivered"
        await yard.pass_time(WEEKS)
        assert await yard.ask("SELECT * FROM promises") == []

    on_yard(dsn, scene, network=False)


def test_orders_books_stay_right(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        for count in (1, 2, 3):
            await yard.sent((BAG, count))
        order_id = await yard.buy((SCARF, 2))
        await refund(yard.desk, order_id, [RefundLine(1, 1)], restock=True, who="operator")
        await yard.dispatch()
        await yard.pass_time(WEEKS)
        wrong = await wrong_in(yard.ask)
        assert [one for one in wrong if "parcel." not in one] == []

    on_yard(dsn, scene)


@pytest.mark.parametrize("number", ["LP00000000CN", "hello", "LP000000006CN", ""])
def test_what_is_no_number_is_refused(dsn: str, number: str) -> None:
    async def scene(yard: Yard) -> None:
        async with yard.desk.database.read() as reader:
            with pytest.raises(Refused, match="not a parcel's number"):
                await look.parcel(reader, CELL, number)
            with pytest.raises(NotFound):
                await look.parcel(reader, CELL, s10("LP", 99_999_999, "CN"))

    on_yard(dsn, scene, network=False)
