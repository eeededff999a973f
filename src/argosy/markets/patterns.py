"""CLDR's number patterns compiled to string operations on whole numbers."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import msgspec
from babel.core import Locale, get_global
from babel.numbers import NumberPattern, get_currency_symbol

from argosy.base.money import exponent

_MINUS = "\N{MINUS SIGN}"
_LRM = "\N{LEFT-TO-RIGHT MARK}"
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_PLACEHOLDER = "\N{CURRENCY SIGN}"

# Six markets pay in dollars. Where CLDR writes a bare `$`, the country is named; only the US dollar goes without.
_NAMED_DOLLARS = {"AUD": "A$", "CAD": "CA$", "HKD": "HK$", "NZD": "NZ$", "SGD": "S$", "TWD": "NT$"}


@lru_cache(maxsize=1024)
def cldr(name: str) -> Locale:
    """Babel's locale for a CLDR name or a BCP 47 tag: `zh_Hant_HK`, `zh-Hant`; plain `pt` is Brazil's."""
    return Locale.parse(name.replace("-", "_"))


def grouped(digits: str, mark: str, secondary: int) -> str:
    """Digits parted by a mark: the last three, then groups of `secondary` (3, or 2 in India)."""
    head, tail = digits[:-3], digits[-3:]
    groups = [tail]
    while head:
        groups.append(head[-secondary:])
        head = head[:-secondary]
    return mark.join(reversed(groups))


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """How whole numbers of some small unit are written: affixes for both signs, marks, and digits after the point."""

    before: str
    after: str
    before_negative: str
    after_negative: str
    point: str
    mark: str
    secondary: int
    digits: int
    scale: int
    """10 ** digits."""
    drop_zeros: bool
    """Whether a whole amount goes without digits after the point."""
    minus: str

    def write(self, value: int) -> str:
        """The number, `value` counting units of 10 ** -digits."""
        size = -value if value < 0 else value
        if self.scale == 1:
            whole, part = size, ""
        else:
            whole, rest = divmod(size, self.scale)
            part = "" if self.drop_zeros and rest == 0 else f"{self.point}{rest:0{self.digits}d}"
        if whole < 1000:
            text = str(whole)
        elif self.secondary == 3:
            text = f"{whole:,}"
            if self.mark != ",":
                text = text.replace(",", self.mark)
        else:
            text = grouped(str(whole), self.mark, self.secondary)
        if value < 0:
            return f"{self.before_negative}{text}{part}{self.after_negative}"
        return f"{self.before}{text}{part}{self.after}"


def amount_pattern(locale: str, currency: str) -> Pattern:
    """The pattern of amounts in a currency, in minor units."""
    name = cldr(locale)
    digits = exponent(currency)
    # CLDR's supplemental currencyData: digits, rounding, cash digits, cash rounding.
    fractions = get_global("currency_fractions").get(currency, (digits, 0, digits, 0))
    source = name.currency_formats["standard"]
    return _compiled(name, source, digits, symbol=_symbol(currency, name), drop_zeros=digits > 0 and fractions[2] == 0)


@lru_cache(maxsize=256)
def plain_pattern(locale: str) -> Pattern:
    """The pattern of whole numbers."""
    name = cldr(locale)
    return _compiled(name, name.decimal_formats[None], 0)


@lru_cache(maxsize=256)
def percent_pattern(locale: str, digits: int) -> Pattern:
    """The pattern of percentages with so many digits after the point."""
    name = cldr(locale)
    return _compiled(name, name.percent_formats[None], digits)


def _symbol(currency: str, name: Locale) -> str:
    symbol = get_currency_symbol(currency, locale=name)
    if symbol == "$" and currency != "USD":
        return _NAMED_DOLLARS.get(currency, currency)
    return symbol


def _compiled(
    name: Locale, source: NumberPattern, digits: int, *, symbol: str = "", drop_zeros: bool = False
) -> Pattern:
    symbols = name.number_symbols["latn"]
    # In Arabic the mark keeps the sign with its figure, as CLDR's own minus sign there does.
    minus = _LRM + _MINUS if name.character_order == "right-to-left" else _MINUS
    percent = f"{_LRM}%{_LRM}" if name.language == "ar" else "%"
    affixes = [
        _affix(text, symbol, minus, percent, leads=leads)
        for text, leads in zip((*source.prefix, *source.suffix), (True, True, False, False), strict=True)
    ]
    return Pattern(
        before=affixes[0],
        before_negative=affixes[1],
        after=affixes[2],
        after_negative=affixes[3],
        point=str(symbols["decimal"]),
        mark=str(symbols["group"]),
        secondary=int(source.grouping[1]),
        digits=digits,
        scale=10**digits,
        drop_zeros=drop_zeros,
        minus=minus,
    )


def _affix(text: str, symbol: str, minus: str, percent: str, *, leads: bool) -> str:
    touches = text.endswith(_PLACEHOLDER) if leads else text.startswith(_PLACEHOLDER)
    text = text.replace("-", minus).replace("%", percent)
    if touches and symbol:
        # CLDR's currencySpacing: letters next to figures are parted (`AED 53.90`), signs are not (`S$53.90`).
        edge = symbol[-1] if leads else symbol[0]
        if unicodedata.category(edge)[0] not in "SZ":
            symbol = symbol + _NO_BREAK_SPACE if leads else _NO_BREAK_SPACE + symbol
    return text.replace(_PLACEHOLDER, symbol)
