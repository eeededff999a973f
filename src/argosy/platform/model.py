"""Shapes of the API's answers. Amounts are whole minor units of the currency beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from argosy.platform.shapes.refunds import RefundedLineAnswer
from argosy.platform.shapes.stores import SlotAnswer, StoreParcelAnswer


class RateAnswer(msgspec.Struct, frozen=True):
    """The rate of exchange a price was made with."""

    source_currency: str
    numerator: int
    denominator: int
    day: str
    source: str


class QuoteLineAnswer(msgspec.Struct, frozen=True):
    """A line of a quote."""

    variant_id: UUID
    sku: str
    name: str
    name_language: str
    quantity: int
    unit_minor: int
    """What a piece is charged at, before duty and tax."""
    goods_minor: int
    discount_minor: int
    """What promotions take off the goods."""
    shipping_minor: int
    duty_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    total_minor: int
    promotions: list[TakenAnswer]
    seller_minor: int
    seller_currency: str
    rate: RateAnswer | None
    """None where the price was set for this market."""
    gift: str
    """Code of the promotion that gives it for nothing; empty for what is bought."""


class TakenAnswer(msgspec.Struct, frozen=True):
    """What a promotion took off a line's price, and how much of it the seller bears."""

    promotion: str
    layer: str
    """`item`, `shop`, `shop_coupon`, `platform`, `platform_coupon` or `red_packet`."""
    off_minor: int
    seller_minor: int


class ReasonAnswer(msgspec.Struct, frozen=True):
    """Why a figure of duty or tax is what it is."""

    code: str
    line: int | None
    """Number of the line in the quote, from 1; None where it is the whole consignment's."""
    text: str
    source: str
    as_of: str


class LandedAnswer(msgspec.Struct, frozen=True):
    """Duty, tax and fees as computed, whoever pays them; null is unknown, never zero."""

    state: str
    """`known`, `estimate`, `unknown`, `banned` or `conditional`."""
    duty_minor: int | None
    duty_low_minor: int | None
    """Bounds of an estimate."""
    duty_high_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    reasons: list[ReasonAnswer] | None
    """Only where `explain` asked for them."""


class PromiseAnswer(msgspec.Struct, frozen=True):
    """By when goods are at the door."""

    city: str
    day: str
    """In the city's own calendar."""
    by: datetime
    order_by: datetime
    """Orders until then have this day."""
    mode: str
    confidence: float
    """The share of parcels that are there by then."""
    within_72h: bool
    departure_full: bool = False
    """The date would be earlier if a departure were not full."""


class SendingAnswer(msgspec.Struct, frozen=True):
    """What one hub sends: a consignment of its own, with its own date."""

    hub: str
    """UN/LOCODE of where it comes from; empty in orders of before there were several."""
    lines: list[int]
    """Numbers of the lines in it, counted from 1; a line that two hubs share is two lines."""
    channel: str
    landed: LandedAnswer
    promise: PromiseAnswer | None


class QuoteAnswer(msgspec.Struct, frozen=True):
    """A final price, valid until it expires; send `quote` back unchanged to order."""

    quote_id: UUID
    quote: str
    currency: str
    lines: list[QuoteLineAnswer]
    goods_minor: int
    discount_minor: int
    saved_minor: int
    """What promotions took off the market's prices."""
    shipping_minor: int
    duty_minor: int | None
    """Paid to the shop in advance; null under DAP."""
    tax_minor: int | None
    fees_minor: int | None
    """Flat charges fixed by law."""
    total_minor: int
    terms: str
    """`DDP`: nothing more is asked for at the door; `DAP`: customs asks the shopper for duty and tax there."""
    landed: LandedAnswer
    promise: PromiseAnswer | None
    """By when all of it is there; null where no date can be promised."""
    expires_at: datetime
    parcels: list[SendingAnswer]
    """One for each hub that sends some of it; one for most baskets."""
    used: tuple[str, ...] = ()
    """Coupons and red packets of the shopper's that the order uses up, by `held_id`."""
    store: str = ""
    """The city's grocery store that it is bought at; empty for the mall."""
    slot: SlotAnswer | None = None
    """When the store brings it."""
    packed: list[StoreParcelAnswer] = []
    """What a store packs apart, because it is kept at different temperatures."""
    shipping_promotions: list[TakenAnswer] = []
    """What promotions took off the shipping."""


class LackAnswer(msgspec.Struct, frozen=True):
    """A variant of which there is too little."""

    variant_id: UUID
    wanted: int
    left: int


class PaymentAnswer(msgspec.Struct, frozen=True):
    """How far the payment has come."""

    state: str
    """`captured`, `declined`, `needs_action`, `pending`, `given_back` or `none`."""
    reason: str | None = None
    next_url: str | None = None


class OrderAnswer(msgspec.Struct, frozen=True):
    """An order that stands; `order_key` opens it, keep it."""

    order_id: UUID
    order_key: str
    state: str
    currency: str
    total_minor: int
    payment: PaymentAnswer


