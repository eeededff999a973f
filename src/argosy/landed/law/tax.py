"""The rate of VAT, GST or sales tax of a kind of goods at a destination."""

from __future__ import annotations

import msgspec

from argosy.landed.law.duty import begins
from argosy.landed.law.facts import Facts
from argosy.landed.law.own import OwnRows
from argosy.landed.law.thresholds import Route
from argosy.landed.model import Fact

EUROPE = "EUROPE"
"""Group of rows for countries whose source names reduced rates without their goods."""


class TaxFinding(msgspec.Struct, frozen=True):
    """A rate in millionths, None where it is missing, for the reason in `why`."""

    rate: int | None
    source: str = ""
    as_of: str = ""
    why: str = ""
    doubt: bool = False
    region: str = ""
    facts: tuple[Fact, ...] = ()


def tax_rate(facts: Facts, rows: OwnRows, route: Route, hs: str) -> TaxFinding:
    """The rate for a heading: the operator's, else the country's and its region's, or that of the kind of goods."""
    own = rows.tax(route.to, route.region, hs, route.at)
    if own is not None:
        source = own.source if own.confidence in ("seen", "official") else f"{own.source} ({own.confidence})"
        return TaxFinding(own.rate_ppm, source, own.as_of.isoformat(), region=own.region)
    row = next((row for row in facts.taxes.get(route.to, ()) if row.holds(route.at)), None)
    if row is None or row.rate is None:
        return TaxFinding(None, why="rate")
    rate, source, as_of, region = row.rate, row.source, row.as_of, ""
    if route.to in facts.regional:
        if not route.region:
            return TaxFinding(None, why="region")
        region = route.region
        part = facts.regional[route.to].get(region)
        if part is not None:
            rate, source, as_of = rate + part.rate, part.source, part.as_of
    groups = facts.reduced.get(route.to, ()) or (facts.reduced.get(EUROPE, ()) if row.reduced else ())
    for kind in groups:
        if begins(hs, kind.hs) and kind.holds(route.at):
            if kind.rate is None:
                fact = Fact("tax.doubt", (), kind.source, kind.as_of)
                return TaxFinding(rate, source, as_of, doubt=True, region=region, facts=(fact,))
            fact = Fact("tax.reduced", (kind.rate,), kind.source, kind.as_of)
            return TaxFinding(kind.rate, kind.source, kind.as_of, region=region, facts=(fact,))
    # Goods without a heading may be of a kind that has a rate of its own.
    doubt = bool(groups) and not hs
    return TaxFinding(rate, source, as_of, doubt=doubt, region=region, facts=(Fact("tax.doubt"),) if doubt else ())
