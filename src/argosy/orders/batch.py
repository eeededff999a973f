"""One batch of orders and changes in one transaction: all counters locked in one order, all rows written at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from argosy.base.errors import Refused
from argosy.delivery.stores.model import SLOT_KEY
from argosy.orders import store
from argosy.orders.changes import Effect
from argosy.orders.commands import (
    Change,
    ChangeAnswer,
    Changed,
    Command,
    Lack,
    LimitReached,
    NoOrder,
    OfferGone,
    Place,
    PlaceAnswer,
    Placed,
    QuoteExpired,
    Refund,
    SlotFull,
    SoldOut,
    WayGone,
)
from argosy.orders.deposits.book import Book, open_book
from argosy.orders.deposits.model import EndDeposit
from argosy.orders.giving_back.model import PayBack
from argosy.orders.model import Quote
from argosy.orders.rows import LineState, OrderState
from argosy.orders.sourcing.model import LOAD_KEY, ROOM_KEY
from argosy.plumbing import outbox
from argosy.plumbing.database import Tx
from argosy.plumbing.model import Event
from argosy.quotas.lock import lock
from argosy.quotas.model import Move, Short
from argosy.quotas.move import move
from argosy.quotas.rules import admit

Answer = PlaceAnswer | ChangeAnswer | Refused
_STATED = (SLOT_KEY, ROOM_KEY, LOAD_KEY)
"""Counters that have as many units as a store's file or the network says today, whatever it said to their first taker."""


class _Work(msgspec.Struct):
    """What a batch has gathered so far."""

    moves: list[Move] = []
    events: list[Event] = []
    entries: list[store.Entry] = []


async def commit_batch(tx: Tx, cell: int, commands: Sequence[Command], new_id: Callable[[], UUID]) -> list[Answer]:
    """The answers to commands, in their order; everything they change is written in this transaction.

    Orders are locked by id, then all counters by key: every batch of every process locks in this one order. Changes go
    first, so what they free can be taken by orders of the same batch. A batch of one is nothing special.
    """
    changes = [(n, command) for n, command in enumerate(commands) if not isinstance(command, Place)]
    places = [(n, command) for n, command in enumerate(commands) if isinstance(command, Place)]
    answers: list[Answer | None] = [None] * len(commands)
    work = _Work()

    orders: dict[UUID, OrderState] = {}
    if changes:
        orders = await store.lock_orders(tx, cell, sorted({change.order_id for _, change in changes}))
    book = await open_book(tx, cell, [change for _, change in changes], orders)
    takes = [take for _, place in places for take in place.quote.takes()] + book.takes
    also = [key for order in orders.values() for key in order.take_keys] + book.keys()
    free = await lock(tx, cell, takes, also, _STATED)

    if changes:
        await _apply(tx, cell, changes, orders, answers, work, new_id, book, free)
        await book.write(tx, cell)
        for one in work.moves:
            free[one.key] = free.get(one.key, 0) - one.held - one.sold
    if places:
        await _place(tx, cell, places, free, answers, work, new_id)

    await move(tx, cell, work.moves)
    if work.events:
        await outbox.write(tx, cell, work.events, commands[-1].now)
    return [answer for answer in answers if answer is not None]


async def _apply(
    tx: Tx,
    cell: int,
    changes: Sequence[tuple[int, Change]],
    orders: dict[UUID, OrderState],
    answers: list[Answer | None],
    work: _Work,
    new_id: Callable[[], UUID],
    book: Book,
    free: Mapping[str, int],
) -> None:
    refunded = sorted({change.order_id for _, change in changes if isinstance(change, Refund)})
    lines = await store.lines_of_orders(tx, cell, refunded) if refunded else {}
    backs = [change for _, change in changes if isinstance(change, PayBack | Refund)]
    known = await store.refunds_there(tx, cell, backs) if backs else set()
    done: dict[UUID, tuple[OrderState, Any]] = {}
    new_lines: dict[tuple[UUID, int], LineState] = {}
    for number, change in changes:
        order = orders.get(change.order_id)
        if order is None:
            answers[number] = NoOrder(change.order_id)
            continue
        if isinstance(change, PayBack | Refund) and change.refund_id in known:
            answers[number] = Changed(order.order_id, order.state, again=True)
            continue
        effect = book.effect(change, order, lines.get(change.order_id, []), free, work.moves)
        answers[number] = effect.answer
        if effect.order is None:
            continue
        orders[order.order_id] = effect.order
        before = done.get(order.order_id, (None, None))[1]
        done[order.order_id] = (effect.order, effect.settled_at or before)
        if effect.lines:
            after = {line.line: line for line in effect.lines}
            lines[order.order_id] = [after.get(line.line, line) for line in lines[order.order_id]]
            new_lines.update({(line.order_id, line.line): line for line in effect.lines})
        work.moves.extend(effect.moves)
        _tell(work, effect, order, change, new_id)
        if isinstance(change, Refund | PayBack | EndDeposit) and effect.refund_minor:
            known.add(change.refund_id)
            pieces = list(effect.refunded_lines)
            await store.add_refund(
                tx, cell, order, change.refund_id, effect.refund_minor, pieces, effect.why, change.now
            )
    if done:
        states, settled = zip(*done.values(), strict=True)
        await store.change_orders(tx, cell, states, settled, work.entries)
    if new_lines:
        await store.change_lines(
            tx,
            cell,
            [
                store.LineChange(line.order_id, line.line, line.refunded_quantity, line.refunded_minor)
                for line in new_lines.values()
            ],
        )


