"""Numbers on labels: UPU S10 for parcels, GS1 SSCC for bags. Pure."""

from __future__ import annotations

from argosy.base.errors import Refused

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
S10_SERIALS = 100_000_000
"""A service and a country have so many numbers; the standard lets them come again after twelve months."""


def s10(service: str, serial: int, country: str) -> str:
    """The 13 signs of UPU standard S10: service, serial with its check digit, country.

    The check digit is 11 less the weighted sum modulo 11; 10 is written as 0 and 11 as 5. Raises ValueError out of range.
    """
    if len(service) != 2 or not service.isalpha() or len(country) != 2 or not 0 <= serial < S10_SERIALS:
        raise ValueError("S10: two letters, eight digits, two letters")
    digits = f"{serial:08d}"
    return f"{service.upper()}{digits}{_s10_check(digits)}{country.upper()}"


def _s10_check(digits: str) -> int:
    left = 11 - sum(int(digit) * weight for digit, weight in zip(digits, _S10_WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(left, left)


def read_s10(text: str) -> str:
    """A number as a person typed it, put in order; refuses (`bad_parcel_number`) what is none."""
    number = "".join(text.split()).upper()
    good = (
        len(number) == 13
        and number[:2].isalpha()
        and number[11:].isalpha()
        and number.isascii()
        and number[2:11].isdigit()
        and _s10_check(number[2:10]) == int(number[10])
    )
    if not good:
        raise Refused(
            "bad_parcel_number",
            "This is not a parcel's number.",
            field="number",
            remedy="Send two letters, nine digits and two letters, as on the label: LP123456785CN.",
        )
    return number


def sscc(extension: int, company: str, serial: int) -> str:
    """The 18 digits of a GS1 Serial Shipping Container Code: extension, company prefix, serial, check digit.

    GS1 General Specifications, section 7.9: weights 3 and 1 from the right. Raises ValueError out of range.
    """
    if not 0 <= extension <= 9 or not company.isdigit() or not 7 <= len(company) <= 10:
        raise ValueError("SSCC: an extension digit and a company prefix of 7 to 10 digits")
    room = 16 - len(company)
    if not 0 <= serial < 10**room:
        raise ValueError(f"SSCC: the serial has at most {room} digits")
    digits = f"{extension}{company}{serial:0{room}d}"
    whole = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-whole % 10}"
