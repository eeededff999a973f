"""Telephone numbers by the numbering plans of `phonenumbers`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from argosy.markets.model import FieldError

_MAX_TYPED = 40


def check_phone(text: str, country: str) -> str | FieldError:
    """The number in E.164 (`+6591234567`), read as somebody in `country` would dial it, or from anywhere with its +.

    A `FieldError` of the field `phone` shows a number of the country as it should look.
    """
    import phonenumbers

    typed = text[: _MAX_TYPED + 1].strip()
    if not typed.isascii():
        typed = "".join(ch for ch in unicodedata.normalize("NFKC", typed) if unicodedata.category(ch) != "Cf").strip()
    if not typed:
        return _fault("required", country)
    quick = _numbers_of(country)
    if quick is not None and quick.fullmatch(typed):
        return typed
    if len(typed) > _MAX_TYPED:
        return _fault("too_long", country)
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return _fault("invalid", country)
    if not phonenumbers.is_valid_number(number) or number.extension:
        return _fault("invalid", country)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=512)
def _numbers_of(country: str) -> re.Pattern[str] | None:
    """What E.164 numbers of a country's own numbering plan look like; None where there is no plan.

    Most forms send their number in this shape already, and matching it takes a twentieth of reading it anew. A number that
    does not match (a neighbour's under the same code, one with an extension) is read in full.
    """
    import phonenumbers

    plan = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if plan is None:
        return None
    kinds = (plan.fixed_line, plan.mobile, plan.toll_free, plan.premium_rate, plan.shared_cost, plan.personal_number)
    whole: Any = plan.general_desc
    either = []
    for kind in (*kinds, plan.voip, plan.uan):
        if kind and kind.national_number_pattern:
            lengths = "|".join(f".{{{n}}}" for n in kind.possible_length or whole.possible_length if n > 0)
            either.append(f"(?=(?:{lengths})$){kind.national_number_pattern}$")
    if not either or plan.leading_digits:
        return None
    return re.compile(rf"\+{plan.country_code}(?=(?:{whole.national_number_pattern})$)(?:{'|'.join(either)})", re.ASCII)


@lru_cache(maxsize=512)
def phone_example(country: str) -> str:
    """A mobile number of a country as its people write it: `8123 4567`; empty if there is none."""
    import phonenumbers

    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL) if number else ""


@lru_cache(maxsize=512)
def calling_code(country: str) -> int:
    """The calling code of a country: 65; 0 for an unknown one."""
    import phonenumbers

    return phonenumbers.country_code_for_region(country)


def shown_phone(number: str, country: str) -> str:
    """A number in E.164 as somebody in `country` reads it: `8123 4567` at home, `+65 8123 4567` abroad."""
    import phonenumbers

    parsed = phonenumbers.parse(number, None)
    at_home = phonenumbers.region_code_for_number(parsed) == country
    shape = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, shape)


def _fault(code: str, country: str) -> FieldError:
    example = phone_example(country)
    remedy = f"Enter the whole number, such as {example}, or start with + and the calling code."
    return FieldError(field="phone", code=code, remedy=remedy, example=example or None)
