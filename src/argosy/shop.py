"""A shop that is open: what it works with, put together from its settings, and its duties that come round."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.load import load_plans
from argosy.campaigns.wallet.forget import forget as forget_coupons
from argosy.catalogue import find
from argosy.catalogue.model import BrandName
from argosy.catalogue.recount import counted_at, recount
from argosy.catalogue.reference import Reference, load_reference
from argosy.catalogue.rules import Tree
from argosy.catalogue.vocabulary import Vocabulary
from argosy.delivery.model import News
from argosy.delivery.networks.opening import open_network
from argosy.delivery.parcels.ways import Wayfinder
from argosy.delivery.places import cities
from argosy.delivery.publishing.keeping import Keeping
from argosy.delivery.stores.load import load_stores
from argosy.delivery.tables import Planner
from argosy.landed.classification.load import load_goods_facts
from argosy.landed.classify import decided
from argosy.landed.classify import unsure as read_unsure
from argosy.landed.importing import operator_rows
from argosy.landed.load import load_tables
from argosy.landed.tables import Tables
from argosy.markets.load import load_markets
from argosy.orders.deposits.ending import end_deposits
from argosy.orders.desk import Desk
from argosy.orders.expire import expire
from argosy.orders.forwarding.dispatch import Forwarding
from argosy.orders.giving_back.compensate import compensate
from argosy.orders.intake import Intake
from argosy.orders.limits import Limits, presales, served
from argosy.orders.model import Charts
from argosy.orders.protecting.follow import follow as follow_protection
from argosy.orders.protecting.pay_drops import protect
from argosy.orders.quoting.exchange import Exchange
from argosy.orders.quoting.promises import CONFIDENCE, Promises, network_code
from argosy.orders.quoting.renewal import renewed
from argosy.orders.refund import carry_out_open
from argosy.orders.shelf import ShelfCache
from argosy.orders.showing.showcase import Showcase
from argosy.orders.sourcing.model import Elsewhere
from argosy.orders.sourcing.room import forget_departed, full_departures, restate_room
from argosy.orders.sourcing.watch import StockWatch
from argosy.orders.stock import StockBoard
from argosy.outside.providers import RunningPayments, payments_for
from argosy.platform.idempotency import forget_old
from argosy.plumbing import outbox
from argosy.plumbing.clock import Clock, PacedClock
from argosy.plumbing.config import Config
from argosy.plumbing.database import BY_KEY, Database, Tx, connect, open_database
from argosy.plumbing.ids import maker
from argosy.plumbing.jobs import Rounds, alone
from argosy.plumbing.pace import follow
from argosy.plumbing.secrets import Signer, signing_secret
from argosy.pricing.load_rates import read_rates
from argosy.quotas.look import stocked_hubs
from argosy.shoppers.forget import forget_failures

# Goods that change while they are counted are seen when this long has passed; all are counted again now and then.
_SETTLED, _COUNTED_ANEW = timedelta(minutes=2), timedelta(hours=6)
NO_HUB = "none"
HUB = "CNHGH"
"""UN/LOCODE of the hub whose stock is sold until there is a network of them: Hangzhou."""


class Shop(msgspec.Struct):
    """A shop that is open: everything that its faces and commands work with."""

    config: Config
    desk: Desk
    showcase: Showcase
    reference: Reference
    vocabulary: Vocabulary
    payments: RunningPayments
    rounds: Rounds


@asynccontextmanager
async def open_shop(config: Config, dsn: str, clock: Clock | None = None) -> AsyncIterator[Shop]:
    """A shop on a migrated database; closes everything it opened, after committing what is waiting."""
    secret = signing_secret(config)
    config = msgspec.structs.replace(config, secret=secret)
    database = await open_database(dsn, size=config.database_pool)
    new_id = maker(config.cell)
    paced = PacedClock()
    intake = Intake(lambda: connect(dsn, **BY_KEY), config.cell, new_id)
    used = clock or paced
    payments = payments_for(config, used)
    rounds = Rounds()
    keeping: Keeping | None = None
    try:
        if clock is None:
            await follow(database, config.cell, paced)
        async with database.transaction() as tx:
            await outbox.open_cell(tx, config.cell)
        reference = load_reference(config.data)
        charts = await _charts(config, database, used, reference.tree)
        desk = Desk(
            cell=config.cell,
            clock=used,
            new_id=new_id,
            database=database,
            intake=intake,
            shelf=ShelfCache(database, used.now()),
            stock=StockBoard(database, config.cell, HUB),
            payments=payments,
            signer=Signer(secret, "quote"),
            hold_for=timedelta(minutes=config.hold_minutes),
            charts=charts,
            bears_charges=config.refund_charges == "all",
        )
        shop = Shop(config, desk, Showcase(desk), reference, await _vocabulary(database, config.data), payments, rounds)
        intake.start()
        await payments.start()
        if clock is None:
            rounds.every(1.0, "clock", lambda: follow(database, config.cell, paced))
        _begin_rounds(shop)
        keeping = _keeping(shop)
        _begin_forwarding(shop, keeping)
        if keeping:
            rounds.every(1.0, "promises", lambda: _promise(shop, keeping))
            rounds.every(60.0, "room", lambda: _restate(shop, keeping))
        yield shop
    finally:
        await rounds.stop()
        if keeping:
            keeping.stop()
        await payments.stop()
        await intake.stop()
        await database.close()


def _begin_rounds(shop: Shop) -> None:
    desk, rounds = shop.desk, shop.rounds
    rounds.every(2.0, "shelf", desk.shelf.refresh)
    rounds.every(2.0, "limits", Limits(desk).renew)
    rounds.every(2.0, "stock elsewhere", StockWatch(desk).renew)
    rounds.every(2.0, "expire", lambda: expire(desk))
    rounds.every(30.0, "refunds", lambda: carry_out_open(desk))
    rounds.every(5.0, "compensate", lambda: compensate(desk))
    rounds.every(4.0, "protection", lambda: _unhurried(lambda: follow_protection(desk)))
    rounds.every(30.0, "drops", lambda: protect(desk))
    rounds.every(2.0, "deposits", lambda: end_deposits(desk))
    rounds.every(600.0, "charts", lambda: _renew(shop))
    rounds.every(60.0, "counts", lambda: _recount(shop))
    rounds.every(3600.0, "forget", lambda: _forget(shop))


def _keeping(shop: Shop) -> Keeping | None:
    """Who keeps the boards of delivery dates; None in a shop that promises none."""
    config, desk = shop.config, shop.desk
    if config.promise_hub == NO_HUB:
        return None

    async def hubs() -> Sequence[str]:
        async with desk.database.read() as reader:
            stocked = await stocked_hubs(reader, config.cell)
        # A city's store promises its slots.
        stocked -= {store.hub for store in desk.charts.stores.by_code.values()}
        return list(dict.fromkeys([config.promise_hub, *map(network_code, sorted(stocked))]))

    async def full() -> frozenset[str]:
        async with desk.database.read() as reader:
            return await full_departures(reader, config.cell)

    def opened() -> Planner:
        return _planner(config)

    def told(news: News) -> None:
        _ways(config).tell(news)

    return Keeping(
        desk.database, desk.clock, config.home, config.data, open_planner=opened, hubs=hubs, full=full, told=told
    )


def _begin_forwarding(shop: Shop, keeping: Keeping | None) -> None:
    config, rounds = shop.config, shop.rounds
    open_ways = (lambda: Wayfinder(_ways(config), config.promise_hub, CONFIDENCE)) if keeping else None
    forwarding = Forwarding(shop.desk, open_ways, simulate=config.carrier == "simulated")

    async def by_keeper(work: Callable[[], Awaitable[int]]) -> int:
        # Who has read the network for the boards has it for the ways of parcels; others need not read it.
        return await work() if keeping is None or keeping.post.held else 0

    rounds.every(4.0, "dispatch", lambda: by_keeper(lambda: _unhurried(forwarding.dispatch)))
    rounds.every(1.0, "travel", forwarding.travel)
    rounds.every(5.0, "look ahead", lambda: by_keeper(forwarding.look_ahead))


async def _unhurried(work: Callable[[], Awaitable[int]]) -> int:
    """Do some of the work that waits and leave the rest for the next round: parcels must not slow a rush of orders down."""
    await work()
    return 0


async def _charts(config: Config, database: Database, clock: Clock, tree: Tree, tables: Tables | None = None) -> Charts:
    """What quotes are made from, as it is now; with the tables of before their files are not read again."""
    async with database.read() as reader:
        rates = await read_rates(reader, clock.now())
        unsure, headings = await read_unsure(reader, config.cell), await decided(reader, config.cell)
        own = await operator_rows(reader)
    landed = config.data / "landed"
    exchange = Exchange(rates)
    tables = tables.with_rates(exchange) if tables else await asyncio.to_thread(load_tables, landed, exchange)
    markets, paths = load_markets(config.data / "markets"), tree.paths()
    return Charts(
        markets=markets,
        rates=rates,
        hub=HUB,
        quote_for=timedelta(minutes=config.quote_minutes),
        tables=tables.with_rows(own),
        by_weight=any(row.unit for row in own),
        goods=load_goods_facts(landed),
        unsure=unsure,
        headings=headings,
        campaigns=CampaignBoard(served(plans := load_plans(config.data / "campaigns", markets))),
        presales=CampaignBoard(presales(plans)),
        paths=paths,
        elsewhere=Elsewhere(HUB, config.sourcing),
        stores=load_stores(config.data / "stores", markets, paths, clock.now().date()),
    )


async def _vocabulary(database: Database, data: Path) -> Vocabulary:
    async with database.read() as reader:
        brands = await find.brand_names(reader)
    # It takes the better part of a second: in a thread, so that requests are answered meanwhile.
    return await asyncio.to_thread(_vocabulary_of, data, tuple(brands))


@lru_cache(maxsize=1)
def _vocabulary_of(data: Path, brands: tuple[BrandName, ...]) -> Vocabulary:
    """What is searched by, kept while the brands are the same."""
    found = load_reference(data)
    return Vocabulary(found.tree.by_code.values(), found.colours.values(), brands, found.search_words)


async def _renew(shop: Shop) -> int:
    """Take over new exchange rates, markets and brands; always 0: there is never more to do at once."""
    desk = shop.desk
    charts = await _charts(shop.config, desk.database, desk.clock, shop.reference.tree, desk.charts.tables)
    desk.charts = renewed(desk.charts, charts)
    shop.vocabulary = await _vocabulary(desk.database, shop.config.data)
    return 0


async def _recount(shop: Shop) -> int:
    """Count categories anew where goods changed since they were counted; always 0: there is never more to do at once."""
    now = datetime.now(UTC)

    async def work(tx: Tx) -> int:
        counted, changed = await counted_at(tx), await find.last_change(tx)
        if changed is not None and (counted is None or counted < changed + _SETTLED or now - counted > _COUNTED_ANEW):
            await recount(tx, now)
        return 0

    return await alone(shop.desk.database, shop.desk.cell, "counts", work)


async def _promise(shop: Shop, keeping: Keeping) -> int:
    """Read the boards of delivery dates, and keep them ahead of the clock if that is this process's post; how many were made."""
    desk = shop.desk
    if desk.promises is None:
        places = await asyncio.to_thread(cities)
        desk.promises = Promises(keeping.boards, places, shop.config.promise_hub)
        await asyncio.to_thread(desk.promises.warm, tuple(desk.charts.markets))
    return await keeping.round()


