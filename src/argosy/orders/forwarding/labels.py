"""What is printed on a parcel's label."""

from __future__ import annotations

import msgspec

from argosy.delivery.parcels import look
from argosy.markets.addresses import format_address
from argosy.markets.model import Address
from argosy.orders import store
from argosy.plumbing.database import Reader


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A label: `barcode` is the S10 number as Code 128 has it, UPU S10 section 5."""

    barcode: str
    hub: str
    departure: str
    bag: str
    channel: str
    to: list[str]
    """The receiver's address as her country writes it, names of areas in English."""
    country: str
    phone: str
    weight_g: int | None
    pieces: int
    order_id: str


async def label(reader: Reader, cell: int, number: str) -> Label:
    """The label of a parcel; refuses what is no number (`bad_parcel_number`) or no parcel (`unknown_parcel`)."""
    parcel = (await look.parcel(reader, cell, number)).parcel
    order = await store.order_of(reader, cell, parcel.order_id)
    assert order is not None  # noqa: S101
    contact = msgspec.convert(order.contact, Address)
    return Label(
        barcode=parcel.number,
        hub=parcel.hub,
        departure=parcel.departure,
        bag=parcel.bag,
        channel=parcel.channel,
        to=format_address(contact, "en"),
        country=contact.country,
        phone=contact.phone,
        weight_g=parcel.weight_g,
        pieces=sum(piece.quantity for piece in parcel.pieces()),
        order_id=str(parcel.order_id),
    )
