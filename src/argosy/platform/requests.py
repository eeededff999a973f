"""Shapes of the API's requests, with an example of each field that needs one."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from argosy.landed.returns import ReturnReason

# Line breaks and other signs that steer a printer have no place on a label, nor a zero byte in a database.
_PRINTED = r"^[^\x00-\x1f\x7f]*$"
Short = Annotated[str, Meta(max_length=120, pattern=_PRINTED)]
Country = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z]{2}$",
        description="ISO 3166-1 alpha-2 of a market.",
        extra_json_schema={"examples": ["FR"]},
    ),
]
Language = Annotated[
    str,
    Meta(
        max_length=35,
        pattern="^[A-Za-z0-9-]*$",
        description="BCP 47; empty takes `Accept-Language`, then the market's first.",
        extra_json_schema={"examples": ["fr"]},
    ),
]


def _like(example: str, description: str = "", length: int = 120) -> Meta:
    """A short text with an example of it."""
    return Meta(
        max_length=length,
        pattern=_PRINTED,
        description=description or None,
        extra_json_schema={"examples": [example]},
    )


class WishedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of a variant."""

    variant_id: Annotated[
        UUID, Meta(description="Of `GET /v1/products`; each variant once is enough, equal ones are added up.")
    ]
    quantity: Annotated[int, Meta(ge=1, le=999, extra_json_schema={"examples": [1]})]


class WishedDestination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where it is to go."""

    country: Country
    region: Annotated[
        str,
        _like(
            "NY",
            "State or province. Where tax depends on it (US, CA), empty is the market's own and the address must lie in it.",
        ),
    ] = ""
    postal_code: Short = ""
    city: Short = ""


class QuoteRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A basket to be priced."""

    lines: Annotated[list[WishedLine], Meta(min_length=1, max_length=50)]
    destination: WishedDestination
    language: Language = ""
    terms: Annotated[
        Literal["", "DDP"],
        Meta(
            description="`DDP`: refuse (`ddp_not_possible`) what cannot be delivered duty paid; empty: DAP is offered then."
        ),
    ] = ""
    explain: Annotated[bool, Meta(description="Tell the reasons of every figure of duty and tax.")] = False
    decline_gifts: Annotated[
        list[Annotated[str, Meta(max_length=100)]],
        Meta(max_length=20, description="Codes of promotions whose gifts are not wanted."),
    ] = []
    store: Annotated[
        str,
        Meta(
            max_length=32,
            pattern="^[a-z0-9-]*$",
            description="A city's grocery store of `GET /v1/stores`, whose goods then are brought in `slot`; empty: the mall.",
            extra_json_schema={"examples": [""]},
        ),
    ] = ""
    slot: Annotated[
        str,
        Meta(
            max_length=48,
            pattern="^[0-9a-z/-]*$",
            description="A slot of `GET /v1/stores/{store}/slots`; needed with `store`, and only there.",
            extra_json_schema={"examples": [""]},
        ),
    ] = ""


class AddressRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who receives the parcel and where; which parts a country needs is told by `GET /v1/markets/{country}`."""

    country: Country
    name: Annotated[str, _like("Ana Souza")]
    phone: Annotated[
        str, _like("+33 1 42 34 56 78", "With its country's code, or as it is dialled inside the country.")
    ]
    email: Annotated[str, _like("ana@shopper.example")] = ""
    company: Short = ""
    street: Annotated[
        list[Short],
        Meta(max_length=2, description="One line or two.", extra_json_schema={"examples": [["12 rue de Rivoli"]]}),
    ] = []
    city: Annotated[str, _like("Paris")] = ""
    city_area: Short = ""
    country_area: Annotated[str, _like("", "State, province or prefecture, where the country's form has one.")] = ""
    postal_code: Annotated[str, _like("75004")] = ""


class PaymentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is paid with: a test card of the simulated provider, or a payment method of Stripe."""

    card_number: Annotated[
        str,
        Meta(
            max_length=32,
            pattern="^[0-9 -]*$",
            description="Of a test card of the simulated provider.",
            extra_json_schema={"examples": ["4242 4242 4242 4242"]},
        ),
    ] = ""
    token: Annotated[str, Meta(max_length=255, pattern="^[!-~]*$", description="A payment method of Stripe.")] = ""
    return_url: Annotated[
        str,
        Meta(
            max_length=500,
            pattern=r"^(https?://[!-~]+)?$",
            description="Where the shopper comes back to after a second step; empty: to the order.",
        ),
    ] = ""


class OrderRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quote to be ordered, and paid if `payment` is there."""

    quote: Annotated[str, Meta(max_length=65536, pattern="^[!-~]*$", description="As `POST /v1/quotes` answered it.")]
    address: AddressRequest
    payment: PaymentRequest | None = None


class PayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another try to pay."""

    payment: PaymentRequest


class RefundLineRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many pieces of a line; lines are numbered from 1."""

    line: Annotated[int, Meta(ge=1, le=50)]
    quantity: Annotated[int, Meta(ge=1, le=999)]


class RefundRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pieces to refund; none named: all that is left."""

    lines: Annotated[list[RefundLineRequest], Meta(max_length=50)] = []
    restock: bool = False
    reason: Annotated[
        ReturnReason,
        Meta(description="Why the goods go back. It decides what becomes of their duty and tax."),
    ] = "changed_mind"
    sent: Annotated[
        bool | None,
        Meta(description="Whether they had left the house. Null: as the order's parcels say."),
    ] = None
