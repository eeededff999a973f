"""What the sources do not say and a shop needs, made up from the hash of a number: plausible, repeatable, marked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import IntEnum

import msgspec

from argosy.demo.tables import Shelf


class Part(IntEnum):
    """Which part of a hash each figure is taken from, so that none follows from another."""

    PRICE = 0
    ENDING = 1
    WEIGHT = 2
    ORIGIN = 3
    STOCK = 4
    CUT = 5
    POPULARITY = 6
    SIZES = 7


class Draw(msgspec.Struct, frozen=True):
    """The lots that fall to one number, always the same."""

    digest: bytes

    def below(self, limit: int, part: Part) -> int:
        """A whole number from 0 to `limit` - 1."""
        start = 8 * part
        return int.from_bytes(self.digest[start : start + 8], "big") % limit


def draw(identity: str) -> Draw:
    """The lots of this number; numbers that differ in one character have nothing in common."""
    return Draw(hashlib.blake2b(identity.encode(), digest_size=64).digest())


def price_minor(lots: Draw, shelf: Shelf) -> int:
    """A retail price in fen within the category's range, with a usual ending; low prices are the more common."""
    at = lots.below(10_000, Part.PRICE)
    yuan = shelf.price_low + (shelf.price_high - shelf.price_low) * at * at // 100_000_000
    if yuan >= 1000:
        price = (yuan - yuan % 100 + 99) * 100
    elif yuan >= 100:
        price = (yuan - yuan % 10 + (8, 9)[lots.below(2, Part.ENDING)]) * 100
    else:
        price = yuan * 100 + (50, 80, 90)[lots.below(3, Part.ENDING)]
    return min(max(price, shelf.price_low * 100), shelf.price_high * 100)


def cut(lots: Draw, price: int) -> tuple[int, int] | tuple[None, None]:
    """For about 12% of the products the price before a cut, in the same minor units, and the days since; else None."""
    lot = lots.below(100_000, Part.CUT)
    if lot % 100 >= 12 or price < 200:
        return None, None
    percent = 112 + lot // 100 % 50
    before = price * percent // 100
    step = 1000 if price >= 20_000 else 100
    before = before - before % step + price % step
    return (before if before > price else before + step), 1 + lot // 1000 % 20


def weight_g(lots: Draw, shelf: Shelf) -> int:
    """The category's usual weight, up to 20% more or less."""
    return max(5, shelf.weight_g * (80 + lots.below(41, Part.WEIGHT)) // 100)


def stock(lots: Draw) -> int:
    """Pieces at hand: none for 2% of the variants, one to nine for 3%, else 50 to 5,000."""
    lot = lots.below(100_000_000, Part.STOCK)
    kind, rest = lot % 100, lot // 100
    if kind < 2:
        return 0
    if kind < 5:
        return 1 + rest % 9
    return 50 + 4950 * (rest % 1000) * (rest // 1000) // 999_000


def popularity(lots: Draw) -> int:
    """How often it is asked for, from 1,000 to 21,000 as in the electronics source; few are popular, most are not."""
    return 21_000_000 // (1000 + lots.below(20_001, Part.POPULARITY))


ORIGINS: Mapping[str, str] = {
    "fashion": "CN CN CN CN IN IN IN BD BD VN VN TR KH PK IT PT",
    "ethnic-wear": "IN IN IN IN IN IN IN BD PK",
    "sunglasses": "CN CN CN CN IT IT",
    "shoes": "CN CN CN CN VN VN VN ID ID IN IT PT",
    "bags": "CN CN CN CN IN IN VN IT",
    "watches": "CN CN CN CN JP JP CH",
    "watch-bands": "CN",
    "watch-care": "CN",
    "jewellery": "CN CN CN IN IN TH KR",
    "beauty": "FR FR FR IN IN KR KR CN IT DE US",
    "phones": "CN CN CN CN CN CN CN CN VN TW",
    "mobile-phones": "CN CN CN CN CN VN VN IN KR",
    "pantry": "IT FR DE ES US",
    "fresh": "IT FR NL DE DK",
    "drinks": "IT FR DE ES",
    "sweets": "IT FR DE BE CH",
    "home": "CN CN CN VN IN",
}
"""Countries of origin to draw from, by category or the nearest one above it; a guess at trade patterns, not data."""


def origin(lots: Draw, shelf: Shelf) -> str:
    """A country that such goods usually come from."""
    for code in reversed(shelf.path):
        if code in ORIGINS:
            countries = ORIGINS[code].split()
            return countries[lots.below(len(countries), Part.ORIGIN)]
    return ""


_LETTERS = ("S", "M", "L", "XL")
_SIZES: Mapping[str, tuple[str, ...]] = {
    "womens-clothing": _LETTERS,
    "womens-jeans": ("26", "28", "30", "32"),
    "mens-clothing": _LETTERS,
    "mens-jeans": ("30", "32", "34", "36"),
    "mens-trousers": ("30", "32", "34", "36"),
    "womens-kurtas": _LETTERS,
    "mens-kurtas": _LETTERS,
    "kurta-sets": _LETTERS,
    "bras": ("32B", "34B", "36B", "34C"),
    "womens-briefs": _LETTERS,
    "mens-briefs": _LETTERS,
    "vests": _LETTERS,
    "nightdresses": _LETTERS,
    "lounge-pants": _LETTERS,
    "kids-clothing": ("4-5Y", "6-7Y", "8-9Y", "10-11Y"),
    "swimwear": _LETTERS,
    "shoes": ("40", "41", "42", "43"),
    "kids-shoes": ("30", "31", "32", "33"),
    "shoe-care": (),
}
_SHOES_BY_GENDER: Mapping[str, tuple[str, ...]] = {
    "women": ("36", "37", "38", "39", "40"),
    "men": ("41", "42", "43", "44", "45"),
}


def sizes(lots: Draw, shelf: Shelf, gender: str) -> tuple[str, ...]:
    """A run of three or four sizes, EU sizes for shoes; none for goods of one size."""
    for code in reversed(shelf.path):
        if code in _SIZES:
            run = _SIZES[code]
            if code == "shoes":
                run = _SHOES_BY_GENDER.get(gender, run)
            count = min(len(run), 3 + lots.below(2, Part.SIZES))
            first = lots.below(len(run) - count + 1, Part.SIZES) if run else 0
            return run[first : first + count]
    return ()
