"""Runs the SQL of orders and baskets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from argosy.markets.model import Address
from argosy.orders.commands import Place, Refund
from argosy.orders.giving_back.model import PayBack
from argosy.orders.model import Quote, QuoteLine
from argosy.orders.ports import Charge
from argosy.orders.rows import (
    BasketRow,
    Expired,
    HistoryRow,
    LineRow,
    LineState,
    OpenRefund,
    OrderListed,
    OrderRow,
    OrderState,
    RefundRow,
    StateOf,
)
from argosy.plumbing.database import Reader, Tx, load_queries

_sql = load_queries("argosy.orders")


class Entry(msgspec.Struct, frozen=True):
    """An entry for an audit trail."""

    order_id: UUID
    entry_id: UUID
    at: datetime
    what: str
    who: str
    detail: dict[str, Any]


class LineChange(msgspec.Struct, frozen=True):
    """What was refunded of a line from now on."""

    order_id: UUID
    line: int
    refunded_quantity: int
    refunded_minor: int


async def lock_orders(tx: Tx, cell: int, ids: Sequence[UUID]) -> dict[UUID, OrderState]:
    """Orders, locked."""
    return {row.order_id: row for row in await tx.rows(OrderState, _sql["lock_orders"], cell, ids)}


async def lines_of_orders(tx: Tx, cell: int, ids: Sequence[UUID]) -> dict[UUID, list[LineState]]:
    """Lines of locked orders."""
    found: dict[UUID, list[LineState]] = {}
    for row in await tx.rows(LineState, _sql["lines_of_orders"], cell, ids):
        found.setdefault(row.order_id, []).append(row)
    return found


async def states_of(tx: Tx, cell: int, ids: Sequence[UUID]) -> dict[UUID, StateOf]:
    """Quotes that are orders already."""
    return {row.order_id: row for row in await tx.rows(StateOf, _sql["states_of"], cell, ids)}


class _NewOrder(msgspec.Struct, frozen=True):
    order_id: UUID
    shopper_id: UUID
    market: str
    currency: str
    goods_minor: int
    shipping_minor: int
    duty_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    total_minor: int
    take_keys: list[str]
    take_counts: list[int]
    quote: Quote
    contact: Address
    placed_at: datetime
    hold_until: datetime
    provider: str


class _NewLine(msgspec.Struct, frozen=True):
    order_id: UUID
    line: int
    variant_id: UUID
    quantity: int
    take_keys: list[str]
    total_minor: int
    facts: QuoteLine


async def add(tx: Tx, cell: int, placed: Sequence[Place], entry_ids: Sequence[UUID]) -> None:
    """The orders and lines of a batch; the facts of a line stand with it, those of the whole with the order."""
    orders, lines, entries = [], [], []
    for place, entry_id in zip(placed, entry_ids, strict=True):
        quote = place.quote
        takes = quote.takes()
        orders.append(
            _NewOrder(
                order_id=quote.quote_id,
                shopper_id=quote.shopper_id,
                market=quote.market,
                currency=quote.currency,
                goods_minor=quote.goods_minor - quote.discount_minor,
                shipping_minor=quote.shipping_minor,
                duty_minor=quote.duty_minor,
                tax_minor=quote.tax_minor,
                fees_minor=quote.fees_minor,
                total_minor=quote.total_minor,
                take_keys=[take.key for take in takes],
                take_counts=[take.count for take in takes],
                quote=replace(quote, lines=()),
                contact=place.contact,
                placed_at=place.now,
                hold_until=place.hold_until,
                provider=place.provider,
            )
        )
        entries.append(Entry(quote.quote_id, entry_id, place.now, "order.placed", "shopper", {}))
        for number, line in enumerate(quote.lines, start=1):
            keys = [take.key for take in line.takes]
            lines.append(_NewLine(quote.quote_id, number, line.variant_id, line.quantity, keys, line.total_minor, line))
    await tx.do(_sql["add_orders"], cell, orders, lines, entries)


class _NewState(msgspec.Struct, frozen=True):
    order_id: UUID
    state: str
    refunded_minor: int
    paid_back_minor: int
    provider: str
    charge_reference: str
    charge_attempts: int
    settled_at: datetime | None


async def change_orders(
    tx: Tx, cell: int, orders: Sequence[OrderState], settled_at: Sequence[datetime | None], entries: Sequence[Entry]
) -> None:
    """New states of locked orders, and what their audit trails say of it."""
    states = [
        _NewState(
            one.order_id,
            one.state,
            one.refunded_minor,
            one.paid_back_minor,
            one.provider,
            one.charge_reference,
            one.charge_attempts,
            at,
        )
        for one, at in zip(orders, settled_at, strict=True)
    ]
    await tx.do(_sql["change_orders"], cell, [one.order_id for one in orders], states, list(entries))


async def change_lines(tx: Tx, cell: int, lines: Sequence[LineChange]) -> None:
    """Refunded pieces of lines."""
    await tx.do(
        _sql["change_lines"],
        cell,
        [line.order_id for line in lines],
        [line.line for line in lines],
        [line.refunded_quantity for line in lines],
        [line.refunded_minor for line in lines],
    )


async def add_refund(
    tx: Tx, cell: int, order: OrderState, refund_id: UUID, amount: int, lines: Any, why: str, at: datetime
) -> None:
    """A refund to be carried out."""
    await tx.do(
        _sql["add_refund"],
        cell,
        order.order_id,
        refund_id,
        amount,
        order.currency,
        order.provider,
        order.charge_reference,
        lines,
        at,
        why,
    )


async def refunds_there(tx: Tx, cell: int, asked: Sequence[PayBack | Refund]) -> set[UUID]:
    """Those of the refunds asked for that are written already; their orders are locked."""
    orders, refunds = [one.order_id for one in asked], [one.refund_id for one in asked]
    return set(await tx.column(_sql["refunds_there"], cell, orders, refunds))


async def add_late_charge(
    tx: Tx, cell: int, order_id: UUID, refund_id: UUID, entry_id: UUID, charge: Charge, provider: str, at: datetime
) -> bool:
    """The refund of a charge that came too late; whether it is new."""
    detail = {"reference": charge.reference, "amount_minor": charge.amount.minor, "currency": charge.amount.currency}
    values = (charge.amount.minor, charge.amount.currency, provider, charge.reference, at, entry_id, detail)
    return await tx.do(_sql["add_late_charge"], cell, order_id, refund_id, *values) > 0


async def settle_refund(
    tx: Tx, cell: int, order_id: UUID, refund_id: UUID, state: str, reference: str, next_try_at: datetime
) -> None:
    """How far a refund has come."""
    await tx.do(_sql["settle_refund"], cell, order_id, refund_id, state, reference, next_try_at)


async def open_refunds(reader: Reader, cell: int, before: datetime, due: datetime) -> list[OpenRefund]:
    """Refunds to be carried out."""
    return await reader.rows(OpenRefund, _sql["open_refunds"], cell, before, due)


async def open_refund(reader: Reader, cell: int, order_id: UUID, refund_id: UUID, due: datetime) -> OpenRefund | None:
    """One refund, if it is to be carried out."""
    return await reader.row(OpenRefund, _sql["open_refund"], cell, order_id, refund_id, due)


async def expired(reader: Reader, cell: int, now: datetime) -> list[Expired]:
    """Orders whose hold is over."""
    return await reader.rows(Expired, _sql["expired"], cell, now)


async def order_of(reader: Reader, cell: int, order_id: UUID) -> OrderRow | None:
    """One order."""
    return await reader.row(OrderRow, _sql["order_of"], cell, order_id)


async def lines_of(reader: Reader, cell: int, order_id: UUID) -> list[LineRow]:
    """Its lines."""
    return await reader.rows(LineRow, _sql["lines_of"], cell, order_id)


async def history_of(reader: Reader, cell: int, order_id: UUID) -> list[HistoryRow]:
    """Its audit trail."""
    return await reader.rows(HistoryRow, _sql["history_of"], cell, order_id)


async def refunds_of(reader: Reader, cell: int, order_id: UUID) -> list[RefundRow]:
    """Its refunds."""
    return await reader.rows(RefundRow, _sql["refunds_of"], cell, order_id)


async def orders_of(reader: Reader, cell: int, shopper: UUID, limit: int, offset: int) -> list[OrderListed]:
    """A shopper's orders."""
    return await reader.rows(OrderListed, _sql["orders_of"], cell, shopper, limit, offset)


