"""Baskets, quotes, orders, and the answers they get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from argosy.campaigns.board import CampaignBoard
from argosy.campaigns.model import Note, Taken
from argosy.catalogue.model import Product, Variant
from argosy.delivery.stores.model import Slot, Stores
from argosy.landed.classification.model import GoodsFacts
from argosy.landed.model import Channel, Landed
from argosy.landed.tables import Tables
from argosy.markets.model import Markets
from argosy.orders.deposits.model import BalanceOf, DepositOf
from argosy.orders.sourcing.model import Elsewhere, Seat
from argosy.pricing.model import Price, PriceRow, Rates
from argosy.quotas.model import Take

Terms = Literal["DDP", "DAP"]
"""Incoterms 2020: delivered duty paid, everything is in the sum; delivered at place, customs asks at the door."""

MAX_LINES = 50
MAX_QUANTITY = 999


class BasketLine(msgspec.Struct, frozen=True):
    """So many of a variant."""

    variant_id: UUID
    quantity: int


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """Where it goes, as far as prices depend on it; the full address comes with the order."""

    country: str
    """ISO 3166-1 alpha-2; also the market."""
    region: str = ""
    postal_code: str = ""
    city: str = ""


class ShelfItem(msgspec.Struct, frozen=True):
    """A variant with all that a quote needs to know of it."""

    product: Product
    variant: Variant
    prices: tuple[PriceRow, ...]


Shelf = Mapping[UUID, ShelfItem]
"""Shelf items by variant."""


class Charts(msgspec.Struct, frozen=True):
    """Frozen facts that quotes are made from; replaced as a whole when one of them changes."""

    markets: Markets
    rates: Rates
    hub: str
    """UN/LOCODE of the hub whose stock is sold: home."""
    quote_for: timedelta
    """How long a quote's price stands."""
    tables: Tables
    """Duties, taxes, thresholds and bans."""
    by_weight: bool = False
    """Whether some of these duties are by weight."""
    goods: Mapping[str, GoodsFacts] = {}
    """What customs and carriers must know of a category's goods, by its code."""
    unsure: frozenset[UUID] = frozenset()
    """Variants that nobody has classified for sure: nothing of them is sold duty paid."""
    headings: Mapping[UUID, str] = {}
    """Headings that an operator decided on, which go before what a feed says."""
    campaigns: CampaignBoard = msgspec.field(default_factory=CampaignBoard)
    """Promotions by market and instant."""
    presales: CampaignBoard = msgspec.field(default_factory=CampaignBoard)
    """Pre-sales, which change no price until a deposit was paid."""
    paths: Mapping[str, tuple[str, ...]] = {}
    """Categories from the root of the tree down, by the last one's code."""
    singles: dict[Any, Any] = {}
    """What one piece costs alone under promotions, computed so far."""
    doorsteps: dict[Any, Any] = {}
    """What one piece costs at a door, computed so far: the same question has the same answer while these facts stand."""
    elsewhere: Elsewhere = msgspec.field(default_factory=Elsewhere)
    """What waits at other hubs than home."""
    stores: Stores = Stores()
    """Stores of single cities, each with a hub of its own."""
    at_hubs: dict[str, Charts] = {}
    """The same facts as they are at other hubs, made when first asked for."""

    @property
    def ships_from(self) -> str:
        """The country that parcels leave."""
        return self.hub[:2]

    def at(self, hub: str) -> Charts:
        """The same facts where another hub's stock is sold; what was computed so far is remembered for each hub."""
        found = self.at_hubs.get(hub)
        if found is None:
            found = self.at_hubs[hub] = replace(self, hub=hub, singles={}, doorsteps={}, at_hubs={})
        return found


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """By when goods are at the door."""

    hub: str
    city: str
    """The city that it was computed for."""
    country: str
    time_zone: str
    """Whose day it is."""
    day: date
    by: datetime
    order_by: datetime
    """Orders until then have this day."""
    leaves_at: datetime
    """When the carrier leaves that it depends on."""
    mode: str
    """`air`, `road`, `rail` or `sea`."""
    confidence: float
    """The share of parcels that are there by then."""
    within_72h: bool
    full: bool = False
    """Whether the date is later because a departure is full."""


