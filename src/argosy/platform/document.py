"""The OpenAPI document: what the framework cannot tell by itself of errors, keys and repeated requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    Components,
    OpenAPI,
    OpenAPIHeader,
    OpenAPIResponse,
    Operation,
    Parameter,
    Schema,
    SecurityScheme,
    Tag,
)
from litestar.openapi.spec.enums import OpenAPIType

from argosy.platform import (
    campaign_answers,
    deposit_shapes,
    model,
    parcel_shapes,
    refund_shapes,
    requests,
    store_shapes,
    wallet_shapes,
)
from argosy.platform.model import Problem

ABOUT = (
    "Everything that the shop does for a shopper, over JSON. Amounts are whole minor units of the currency beside them. "
    "Errors are problem details (RFC 9457) with a `code` that never changes its meaning."
)
ORDER_KEY = "orderKey"
OPERATOR_KEY = "operatorKey"
SHOPPER_KEY = "shopperKey"
TAGS = [
    Tag("Browsing", "Markets, categories, products and search. Nobody needs a key."),
    Tag("Buying", "From a basket to a paid order: quote, order, pay, look, cancel; coupons and red packets."),
    Tag("Operator", "Any order, and refunds, for whoever runs the shop."),
    Tag("Providers", "Messages of payment providers, signed by them."),
]
COMPONENTS = Components(
    security_schemes={
        ORDER_KEY: SecurityScheme(
            "http", scheme="bearer", description="The `order_key` that was answered when the order was placed."
        ),
        SHOPPER_KEY: SecurityScheme(
            "http", scheme="bearer", description="The `shopper_key` that `POST /v1/shoppers` answered."
        ),
        OPERATOR_KEY: SecurityScheme("http", scheme="bearer", description="The value of `ARGOSY_OPERATOR_KEY`."),
    }
)
_WHEN = {
    400: "The request does not have the shape that is described here, or asks for what there is not. `field` names the part.",
    401: "The key is missing, or is not the one that this call needs.",
    404: "There is no such thing, or the key does not open it; the two are answered alike.",
    409: "It has come otherwise: sold out, too many for one shopper, the quote expired, the order no longer open.",
    413: "The body is larger than 128 KiB.",
    422: "The `Idempotency-Key` came with another request.",
    503: "Too much is waiting, or the database is not there. Send the same request again.",
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The documented answers of an operation that did not go well."""
    return {
        status: ResponseSpec(
            Problem, generate_examples=False, description=_WHEN[status], media_type="application/problem+json"
        )
        for status in statuses
    }


def complete(document: OpenAPI) -> None:
    """Add to the document what the framework leaves out."""
    for operation in _repeatable(document):
        operation.parameters = [*(operation.parameters or []), _IDEMPOTENCY_KEY]
        for status, response in (operation.responses or {}).items():
            if isinstance(response, OpenAPIResponse) and status.startswith("2"):
                response.headers = {**(response.headers or {}), "Idempotent-Replayed": _REPLAYED}
    for name, schema in (document.components.schemas if document.components else {}).items():
        places = (
            model, requests, campaign_answers, deposit_shapes, parcel_shapes, refund_shapes, store_shapes, wallet_shapes,
        )  # fmt: skip
        shape: Any = next((found for place in places if (found := getattr(place, name, None))), None)
        if shape is None:
            continue
        schema.description = (shape.__doc__ or "").strip()
        if shape.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False


_IDEMPOTENCY_KEY = Parameter(
    name="Idempotency-Key",
    param_in="header",
    required=False,
    description=(
        "Taken by you, for example a UUID. The same request with the same key within 24 hours gets the answer of the first and "
        "is not carried out again."
    ),
    schema=Schema(type=OpenAPIType.STRING, pattern="^[!-~]{1,255}$", examples=["5b2c7f0e-8a0f-4d5e-9d0a-6a6f8f1f7d11"]),
)
_REPLAYED = OpenAPIHeader(
    description="`true` where this is the answer that was given before.", schema=Schema(type=OpenAPIType.STRING)
)


def _repeatable(document: OpenAPI) -> Iterator[Operation]:
    """The operations that change something at a caller's wish."""
    for path, item in (document.paths or {}).items():
        if item.post and not path.startswith("/v1/webhooks/"):
            yield item.post
