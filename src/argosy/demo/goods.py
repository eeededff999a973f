"""What the three sources share: goods left out, and the row that a source's facts and the made-up rest become."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from argosy.catalogue.model import ImportRow
from argosy.demo import invention
from argosy.demo.tables import Shelf

PHONE_LIMIT = 2
"""Phones that one shopper may buy."""


class LeftOut(msgspec.Struct, frozen=True):
    """A row of a source that does not become goods, and why."""

    source: str
    number: str
    reason: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a source says of one variant; empty is what it does not say."""

    merchant: str
    number: str
    """The source's own number, which becomes the sku."""
    group: str
    name: str
    shelf: Shelf
    name_language: str = ""
    names: dict[str, str] = {}
    brand: str = ""
    description: str = ""
    colour: str = ""
    size: str = ""
    gtin: str = ""
    origin: str = ""
    likely_origin: str = ""
    """What to make the origin up from, instead of drawing it."""
    weight_g: int | None = None
    price_usd_cents: int | None = None
    popularity: int | None = None
    attributes: dict[str, str] = {}


def records(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a compressed CSV file in UTF-8, one at a time."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


class _Rest(msgspec.Struct, frozen=True, kw_only=True):
    """What was drawn for a product, beside what the source says of it."""

    price: int
    was: int | None
    days: int | None
    weight: int
    origin: str
    popularity: int
    limit: int | None
    made_up: tuple[str, ...]


def _rest(found: Found) -> _Rest:
    lots = invention.draw(f"{found.merchant} {found.group}")
    generated = ["stock"]
    if (price := found.price_usd_cents) is None:
        price = invention.price_minor(lots, found.shelf)
        generated.append("price_minor")
    was, days = invention.cut(lots, price)
    if was is not None:
        generated += ["was_minor", "cut_days_ago"]
    if (weight := found.weight_g) is None:
        weight = invention.weight_g(lots, found.shelf)
        generated.append("weight_g")
    if not (origin := found.origin):
        origin = found.likely_origin or invention.origin(lots, found.shelf)
        generated.append("origin")
    if (popularity := found.popularity) is None:
        popularity = invention.popularity(lots)
        generated.append("popularity")
    limit = PHONE_LIMIT if "mobile-phones" in found.shelf.path else None
    if limit is not None:
        generated.append("limit_per_shopper")
    return _Rest(
        price=price,
        was=was,
        days=days,
        weight=weight,
        origin=origin,
        popularity=popularity,
        limit=limit,
        made_up=tuple(generated),
    )


def completed(found: Found, sizes: tuple[str, ...] = ()) -> Iterator[ImportRow]:
    """One row, or one for each of the made-up sizes, with all that the source lacks made up and named.

    Prices, weights, origins and cuts are drawn for the product, so that its variants agree; stock for the variant.
    """
    rest = _rest(found)
    made_up = (*rest.made_up, "size") if sizes else rest.made_up
    for size in sizes or (found.size,):
        sku = f"{found.number}-{size.lower()}" if sizes else found.number
        yield ImportRow(
            merchant=found.merchant,
            sku=sku,
            group=found.group,
            name=found.name,
            name_language=found.name_language,
            names=found.names,
            brand=found.brand,
            category=found.shelf.code,
            description=found.description,
            description_language="en" if found.description else "",
            colour=found.colour,
            size=size,
            gtin=found.gtin,
            origin=rest.origin,
            weight_g=rest.weight,
            price_minor=rest.price,
            currency="CNY" if found.price_usd_cents is None else "USD",
            was_minor=rest.was,
            cut_days_ago=rest.days,
            stock=invention.stock(invention.draw(f"{found.merchant} {sku}")),
            limit_per_shopper=rest.limit,
            popularity=rest.popularity,
            attributes=found.attributes,
            made_up=made_up,
        )


def value(values: Mapping[tuple[str, str], tuple[str, ...]], attribute: str, source: str) -> dict[str, str]:
    """The attribute with our code for what the source says, or nothing where it says nothing."""
    known = values.get((attribute, source.lower()), ())
    return {attribute: known[0]} if known else {}
