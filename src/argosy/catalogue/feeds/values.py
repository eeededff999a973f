"""Checks of single values: text in, the value out, or `Wrong` with what is wrong and what to send instead.

Every function takes the name of the field first, for the reason. Digits are ASCII digits; no float is involved.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from argosy.base.money import exponent, round_half_up
from argosy.catalogue.feeds.countries import ALPHA2
from argosy.catalogue.feeds.record import Wrong, shown

NAME_LIMIT = 300
DESCRIPTION_LIMIT = 10_000
ADDRESS_LIMIT = 2_000
PRICE_LIMIT = 10**12
COUNT_LIMIT = 10**9
WEIGHT_LIMIT = 10**7
"""Grams: ten tonnes."""

# Nano-grams in one unit. The pound is 453.59237 g exactly and the ounce its sixteenth (agreement of 1959).
_UNITS = {"g": 10**9, "kg": 10**12, "lb": 453_592_370_000, "oz": 28_349_523_125}

_SKU = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._:/+#@~=-]{0,63}")
_DAMAGED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd\ufffe\uffff]")
_DAMAGED_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd\ufffe\uffff]")
_PRICE = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?(?: ?([A-Za-z]{3}))?")
_WEIGHT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,12}))? ?([a-z]+)?")
_WHOLE = re.compile(r"0*([0-9]{1,12})")
_DIGITS = re.compile(r"[0-9]+")
_ADDRESS = re.compile(r"""[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@\\<>"`]+([/?#][^\s\\<>"`]*)?""")


def sku(field: str, value: str) -> str:
    """A merchant's own number: 1 to 64 of the characters that survive files, labels and addresses."""
    if len(value) > 64:
        raise Wrong(field, f"{len(value)} characters are too many; send at most 64")
    if not _SKU.fullmatch(value):
        raise Wrong(
            field, f"{shown(value)} has characters we cannot keep; send letters A-Z, digits, spaces or ._:/+#@~=-"
        )
    return value


def line(field: str, value: str, limit: int) -> str:
    """Text on one line, at most `limit` characters."""
    return _text(field, value, limit, _DAMAGED)


def paragraphs(field: str, value: str, limit: int) -> str:
    """Text that may have line breaks and tabs, at most `limit` characters."""
    return _text(field, value, limit, _DAMAGED_TEXT)


def _text(field: str, value: str, limit: int, damaged: re.Pattern[str]) -> str:
    if len(value) > limit:
        raise Wrong(field, f"{len(value):,} characters are too many; send at most {limit:,}")
    if not _printable(value) and (found := damaged.search(value)):
        raise Wrong(
            field,
            f"character {found.start() + 1} is U+{ord(found.group()):04X}, a control or damaged character; remove it",
        )
    return value


def price(field: str, value: str, currency: str, currencies: frozenset[str]) -> tuple[int, str]:
    """Minor units and currency of `12.50 USD`, or of `12.50` where `currency` says which; more than zero.

    Zeros beyond the currency's decimals are dropped, other digits are refused: nothing is rounded.
    """
    match = _PRICE.fullmatch(value)
    if match is None:
        raise Wrong(field, _bad_price(value))
    whole, decimals, code = match.group(1), match.group(2) or "", (match.group(3) or "").upper()
    if code and currency and code != currency:
        raise Wrong(field, f"{shown(value)} is in {code} but the row's currency is {currency}; send one of them")
    code = code or currency
    if not code:
        raise Wrong("currency", f"the price {shown(value)} has no currency; send '{value} USD' or the column currency")
    if code not in currencies:
        raise Wrong("currency", f"{shown(code)} is not a currency of this shop; send one of {_some(currencies)}")
    digits = exponent(code)
    decimals = decimals.rstrip("0") if len(decimals) > digits else decimals
    if len(decimals) > digits:
        raise Wrong(field, f"{shown(value)} has too many decimals; {code} has {digits}")
    minor = int(whole + decimals.ljust(digits, "0"))
    if minor == 0:
        raise Wrong(field, "the price is zero; send what the goods cost")
    if minor > PRICE_LIMIT:
        raise Wrong(
            field, f"{shown(value)} is more than {PRICE_LIMIT:,} minor units of {code}; send the price of one piece"
        )
    return minor, code


def _bad_price(value: str) -> str:
    if value.startswith("-"):
        return f"{shown(value)} is negative; send a price above zero"
    if "," in value:
        return f"{shown(value)} has a comma; send a decimal point and no thousands separator: '1299.50'"
    return f"{shown(value)} is not a price; send '12.50 USD', or '12.50' with the column currency"


def _some(codes: frozenset[str]) -> str:
    listed = sorted(codes)
    return ", ".join(listed[:12]) + (", ..." if len(listed) > 12 else "")


def whole(field: str, value: str, *, least: int = 0, most: int = COUNT_LIMIT) -> int:
    """A whole number from `least` to `most`."""
    match = _WHOLE.fullmatch(value)
    if match is None:
        raise Wrong(field, f"{shown(value)} is not a whole number; send {least} to {most:,} in digits only")
    number = int(match.group(1))
    if not least <= number <= most:
        raise Wrong(field, f"{number:,} is out of range; send {least} to {most:,}")
    return number


def weight(field: str, value: str, unit: str = "") -> int:
    """Whole grams, halves up, of `350 g`, `0.35 kg`, `12 oz` or `1.5 lb`; `unit` is that of a bare number."""
    match = _WEIGHT.fullmatch(value.lower())
    if match is None:
        raise Wrong(field, f"{shown(value)} is not a weight; send '350 g', '0.35 kg', '12 oz' or '1.5 lb'")
    units, decimals = match.group(1), match.group(2) or ""
    nano = _UNITS.get(match.group(3) or unit)
    if nano is None:
        raise Wrong(field, f"{shown(value)} has no unit we know; send g, kg, lb or oz: '350 g'")
    grams = round_half_up(Fraction(int(units + decimals) * nano, 10 ** len(decimals) * 10**9))
    if not 1 <= grams <= WEIGHT_LIMIT:
        raise Wrong(
            field, f"{shown(value)} is {grams:,} g; send 1 to {WEIGHT_LIMIT:,} g, or nothing where it is unknown"
        )
    return grams


def gtin(field: str, value: str) -> str:
    """8, 12, 13 or 14 digits with a right check digit (GS1 General Specifications, 7.9), without spaces and hyphens."""
    digits = value.replace(" ", "").replace("-", "")
    if not _DIGITS.fullmatch(digits):
        if "e+" in digits.lower():
            raise Wrong(
                field, f"{shown(value)} was shortened by a spreadsheet; format the column as text and export again"
            )
        raise Wrong(field, f"{shown(value)} is not a GTIN; send its digits only, or nothing")
    if len(digits) not in (8, 12, 13, 14):
        raise Wrong(
            field,
            f"{shown(value)} has {len(digits)} digits; send 8, 12, 13 or 14 with their leading zeros, or nothing",
        )
    # From the right, the check digit first: weights 1, 3, 1, 3, ... and the sum ends in 0.
    total = sum(map(int, digits[::-2])) + 3 * sum(map(int, digits[-2::-2]))
    if total % 10 or not digits.strip("0"):
        raise Wrong(field, f"{shown(value)} has a wrong check digit; copy it from the barcode, or send nothing")
    return digits


def hs6(field: str, value: str) -> str:
    """Six digits of the Harmonized System; dots and spaces are dropped."""
    digits = value.replace(".", "").replace(" ", "")
    if len(digits) != 6 or not _DIGITS.fullmatch(digits):
        raise Wrong(field, f"{shown(value)} is not six digits; send the first six of the tariff number: '420221'")
    # Chapter 77 is reserved; 98 and 99 are left to countries for uses of their own.
    if not "01" <= digits[:2] <= "97" or digits[:2] == "77":
        raise Wrong(
            field, f"{shown(value)} is in no chapter of the Harmonized System; send 01 to 97 as its first two digits"
        )
    return digits


def origin(field: str, value: str) -> str:
    """ISO 3166-1 alpha-2 in capitals."""
    code = value.upper()
    if code not in ALPHA2:
        remedy = "send 'GB'" if code == "UK" else "send the two letters of ISO 3166-1: 'CN', 'IT'"
        raise Wrong(field, f"{shown(value)} is not a country; {remedy}, or nothing where it is unknown")
    return code


def address(field: str, value: str) -> str:
    """An http or https address of at most 2,000 characters."""
    if len(value) > ADDRESS_LIMIT:
        raise Wrong(field, f"the address has {len(value):,} characters; send at most {ADDRESS_LIMIT:,}")
    if not _ADDRESS.fullmatch(value) or not (_printable(value) or not _DAMAGED.search(value)):
        raise Wrong(field, f"{shown(value)} is not a web address; send 'https://...' without spaces")
    return value


def _printable(value: str) -> bool:
    """Whether it surely has nothing damaged: the usual case, told faster than by the search."""
    return value.isprintable() and "\ufffd" not in value


def language(field: str, value: str, find: Callable[[str], str | None]) -> str:
    """The known tag for a language."""
    tag = find(value)
    if tag is None:
        raise Wrong(
            field, f"{shown(value)} is not a language of this shop; send a tag such as 'en' or 'zh-Hans', or nothing"
        )
    return tag
