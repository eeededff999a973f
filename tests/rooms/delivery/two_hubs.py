"""A desk that sends its orders from Hangzhou and from Liège."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import lru_cache
from uuid import uuid4

from msgspec.structs import replace

from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import News, Spread
from argosy.delivery.parcels.ways import Wayfinder
from argosy.delivery.places import cities
from argosy.delivery.tables import Planner
from argosy.orders.forwarding.dispatch import Forwarding
from argosy.orders.model import Destination, Quote, ShelfItem
from argosy.orders.quoting.promises import CONFIDENCE, Promises
from argosy.orders.quoting.rules import quote_basket
from argosy.orders.sourcing.model import Elsewhere
from argosy.orders.sourcing.pre_place import pre_place
from argosy.orders.sourcing.watch import StockWatch
from argosy.plumbing.clock import HeldClock
from rooms.delivery.ground import area, border, hub, lane, leaving, network, no_holidays
from rooms.delivery.parcel_ground import BAG, NOW, SCARF, Yard
from rooms.orders.ground import CELL, bench, line, shelf
from rooms.orders.ground import HUB as HOME

LIEGE, LIEGE_CODE = "BELGG", "BE-LGG"
TRUCK = f"{LIEGE_CODE}>CDG"


@lru_cache(maxsize=4)
def planner(room: int | None = None, grams: int | None = None, flight: int | None = None) -> Planner:
    """Hangzhou by air and Liège by road to Paris; `room`: parcels that a truck from Liège takes, `grams`: their weight.

    `flight`: parcels that a flight from Hangzhou takes.
    """
    every = tuple(range(0, 1440, 120))
    hubs = (
        hub("CN-HGH", "CN", latitude=30.3, longitude=120.2, time_zone="Asia/Shanghai", handling=Spread(180, 420),
            sorting=Spread(60, 120), waves=every),
        hub(LIEGE_CODE, "BE", latitude=50.6, longitude=5.4, time_zone="Europe/Brussels", handling=Spread(180, 300),
            sorting=Spread(60, 120), waves=every, delivers=False),
        hub("CDG", "FR", name="Paris Airport", latitude=49.0, longitude=2.5, time_zone="Europe/Paris",
            handling=Spread(90, 180), sorting=Spread(60, 240)),
    )  # fmt: skip
    lanes = (
        replace(lane("CN-HGH", "CDG", 900, late_share=0.2, late_mean_minutes=120), capacity_parcels=flight),
        replace(lane(LIEGE_CODE, "CDG", 300, mode="road"), capacity_parcels=room, capacity_g=grams),
    )
    flights = leaving("CN-HGH>CDG", "01:00", "13:00", cutoff=120)
    trucks = leaving(TRUCK, "06:00", "18:00", cutoff=15)
    office = border("FR", clearance=Spread(240, 900), opens=480, closes=1200, weekdays=frozenset(range(1, 7)))
    areas = (area("FR", weekdays=frozenset(range(1, 7))), area("CN"), area("BE"))
    made = network(hubs, lanes, (*flights, *trucks), (office,), areas)
    return Planner(made, cities().all, days_off=no_holidays)


class TwoHubs(Yard):
    """A yard with stock at two hubs."""

    watch: StockWatch
    boards: PromiseBoard

    def quote(self, *wishes: tuple[ShelfItem, int]) -> Quote:
        """A quote to Paris."""
        destination, now, desk = Destination(country="FR", city="Paris"), self.clock.now(), self.desk
        made = quote_basket(
            desk.charts, shelf(*(item for item, _ in wishes)), [line(item, count) for item, count in wishes], destination,
            now, quote_id=desk.new_id(), shopper_id=uuid4(), language="fr", promise=desk.promise(destination, now),
            dates=desk.dates(destination, now),
        )  # fmt: skip
        assert isinstance(made, Quote)
        return made


def on_two_hubs(
    dsn: str,
    scene: Callable[[TwoHubs], Awaitable[None]],
    *,
    room: int | None = None,
    grams: int | None = None,
    flight: int | None = None,
    liege: int = 5,
    home: int = 0,
) -> None:
    """Run a scene with so many bags in Liège and at home, and scarves at home."""

    async def run() -> None:
        async with bench(dsn, HeldClock(NOW)) as made:
            yard = TwoHubs(made.desk, made.dsn, made.clock, made.payments)
            desk = yard.desk
            desk.charts = replace(desk.charts, elsewhere=Elsewhere(HOME))
            plan = planner(room, grams, flight)
            plan.tell(News())
            yard.boards = PromiseBoard(plan, ["CN-HGH", LIEGE_CODE])
            for code in yard.boards.hubs:
                yard.boards.refresh(code, NOW)
            desk.promises = Promises(yard.boards, cities(), "CN-HGH")
            yard.forwarding = Forwarding(desk, lambda: Wayfinder(plan, "CN-HGH", CONFIDENCE), simulate=True)
            yard.watch = StockWatch(desk)
            await yard.receive((BAG, home), (SCARF, 500))
            async with desk.database.transaction() as tx:
                await pre_place(tx, CELL, {(BAG.variant.variant_id, LIEGE): liege})
            await yard.watch.renew()
            await scene(yard)

    asyncio.run(run())