class GiftOf(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line costs nothing, and what it costs those who give it."""

    promotion: str
    over_minor: int
    """What the goods that earn it have to cost together after the item layer."""
    earned_by: tuple[int, ...]
    """Numbers of their lines, from 1."""
    customs_minor: int
    """The value that it is declared at."""
    borne_minor: int
    """Duty, tax and fees on it that the shopper does not pay."""
    seller_minor: int
    """What the sellers of the goods bear of that; the platform bears the rest."""


class QuoteLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a quote, with the facts it was computed from."""

    variant_id: UUID
    product_id: UUID
    merchant: str
    sku: str
    name: str
    name_language: str
    quantity: int
    price: Price
    unit_minor: int
    """What a piece is charged at, before duty and tax."""
    goods_minor: int
    discount_minor: int
    shipping_minor: int
    duty_minor: int | None
    tax_minor: int | None
    fees_minor: int | None
    total_minor: int
    """Goods less discount, plus shipping and, where they are paid in advance, duty, tax and fees."""
    list_minor: int
    """The market's price of all pieces, before promotions."""
    taken: tuple[Taken, ...]
    """What promotions took off that price, each with who bears it."""
    alone_minor: int
    """What all these pieces cost at the door if each were ordered alone: what pages show until they are in one basket."""
    hs6: str
    origin: str
    weight_g: int | None
    takes: tuple[Take, ...]
    gift: GiftOf | None = None
    """None for what is bought."""
    credit_minor: int = 0
    """Of the discount, what is no discount: it was paid ahead as a deposit."""


class QuoteParcel(msgspec.Struct, frozen=True, kw_only=True):
    """What one hub sends of a quote, a consignment of its own: that is what customs sees, and its date is its own."""

    hub: str
    """UN/LOCODE."""
    lines: tuple[int, ...]
    """Numbers of the quote's lines, counted from 1; a line is in one parcel with all its pieces."""
    channel: Channel
    landed: Landed
    """Its shares bear the numbers of the quote's lines."""
    promise: Promise | None


class StoreParcel(msgspec.Struct, frozen=True, kw_only=True):
    """What a store packs apart of a quote."""

    lines: tuple[tuple[int, int], ...]
    """Numbers of the quote's lines, from 1, and how many pieces of each."""
    temperature: str
    """How it is kept on its way: `ambient`, `chilled` or `frozen`."""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A final price for a basket to a destination, valid until it expires; its id becomes the order's."""

    quote_id: UUID
    shopper_id: UUID
    market: str
    language: str
    currency: str
    destination: Destination
    lines: tuple[QuoteLine, ...]
    goods_minor: int
    discount_minor: int
    shipping_minor: int
    """After promotions."""
    duty_minor: int | None
    """What is charged of it in advance; None under DAP."""
    tax_minor: int | None
    fees_minor: int | None
    total_minor: int
    terms: Terms
    channel: Channel
    """Who carries it over the border; of several parcels the first."""
    landed: Landed
    """Duty, tax and fees as computed, with every rate, threshold and source: the order can be explained from it for ever.
    Of several parcels their sums."""
    promise: Promise | None
    """By when all of it is there; None where no date can be promised."""
    saved_minor: int
    """What promotions took off the market's prices."""
    notes: tuple[Note, ...]
    """What to tell the shopper of them: what she saved, what would save her more."""
    used: tuple[str, ...]
    """Coupons and red packets of hers that the order uses up."""
    offer_takes: tuple[Take, ...]
    """What promotions take of their own limits."""
    made_at: datetime
    expires_at: datetime
    carried: tuple[Taken, ...] = ()
    """What promotions took off the shipping, and the sellers' part of each."""
    hub: str = ""
    """UN/LOCODE of the hub that the first line comes from; empty in orders of before there were several."""
    room: tuple[Seat, ...] = ()
    """Places and grams on the departures that the dates rely on, taken with the order; empty before it is placed."""
    split: tuple[QuoteParcel, ...] = ()
    """The parcels where there are several; one parcel is the quote itself."""
    store: str = ""
    """Code of the city's store whose goods these are; empty for all others."""
    slot: Slot | None = None
    """When the store brings them; without one its quote only tells the price."""
    packed: tuple[StoreParcel, ...] = ()
    """What the store packs apart; they come together, and are one consignment."""
    deposit: DepositOf | None = None
    """Where it is a deposit: no goods are sent for it, and nothing of duty and tax is known before the balance."""
    balance: BalanceOf | None = None
    """Where it is the balance of a deposit, which holds the goods already."""

    def takes(self) -> list[Take]:
        """All counters the order will take from."""
        held = self.balance is not None
        takes = [take for line in self.lines if line.gift or not held for take in line.takes]
        takes += [*self.offer_takes, *self.room]
        if self.slot is not None:
            takes.append(self.slot.take)
        return takes

    @property
    def parcels(self) -> tuple[QuoteParcel, ...]:
        """What each hub sends, at least one parcel."""
        if self.split:
            return self.split
        every = tuple(range(1, len(self.lines) + 1))
        return (QuoteParcel(hub=self.hub, lines=every, channel=self.channel, landed=self.landed, promise=self.promise),)

    def promised_takes(self) -> Sequence[Take]:
        """Those of promotions and their gifts: what a quote can be made anew without."""
        if not self.lines or self.lines[-1].gift is None:
            return self.offer_takes
        return [*(take for line in self.lines if line.gift for take in line.takes), *self.offer_takes]


class NotForSale(msgspec.Struct, frozen=True):
    """Some lines cannot be bought in this market: no price or no exchange rate is known for them, or the law forbids it."""

    variants: tuple[UUID, ...]
    market: str
    reasons: tuple[str, ...] = ()
    """Why the law forbids it, a sentence each."""
