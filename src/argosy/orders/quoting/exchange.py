"""The shop's exchange rates as customs rules read them."""

from __future__ import annotations

from datetime import date

from argosy.pricing.model import Rates


class Exchange:
    """Rates of exchange by day, for amounts that the law names in another currency than the shopper's."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates

    def units(self, source: str, target: str, day: date) -> tuple[int, int, str, date] | None:
        """Target units for one source unit as a ratio, who published it, and for which day; None where unknown."""
        rate = self._rates.on(source, target, day)
        return None if rate is None else (rate.numerator, rate.denominator, rate.source, rate.day)
