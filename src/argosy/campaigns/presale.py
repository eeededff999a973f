"""A pre-sale deposit from its payment to its end: it is used in the balance window, or forfeited after it. Pure.

The window is half open: at the instant `balance_until` a deposit can no longer be used and can be forfeited, before it the
other way round; so no instant allows both.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import StrEnum
from uuid import UUID

import msgspec

from argosy.campaigns.plan import PreSale, instant
from argosy.quotas.model import Move, Take


class DepositState(StrEnum):
    """Where a deposit stands; `USED` and `FORFEITED` are final."""

    PAID = "paid"
    USED = "used"
    FORFEITED = "forfeited"


class PaidDeposit(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit as it is kept: one a shopper, pre-sale and variant; a second payment adds to its pieces."""

    deposit_id: str
    promotion: str
    shopper: str
    variant_id: UUID
    market: str
    quantity: int
    paid_minor: int
    """For all pieces."""
    counts_minor: int
    """What it counts for when the balance is paid, for all pieces."""
    balance_from: datetime
    balance_until: datetime
    state: DepositState = DepositState.PAID


class TooEarly(msgspec.Struct, frozen=True):
    """The balance cannot be paid yet."""

    balance_from: datetime


class TooLate(msgspec.Struct, frozen=True):
    """The deposit was used or forfeited, or its window is over."""

    state: DepositState
    balance_until: datetime


def presale_key(promotion: str, variant_id: UUID) -> str:
    """The counter of the pieces that a pre-sale has of a variant."""
    return f"presale/{promotion}/{variant_id}"


def take_of(deposit: PaidDeposit, units: int) -> Take:
    """The pieces that a deposit holds, of the `units` that the pre-sale has."""
    return Take(presale_key(deposit.promotion, deposit.variant_id), deposit.quantity, units)


def pay_deposit(
    effect: PreSale,
    promotion: str,
    deposit_id: str,
    shopper: str,
    variant_id: UUID,
    market: str,
    zone: tzinfo,
    quantity: int,
) -> PaidDeposit:
    """A deposit for so many pieces under the terms of a market, whose clock is `zone`."""
    return PaidDeposit(
        deposit_id=deposit_id,
        promotion=promotion,
        shopper=shopper,
        variant_id=variant_id,
        market=market,
        quantity=quantity,
        paid_minor=effect.deposit_minor[market] * quantity,
        counts_minor=effect.counts_minor[market] * quantity,
        balance_from=instant(effect.balance_from, zone),
        balance_until=instant(effect.balance_until, zone),
    )


def balance_due(deposit: PaidDeposit, unit_minor: int) -> int:
    """What is left to pay for its pieces at a price without the pre-sale; never below zero."""
    return max(unit_minor * deposit.quantity - deposit.counts_minor, 0)


def use(deposit: PaidDeposit, now: datetime) -> PaidDeposit | TooEarly | TooLate:
    """The deposit after its balance was paid; what it held is sold."""
    if deposit.state is not DepositState.PAID or now >= deposit.balance_until:
        return TooLate(deposit.state, deposit.balance_until)
    if now < deposit.balance_from:
        return TooEarly(deposit.balance_from)
    return msgspec.structs.replace(deposit, state=DepositState.USED)


def forfeit(deposit: PaidDeposit, now: datetime) -> tuple[PaidDeposit, Move] | None:
    """The deposit after a missed window, and the pieces that come free; None while it can still be used, or was ended."""
    if deposit.state is not DepositState.PAID or now < deposit.balance_until:
        return None
    free = Move(presale_key(deposit.promotion, deposit.variant_id), held=-deposit.quantity)
    return msgspec.structs.replace(deposit, state=DepositState.FORFEITED), free
