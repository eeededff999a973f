"""A broken promise is paid for: once, by itself, no more than was paid, and not before it is sure."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from argosy.delivery.parcels.compensating import GRACE, compensated
from argosy.orders.giving_back.compensate import compensate
from argosy.orders.giving_back.pay_back import pay_back
from argosy.orders.intake import Intake
from argosy.orders.look import order as look_at
from argosy.orders.refund import refund
from rooms.delivery.parcel_ground import HUB, NOW, Yard, on_yard, report
from rooms.orders.ground import CELL, wrong_in


async def late(yard: Yard) -> asyncpg.Record:
    """A parcel whose promised day is over by an hour, and of which nothing more was heard than that it left."""
    parcel = await yard.sent()
    await yard.tell(report(parcel, "handed_over", NOW, HUB))
    await yard.pass_time(parcel["promised_at"] - NOW + timedelta(hours=1))
    found = await yard.parcel(parcel["order_id"])
    assert found["owed_minor"] > 0
    return found


async def paid_back(yard: Yard, order_id: UUID) -> list[tuple[int, str, str]]:
    rows = await yard.ask("SELECT amount_minor, why, state FROM refunds WHERE order_id = $1 ORDER BY at", order_id)
    return [tuple(row) for row in rows]


def test_it_is_paid_a_day_after_and_once(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await late(yard)
        assert await compensate(yard.desk) == 0, "carriers tell late"
        yard.clock.move(GRACE)
        assert await compensate(yard.desk) == 1
        assert await compensate(yard.desk) == 0
        order_id, owed = parcel["order_id"], parcel["owed_minor"]
        # The charge of these orders was never made with the provider: it stays open and is tried again.
        assert [one[:2] for one in await paid_back(yard, order_id)] == [(owed, "late")]
        assert (await yard.parcel(order_id))["paid_back_minor"] == owed
        view = await look_at(yard.desk, order_id, None)
        assert (view.order.paid_back_minor, view.order.refunded_minor, view.order.state) == (owed, 0, "paid")
        assert (view.history[-1].what, view.history[-1].who) == ("order.paid_back", "promises")
        assert view.history[-1].detail["why"] == "late"
        assert await wrong_in(yard.ask) == []

    on_yard(dsn, scene, simulate=False)


@pytest.mark.parametrize(("hours", "paid"), [(2, 1), (-5, 0)], ids=["too late", "in time, told late"])
def test_who_was_at_the_door_is_paid_at_once_or_not_at_all(dsn: str, hours: int, paid: int) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await late(yard)
        yard.clock.move(timedelta(hours=3))
        await yard.tell(report(parcel, "delivered", parcel["promised_at"] + timedelta(hours=hours), "Paris"))
        assert await compensate(yard.desk) == paid
        yard.clock.move(GRACE)
        assert await compensate(yard.desk) == 0
        assert len(await paid_back(yard, parcel["order_id"])) == paid

    on_yard(dsn, scene, simulate=False)


def test_what_is_paid_is_not_asked_back(dsn: str) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await late(yard)
        yard.clock.move(GRACE)
        await compensate(yard.desk)
        await yard.tell(report(parcel, "delivered", parcel["promised_at"] - timedelta(hours=5), "Paris"))
        after = await yard.parcel(parcel["order_id"])
        assert (after["owed_minor"], after["paid_back_minor"]) == (None, parcel["owed_minor"])

    on_yard(dsn, scene, simulate=False)


@pytest.mark.parametrize("left", [0, 7])
def test_no_more_than_is_left_of_what_was_paid(dsn: str, left: int) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await late(yard)
        order_id = parcel["order_id"]
        if left:
            total = (await look_at(yard.desk, order_id, None)).order.total_minor
            await pay_back(yard.desk, order_id, uuid4(), total - left, why="price_protection", who="test")
        else:
            await refund(yard.desk, order_id, restock=False, who="operator")
        yard.clock.move(GRACE)
        assert await compensate(yard.desk) == 1
        assert await compensate(yard.desk) == 0
        assert (await yard.parcel(order_id))["paid_back_minor"] == left
        view = await look_at(yard.desk, order_id, None)
        assert view.order.refunded_minor + view.order.paid_back_minor == view.order.total_minor
        assert await wrong_in(yard.ask) == []

    on_yard(dsn, scene, simulate=False)


def test_dying_between_the_refund_and_its_note_pays_once(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(yard: Yard) -> None:
        parcel = await late(yard)
        yard.clock.move(GRACE)
        submit = Intake.submit

        async def die_after(self: Intake, command: object) -> object:
            await submit(self, command)  # type: ignore[call-overload]
            raise RuntimeError("the power is gone")

        monkeypatch.setattr(Intake, "submit", die_after)
        with pytest.raises(RuntimeError):
            await compensate(yard.desk)
        monkeypatch.undo()
        order_id = parcel["order_id"]
        assert (await yard.parcel(order_id))["paid_back_minor"] is None
        assert sum(await asyncio.gather(*(compensate(yard.desk) for _ in range(3)))) == 1
        assert [one[:2] for one in await paid_back(yard, order_id)] == [(parcel["owed_minor"], "late")]
        assert (await yard.parcel(order_id))["paid_back_minor"] == parcel["owed_minor"]
        async with yard.desk.database.transaction() as tx:
            await compensated(tx, CELL, parcel["parcel_id"], 1)
        assert (await yard.parcel(order_id))["paid_back_minor"] == parcel["owed_minor"]
        assert await wrong_in(yard.ask) == []

    on_yard(dsn, scene, simulate=False)
