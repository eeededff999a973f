"""What a city's store adds to the price of a basket: its fee, a slot as the promise, parcels by temperature. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import msgspec
from msgspec.structs import replace

from argosy.base.errors import Refused
from argosy.delivery.stores.model import Slot, Store
from argosy.delivery.stores.rules import carries, fee_minor, kept_at, missing_minor, packed, serves
from argosy.orders.model import (
    BasketLine,
    Charts,
    Destination,
    Promise,
    Quote,
    Shelf,
    ShelfItem,
    StoreParcel,
)
from argosy.orders.quoting.rules import Carriage

SOON = timedelta(hours=72)


class AtStore(msgspec.Struct, frozen=True):
    """A store that a basket is bought at, and the slot that it is wished in."""

    store: Store
    slot: Slot | None = None
    """None: the price is only to be seen, so no minimum is asked for; nothing can be ordered with such a quote."""

    @property
    def carriage(self) -> Carriage:
        """The store's fee by what the goods cost."""
        return partial(fee_minor, self.store)


def is_carried(charts: Charts, store: Store, item: ShelfItem) -> bool:
    """Whether a store sells these goods."""
    category = item.product.category
    return carries(store, charts.paths.get(category, (category,)))


def check_goods(
    charts: Charts, store: Store, shelf: Shelf, basket: Sequence[BasketLine], destination: Destination
) -> None:
    """Refuse a destination that the store's vans do not go to, and goods that it does not sell; unknown ones pass."""
    check_area(store, destination.country, destination.region, destination.city, destination.postal_code)
    for number, line in enumerate(basket):
        item = shelf.get(line.variant_id)
        if item is not None and not is_carried(charts, store, item):
            raise Refused(
                "not_carried",
                f"The store does not sell {item.product.name[:80]!r}.",
                field=f"lines[{number}].variant_id",
                remedy="Take it out, or buy it in the mall.",
                status=409,
            )


def check_area(
    store: Store, country: str, country_area: str, city: str, postal_code: str, field: str = "destination"
) -> None:
    """Refuse (`outside_store_area`) an address that the store's vans do not go to; empty parts are not known yet."""
    if country != store.market or not serves(store.area, country_area, city, postal_code):
        told = f"The store brings goods within {store.city} only, and not to every place there."
        remedy = "Choose another address, or buy in the mall."
        raise Refused("outside_store_area", told, field=field, remedy=remedy, status=409)


def at_store(charts: Charts, at: AtStore, shelf: Shelf, made: Quote) -> Quote:
    """A store's quote with all that the store promises.

    It stands no longer than its slot can be booked. Refuses (`below_minimum`) goods for less than the store's minimum.
    """
    store, slot = at.store, at.slot
    goods = made.goods_minor - made.discount_minor
    missing = missing_minor(store, goods)
    if slot is not None and missing:
        told = f"Goods for {missing} minor units of {store.currency} are missing to the minimum, {store.minimum_minor}."
        raise Refused("below_minimum", told, field="lines", remedy="Add goods to the basket.", status=409)
    promise = slot_promise(store, slot, made) if slot else None
    return replace(
        made,
        store=store.code,
        slot=slot,
        promise=promise,
        packed=_packed(charts, store, shelf, made),
        expires_at=min(made.expires_at, slot.order_by) if slot else made.expires_at,
    )


def slot_promise(store: Store, slot: Slot, made: Quote) -> Promise:
    """A slot as the promise of a quote."""
    return Promise(
        hub=store.hub,
        city=made.destination.city or store.city,
        country=store.market,
        time_zone=slot.time_zone,
        day=slot.day,
        by=slot.ends,
        order_by=slot.order_by,
        leaves_at=slot.starts,
        mode="road",
        confidence=store.kept_share,
        within_72h=slot.ends <= made.made_at + SOON,
    )


def _packed(charts: Charts, store: Store, shelf: Shelf, made: Quote) -> tuple[StoreParcel, ...]:
    lines = []
    for number, line in enumerate(made.lines, start=1):
        category = shelf[line.variant_id].product.category
        kept = kept_at(charts.stores.kept, charts.paths.get(category, (category,)))
        assert kept is not None, "stores are loaded only where all that they carry is known"  # noqa: S101
        lines.append((number, line.quantity, kept.temperature))
    return tuple(StoreParcel(lines=inside, temperature=temperature) for temperature, inside in packed(lines))
