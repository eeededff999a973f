"""Handlers of a city's stores and of the slots that they bring groceries in."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.params import FromPath

from argosy.base.errors import Refused
from argosy.delivery.stores.model import Store
from argosy.delivery.stores.rules import store_of
from argosy.markets.rules import choose_language
from argosy.orders.groceries.slots import in_slot, open_slots
from argosy.orders.quoting.stores import AtStore, check_area
from argosy.platform.document import problems
from argosy.platform.front import Front, front_of
from argosy.platform.requests import QuoteRequest
from argosy.platform.store_shapes import OpenSlotAnswer, StoreAnswer


@get("/v1/stores", operation_id="listStores", tags=["Browsing"], summary="List the grocery stores")
async def stores(request: Request[Any, Any, Any]) -> list[StoreAnswer]:
    """The stores of all cities, each with what it asks for an order."""
    front = front_of(request)
    accepted = request.headers.get("accept-language")
    return [_store(front, store, accepted) for store in front.desk.charts.stores]


def _store(front: Front, store: Store, accept_language: str | None) -> StoreAnswer:
    language = choose_language(front.desk.charts.markets[store.market], accept_language)
    return StoreAnswer(
        store.code,
        store.named(language),
        store.market,
        store.city,
        store.time_zone,
        store.currency,
        store.minimum_minor,
        store.fee_minor,
        store.free_from_minor,
        store.cut_off.isoformat("minutes"),
        list(store.carries),
        list(store.without),
    )


@get(
    "/v1/stores/{store:str}/slots",
    operation_id="listSlots",
    tags=["Browsing"],
    summary="List the slots of a store that can be booked",
    responses=problems(400, 404),
)
async def slots(request: Request[Any, Any, Any], store: FromPath[str]) -> list[OpenSlotAnswer]:
    """The slots of the next days, the soonest first, with the places left in each at this moment; full ones have none."""
    front = front_of(request)
    found = await open_slots(front.desk, store_of(front.desk.charts.stores, store))
    return [OpenSlotAnswer(slot.name, slot.starts, slot.ends, slot.order_by, left) for slot, left in found]


async def wished_store(front: Front, data: QuoteRequest) -> AtStore:
    """The store and slot that a quote asks for; refuses what cannot be had there and then."""
    if not data.store:
        raise Refused("slot_without_store", "A slot is a store's.", field="slot", remedy="Send its store, or no slot.")
    store, to = store_of(front.desk.charts.stores, data.store), data.destination
    check_area(store, to.country.upper(), to.region, to.city, to.postal_code)
    return await in_slot(front.desk, store, data.slot)
