"""A small network from Hangzhou to France over real cities, and a desk that sends its orders through it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import asyncpg

from argosy.delivery.board import PromiseBoard
from argosy.delivery.model import Spread
from argosy.delivery.parcels import look
from argosy.delivery.parcels.model import Report
from argosy.delivery.parcels.note import note
from argosy.delivery.parcels.ways import Wayfinder
from argosy.delivery.places import cities
from argosy.delivery.tables import Planner
from argosy.orders.commands import Pay
from argosy.orders.forwarding.dispatch import Forwarding
from argosy.orders.quoting.promises import CONFIDENCE, Promises
from argosy.plumbing.clock import HeldClock
from rooms.delivery.ground import area, border, hub, lane, leaving, network, no_holidays
from rooms.orders.ground import CELL, Bench, bench, goods

NOW = datetime(2026, 6, 22, 9, 0, tzinfo=UTC)
"""A Monday."""
HUB = "CN-HGH"
BAG = goods("bag", 42_700)
SCARF = goods("scarf", 9_900)


@lru_cache(maxsize=1)
def planner() -> Planner:
    """Hangzhou, Shanghai's airport, Paris's airport; vans around Paris and around Hangzhou."""
    hubs = (
        hub(
            HUB,
            "CN",
            name="Hangzhou fulfilment centre",
            latitude=30.3,
            longitude=120.2,
            time_zone="Asia/Shanghai",
            handling=Spread(180, 420),
            sorting=Spread(60, 120),
            waves=tuple(range(0, 1440, 120)),
        ),
        hub("PVG", "CN", name="Shanghai Airport", latitude=31.1, longitude=121.8, time_zone="Asia/Shanghai",
            handling=Spread(60, 120), delivers=False),
        hub("CDG", "FR", name="Paris Airport", latitude=49.0, longitude=2.5, time_zone="Europe/Paris",
            handling=Spread(90, 180), sorting=Spread(60, 240)),
    )  # fmt: skip
    lanes = (
        lane(HUB, "PVG", 180, mode="road", late_share=0.3, late_mean_minutes=60),
        lane("PVG", "CDG", 720, late_share=0.2, late_mean_minutes=120, bumped_share=0.02),
    )
    times = leaving(f"{HUB}>PVG", *(f"{hour:02d}:30" for hour in range(0, 24, 3)), cutoff=15)
    flights = leaving("PVG>CDG", "01:00", "13:00", cutoff=120)
    office = border("FR", clearance=Spread(240, 900), opens=480, closes=1200, weekdays=frozenset(range(1, 7)))
    areas = (area("FR", weekdays=frozenset(range(1, 7))), area("CN"))
    made = network(hubs, lanes, (*times, *flights), (office,), areas)
    return Planner(made, cities().all, days_off=no_holidays)


@lru_cache(maxsize=1)
def ways() -> Wayfinder:
    """Ways through the small network."""
    return Wayfinder(planner(), HUB, CONFIDENCE)


def promises(now: datetime) -> Promises:
    """The dates that pages tell."""
    board = PromiseBoard(planner(), [HUB])
    board.refresh(HUB, now)
    return Promises(board, cities(), HUB)


class Yard(Bench):
    """A desk with promises and a forwarding desk."""

    forwarding: Forwarding

    async def pay(self, order_id: UUID) -> None:
        """The order is paid."""
        await self.desk.intake.submit(Pay(order_id, "simulated", f"ch_{order_id}", self.clock.now()))

    async def buy(self, *wishes: tuple[object, int]) -> UUID:
        """A paid order."""
        order_id = await self.place(*wishes)  # type: ignore[arg-type]
        await self.pay(order_id)
        return order_id

    async def dispatch(self) -> int:
        """Bring parcels up to what happened to orders."""
        done = 0
        while count := await self.forwarding.dispatch():
            done += count
        return done

    async def sent(self, *wishes: tuple[object, int]) -> asyncpg.Record:
        """The parcel of a paid order, announced."""
        order_id = await self.buy(*(wishes or ((BAG, 1),)))
        await self.dispatch()
        return await self.parcel(order_id)

    async def parcel(self, order_id: UUID) -> asyncpg.Record:
        """The parcel of an order."""
        return await self.one("SELECT * FROM parcels WHERE order_id = $1", order_id)

    async def codes(self, parcel: asyncpg.Record) -> list[str]:
        """What happened to a parcel, in its order."""
        async with self.desk.database.read() as reader:
            tracked = await look.parcel(reader, CELL, parcel["number"])
        return [event.code for event in tracked.events]

    async def tell(self, *reports: Report) -> int:
        """A carrier tells something."""
        async with self.desk.database.transaction() as tx:
            return await note(tx, CELL, reports, "laposte", self.clock.now())

    async def pass_time(self, span: timedelta) -> None:
        """Time passes at once, and all duties catch up with it."""
        self.clock.move(span)
        for duty in (self.forwarding.travel, self.forwarding.look_ahead):
            while await duty():
                pass


def report(parcel: asyncpg.Record, code: str, at: datetime, place: str = "", detail: str = "") -> Report:
    """Something that a carrier tells of a parcel."""
    return Report(number=parcel["number"], code=code, at=at, place=place, detail=detail)  # type: ignore[arg-type]


def on_yard(dsn: str, scene: Callable[[Yard], Awaitable[None]], *, simulate: bool = True, network: bool = True) -> None:
    """Run a scene with the network and a simulated carrier, or without."""

    async def run() -> None:
        async with bench(dsn, HeldClock(NOW)) as made:
            yard = Yard(made.desk, made.dsn, made.clock, made.payments)
            if network:
                yard.desk.promises = promises(NOW)
            yard.forwarding = Forwarding(yard.desk, ways if network else None, simulate=simulate)
            await yard.receive((BAG, 500), (SCARF, 500))
            await scene(yard)

    asyncio.run(run())


def numbers(rows: Sequence[asyncpg.Record]) -> list[str]:
    """Numbers of parcels."""
    return [row["number"] for row in rows]
