"""An address form as a page shows it: a country's fields with their names, what was typed, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from litestar.datastructures import FormMultiDict

from argosy.markets.address_forms import address_form
from argosy.markets.addresses import check_address, format_address
from argosy.markets.model import Address, FieldError
from argosy.markets.phones import shown_phone
from argosy.storefront.visit import Visit
from argosy.storefront.wording import fault_text, field_name

_WIDE = frozenset({"street", "street_2"})
_TYPES = {"phone": "tel", "email": "email"}


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form."""

    name: str
    label: str
    value: str
    wrong: str
    """The sentence under it; empty if nothing is wrong."""
    required: bool
    type: str
    autocomplete: str
    max_length: int
    wide: bool
    choices: tuple[tuple[str, str], ...]


class Typed(msgspec.Struct, kw_only=True):
    """A form as it was typed, with the faults found in it by field."""

    values: dict[str, str] = {}
    faults: dict[str, str] = {}

    def blame(self, visit: Visit, faults: Iterable[FieldError]) -> None:
        """Note what is wrong."""
        for fault in faults:
            self.faults[fault.field] = fault_text(visit.edition.speech, fault)


def typed(form: FormMultiDict, names: Iterable[str]) -> dict[str, str]:
    """Texts of a form, cut where nobody types so much."""
    return {name: str(form.get(name, ""))[:500] for name in names}


def field_names(visit: Visit) -> list[str]:
    """The names of the fields that an address of the market has."""
    return [field.name for field in address_form(visit.market.address_country, "en").fields]


def address_fields(visit: Visit, form: Typed) -> list[Field]:
    """The fields of the market's address form, in its country's order."""
    speech = visit.edition.speech
    shape = address_form(visit.market.address_country, visit.language)
    return [
        Field(
            name=field.name,
            label=field_name(speech, field.kind),
            value=form.values.get(field.name, ""),
            wrong=form.faults.get(field.name, ""),
            required=field.required,
            type=_TYPES.get(field.name, "text"),
            autocomplete=field.autocomplete,
            max_length=field.max_length,
            wide=field.name in _WIDE,
            choices=tuple((choice.code, choice.name) for choice in field.choices),
        )
        for field in shape.fields
    ]


def read_address(visit: Visit, form: Typed) -> Address | None:
    """The address that was typed; None if something is wrong with it, which the form is told."""
    checked = check_address(visit.market.address_country, form.values)
    if isinstance(checked, Address):
        return checked
    form.blame(visit, checked)
    return None


def values_of(address: Address) -> dict[str, str]:
    """An address as it would be typed."""
    street = [*address.street, "", ""]
    return {
        "name": address.name,
        "phone": shown_phone(address.phone, address.country),
        "email": address.email,
        "company": address.company,
        "street": street[0],
        "street_2": street[1],
        "city": address.city,
        "city_area": address.city_area,
        "country_area": address.country_area,
        "postal_code": address.postal_code,
    }


def lines_of(address: Address | Mapping[str, object], language: str) -> list[str]:
    """The lines of an address as a reader of a language expects them."""
    whole = address if isinstance(address, Address) else msgspec.convert(address, Address)
    return format_address(whole, language)
