"""Keep a shopper's basket. It holds no prices: those are asked for when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from argosy.base.errors import Refused
from argosy.orders import store
from argosy.orders.desk import Desk
from argosy.orders.model import MAX_LINES, MAX_QUANTITY
from argosy.orders.rows import BasketRow
from argosy.orders.rules import refuse_quantity


async def basket(desk: Desk, shopper_id: UUID) -> list[BasketRow]:
    """The lines in the order they were put in, those kept for later among them."""
    async with desk.database.read() as reader:
        return await store.basket_of(reader, desk.cell, shopper_id)


async def add(desk: Desk, shopper_id: UUID, variant_id: UUID, quantity: int) -> None:
    """Put pieces in; refuses unknown variants, quantities out of range and more than 50 lines."""
    if not 1 <= quantity <= MAX_QUANTITY:
        refuse_quantity(0, "The quantity is out of range.")
    if not await desk.shelf.items([variant_id]):
        raise Refused("unknown_variant", "There is no such variant.", field="variant_id", status=404)
    async with desk.database.transaction() as tx:
        lines = await store.basket_of(tx, desk.cell, shopper_id)
        if len(lines) >= MAX_LINES and all(line.variant_id != variant_id for line in lines):
            remedy = "Order what is in it, or take something out."
            raise Refused("basket_full", f"The basket holds {MAX_LINES} lines.", field="variant_id", remedy=remedy)
        await store.add_to_basket(tx, desk.cell, shopper_id, variant_id, quantity, desk.clock.now())


async def change(desk: Desk, shopper_id: UUID, variant_id: UUID, quantity: int, *, later: bool = False) -> None:
    """Set a line that is in the basket; quantity 0 takes it out, `later` puts it aside."""
    if not 0 <= quantity <= MAX_QUANTITY:
        refuse_quantity(0, "The quantity is out of range.")
    async with desk.database.transaction() as tx:
        if quantity == 0:
            await store.take_from_basket(tx, desk.cell, shopper_id, [variant_id])
        elif any(line.variant_id == variant_id for line in await store.basket_of(tx, desk.cell, shopper_id)):
            await store.put_in_basket(
                tx, desk.cell, shopper_id, BasketRow(variant_id, quantity, later), desk.clock.now()
            )


async def take_out(desk: Desk, shopper_id: UUID, variants: Sequence[UUID]) -> None:
    """Take lines out, after they were bought."""
    async with desk.database.transaction() as tx:
        await store.take_from_basket(tx, desk.cell, shopper_id, variants)


async def hand_over(desk: Desk, guest: UUID, account: UUID) -> None:
    """Give a guest's basket to her account when she signs in."""
    if guest != account:
        async with desk.database.transaction() as tx:
            await store.hand_basket_over(tx, desk.cell, guest, account)
