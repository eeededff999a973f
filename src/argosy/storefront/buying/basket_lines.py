"""A shopper's basket as it can be had at this moment: prices, stock and limits beside what she wants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal
from uuid import UUID

import msgspec

from argosy.catalogue.model import Product, Variant
from argosy.orders import look
from argosy.orders.baskets import basket
from argosy.orders.coupons.bringing import brought
from argosy.orders.model import (
    MAX_LINES,
    BasketLine,
    BasketRow,
    Destination,
    NotForSale,
    OrderListed,
    Quote,
    ShelfItem,
)
from argosy.orders.quote import quote
from argosy.orders.quoting.landing import Doorstep, region_in
from argosy.orders.quoting.offers import UNPRICED, shown
from argosy.orders.rules import limit_key
from argosy.pricing.model import Price
from argosy.quotas.look import look as look_at_counters
from argosy.storefront.groceries.counter import Counter, counter, in_store, sold_here
from argosy.storefront.visit import Visit

State = Literal["ok", "few", "limit", "sold_out", "not_for_sale", "banned", "gone"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a basket, and what stands in its way."""

    variant_id: UUID
    quantity: int
    product: Product | None
    """None, as is all that follows, where the shop does not know the variant any more."""
    variant: Variant | None
    price: Price | None
    """What a piece ordered alone costs at the door, as its own page says."""
    door: Doorstep | None
    """How that price is made."""
    free: int
    """Pieces that can be had at this moment."""
    allowed: int | None
    """Pieces that this shopper may still have; None without a limit."""

    @property
    def state(self) -> State:
        """What stands in its way; `ok` if nothing does."""
        if self.product is None:
            return "gone"
        if self.door is None:
            return "not_for_sale"
        if self.door.banned:
            return "banned"
        if self.free < 1:
            return "sold_out"
        if self.quantity > self.free:
            return "few"
        return "limit" if self.allowed is not None and self.quantity > self.allowed else "ok"

    @property
    def most(self) -> int:
        """Pieces that can be ordered."""
        return self.free if self.allowed is None else min(self.free, self.allowed)

    @property
    def minor(self) -> int:
        """The price of all its pieces if each were ordered alone."""
        return self.price.minor * self.quantity if self.price else 0


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A basket: what is to be ordered, what was put aside, and the final price of all that can be had as wished."""

    lines: list[Line]
    aside: list[Line]
    quote: Quote | None
    token: str
    unpaid: list[OrderListed]
    """Orders of hers that wait for payment and hold goods meanwhile."""
    counter: Counter | None = None
    """What a city's store asks for besides; None in the mall."""

    @property
    def ready(self) -> bool:
        """Whether every line can be had as wished."""
        return bool(self.lines) and all(line.state == "ok" for line in self.lines)


async def contents(visit: Visit) -> Contents:
    """The basket of a visit; an empty one for a reader whom nobody knows yet."""
    if visit.shopper_id is None or visit.basket_id is None:
        return Contents(lines=[], aside=[], quote=None, token="", unpaid=[])
    desk = visit.front.desk
    rows = await basket(desk, visit.basket_id)
    lines = await _lines(visit, visit.shopper_id, rows)
    wanted = [line for line, row in zip(lines, rows, strict=True) if not row.kept_for_later]
    made = await _quoted(visit, visit.shopper_id, [line for line in wanted if line.state == "ok"])
    listed = await look.orders(desk, visit.shopper_id, 5)
    return Contents(
        lines=wanted,
        aside=[line for line, row in zip(lines, rows, strict=True) if row.kept_for_later],
        quote=made[0] if made else None,
        token=made[1] if made else "",
        unpaid=[order for order in listed if order.state == "placed"],
        counter=counter(visit, made[0] if made else None),
    )


def pieces(rows: Sequence[BasketRow]) -> int:
    """The pieces in a basket, without those put aside: the number that every page shows."""
    return sum(row.quantity for row in rows if not row.kept_for_later)


async def _quoted(visit: Visit, shopper_id: UUID, lines: list[Line]) -> tuple[Quote, str] | None:
    if not lines:
        return None
    ask = partial(
        quote,
        visit.front.desk,
        # Two baskets that were put together may hold more than one order can.
        [BasketLine(line.variant_id, line.quantity) for line in lines[:MAX_LINES]],
        Destination(country=visit.market.code, region=visit.region),
        shopper_id=shopper_id,
        language=visit.language,
        wallet=await brought(
            visit.front.desk, shopper_id, visit.market, account_id=visit.account_id, declined=visit.declined
        ),
    )
    made = await in_store(visit, ask) if visit.store else await ask()
    return None if isinstance(made, NotForSale) else made


async def _lines(visit: Visit, shopper_id: UUID, rows: list[BasketRow]) -> list[Line]:
    if not rows:
        return []
    desk = visit.front.desk
    shelf = await desk.shelf.items([row.variant_id for row in rows])
    stock = await visit.showcase.stock.counters([row.variant_id for row in rows])
    allowed = await _allowed(visit, shopper_id, shelf)
    now, charts = desk.clock.now(), visit.charts
    region = region_in(visit.market, visit.region)
    found = []
    for row in rows:
        item, left = sold_here(visit, shelf.get(row.variant_id)), stock.get(row.variant_id)
        leaving = desk.sent_from(visit.market, region, item, now) if item and not visit.store else charts
        price, door, _ = shown(leaving, visit.market, visit.region, item, now) if item else UNPRICED
        beyond = 0 if visit.store else charts.elsewhere.beyond(row.variant_id, visit.market.code)
        found.append(
            Line(
                variant_id=row.variant_id,
                quantity=row.quantity,
                product=item.product if item else None,
                variant=item.variant if item else None,
                price=price,
                door=door,
                free=(max(left.free, 0) if left else 0) + beyond,
                allowed=allowed.get(row.variant_id),
            )
        )
    return found


async def _allowed(visit: Visit, shopper_id: UUID, shelf: dict[UUID, ShelfItem]) -> dict[UUID, int]:
    """What the shopper may still have of the goods that have a limit."""
    limited = {key: item.variant.limit_per_shopper for key, item in shelf.items() if item.variant.limit_per_shopper}
    if not limited:
        return {}
    keys = {key: limit_key(key, shopper_id) for key in limited}
    async with visit.front.desk.database.read() as reader:
        used = await look_at_counters(reader, visit.front.cell, list(keys.values()))
    return {
        key: max(limit - (used[keys[key]].held + used[keys[key]].sold if keys[key] in used else 0), 0)
        for key, limit in limited.items()
    }
