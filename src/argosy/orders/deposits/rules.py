"""What a deposit makes of the price of its balance, and how it ends. Pure.

The window is half open: before `balance_until` a balance can be ordered, from then on the deposit can be forfeited. Both take
the one unit of the deposit's counter, so that whichever comes first is the only one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from argosy.campaigns.model import Deposit, Note, Offer, Taken
from argosy.orders.deposits.model import BalanceOf, DepositRow, EndDeposit, Standing
from argosy.quotas.model import Move, Take

_PRESALE = "presale/"
_DEPOSIT = "deposit/"


def deposit_key(deposit_id: UUID) -> str:
    """The counter of a deposit itself: its one unit is held by a balance order that waits, and gone with the deposit's end."""
    return f"{_DEPOSIT}{deposit_id}"


def take_of(deposit_id: UUID) -> Take:
    """What ends a deposit."""
    return Take(deposit_key(deposit_id), 1, 1)


def is_deposit(take_keys: Sequence[str]) -> bool:
    """Whether an order that takes these is a deposit."""
    return any(key.startswith(_PRESALE) for key in take_keys)


def deposit_used(take_keys: Sequence[str]) -> UUID | None:
    """The deposit that an order uses up; None for all other orders."""
    return next((UUID(key[len(_DEPOSIT) :]) for key in take_keys if key.startswith(_DEPOSIT)), None)


def expanded(offer: Offer, deposit: Deposit) -> Offer:
    """The offer for a deposit's pieces with what the deposit counts for beyond what was paid taken off after all promotions.

    It never takes off more than would leave the deposit itself to be paid.
    """
    (told,) = offer.lines
    off = min(deposit.counts_minor - deposit.paid_minor, max(told.payable_minor - deposit.paid_minor, 0))
    if not off:
        return offer
    taken = Taken(deposit.promotion, "presale", off, off * deposit.seller_per_mille // 1000)
    told = replace(told, payable_minor=told.payable_minor - off, taken=(*told.taken, taken))
    saved = offer.list_minor - told.payable_minor
    notes = [note for note in offer.notes if note.code != "saved"]
    notes = [
        Note("saved", {"minor": saved, "of_minor": offer.list_minor}),
        *notes,
        Note("took", {"promotion": deposit.promotion, "minor": off}),
    ]
    return replace(offer, lines=(told,), payable_minor=told.payable_minor, notes=tuple(notes))


def balance_of(row: DepositRow, goods_minor: int) -> BalanceOf:
    """What a deposit takes off what is due for its goods, never more than they cost."""
    return BalanceOf(
        deposit_id=row.deposit_id,
        promotion=row.promotion,
        paid_minor=row.paid_minor,
        counts_minor=row.counts_minor,
        credit_minor=min(row.paid_minor, goods_minor),
        balance_until=row.balance_until,
    )


def may_end(change: EndDeposit, row: DepositRow) -> bool:
    """Whether a deposit may end so at this instant: forfeited after its window, returned to its shopper before it opens.

    The shop may give it back at any time.
    """
    if change.how == "forfeited":
        return change.now >= row.balance_until
    return change.who != "shopper" or change.now < row.balance_from


def freed(row: DepositRow) -> list[Move]:
    """What comes free when a deposit ends without a balance; its own unit is gone."""
    held = [Move(key, held=-count) for key, count in zip(row.take_keys, row.take_counts, strict=True)]
    return [Move(deposit_key(row.deposit_id), sold=1), *held]


def sold(row: DepositRow) -> list[Move]:
    """What it held is sold when its balance is paid."""
    return [Move(key, held=-count, sold=count) for key, count in zip(row.take_keys, row.take_counts, strict=True)]


def share(paid_minor: int, quantity: int, before: int, now: int) -> int:
    """What goes back of a deposit for the pieces from `before` to `now` of `quantity`: shares of all pieces add up to it."""
    return paid_minor * now // quantity - paid_minor * before // quantity


def standing(row: DepositRow, held: Mapping[str, int], now: datetime) -> Standing:
    """Where a deposit stands; `held` are held units of counters by key."""
    if row.state != "paid":
        return Standing(row.state)
    if held.get(deposit_key(row.deposit_id)):
        return Standing.IN_USE
    if now < row.balance_from:
        return Standing.COMING
    return Standing.DUE if now < row.balance_until else Standing.MISSED
