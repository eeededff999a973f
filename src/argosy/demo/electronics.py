"""Electronics: brand and finish told apart from the name, finishes that are colours grouped, prices as the source has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec

from argosy.catalogue.model import ImportRow
from argosy.demo.goods import Found, LeftOut, completed, records
from argosy.demo.tables import LEFT_OUT, Tables, by_words

MERCHANT = "bluewave-electronics"
SOURCE = "electronics"
_CARRIER = re.compile(r"^(.*?)\s*(\([^()]*\))$")
_SEVERAL = re.compile(r"\s*(?:[/,&]|\band\b|\bwith\b)\s*", re.IGNORECASE)
_STORAGE = re.compile(r"\b(\d+)\s?GB\b")
_BATTERY = re.compile(r"\b(\d{1,3}(?:,\d{3})+|\d+)\s?mAh\b", re.IGNORECASE)


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the source, read."""

    number: str
    brand: str
    name: str
    """Without brand; with the finish unless that is a colour of ours and nothing more."""
    full_name: str
    """Without brand, always with the finish."""
    colour: str
    single: bool
    """Whether the finish is one colour, so that the colour stands for it."""
    category: str
    price_usd_cents: int
    popularity: int
    description: str


def rows(data: Path, tables: Tables) -> Iterator[ImportRow | LeftOut]:
    """All variants, those of one product one after the other; reads the whole file before the first."""
    products: dict[tuple[str, ...], dict[str, Device]] = {}
    for record in records(data / "catalogue_electronics.csv.gz"):
        category = placed(record["category"], record["name"], tables)
        if category == LEFT_OUT:
            yield LeftOut(SOURCE, record["id"], "not physical: airtime or a SIM card")
            continue
        device = read(record, category, tables)
        key: tuple[str, ...] = (device.brand, device.name.lower(), category)
        if not device.single or device.colour in products.get(key, {}):
            # A finish that no colour stands for, or another finish of the same colour, is a product of its own.
            key = (device.number,)
            device = msgspec.structs.replace(device, name=device.full_name)
        products.setdefault(key, {})[device.colour] = device
    for product in products.values():
        yield from _variants(list(product.values()), tables)


def placed(path: str, name: str, tables: Tables) -> str:
    """The category of a path of the source, by the words of the name where the path holds goods of many kinds."""
    steps = path.split(" > ")
    while (code := tables.by_category.get((SOURCE, " > ".join(steps), ""))) is None:
        steps.pop()
    if not code.startswith("?"):
        return code
    # The finish says nothing about the kind: `Light Gray` is no light.
    kind = name.rpartition(" - ")[0] if name.count(" - ") > 1 else name
    return by_words(tables, SOURCE, kind) or code.removeprefix("?")


def read(record: dict[str, str], category: str, tables: Tables) -> Device:
    """A row of the source with brand, name and finish told apart."""
    brand = record["brand"]
    parts = record["name"].split(" - ")
    if len(parts) > 1 and parts[0].strip().lower() == brand.lower():
        del parts[0]
    finish = parts.pop().strip() if len(parts) > 1 else ""
    carrier = ""
    if match := _CARRIER.match(finish):
        finish, carrier = match[1], f" {match[2]}"
    colour, single = coloured(finish, tables)
    name = " - ".join(part.strip() for part in parts)
    full_name = f"{name} - {finish}" if finish else name
    return Device(
        number=record["id"],
        brand=tables.brands.get(brand.lower(), brand.rstrip("™®")),
        name=(name if single else full_name) + carrier,
        full_name=full_name + carrier,
        colour=colour,
        single=single,
        category=category,
        price_usd_cents=int(Decimal(record["price"]) * 100),
        popularity=int(record["popularity"]),
        description=record["description"],
    )


def coloured(finish: str, tables: Tables) -> tuple[str, bool]:
    """The colour of a finish, or none, and whether it says all: `Black/Blue` is black but more than black."""
    if exact := tables.finishes.get(finish.lower()):
        return exact, True
    parts = [part for part in _SEVERAL.split(finish.lower()) if part]
    if len(parts) > 1 and len({tables.finishes.get(part, part) for part in parts}) == 1:
        return tables.finishes.get(parts[0], ""), parts[0] in tables.finishes
    for part in parts:
        words = part.split()
        for start in range(len(words)):
            if colour := tables.finishes.get(" ".join(words[start:])):
                return colour, False
    return "", False


def _variants(product: list[Device], tables: Tables) -> Iterator[ImportRow]:
    first = product[0]
    attributes = _attributes(first)
    for device in product:
        found = Found(
            merchant=MERCHANT,
            number=device.number,
            group=first.number,
            name=first.name,
            name_language="en",
            brand=first.brand,
            shelf=tables.shelves[first.category],
            description=device.description,
            colour=device.colour,
            price_usd_cents=device.price_usd_cents,
            popularity=device.popularity,
            attributes=attributes,
        )
        yield from completed(found)


def _attributes(device: Device) -> dict[str, str]:
    """Storage and battery where the name states them."""
    stated: dict[str, str] = {}
    if device.category.endswith("-phones") and (match := _STORAGE.search(device.name)):
        stated["storage"] = f"{match[1]} GB"
    if match := _BATTERY.search(device.name):
        stated["battery"] = f"{match[1].replace(',', '')} mAh"
    return stated
