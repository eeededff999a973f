"""What was paid ahead beyond the price of the goods goes back, once, and their refunds share the remainder."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from msgspec.structs import replace

from argosy.orders.commands import RefundLine
from argosy.orders.deposits import store
from argosy.orders.deposits.ending import end_deposits
from argosy.orders.model import Charts, ShelfItem
from argosy.orders.pay import Paid
from argosy.orders.place import place
from argosy.orders.refund import refund
from argosy.plumbing.database import Tx
from rooms.orders.ground import ADDRESS, goods
from rooms.orders.presale_ground import OPENS, WATCH, Goods, Stand, charts, on


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Charts:
    return charts(tmp_path_factory.mktemp("plans"))


def fallen(fen: int) -> ShelfItem:
    """The watch at another price."""
    return replace(WATCH, prices=goods("watch", fen).prices)


async def back(stand: Stand, deposit: UUID) -> list[int]:
    """What went back of a deposit, the least first."""
    rows = await stand.bench.ask(
        "SELECT amount_minor, state FROM refunds WHERE order_id = $1 ORDER BY amount_minor", deposit
    )
    assert {row["state"] for row in rows} <= {"done"}
    return [row["amount_minor"] for row in rows]


@pytest.mark.parametrize(
    # A tenth off, by the plan. Of three deposits of 10.00 each a piece uses so much, and the rest goes back.
    ("fen", "credit", "rest", "pieces"),
    [(80_000, 3_000, [], [1_000, 2_000]), (4_000, 1_350, [1_650], [450, 900])],
    ids=["dearer", "cheaper"],
)
def test_the_rest_goes_back_with_the_balance(
    dsn: str, facts: Charts, fen: int, credit: int, rest: list[int], pieces: list[int]
) -> None:
    async def scene(stand: Stand) -> None:
        deposit = await stand.deposit(3)
        stand.desk.shelf = Goods(fallen(fen))  # type: ignore[assignment]
        stand.move_to(OPENS)
        made = await stand.balance_quoted(deposit)
        assert made.balance is not None and made.balance.credit_minor == credit
        await place(stand.desk, made, ADDRESS)
        assert await back(stand, deposit) == []
        assert isinstance(await stand.pay(made), Paid)
        await asyncio.gather(end_deposits(stand.desk), end_deposits(stand.desk))
        assert await end_deposits(stand.desk) == 0
        assert await back(stand, deposit) == rest
        await refund(stand.desk, made.quote_id, [RefundLine(1, 1)], restock=False, who="operator")
        await end_deposits(stand.desk)
        assert await back(stand, deposit) == sorted([*rest, pieces[0]])
        await refund(stand.desk, made.quote_id, restock=False, who="operator")
        assert await end_deposits(stand.desk) == 1
        assert sum(await back(stand, deposit)) == 3_000
        assert sum(rest) + sum(pieces) == 3_000

    on(dsn, facts, scene)


def test_goods_may_go_back_while_rests_are_noted(dsn: str, facts: Charts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The duty never waits for the intake with rows locked that the intake waits for."""

    async def scene(stand: Stand) -> None:
        deposits = [await stand.deposit(2), await stand.deposit(2)]
        stand.desk.shelf = Goods(fallen(4_000))  # type: ignore[assignment]
        stand.move_to(OPENS)
        balances = {one: await stand.balance_quoted(one) for one in deposits}
        for made in balances.values():
            await place(stand.desk, made, ADDRESS)
            assert isinstance(await stand.pay(made), Paid)
        noted, refunds = store.gave_back, []

        async def gave_back(tx: Tx, cell: int, deposit_id: UUID, pieces: int) -> None:
            await noted(tx, cell, deposit_id, pieces)
            if not refunds:
                back = refund(
                    stand.desk, balances[deposit_id].quote_id, [RefundLine(1, 1)], restock=False, who="operator"
                )
                refunds.append(asyncio.create_task(back))
                await asyncio.sleep(0.2)

        monkeypatch.setattr(store, "gave_back", gave_back)
        assert await asyncio.wait_for(end_deposits(stand.desk), 10) == 2
        await asyncio.wait_for(refunds[0], 10)
        assert await end_deposits(stand.desk) == 1
        assert sorted([await back(stand, one) for one in deposits]) == [[450, 1_100], [1_100]]

    on(dsn, facts, scene)
