"""What tests of room on departures ask of two hubs."""

from __future__ import annotations

from msgspec.structs import replace

from argosy.delivery.news.look import in_force
from argosy.delivery.news.rules import news_of
from argosy.orders.model import Quote, ShelfItem
from argosy.orders.sourcing.model import ROOM_KEY
from argosy.orders.sourcing.room import full_departures
from rooms.delivery.parcel_ground import BAG
from rooms.delivery.two_hubs import TwoHubs
from rooms.orders.ground import CELL


async def told(yard: TwoHubs) -> None:
    """The network's news as who makes the boards takes them in, every second or so."""
    now = yard.clock.now()
    async with yard.desk.database.read() as reader:
        full, rows = await full_departures(reader, CELL), await in_force(reader, now)
    yard.boards.take_in(news_of(rows, full), now)


async def room(yard: TwoHubs, prefix: str = ROOM_KEY) -> list[tuple[str, int, int, int]]:
    """Counters of departures: name, places (or grams), held and sold."""
    rows = await yard.ask("SELECT * FROM quotas WHERE key LIKE $1 || '%' ORDER BY key", prefix)
    return [(row["key"].removeprefix(prefix), row["received"], row["held"], row["sold"]) for row in rows]


def weighing(grams: int | None) -> ShelfItem:
    """The bag, so heavy."""
    return replace(BAG, variant=replace(BAG.variant, weight_g=grams))


def truck(quote: Quote) -> str:
    """The day on which it is there, and whether a full departure made it later."""
    assert quote.promise is not None
    return f"{quote.promise.day:%d}{' full' if quote.promise.full else ''}"
