"""The duty of deposits: those that were missed are forfeited, and shares of used ones follow goods that went back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from argosy.base.errors import Refused
from argosy.orders.commands import Changed
from argosy.orders.deposits import store
from argosy.orders.deposits.model import EndDeposit, Owed
from argosy.orders.deposits.rules import share
from argosy.orders.desk import Desk
from argosy.orders.giving_back.model import PayBack
from argosy.orders.refund import carry_out_open
from argosy.plumbing.database import Tx
from argosy.plumbing.ids import derived_id
from argosy.plumbing.jobs import alone

WHO = "deposits"


async def end_deposits(desk: Desk) -> int:
    """Do both; how many deposits were touched."""
    return await forfeit(desk) + await give_back_deposits(desk)


async def forfeit(desk: Desk) -> int:
    """Forfeit deposits whose window is over and whose balance nobody ordered; how many. Several processes may do it at once.

    One whose balance order still waits for its payment is left until that order is paid or has ended.
    """
    now = desk.clock.now()
    async with desk.database.read() as reader:
        due = await store.missed(reader, desk.cell, now)
    ended = await asyncio.gather(
        *(
            desk.intake.submit(EndDeposit(one.deposit_id, "forfeited", one.deposit_id, WHO, desk.clock.now()))
            for one in due
        )
    )
    return sum(isinstance(one, Changed) for one in ended)


async def give_back_deposits(desk: Desk) -> int:
    """Give back what was paid ahead for pieces that went back, or beyond the price; of how many deposits. One process at a time."""

    async def work(tx: Tx) -> int:
        owed = await store.to_give_back(tx, desk.cell)
        for one in owed:
            await _give_back(desk, one)
        # Only now: a refund in the intake waits for rows that are changed here, and what is paid back waits for the intake.
        for one in owed:
            await store.gave_back(tx, desk.cell, one.deposit_id, one.owed_pieces)
        return len(owed)

    done = await alone(desk.database, desk.cell, "give back deposits", work)
    if done:
        await carry_out_open(desk, timedelta(0))
    return done


async def _give_back(desk: Desk, one: Owed) -> None:
    """The rest, then piece by piece, each a refund of its own: whatever dies in between, each goes back once."""
    rest_id = derived_id("deposit's rest", str(one.deposit_id))
    await _pay_back(desk, one, rest_id, one.rest_minor, "deposit_rest")
    for piece in range(one.returned_pieces, one.owed_pieces):
        piece_id = derived_id("deposit's piece", str(one.deposit_id), str(piece))
        await _pay_back(desk, one, piece_id, share(one.used_minor, one.quantity, piece, piece + 1), "deposit")


async def _pay_back(desk: Desk, one: Owed, refund_id: UUID, minor: int, why: str) -> None:
    if not minor:
        return
    command = PayBack(one.deposit_id, refund_id, minor, why, WHO, desk.clock.now())
    try:
        await desk.intake.submit(command)
    except Refused as wrong:
        if wrong.code != "nothing_to_pay_back":
            raise