async def basket_of(reader: Reader, cell: int, shopper: UUID) -> list[BasketRow]:
    """A shopper's basket."""
    return await reader.rows(BasketRow, _sql["basket_of"], cell, shopper)


async def put_in_basket(tx: Tx, cell: int, shopper: UUID, row: BasketRow, now: datetime) -> None:
    """A line of a basket, set."""
    await tx.do(_sql["put_in_basket"], cell, shopper, row.variant_id, row.quantity, row.kept_for_later, now)


async def add_to_basket(tx: Tx, cell: int, shopper: UUID, variant: UUID, quantity: int, now: datetime) -> None:
    """More of a variant."""
    await tx.do(_sql["add_to_basket"], cell, shopper, variant, quantity, now)


async def take_from_basket(tx: Tx, cell: int, shopper: UUID, variants: Sequence[UUID]) -> int:
    """Lines taken out."""
    return await tx.do(_sql["take_from_basket"], cell, shopper, variants)


async def hand_basket_over(tx: Tx, cell: int, guest: UUID, account: UUID) -> None:
    """A guest's basket for her account."""
    await tx.do(_sql["hand_basket_over"], cell, guest, account)
    await tx.do(_sql["empty_basket"], cell, guest)


class ToDispatch(msgspec.Struct, frozen=True):
    """An order as far as its parcel depends on it."""

    order_id: UUID
    state: str
    market: str
    currency: str
    quote: dict[str, Any]
    contact: dict[str, Any]
    placed_at: datetime
    lines: list[Any]


async def to_dispatch(reader: Reader, cell: int, ids: Sequence[UUID]) -> list[ToDispatch]:
    """Orders whose parcels are to be made or changed."""
    return await reader.rows(ToDispatch, _sql["to_dispatch"], cell, ids)
