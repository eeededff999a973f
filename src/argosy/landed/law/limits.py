"""The limits that hold on a route: of duty, of tax, of collection at the sale; the operator's before the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from msgspec import structs

from argosy.base.money import exponent
from argosy.landed.law.facts import Facts
from argosy.landed.law.own import OwnRows
from argosy.landed.law.thresholds import Bound, Exchange, Route, bound, scheme_of, threshold_of
from argosy.landed.tariff_rows import ANY, TariffRow

PIECE = "piece"


class Limits:
    """Each limit once, by the origin that it is for."""

    def __init__(self, facts: Facts, rows: OwnRows, route: Route, importer: str, exchange: Exchange) -> None:
        row = threshold_of(facts, route, importer)
        basis = row.basis if row else ""
        told = {"source": (row.source, row.as_of), "replaced": row.instead == "flat_charge"} if row else {}
        duty = bound(row.duty_up_to, row.currency, basis, exchange) if row else Bound(why="period")
        tax = bound(row.tax_up_to, row.currency, basis, exchange) if row else Bound(why="period")
        self._duty = {ANY: structs.replace(duty, **told)}
        self._tax = {ANY: structs.replace(tax, **told)}
        self.covered = row is not None
        self.due: Bound | None = None
        if basis == "tax_due" and tax.minor is not None:
            # The limit is on what the tax comes to: the tax is computed first.
            self.due = self._tax[ANY]
            self._tax[ANY] = Bound(zero=True)
        self._take_in(rows.limits(dict.fromkeys((route.to, importer)), route.at), exchange)
        self.scheme = scheme_of(facts, route, importer)
        found = self.scheme
        self.sale = bound(found.up_to, found.currency, found.basis, exchange, found.strict) if found else None
        every = (*self._duty.values(), *self._tax.values(), *([self.sale] if self.sale else ()))
        self.by_line = len(self._duty) + len(self._tax) > 2 or any(
            limit.basis == PIECE and not limit.zero for limit in every
        )

    def _take_in(self, rows: Iterable[TariffRow], exchange: Exchange) -> None:
        for row in rows:
            if row.limit_minor is None:
                continue
            whole = Fraction(row.limit_minor, 10 ** exponent(row.currency))
            made = structs.replace(
                bound(whole, row.currency, row.basis, exchange), source=(row.source, row.as_of.isoformat())
            )
            self.covered = True
            if row.applies_to == "tax":
                self._tax[row.origin] = made
                self.due = None if row.origin == ANY else self.due
            else:
                self._duty[row.origin] = made

    def duty(self, origin: str) -> Bound:
        """The limit of duty for goods of an origin."""
        return self._duty.get(origin) or self._duty[ANY]

    def tax(self, origin: str) -> Bound:
        """The limit of tax for goods of an origin."""
        return self._tax.get(origin) or self._tax[ANY]
