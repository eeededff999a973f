"""A shopper's address as it goes on a form: as she wrote it, and beside it in Latin letters as far as these are known."""

from __future__ import annotations

import msgspec

from argosy.landed.papers.fonts import is_latin
from argosy.landed.papers.model import Party
from argosy.markets.address_forms import address_data, cities_of, folded
from argosy.markets.addresses import format_address
from argosy.markets.formats import country_name
from argosy.markets.model import Address


def recipient(address: Address) -> Party:
    """The recipient; Latin names of areas and cities come from the address data, names and streets stay as written."""
    local = str(address_data(address.country)[address.country].get("lang", "en"))
    in_latin = is_latin(" ".join((*address.street, address.city, address.city_area, address.name)))
    written = _lines(address, "en" if in_latin else local)
    latin = () if in_latin else _lines(msgspec.structs.replace(address, city=latin_city(address)), "en")
    return Party(
        name=address.name,
        company=address.company,
        address=written,
        latin=latin,
        country=address.country,
        phone=address.phone,
        email=address.email,
    )


def latin_city(address: Address) -> str:
    """The Latin name of a city that the address data know, else the city as it was written."""
    local = cities_of(
        address.country, address.country_area, str(address_data(address.country)[address.country].get("lang", ""))
    )
    latin = cities_of(address.country, address.country_area, "en")
    names = {folded(one.name): other.name for one, other in zip(local, latin, strict=False)}
    return names.get(folded(address.city), address.city)


def _lines(address: Address, language: str) -> tuple[str, ...]:
    """All lines but the name and the country."""
    bare = msgspec.structs.replace(address, name="", company="")
    country = country_name(address.country, language)
    return tuple(line for line in format_address(bare, language) if line != country)
