"""Addresses checked, normalised and written by the rules of their country."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from argosy.markets.address_forms import (
    POSTAL,
    Area,
    address_form,
    area_choices,
    area_name,
    areas_of,
    cities_of,
    find_area,
    folded,
    in_local_script,
    known_cities,
    line_format,
    postal_example,
    postal_partings,
    required_fields,
    rules_of,
)
from argosy.markets.formats import country_name
from argosy.markets.model import MAX_FIELD, Address, FieldError
from argosy.markets.phones import check_phone

__all__ = ["address_form", "area_name", "check_address", "cities_of", "format_address"]

_EMAIL = re.compile(r"^[^@\s]+@(?:[^@\s.]+\.)+[^@\s.]{2,}$")
_MAX_READ = 4 * MAX_FIELD
_PLAIN = re.compile(r"(?=[0-9A-Za-z])[!-~]+(?: [!-~]+)*").fullmatch
"""Printable ASCII with a letter or figure first and single blanks within: nothing to tidy, nothing to refuse."""
_JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
_TEXTS = ("name", "email", "company", "street", "street_2", "city", "city_area", "country_area", POSTAL)
_CITY_STATES = {"SG": "Singapore"}


def check_address(country: str, fields: Mapping[str, str]) -> Address | tuple[FieldError, ...]:
    """The address, normalised, or everything that is wrong with it in the form's order.

    `fields` has the names of `address_form(country, ...)`; others are passed over, and so are fields that the country
    does not use. An area may be given by its code or by its name in any language. ValueError for an unknown country.
    """
    order, used, required = _plan(country)
    faults: dict[str, FieldError] = {}
    values = dict.fromkeys(_TEXTS, "")
    for name in used:
        typed = fields.get(name, "")
        if len(typed) <= MAX_FIELD and _PLAIN(typed):
            # Most of what is typed is already as it should be.
            values[name] = typed
            continue
        typed = typed.strip()[:_MAX_READ]
        if typed or name in required:
            values[name] = _tidy(typed)
            fault = _bad_text(name, typed, values[name], name in required)
            if fault is not None:
                faults[name] = fault
    phone = check_phone(fields.get("phone", ""), country)
    if isinstance(phone, FieldError):
        faults["phone"] = phone
    if values["email"] and "email" not in faults and not _EMAIL.match(values["email"]):
        faults["email"] = _fault("email", "invalid", "Enter an address such as name@example.com.", "name@example.com")
    area = _checked_area(country, values, faults)
    values[POSTAL] = _postal(country, values[POSTAL])
    _check_postal(country, values[POSTAL], area, faults)
    if faults or isinstance(phone, FieldError):
        return tuple(faults[name] for name in order if name in faults)
    street = tuple(line for line in (values["street"], values["street_2"]) if line)
    return Address(
        country=country,
        name=values["name"],
        phone=phone,
        email=values["email"],
        company=values["company"],
        street=street,
        city=_city(country, values["city"], area, "city" in used),
        city_area=values["city_area"],
        country_area=area.code if area else "",
        postal_code=values[POSTAL],
    )


@lru_cache(maxsize=256)
def _plan(country: str) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """The fields of a country's form in order, those of them that are plain texts, and which are required."""
    order = tuple(field.name for field in address_form(country, "en").fields)
    return order, tuple(name for name in _TEXTS if name in order), required_fields(country)


def _tidy(text: str) -> str:
    """One line in NFC without invisible marks; the joiners that Hindi spells with stay."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = "".join(ch for ch in text if unicodedata.category(ch) != "Cf" or ch in _JOINERS)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _fault(field: str, code: str, remedy: str, example: str | None = None) -> FieldError:
    return FieldError(field=field, code=code, remedy=remedy, example=example)


def _bad_text(name: str, typed: str, tidy: str, required: bool) -> FieldError | None:
    # Printable text has none of them; the look at each letter is for the rest.
    if not typed.isprintable() and any(unicodedata.category(ch) in ("Cc", "Cs", "Co", "Zl", "Zp") for ch in typed):
        return _fault(name, "control_character", "Enter one line of plain text.")
    if len(tidy) > MAX_FIELD:
        return _fault(name, "too_long", f"Shorten it to {MAX_FIELD} characters.")
    if required and not any(ch.isalnum() for ch in tidy):
        return _fault(name, "required", "Fill this in.")
    return None


def _checked_area(country: str, values: dict[str, str], faults: dict[str, FieldError]) -> Area | None:
    typed = values["country_area"]
    if not typed or "country_area" in faults or not areas_of(country):
        return None
    area = find_area(country, typed)
    if area is None:
        example = area_choices(country, "en")[0].name
        faults["country_area"] = _fault(
            "country_area", "unknown", f"Choose one from the list, such as {example}.", example
        )
    return area


@lru_cache(maxsize=20_000)
def _postal(country: str, typed: str) -> str:
    digits = (str(unicodedata.decimal(ch)) if ch.isdecimal() else ch for ch in unicodedata.normalize("NFKC", typed))
    bare = re.sub(r"[\s\-\u2010-\u2015\u2212\u30FC〒]", "", "".join(digits)).upper()
    place, mark = postal_partings(country).get(len(bare), (0, ""))
    parted = bare[:place] + mark + bare[place:]
    matchers = rules_of(country).postal_code_matchers
    return parted if matchers and matchers[0].fullmatch(parted) else bare


def _check_postal(country: str, code: str, area: Area | None, faults: dict[str, FieldError]) -> None:
    if not code or POSTAL in faults:
        return
    whole, *of_area = rules_of(country, area.key if area else "").postal_code_matchers or [None]
    example = postal_example(country, area.key if area else "")
    if whole is not None and not whole.fullmatch(code):
        example = postal_example(country)
        faults[POSTAL] = _fault(POSTAL, "invalid", f"Enter a code such as {example}.", example)
    elif area is not None and any(not matcher.match(code) for matcher in of_area):
        remedy = f"This code is not in {area.latin}: check the code, or choose another area."
        faults[POSTAL] = _fault(POSTAL, "mismatch", remedy, example)


def _city(country: str, typed: str, area: Area | None, asked: bool) -> str:
    if not asked:
        return _CITY_STATES.get(country, area.latin if area else "")
    if area is None or not typed:
        return typed
    return known_cities(country, area.code).get(folded(typed), typed)


def format_address(address: Address, language: str) -> list[str]:
    """The lines of an address as a reader of `language` expects them, with the country; empty parts leave no gaps.

    Readers of the country's own script see its own order, in East Asia from the country down to the name; all others
    from the name up.
    """
    parts = {
        "%N": address.name,
        "%O": address.company,
        "%A": "\n".join(address.street),
        "%D": address.city_area,
        "%C": address.city,
        "%S": area_name(address.country, address.country_area, language),
        "%Z": address.postal_code,
    }
    shape = line_format(address.country, language)
    lines: list[str] = []
    for line in shape.split("%n"):
        for text in _filled(line, parts).split("\n"):
            if text:
                lines.append(text)
    country = country_name(address.country, language)
    from_above = in_local_script(address.country, language) and shape.index("%A") < shape.index("%N")
    return [country, *lines] if from_above else [*lines, country]


def _filled(line: str, parts: Mapping[str, str]) -> str:
    used = re.findall(r"%[A-Z]", line)
    if used and not any(parts.get(code) for code in used):
        return ""
    text = re.sub(r"%[A-Z]", lambda code: parts.get(code[0], ""), line)
    return re.sub(r"[ \t]{2,}", " ", text).strip(" ,-")
