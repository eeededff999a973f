"""The facts, the caller's rates of exchange and the operator's own rows, with what was compiled from them kept ready."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from argosy.landed.law.facts import Facts, RefundLaw
from argosy.landed.law.own import OwnRows
from argosy.landed.law.regime import Regime
from argosy.landed.law.thresholds import Route
from argosy.landed.model import Consignment, ExchangeTable
from argosy.landed.tariff_rows import TariffRow

KEPT_REGIMES = 4_000
"""A route on a day takes some kilobytes once a few hundred kinds of goods went over it."""


class Tables:
    """All that `land` reads. It never changes what it answers; what it keeps only saves time, and is bounded."""

    __slots__ = ("_facts", "_rates", "_regimes", "_rows")

    def __init__(self, facts: Facts, rates: ExchangeTable, rows: OwnRows | None = None) -> None:
        self._facts = facts
        self._rates = rates
        self._rows = rows or OwnRows()
        self._regimes: dict[tuple[date, str, str, str, str, str, bool, str], Regime] = {}

    def with_rates(self, rates: ExchangeTable) -> Tables:
        """The same facts with other rates of exchange."""
        return Tables(self._facts, rates, self._rows)

    def with_rows(self, rows: Iterable[TariffRow]) -> Tables:
        """The shipped facts with these rows of the operator's instead of those there were; () for the shipped ones alone.

        A row takes the place of the base rate, of the rate of tax or of the limit that it names; the longest heading wins,
        then a named origin or region.
        """
        return Tables(self._facts, self._rates, OwnRows(rows))

    def same_as(self, other: Tables) -> bool:
        """Whether both have the shipped facts of one reading and equal rows of the operator's; rates of exchange aside."""
        return self._facts is other._facts and self._rows.same_as(other._rows)

    @property
    def refund_law(self) -> RefundLaw:
        """What becomes of duty and tax when goods go back."""
        return self._facts.refunds

    def regime(self, consignment: Consignment) -> Regime:
        """What holds for a consignment's route, day, channel and currency."""
        key = (
            consignment.at, consignment.to, consignment.region, consignment.ship_from, consignment.channel,
            consignment.mode, consignment.seller_collects, consignment.currency,
        )  # fmt: skip
        found = self._regimes.get(key)
        if found is None:
            if len(self._regimes) >= KEPT_REGIMES:
                self._regimes.clear()
            found = self._regimes[key] = Regime(self._facts, self._rates, self._rows, Route(*key))
        return found