class OrderLineAnswer(msgspec.Struct, frozen=True):
    """A line of an order."""

    line: int
    name: str
    variant_id: str
    quantity: int
    refunded_quantity: int
    total_minor: int
    refunded_minor: int
    gift: str
    """Code of the promotion that gave it for nothing; empty for what was bought."""


class HistoryAnswer(msgspec.Struct, frozen=True):
    """An entry of an order's audit trail."""

    at: datetime
    what: str
    who: str
    detail: dict[str, Any]


class RefundAnswer(msgspec.Struct, frozen=True):
    """A refund; `open` or `pending` until the provider has done it."""

    refund_id: UUID
    state: str
    amount_minor: int
    currency: str
    at: datetime
    why: str
    """`late`, `price_protection`, `deposit` or `deposit_rest` for money that went back without goods; else empty."""
    lines: list[RefundedLineAnswer]
    """Empty for money that came too late and was given back."""


class OrderDetail(msgspec.Struct, frozen=True):
    """An order with everything that happened to it."""

    order_id: UUID
    state: str
    market: str
    currency: str
    goods_minor: int
    shipping_minor: int
    duty_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    total_minor: int
    refunded_minor: int
    paid_back_minor: int
    """Given back without goods, beside what was refunded."""
    terms: str
    landed: LandedAnswer | None
    """As it was when the order was placed, with every reason; null for orders of before it was computed."""
    promise: PromiseAnswer | None
    parcels: list[SendingAnswer]
    """What each hub sends, as it was when the order was placed; empty for orders of before duty and tax were computed."""
    placed_at: datetime
    hold_until: datetime
    lines: list[OrderLineAnswer]
    history: list[HistoryAnswer]
    refunds: list[RefundAnswer]
    store: str = ""
    """The city's grocery store that it was bought at; empty for the mall."""
    slot: SlotAnswer | None = None
    """When the store brings it."""


class PriceAnswer(msgspec.Struct, frozen=True):
    """The price of one piece in the market's currency."""

    minor: int
    currency: str
    all_in: bool
    """Whether duty and tax are in it, so that nothing more is asked for at the door."""
    lowest_30_days_minor: int | None
    """Before the price was cut, in the same terms."""
    seller_minor: int
    seller_currency: str


class VariantAnswer(msgspec.Struct, frozen=True):
    """A variant that can be put into a basket."""

    variant_id: UUID
    sku: str
    colour: str
    size: str
    gtin: str
    hs6: str
    origin: str
    weight_g: int | None
    image: str
    price: PriceAnswer | None
    """None: not for sale in this market."""
    landed: LandedAnswer | None
    """Duty and tax of one piece; `banned` may not be sold to this market."""
    available: int | None
    """Pieces left; None where no stock ever came in."""
    limit_per_shopper: int | None
    made_up: list[str]


class ProductAnswer(msgspec.Struct, frozen=True):
    """A product with all its variants."""

    product_id: UUID
    handle: str
    url: str
    brand: str
    name: str
    name_language: str
    category: str
    category_name: str
    description: str
    attributes: dict[str, str]
    variants: list[VariantAnswer]
    made_up: list[str]


class ProductListed(msgspec.Struct, frozen=True):
    """A product in a list."""

    product_id: UUID
    handle: str
    url: str
    brand: str
    name: str
    name_language: str
    category: str
    image: str
    price: PriceAnswer | None
    available: bool
    variant_id: UUID


class FacetAnswer(msgspec.Struct, frozen=True):
    """A value to narrow by, and how many products it leaves."""

    code: str
    name: str
    products: int


class ListAnswer(msgspec.Struct, frozen=True):
    """A page of products."""

    products: list[ProductListed]
    page: int
    page_size: int
    total: int
    total_is_minimum: bool
    brands: list[FacetAnswer]
    colours: list[FacetAnswer]
    categories: list[FacetAnswer]


class MarketAnswer(msgspec.Struct, frozen=True):
    """A market."""

    country: str
    name: str
    currency: str
    languages: list[str]
    home: bool


class AddressFieldAnswer(msgspec.Struct, frozen=True):
    """A field of a country's address."""

    name: str
    kind: str
    required: bool
    max_length: int
    choices: list[str]


class MarketDetail(msgspec.Struct, frozen=True):
    """A market with its address form."""

    country: str
    name: str
    currency: str
    languages: list[str]
    home: bool
    address: list[AddressFieldAnswer]


class CategoryAnswer(msgspec.Struct, frozen=True):
    """A category of the tree."""

    code: str
    parent: str | None
    name: str
    products: int


class Problem(msgspec.Struct, frozen=True):
    """What went wrong, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    remedy: str | None = None
    lacks: list[LackAnswer] | None = None
    slots: list[SlotAnswer] | None = None
    """Where a slot is full, the next ones with a place left."""
