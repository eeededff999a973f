"""From paid orders to parcels on a real database: each once, and none for what is refunded in the house."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from argosy.delivery.parcels.numbers import read_s10
from argosy.orders.commands import Changed, RefundLine, TooLate
from argosy.orders.forwarding.labels import label
from argosy.orders.forwarding.withdraw import withdraw
from argosy.orders.refund import refund
from argosy.plumbing import outbox
from rooms.delivery.parcel_ground import BAG, HUB, NOW, SCARF, Yard, numbers, on_yard, report
from rooms.orders.ground import CELL

WEEKS = timedelta(days=12)


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
