"""What the storefront's handlers work with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from argosy.catalogue.reference import Reference
from argosy.catalogue.vocabulary import Vocabulary
from argosy.markets.model import LANGUAGES, Market
from argosy.orders.desk import Desk
from argosy.orders.ports import Payments
from argosy.orders.showing.showcase import Showcase
from argosy.orders.stock import StockBoard
from argosy.plumbing.config import Config
from argosy.plumbing.secrets import Signer
from argosy.storefront.assets import STATIC, Assets, load_assets
from argosy.storefront.bill.border import forbidden
from argosy.storefront.edition import Edition, SharedTemplates
from argosy.storefront.keeping.parts_kept import PartsKept
from argosy.storefront.pictures import Pictures

BY_PATH = {language.lower(): language for language in LANGUAGES}
"""Our languages by their part of an address: `zh-hant`."""


class Front(msgspec.Struct):
    """The shop as its pages see it."""

    desk: Desk
    showcase: Showcase
    reference: Reference
    vocabulary: Callable[[], Vocabulary]
    """The search's words of now: they are replaced when brands change."""
    payments: Payments
    sessions: Signer
    forms: Signer
    orders: Signer
    """Signs the keys that open a guest's order; the same as the API's."""
    base_url: str
    cell: int
    pictures: Pictures
    assets: Assets
    templates: SharedTemplates
    editions: dict[tuple[str, str], Edition] = {}
    elsewhere: dict[str, Showcase] = {}
    """What is to be had at hubs of single cities, by hub."""
    parts: PartsKept = msgspec.field(default_factory=PartsKept)

    @property
    def now(self) -> datetime:
        """The instant on the shop's clock."""
        return self.desk.clock.now()

    @property
    def simulated(self) -> bool:
        """Whether payments are played: then the pages name the test cards."""
        return self.payments.name == "simulated"

    def showcase_at(self, hub: str) -> Showcase:
        """What is to be had at a hub."""
        found = self.elsewhere.get(hub)
        if found is None:
            stock = StockBoard(self.desk.database, self.desk.cell, hub)
            found = self.elsewhere[hub] = Showcase(self.desk, hub, stock)
        return found

    def edition(self, market: str, language: str) -> Edition | None:
        """The shop in a market and language, by their parts of an address; None where there is none."""
        tongue = BY_PATH.get(language)
        at = self.desk.charts.markets.get(market)
        if at is None or tongue is None or not at.launched or market != at.path:
            return None
        return self.edition_in(at, tongue)

    def edition_in(self, market: Market, language: str) -> Edition:
        """The shop in a market and one of our languages, made when first asked for."""
        key = (market.code, language)
        found = self.editions.get(key)
        if found is None or found.market is not market:
            found = self.editions[key] = Edition(
                market, language, self.templates, self.reference, self.parts,
                pictures=self.pictures, assets=self.assets, front=self, forbidden=forbidden,
            )  # fmt: skip
        return found

    def order_key(self, order_id: UUID) -> str:
        """The text that opens an order to whoever has it."""
        return self.orders.sign(order_id.bytes)

    def opens(self, key: str, order_id: UUID) -> bool:
        """Whether a key opens this order."""
        return self.orders.open(key) == order_id.bytes


def storefront_front(
    config: Config,
    desk: Desk,
    showcase: Showcase,
    reference: Reference,
    vocabulary: Callable[[], Vocabulary],
    payments: Payments,
) -> Front:
    """The storefront of an open shop; `config` has its secret filled in."""
    return Front(
        desk=desk,
        showcase=showcase,
        reference=reference,
        vocabulary=vocabulary,
        payments=payments,
        sessions=Signer(config.secret, "session"),
        forms=Signer(config.secret, "csrf"),
        orders=Signer(config.secret, "order"),
        base_url=config.base_url.rstrip("/"),
        cell=config.cell,
        pictures=Pictures(reference.tree, STATIC),
        assets=load_assets(),
        templates=SharedTemplates(),
    )


def front_of(request: Request[Any, Any, Any]) -> Front:
    """The front of the app that serves this request."""
    front: Front = request.app.state.storefront
    return front
