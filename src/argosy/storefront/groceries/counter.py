"""What a city's store asks for beside the basket: its minimum, free delivery, a slot; and its orders in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import msgspec

from argosy.base.errors import Refused
from argosy.delivery.stores.model import Slot, Store
from argosy.delivery.stores.rules import missing_minor, missing_to_free_minor
from argosy.orders.groceries.slots import in_slot
from argosy.orders.model import NotForSale, Quote, ShelfItem
from argosy.orders.quoting.stores import AtStore, is_carried
from argosy.storefront.groceries.slots import slot_words
from argosy.storefront.texts import noted
from argosy.storefront.visit import Visit

Quoted = tuple[Quote, str] | NotForSale

TEMPERATURES = {
    "ambient": noted("At room temperature"),
    "chilled": noted("Chilled"),
    "frozen": noted("Frozen"),
}


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """What stands between a store's basket and an order."""

    store: Store
    slot: Slot | None
    """The one that the price is for; None: none was chosen, or it cannot be had."""
    slot_words: str
    goods_minor: int
    """Less discounts."""
    missing_minor: int
    """To the minimum."""
    to_free_minor: int
    """To free delivery."""


class StoreOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A store's part of an order in words."""

    slot_words: str
    hub: str
    parcels: tuple[tuple[str, int], ...]
    """How each is kept, and pieces in it."""


def counter(visit: Visit, made: Quote | None) -> Counter | None:
    """What the visit's store asks for beside this price; None in the mall."""
    if visit.store is None:
        return None
    goods = made.goods_minor - made.discount_minor if made else 0
    slot = made.slot if made else None
    return Counter(
        store=visit.store,
        slot=slot,
        slot_words=slot_words(visit, slot) if slot else "",
        goods_minor=goods,
        missing_minor=missing_minor(visit.store, goods),
        to_free_minor=missing_to_free_minor(visit.store, goods),
    )


async def in_store(visit: Visit, ask: Callable[..., Awaitable[Quoted]]) -> Quoted:
    """The price of a basket in the visit's store, with the slot that was chosen as far as both can be had."""
    assert visit.store is not None  # noqa: S101
    if visit.slot:
        try:
            return await ask(at=await in_slot(visit.front.desk, visit.store, visit.slot))
        except Refused as wrong:
            if wrong.code not in ("below_minimum", "unknown_slot", "slot_closed", "slot_full"):
                raise
    return await ask(at=AtStore(visit.store))


def sold_here(visit: Visit, item: ShelfItem | None) -> ShelfItem | None:
    """A good, if it is sold where the visit is."""
    if item is None or visit.store is None:
        return item
    return item if is_carried(visit.charts, visit.store, item) else None


async def refuse_strange(visit: Visit, variant: UUID) -> None:
    """Refuse (`not_carried`) what the visit's store does not sell."""
    if visit.store is None:
        return
    item = (await visit.front.desk.shelf.items([variant])).get(variant)
    if item is not None and sold_here(visit, item) is None:
        raise Refused("not_carried", "The store does not sell this.", field="variant", status=409)


def slot_lost(visit: Visit, slot: Slot, others: Sequence[Slot]) -> str:
    """That a slot's last place went to somebody else, and what there is instead."""
    told = slot_words(visit, slot)
    if not others:
        return visit.gettext("%(slot)s is full by now, and so are all others. Nothing was taken.", slot=told)
    next_one = slot_words(visit, others[0])
    return visit.gettext(
        "%(slot)s is full by now. Nothing was taken. The next one with a place is %(next)s.", slot=told, next=next_one
    )


def store_order(visit: Visit, made: Quote) -> StoreOrder | None:
    """What the page of a store's order tells of it."""
    store = visit.front.desk.charts.stores.by_code.get(made.store)
    if made.slot is None:
        return None
    return StoreOrder(
        slot_words=slot_words(visit, made.slot),
        hub=store.hub_named(visit.language) if store else "",
        parcels=tuple(
            (visit.gettext(TEMPERATURES.get(one.temperature, "")), sum(quantity for _, quantity in one.lines))
            for one in made.packed
        ),
    )
