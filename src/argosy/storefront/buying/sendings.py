"""A quote's parcels as pages tell of them: where each comes from, what is in it, and by when it is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from argosy.markets import formats
from argosy.orders.model import Promise, Quote
from argosy.storefront.visit import Visit


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """One parcel."""

    number: int
    """Counted from 1."""
    home: bool
    country: str
    """The country that it comes from, in the reader's language."""
    promise: Promise | None
    pieces: dict[UUID, int]
    """Pieces by variant."""
    names: list[tuple[str, str, int]]
    """Names of its goods with their languages, and how many there are of each."""


def sendings(visit: Visit, quote: Quote) -> list[Sending]:
    """The parcels of a quote; one for most."""
    home = visit.front.desk.charts.hub
    found = []
    for number, parcel in enumerate(quote.parcels, start=1):
        lines = [quote.lines[line - 1] for line in parcel.lines]
        pieces: dict[UUID, int] = {}
        for line in lines:
            pieces[line.variant_id] = pieces.get(line.variant_id, 0) + line.quantity
        found.append(
            Sending(
                number=number,
                home=parcel.hub in ("", home),
                country=formats.country_name(parcel.hub[:2], visit.edition.locale) if parcel.hub else "",
                promise=parcel.promise,
                pieces=pieces,
                names=[(line.name, line.name_language, line.quantity) for line in lines],
            )
        )
    return found


def several(visit: Visit, quote: Quote | None) -> list[Any]:
    """The parcels where there are more than one; else nothing is to be told of them."""
    return sendings(visit, quote) if quote is not None and quote.split else []