async def _restate(shop: Shop, keeping: Keeping) -> int:
    """Let departures have the room that the network states, which may be another than when they were first booked; always 0."""
    if keeping.post.held:
        planner, desk = await asyncio.to_thread(_planner, shop.config), shop.desk
        lanes = planner.network.lanes
        await alone(desk.database, desk.cell, "room", lambda tx: restate_room(tx, desk.cell, lanes))
    return 0


@lru_cache(maxsize=1)
def _ways(config: Config) -> Planner:
    """The network as parcels travel it: they have their places on departures that are full for others."""
    return _planner(config).beside()


_planning = threading.Lock()


def _planner(config: Config) -> Planner:
    """The network of this process, read once: it takes seconds, so call it in a thread."""
    with _planning:
        return _planner_of(config.home, config.data)


@lru_cache(maxsize=1)
def _planner_of(home: Path, data: Path) -> Planner:
    return Planner(open_network(home, data), cities().all)


async def _forget(shop: Shop) -> int:
    """Forget what no longer matters: answers kept for repeated requests, failed tries to sign in."""
    desk = shop.desk
    now = desk.clock.now()

    async def work(tx: Tx) -> int:
        await forget_old(tx, desk.cell, now)
        await forget_failures(tx, desk.cell, now)
        await forget_coupons(tx, desk.cell, now)
        await forget_departed(tx, desk.cell, now.date())
        return 0

    return await alone(desk.database, desk.cell, "forget", work)
