"""Rates, headings, dates and sources as a bill writes them."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from markupsafe import Markup

from argosy.markets.patterns import cldr
from argosy.storefront.edition import Edition
from argosy.storefront.texts import noted

_VAT = noted("VAT")
_GST = noted("GST")
_SALES = noted("Sales tax")
_TAXES = {
    "AU": _GST,
    "BR": noted("ICMS"),
    "CA": _GST,
    "HK": noted("Tax"),
    "IN": _GST,
    "JP": noted("Consumption tax"),
    "MY": _SALES,
    "SG": _GST,
    "US": _SALES,
}
"""Names of the tax on goods that are not value added tax, by country."""
_AGREED = frozenset({"two tables agree"})
_SURENESS = re.compile(
    r" \(((?:seen, |two |one )?[a-z ]*(?:recalled|check|doubtful|old|unknown|overruled|table|agree))\)$"
)
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


def said_by(edition: Edition, source: str, as_of: date | str) -> str:
    """Who says so, as the source names itself in English, and as of when: `European Central Bank, 30 Oct 2026`.

    What stands behind the source in brackets is how sure it is; less than two agreeing tables is told as not confirmed.
    """
    sure = _SURENESS.search(source)
    if sure is not None and sure[1] not in _AGREED:
        told = said_by(edition, source[: sure.start()], as_of)
        return edition.gettext("%(source)s; not confirmed yet", source=told)
    if sure is not None:
        source = source[: sure.start()]
    when = as_of_text(edition, as_of)
    named = Markup('<bdi lang="en">%s</bdi>') % source if source else Markup("")
    if not when:
        return named
    if not named:
        return Markup("<bdi>%s</bdi>") % when
    return edition.speech.gettext("%(source)s, %(day)s", source=named, day=when)


def as_of_text(edition: Edition, as_of: date | str) -> str:
    """A date of a source: a day, a month, or the year alone where the source tells no more."""
    if isinstance(as_of, date):
        return edition.day(as_of, year=True)
    if month := _MONTH.match(as_of):
        from babel.dates import format_skeleton

        first = date(int(month[1]), int(month[2]), 1)
        return str(format_skeleton("yMMM", first, locale=cldr(edition.locale)))
    try:
        return edition.day(date.fromisoformat(as_of), year=True)
    except ValueError:
        return as_of


def tax_name(edition: Edition) -> str:
    """What the tax on goods is called in the market's country."""
    return edition.gettext(_TAXES.get(edition.market.address_country, _VAT))


def percentage(edition: Edition, ppm: int) -> Markup:
    """Millionths as a percentage with as many digits as it has, three at most: `12.5 %`."""
    digits = next((some for some in range(4) if ppm * 10**some % 10_000 == 0), 3)
    return Markup('<bdi dir="ltr">%s</bdi>') % edition.percent(Fraction(ppm, 1_000_000), digits)


def heading(hs: str) -> Markup:
    """A heading as tariffs print it: `4202.22`, `8517.13.00`."""
    if not hs.isdigit():
        return Markup('<bdi dir="ltr">%s</bdi>') % hs
    parts = [hs[:4], *(hs[place : place + 2] for place in range(4, len(hs), 2))]
    return Markup('<bdi dir="ltr">%s</bdi>') % ".".join(part for part in parts if part)
