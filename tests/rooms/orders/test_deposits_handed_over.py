"""A guest's deposits become her account's, and nobody else's, whatever ends them at the same time."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from argosy.base.errors import NotFound
from argosy.orders.commands import Placed
from argosy.orders.deposits.ending import forfeit
from argosy.orders.deposits.hand_over import hand_over
from argosy.orders.deposits.look import deposits
from argosy.orders.model import Charts
from argosy.orders.pay import Paid
from argosy.orders.place import place
from rooms.orders.ground import ADDRESS, CELL
from rooms.orders.presale_ground import ENDS, OPENS, Stand, charts, on


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Charts:
    return charts(tmp_path_factory.mktemp("plans"))


async def given(stand: Stand, deposit_id: UUID, guest: UUID, account: UUID) -> bool:
    async with stand.desk.database.transaction() as tx:
        return await hand_over(tx, CELL, deposit_id, guest, account)


async def owned(stand: Stand, shopper: UUID) -> list[UUID]:
    return [one.row.deposit_id for one in await deposits(stand.desk, shopper)]


def test_the_account_pays_the_balance_of_what_the_guest_paid_ahead(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        guest, other, account = uuid4(), uuid4(), uuid4()
        hers, others = await stand.deposit(2, guest), await stand.deposit(1, other)
        assert await given(stand, hers, guest, account)
        assert not await given(stand, hers, guest, uuid4())
        assert not await given(stand, others, guest, account)
        assert (await owned(stand, guest), await owned(stand, account)) == ([], [hers])
        assert await owned(stand, other) == [others]
        stand.move_to(OPENS)
        with pytest.raises(NotFound):
            await stand.balance_quoted(hers, guest)
        made = await stand.balance_quoted(hers, account)
        assert made.shopper_id == account
        assert isinstance(await place(stand.desk, made, ADDRESS), Placed)
        assert isinstance(await stand.pay(made), Paid)
        assert (await stand.row(hers))["state"] == "used"

    on(dsn, facts, scene)


def test_deposits_that_end_while_they_are_handed_over_do_both(dsn: str, facts: Charts) -> None:
    async def scene(stand: Stand) -> None:
        guest, account = uuid4(), uuid4()
        hers = [await stand.deposit(1, guest) for _ in range(6)]
        stand.move_to(ENDS)
        moving = [given(stand, one, guest, account) for one in reversed(hers)]
        _, *moved = await asyncio.gather(forfeit(stand.desk), *moving)
        assert moved == [True] * 6
        assert sorted(await owned(stand, account)) == sorted(hers)
        assert {(await stand.row(one))["state"] for one in hers} == {"forfeited"}

    on(dsn, facts, scene)
