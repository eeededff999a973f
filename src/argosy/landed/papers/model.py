"""What an order tells customs, and the declaration of one parcel. Amounts are minor units, weights grams; None is unknown."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

Form = Literal["CN22", "CN23"]
Category = Literal["sale_of_goods", "gift", "documents", "commercial_sample", "returned_goods", "other"]


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """The sender or the recipient."""

    name: str
    company: str = ""
    address: tuple[str, ...]
    """Street, area, city and postal code as the country writes them, without name and country."""
    latin: tuple[str, ...] = ()
    """The same with official Latin names of areas and cities, where `address` has them in another script."""
    country: str
    """ISO 3166-1 alpha-2."""
    phone: str = ""
    email: str = ""
    reference: str = ""
    """EORI, tax code, VAT or importer number."""


class OrderedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order, as it was bought."""

    line: int
    description: str
    """In English, what the goods are and for whom: `men's shirts, cotton`."""
    quantity: int
    value_minor: int
    """Paid for all pieces less discounts, without shipping, duty and taxes of the destination; of what comes free, its worth."""
    piece_weight_g: int | None
    hs6: str
    """HS 2022; empty: nobody classified it."""
    origin: str
    """ISO 3166-1 alpha-2; empty: unknown."""


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """An order as customs needs it."""

    number: str
    """Number of the commercial invoice, which is the order's."""
    placed_on: date
    currency: str
    sender: Party
    recipient: Party
    lines: tuple[OrderedLine, ...]
    shipping_minor: int
    scheme: str = ""
    """Registration under which tax was collected at the sale: `IOSS IM0000000000`; empty: none."""
    comments: tuple[str, ...] = ()
    """Conditions to be told: batteries, quarantine, restrictions."""
    licences: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()


class Packed(msgspec.Struct, frozen=True):
    """So many pieces of an order's line in a parcel."""

    line: int
    quantity: int


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What is in one parcel of an order."""

    contents: tuple[Packed, ...]
    gross_weight_g: int | None = None
    """With packing, as weighed."""
    item_number: str = ""
    """UPU S10: `RR123456785CN`; empty: not yet given."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of goods on a declaration."""

    description: str
    quantity: int
    net_weight_g: int | None
    value_minor: int
    hs6: str
    origin: str


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """All that is printed on the form of one parcel."""

    form: Form
    number: str
    """Of the invoice."""
    part: int
    """Which parcel of the order, from 1."""
    parts: int
    category: Category
    sender: Party
    recipient: Party
    contents: tuple[Content, ...]
    currency: str
    total_value_minor: int
    gross_weight_g: int | None
    postage_minor: int
    scheme: str
    comments: tuple[str, ...]
    licences: tuple[str, ...]
    certificates: tuple[str, ...]
    item_number: str
    made_on: date
    missing: tuple[str, ...]
    """What customs wants and nobody knows: `contents[2].origin`."""
