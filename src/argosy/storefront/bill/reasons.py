"""A reason of duty, tax or fees as a page tells it: in the reader's language, with the amounts that it was taken of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from markupsafe import Markup

from argosy.base.money import exponent
from argosy.landed.explain import Reason
from argosy.markets import formats
from argosy.markets.address_forms import area_name
from argosy.storefront.bill.sentences import (
    BANS,
    BASES,
    CONDITIONS,
    HIGHEST_BAND,
    IN_PLACE,
    LOWEST_BAND,
    SENTENCES,
    SPECIFIC,
    WHY,
    WITHOUT_AMOUNT,
    WITHOUT_BASIS,
)
from argosy.storefront.bill.words import heading, percentage
from argosy.storefront.edition import Edition

_TAKEN_OF = {
    "tax.collected_at_sale": "goods_and_shipping",
    "tax.price_at_sale": "price",
    "tax.at_border": "border",
}


class Figures(msgspec.Struct, frozen=True):
    """Amounts of the lines that a reason holds for, in minor units of one currency; None is unknown."""

    currency: str
    goods_minor: int
    shipping_minor: int
    duty_minor: int | None
    fees_minor: int | None

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.currency,
            self.goods_minor + other.goods_minor,
            self.shipping_minor + other.shipping_minor,
            None if self.duty_minor is None or other.duty_minor is None else self.duty_minor + other.duty_minor,
            None if self.fees_minor is None or other.fees_minor is None else self.fees_minor + other.fees_minor,
        )

    def taken_of(self, basis: str) -> int | None:
        """The amount that a rate on this basis is taken of; None where a part of it is unknown."""
        if basis in ("goods", "price"):
            return self.goods_minor
        if basis == "goods_and_shipping":
            return self.goods_minor + self.shipping_minor
        if basis == "border" and self.duty_minor is not None and self.fees_minor is not None:
            return self.goods_minor + self.shipping_minor + self.duty_minor + self.fees_minor
        return None


def reason_text(edition: Edition, reason: Reason, figures: Figures) -> str:
    """A reason in the reader's language; a code that has no words of ours is told in English as it came."""
    kind, _, name = reason.code.partition(".")
    if kind in ("ban", "condition"):
        words = (BANS if kind == "ban" else CONDITIONS).get(name)
        return edition.gettext(words) if words else _english(reason)
    if reason.code == "fee.heading":
        return _flat_charge(edition, reason)
    words = _words(reason)
    if words is None:
        return _english(reason)
    values = _values(edition, reason, figures)
    if "%(amount)s" in words and "amount" not in values:
        words = WITHOUT_AMOUNT
    try:
        return edition.gettext(words, **{name: value for name, value in values.items() if f"%({name})s" in words})
    except KeyError:
        return _english(reason)


def _words(reason: Reason) -> str | None:
    if reason.code == "duty.specific":
        return SPECIFIC.get((reason.params.get("unit", ""), reason.params.get("combine", "")))
    if reason.params.get("region") and reason.code in IN_PLACE:
        return IN_PLACE[reason.code]
    if reason.code == "duty.band" and not reason.params.get("up_to"):
        return HIGHEST_BAND
    if reason.code == "duty.band" and not Decimal(reason.params.get("over") or 0):
        return LOWEST_BAND
    if not reason.params.get("basis") and reason.code in WITHOUT_BASIS:
        return WITHOUT_BASIS[reason.code]
    return SENTENCES.get(reason.code)


def _english(reason: Reason) -> Markup:
    return Markup('<span lang="en">%s</span>') % reason.text


def _flat_charge(edition: Edition, reason: Reason) -> str:
    params = reason.params
    charge = money(edition, params.get("amount", ""), params.get("currency", ""))
    count = int(params.get("count") or 1)
    return edition.speech.ngettext(
        "flat, %(charge)s for one customs heading",
        "flat, %(charge)s for each of %(n)s customs headings",
        count,
        charge=charge,
    )


def _values(edition: Edition, reason: Reason, figures: Figures) -> dict[str, Any]:
    """What may be filled in: each parameter as pages write such things."""
    told: dict[str, Any] = {}
    currency = reason.params.get("currency", "")
    for name, value in reason.params.items():
        write = _WRITERS.get(name)
        if write is not None and value != "":
            told[_NAMES.get(name, name)] = write(edition, value, currency)
    if "amount" in reason.params:
        told["charge"] = told["off"] = money(edition, reason.params["amount"], currency)
    basis = _TAKEN_OF.get(reason.code, reason.params.get("basis", ""))
    if basis in BASES:
        told["basis"] = edition.gettext(BASES[basis])
        minor = figures.taken_of(basis)
        if minor is not None:
            told["amount"] = edition.price(minor, figures.currency)
    if reason.code == "exchange":
        told["exchanged"] = _exchanged(edition, reason.params)
    return told


def _exchanged(edition: Edition, params: dict[str, str]) -> Markup:
    ratio = Decimal(params["numerator"]) / Decimal(params["denominator"])
    one, other = params["from"], params["to"]
    if ratio < 1:
        one, other, ratio = other, one, 1 / ratio
    return Markup('<bdi dir="ltr">1 %s = %s %s</bdi>') % (one, formats.number(round(ratio, 4), edition.locale), other)


def money(edition: Edition, amount: str, currency: str) -> str:
    """An amount of a rule, given in whole units of its currency; without decimals where it has none."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return f"{amount} {currency}".strip()
    if not currency:
        return amount
    minor = int(value.scaleb(exponent(currency)))
    told = edition.price(minor, currency)
    digits = exponent(currency)
    if not digits or value != value.to_integral_value():
        return told
    cents = rf"(?<=\w)[.,٫][0٠]{{{digits}}}(?![\w.,٫])"
    return Markup(re.sub(cents, "", told))  # noqa: S704


def limit_of(edition: Edition, reasons: Sequence[Reason]) -> str:
    """The limit that one of these reasons names; empty if none does."""
    for one in reasons:
        limit = one.params.get("limit") or one.params.get("up_to")
        if limit:
            return money(edition, limit, one.params.get("currency", ""))
    return ""


def _percentage(edition: Edition, value: str, _: str) -> str:
    return percentage(edition, int(value))


def _why(edition: Edition, value: str, _: str) -> str:
    return edition.gettext(WHY[value]) if value in WHY else value


def _origin(edition: Edition, value: str, _: str) -> str:
    return edition.gettext("any country") if value == "*" else formats.country_name(value, edition.locale)


def _place(edition: Edition, value: str, _: str) -> str:
    return area_name(edition.market.address_country, value, edition.language)


_NAMES = {
    "rate_ppm": "rate",
    "low_ppm": "low",
    "mean_ppm": "mean",
    "high_ppm": "high",
    "origin": "country",
    "region": "place",
    "rate": "each",
}
_WRITERS: dict[str, Any] = {
    "rate_ppm": _percentage,
    "low_ppm": _percentage,
    "mean_ppm": _percentage,
    "high_ppm": _percentage,
    "heading": lambda edition, value, currency: heading(value),
    "lines": lambda edition, value, currency: formats.number(int(value), edition.locale),
    "origin": _origin,
    "region": _place,
    "action": lambda edition, value, currency: Markup('<bdi lang="en">%s</bdi>') % value,
    "scheme": lambda edition, value, currency: Markup('<bdi lang="en">%s</bdi>') % value,
    "why": _why,
    "from": lambda edition, value, currency: value,
    "to": lambda edition, value, currency: value,
    **{name: money for name in ("limit", "over", "up_to", "rate")},
}
"""How each parameter is written, given its value and the reason's currency."""
