"""What the API's handlers work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request

from argosy.base.errors import NotFound, Refused
from argosy.catalogue.reference import Reference
from argosy.catalogue.vocabulary import Vocabulary
from argosy.markets.address_forms import region_of
from argosy.markets.model import Market
from argosy.orders.desk import Desk
from argosy.orders.showing.showcase import Showcase
from argosy.plumbing.secrets import Signer


class Front(msgspec.Struct):
    """The shop as the API sees it; `vocabulary` is asked for each time, since brands come and go."""

    desk: Desk
    showcase: Showcase
    reference: Reference
    vocabulary: Callable[[], Vocabulary]
    order_signer: Signer
    operator_key: str
    base_url: str
    shopper_signer: Signer

    def order_key(self, order_id: UUID) -> str:
        """The text that opens an order to whoever has it."""
        return self.order_signer.sign(order_id.bytes)

    def opens(self, key: str, order_id: UUID) -> bool:
        """Whether a key opens this order."""
        return self.order_signer.open(key) == order_id.bytes

    def shopper_key(self, shopper_id: UUID) -> str:
        """The text that is a shopper to whoever has it."""
        return self.shopper_signer.sign(shopper_id.bytes)

    def shopper(self, key: str) -> UUID | None:
        """Whose key this is; None for any other text."""
        body = self.shopper_signer.open(key)
        return UUID(bytes=body) if body is not None and len(body) == 16 else None


def front_of(request: Request[Any, Any, Any]) -> Front:
    """The front of the app that serves this request."""
    front: Front = request.app.state.front
    return front


def wished_region(market: Market, wished: str) -> str:
    """The state or province of a wished destination that decides its tax; refuses (`unknown_region`) one that there is not."""
    found = region_of(market, wished)
    if wished and market.region and found != wished.upper():
        raise Refused(
            "unknown_region",
            f"{market.address_country} has no {wished[:40]!r}.",
            field="destination.region",
            remedy=f"Send the code of a state or province, such as {market.region}, or leave it out.",
        )
    return found


def market_of(front: Front, code: str, field: str = "market") -> Market:
    """A market by its country; refuses (`unknown_market`) others."""
    market = front.desk.charts.markets.get(code.upper())
    if market is None:
        remedy = "Send one of " + ", ".join(sorted(front.desk.charts.markets)) + "."
        raise Refused("unknown_market", "There is no such market.", field=field, remedy=remedy)
    return market


def bearer(request: Request[Any, Any, Any]) -> str:
    """The key of the `Authorization: Bearer` header; empty without one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def check_order_key(request: Request[Any, Any, Any], front: Front, order_id: UUID) -> None:
    """Refuse whoever does not hold the order's key, as if there were no such order."""
    if not front.opens(bearer(request), order_id):
        remedy = "Send the order_key that came with the order as Authorization: Bearer <order_key>."
        raise NotFound(
            "unknown_order", "There is no such order, or the key does not open it.", field="order_id", remedy=remedy
        )