def _tell(work: _Work, effect: Effect, order: OrderState, change: Change, new_id: Callable[[], UUID]) -> None:
    work.entries.append(store.Entry(order.order_id, new_id(), change.now, effect.what, effect.who, effect.detail))
    body = {"market": order.market, "currency": order.currency, "total_minor": order.total_minor, **effect.detail}
    work.events.append(Event(effect.what, order.order_id, body))


async def _place(
    tx: Tx,
    cell: int,
    places: Sequence[tuple[int, Place]],
    free: dict[str, int],
    answers: list[Answer | None],
    work: _Work,
    new_id: Callable[[], UUID],
) -> None:
    # Asked after the counters are locked: whoever placed the same quote at the same time held the same locks.
    known = await store.states_of(tx, cell, [place.quote.quote_id for _, place in places])
    first: dict[UUID, int] = {}
    wishes: list[tuple[int, Place]] = []
    again: list[tuple[int, int]] = []
    for number, place in places:
        quote_id = place.quote.quote_id
        if quote_id in known:
            answers[number] = Placed(quote_id, known[quote_id].state, known[quote_id].charge_attempts, again=True)
        elif quote_id in first:
            again.append((number, first[quote_id]))
        elif place.now >= place.quote.expires_at:
            answers[number] = QuoteExpired(place.quote.expires_at)
        else:
            first[quote_id] = number
            wishes.append((number, place))
    placed = []
    for (number, place), lacking in zip(wishes, admit(free, [p.quote.takes() for _, p in wishes]), strict=True):
        if lacking:
            answers[number] = refusal(place.quote, lacking)
            continue
        answers[number] = Placed(place.quote.quote_id, "placed")
        placed.append(place)
    for number, earlier in again:
        answers[number] = answers[earlier]
    if placed:
        await store.add(tx, cell, placed, [new_id() for _ in placed])
        for place in placed:
            quote = place.quote
            work.moves.extend([Move(take.key, held=take.count) for take in quote.takes()])
            body = {"market": quote.market, "currency": quote.currency, "total_minor": quote.total_minor}
            work.events.append(Event("order.placed", quote.quote_id, body))


def refusal(quote: Quote, lacking: Sequence[Short]) -> SoldOut | LimitReached | SlotFull | OfferGone | WayGone:
    """What the shopper is told of counters that ran out: goods, else her allowance, a slot, a departure, an offer."""
    short = {lack.key: lack for lack in lacking}
    sold_out: list[Lack] = []
    limited: list[Lack] = []
    given = {take.key for line in quote.lines if line.gift for take in line.takes}
    for line in quote.lines:
        for take in line.takes:
            lack = short.get(take.key)
            # Of goods that are given too only what is bought has to be there.
            if lack is not None and not (take.key in given and (line.gift or take.count <= lack.free)):
                told = Lack(line.variant_id, line.quantity, lack.free)
                (sold_out if take.key.startswith("stock/") else limited).append(told)
    if sold_out:
        return SoldOut(tuple(sold_out))
    if limited:
        return LimitReached(tuple(limited))
    if quote.slot is not None and quote.slot.key in short:
        return SlotFull(quote.slot)
    full = tuple(short[take.key] for take in quote.room if take.key in short)
    return WayGone("departure_full", full) if full else _offer_gone(quote, short)


def _offer_gone(quote: Quote, short: Mapping[str, Short]) -> OfferGone:
    gone: dict[UUID, Lack] = {}
    codes: dict[str, None] = {}
    for line in quote.lines:
        if line.gift and any(take.key in short for take in line.takes):
            codes[line.gift.promotion] = None
    for take in quote.offer_takes:
        if take.key in short:
            kind, _, rest = take.key.partition("/")
            code, _, of = rest.partition("/")
            if kind == "flash":
                variant, free = UUID(of.partition("/")[0]), short[take.key].free
                known = gone.get(variant)
                gone[variant] = Lack(variant, take.count, min(free, known.left) if known else free)
            if kind not in ("held", "deposit"):
                codes[code] = None
    return OfferGone(tuple(gone.values()), tuple(codes))
