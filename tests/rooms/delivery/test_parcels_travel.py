"""Parcels on a real database: from a paid order to the door, whatever comes twice, late, or in between."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from argosy.base.errors import NotFound, Refused
from argosy.delivery.audit import audit
from argosy.delivery.parcels import look
from argosy.delivery.parcels.numbers import read_s10, s10, sscc
from argosy.delivery.parcels.rules import BAG_HOLDS
from argosy.orders.commands import Changed, RefundLine, TooLate
from argosy.orders.labels import label
from argosy.orders.refund import refund
from argosy.orders.withdraw import withdraw
from argosy.plumbing import outbox
from rooms.delivery.parcel_ground import BAG, HUB, NOW, SCARF, Yard, numbers, on_yard, report
from rooms.orders.ground import CELL, wrong_in

WEEKS = timedelta(days=12)
FULL = [
    "announced", "picked", "packed", "handed_over", "departed", "arrived", "departed", "arrived", "customs", "cleared",
    "out_for_delivery", "delivered",
]  # fmt: skip


def test_a_paid_order_becomes_a_parcel(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        order_id = await yard.buy((BAG, 2), (SCARF, 1))
        assert await yard.ask("SELECT * FROM parcels") == []
        await yard.dispatch()
        parcel = await yard.parcel(order_id)
        assert read_s10(parcel["number"]) == parcel["number"]
        assert parcel["number"].startswith("LP") and parcel["number"].endswith("CN")
        assert (parcel["state"], parcel["lines"], parcel["weight_g"]) == ("announced", [[1, 2], [2, 1]], None)
        order = await yard.one("SELECT * FROM orders WHERE order_id = $1", order_id)
        assert parcel["channel"] == order["quote"]["channel"]
        assert parcel["value_minor"] == order["goods_minor"]
        assert parcel["promised_day"].isoformat() == order["quote"]["promise"]["day"]
        assert parcel["if_late_minor"] == round(order["goods_minor"] / 10 + 0.0001)
        assert (parcel["city"], parcel["time_zone"]) == ("Paris", "Europe/Paris")

    on_yard(dsn, scene)


def test_an_order_that_is_not_paid_has_none(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        await yard.place((BAG, 1))
        await yard.dispatch()
        assert await yard.ask("SELECT * FROM parcels") == []

    on_yard(dsn, scene)


def test_taking_the_same_events_again_changes_nothing(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        for _ in range(3):
            await yard.buy((BAG, 1))
        await yard.dispatch()
        before = await yard.ask("SELECT * FROM parcels ORDER BY number")
        async with yard.desk.database.transaction() as tx:
            events = await outbox.read(tx, CELL, 0)
            await yard.forwarding.take(tx, events)
            await yard.forwarding.take(tx, events)
        assert await yard.ask("SELECT * FROM parcels ORDER BY number") == before
        assert len(await yard.ask("SELECT * FROM parcel_events")) == 3

    on_yard(dsn, scene)


def test_a_crash_before_the_commit_leaves_nothing(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        order_id = await yard.buy((BAG, 1))

        async def die(tx: Any, events: Any) -> None:
            await yard.forwarding.take(tx, events)
            raise RuntimeError("the power is gone")

        with pytest.raises(RuntimeError):
            await outbox.deliver(yard.desk.database, CELL, "dispatch", die)
        for table in ("parcels", "parcel_events", "parcel_counters", "simulated_runs"):
            assert await yard.ask(f"SELECT * FROM {table}") == []
        await yard.dispatch()
        assert (await yard.parcel(order_id))["state"] == "announced"

    on_yard(dsn, scene)


def test_numbers_are_each_given_once(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        for _ in range(4):
            for _ in range(5):
                await yard.buy((BAG, 1))
            await yard.dispatch()
        rows = await yard.ask("SELECT number FROM parcels ORDER BY number")
        assert len(set(numbers(rows))) == 20
        assert [int(number[2:10]) for number in numbers(rows)] == list(range(20))

    on_yard(dsn, scene)


def test_what_is_refunded_in_the_house_stays_there(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        await refund(yard.desk, parcel["order_id"], restock=True, who="shopper")
        await yard.dispatch()
        assert (await yard.parcel(parcel["order_id"]))["state"] == "withdrawn"
        assert await yard.ask("SELECT * FROM simulated_runs") == []
        await yard.pass_time(WEEKS)
        assert await yard.codes(parcel) == ["announced", "withdrawn"]
        # Nobody was to bring it: no promise was broken.
        assert await yard.ask("SELECT * FROM promises") == []
        assert (await yard.parcel(parcel["order_id"]))["broken_at"] is None

    on_yard(dsn, scene)


def test_what_is_refunded_before_dispatch_is_never_packed(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        order_id = await yard.buy((BAG, 1))
        await refund(yard.desk, order_id, restock=True, who="shopper")
        await yard.dispatch()
        assert await yard.ask("SELECT * FROM parcels") == []

    on_yard(dsn, scene)


def test_a_part_that_is_refunded_is_not_packed(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent((BAG, 3), (SCARF, 1))
        await refund(yard.desk, parcel["order_id"], [RefundLine(1, 1), RefundLine(2, 1)], restock=True, who="operator")
        await yard.dispatch()
        after = await yard.parcel(parcel["order_id"])
        assert (after["state"], after["lines"]) == ("announced", [[1, 2]])
        assert after["value_minor"] < parcel["value_minor"]
        assert after["if_late_minor"] == round(after["value_minor"] / 10 + 0.0001)

    on_yard(dsn, scene)


def test_what_a_carrier_has_is_called_back_and_goes_on(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        await yard.tell(report(parcel, "handed_over", NOW, HUB))
        await refund(yard.desk, parcel["order_id"], restock=False, who="operator")
        await yard.dispatch()
        assert (await yard.parcel(parcel["order_id"]))["state"] == "handed_over"
        assert "recalled" in await yard.codes(parcel)

    on_yard(dsn, scene, simulate=False)


def test_a_shopper_can_end_her_order_until_a_carrier_has_it(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        early, late = await yard.sent(), await yard.sent()
        await yard.tell(report(late, "handed_over", NOW, HUB))
        assert await withdraw(yard.desk, early["order_id"]) == Changed(early["order_id"], "refunded")
        assert await withdraw(yard.desk, late["order_id"]) == TooLate(late["order_id"], "sent")
        await yard.dispatch()
        assert (await yard.parcel(early["order_id"]))["state"] == "withdrawn"
        assert await yard.state(late["order_id"]) == "paid"

    on_yard(dsn, scene, simulate=False)


def test_a_label_tells_whose_it_is(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent((BAG, 2))
        async with yard.desk.database.read() as reader:
            made = await label(reader, CELL, parcel["number"])
        assert (made.barcode, made.pieces, made.weight_g, made.country) == (parcel["number"], 2, None, "FR")
        assert made.to == ["Ana Souza", "12 rue de Rivoli", "75004 Paris", "France"]

    on_yard(dsn, scene)


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


def test_a_silent_carrier_breaks_the_promise_all_the_same(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await yard.sent()
        await yard.tell(report(parcel, "handed_over", NOW, HUB))
        yard.clock.move(parcel["promised_at"] - NOW)
        assert await yard.forwarding.look_ahead() == 0
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
