"""The composition root: a shop and its faces as an ASGI application."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router, get
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import ScalarRenderPlugin

from argosy import __version__
from argosy.campaigns.waiting.rooms import Rooms
from argosy.console.front import console_front
from argosy.console.routes import CONSOLE
from argosy.platform import browsing, buying, campaigns, deposits, operating, stores, wallets
from argosy.platform.bodies import check_body
from argosy.platform.document import ABOUT, COMPONENTS, TAGS, complete
from argosy.platform.express import Express
from argosy.platform.front import Front
from argosy.platform.idempotency import Idempotency
from argosy.platform.problems import HANDLERS
from argosy.platform.queries import check_query
from argosy.platform.tracking import PARCELS, read_keys
from argosy.plumbing.config import Config, read_config
from argosy.plumbing.logs import set_up_logs
from argosy.plumbing.secrets import Signer, signing_secret
from argosy.shop import Shop, open_shop
from argosy.storefront.faults import page_or_problem
from argosy.storefront.front import storefront_front
from argosy.storefront.keeping.kept_pages import KeptPages
from argosy.storefront.lent import Lent
from argosy.storefront.routes import PAGES
from argosy.storefront.tracking.world import World
from argosy.storefront.waiting.exchanging import EVERY_SECONDS, Exchanging
from argosy.storefront.waiting.layer import WaitingRoom

# Answers that are read by programs at once, where packing would cost more than it saves; files that come packed.
_UNPACKED = ["^/v1/quotes", "^/v1/orders", "^/healthz", "^/static/"]

READS = Router(
    "/",
    route_handlers=[
        browsing.markets,
        browsing.market,
        browsing.categories,
        browsing.products,
        browsing.product,
        campaigns.campaigns,
        stores.stores,
        stores.slots,
        buying.order,
        wallets.wallet,
        deposits.deposits,
        operating.any_order,
        operating.provider_message,
        *PARCELS,
    ],
    before_request=check_query,
)
WRITES = Router(
    "/",
    route_handlers=[
        buying.quotes,
        buying.orders,
        buying.payments,
        buying.cancel_order,
        wallets.shoppers,
        wallets.claims,
        *deposits.DEPOSIT_WRITES,
        operating.refunds,
    ],
    middleware=[Idempotency],
    before_request=check_body,
)


def api_front(shop: Shop) -> Front:
    """The shop as the API's handlers see it."""
    signer = Signer(shop.config.secret, "order")
    return Front(
        shop.desk,
        shop.showcase,
        shop.reference,
        lambda: shop.vocabulary,
        signer,
        shop.config.operator_key,
        shop.config.base_url,
        Signer(shop.config.secret, "shopper of the API"),
    )


@get("/healthz", include_in_schema=False, media_type="text/plain")
async def health() -> str:
    """That this process serves."""
    return "ok"


def application(config: Config, dsn: str) -> Litestar:
    """The ASGI application of one server process."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        complete(app.openapi_schema)
        async with open_shop(config, dsn) as shop:
            app.state.front = api_front(shop)
            app.state.storefront = storefront_front(
                shop.config, shop.desk, shop.showcase, shop.reference, lambda: shop.vocabulary, shop.payments
            )
            app.state.carrier_keys = read_keys(config.carrier_secrets)
            app.state.world = World(config.data / "network" / "world_50m.topo.json.gz")
            lent = Lent(app.state.storefront, app.state.world)
            app.state.console = console_front(shop.config, shop.desk, shop.showcase, lambda: shop.vocabulary, lent)
            exchanging = Exchanging(rooms, shop.config.secret, shop.desk.database, shop.desk.clock)
            await exchanging.begin()
            shop.rounds.every(EVERY_SECONDS, "waiting", exchanging.again)
            try:
                yield
            finally:
                app.state.console.jobs.close()

    rooms = Rooms(config.cell, config.workers)
    return Litestar(
        route_handlers=[READS, WRITES, health, CONSOLE, *PAGES],
        lifespan=[lifespan],
        state=State({"waiting": rooms}),
        exception_handlers=page_or_problem(HANDLERS),
        request_max_body_size=128 * 1024,
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1_000, gzip_compress_level=2, exclude=_UNPACKED
        ),
        openapi_config=OpenAPIConfig(
            title="Argosy",
            version=__version__,
            description=ABOUT,
            components=COMPONENTS,
            tags=TAGS,
            path="/schema",
            render_plugins=[ScalarRenderPlugin()],
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )


def serve() -> WaitingRoom:
    """The application of a server process that `argosy serve` started; its settings come from the environment."""
    config = read_config()
    set_up_logs(json=config.log_json)
    # The shelf is a million long-lived objects: looking through them for cycles at every turn would cost more than orders do.
    gc.set_threshold(20_000, 50, 500)
    app = application(config, config.database_url)
    signer = Signer(signing_secret(config), "waiting")
    return WaitingRoom(app, Express(app, KeptPages(app)), signer)
