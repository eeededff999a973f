"""The rate of duty of a heading: base rate by importer, additions by origin, spread below the six digits."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from argosy.landed.law.facts import Added, Duty, Facts, Free
from argosy.landed.law.own import OwnRows
from argosy.landed.law.thresholds import Exchange, Route, plain
from argosy.landed.model import FREE, Fact, Specific
from argosy.landed.tariff_rows import TariffRow

GOODS_ALONE = frozenset({"US", "CA", "AU", "NZ"})
"""Importers whose customs value leaves shipping out (FOB); all others take it in (CIF)."""


class DutyFinding(msgspec.Struct, frozen=True):
    """What is known of a line's duty: lowest, mean and highest rate in millionths, None where one is missing."""

    rate: tuple[int, int, int] | None
    facts: tuple[Fact, ...]
    specific: Specific | None = None
    spread: bool = False


def unknown(why: str, *facts: Fact) -> DutyFinding:
    """A duty that customs must assess."""
    return DutyFinding(None, (*facts, Fact("duty.unknown", (why,))))


def begins(hs: str, prefixes: Iterable[str]) -> bool:
    """Whether a heading is one of those; an empty prefix is every heading, a missing heading none but that."""
    return any(hs.startswith(prefix) for prefix in prefixes)


def listed_free(rows: Iterable[Free], hs: str, route: Route) -> Free | None:
    """The row that names a heading, in force."""
    return next((row for row in rows if row.holds(route.at) and begins(hs, row.hs)), None)


def basis_of(importer: str) -> str:
    """What duty is charged on."""
    return "goods" if importer in GOODS_ALONE else "goods_and_shipping"


def tariff_duty(
    facts: Facts, rows: OwnRows, route: Route, importer: str, hs: str, origin: str, exchange: Exchange
) -> DutyFinding:
    """Base rate and additions of a heading that bears the full tariff."""
    free = listed_free(facts.free.get(importer, ()), hs, route)
    own = rows.duty(dict.fromkeys((route.to, importer)), hs, origin, route.at)
    if own is not None:
        base = _own_duty(own, importer, exchange)
    elif free is not None and (hs or "" in free.hs):
        code = "duty.free_port" if "" in free.hs else "duty.free"
        base = DutyFinding(FREE, (Fact(code, (), free.source, free.as_of),))
    elif not hs:
        return DutyFinding(None, (Fact("duty.unclassified"), Fact("duty.unknown", ("unclassified",))))
    else:
        base = _base_duty(facts, importer, hs)
    if base.rate is None or importer not in facts.added:
        return base
    return _with_added(facts, base, importer, hs, origin, route)


def _base_duty(facts: Facts, importer: str, hs: str) -> DutyFinding:
    tariff = facts.tariffs.get(importer)
    found = _headings(facts, importer, hs)
    if tariff is None or not found:
        return unknown("tariff")
    rated = [duty for _, duty in found if duty.low is not None]
    if not rated:
        return unknown("not_ad_valorem")
    low = min(duty.low or 0 for duty in rated)
    high = max(duty.high or 0 for duty in rated)
    # The mean of the source is unweighted; several old headings weigh alike.
    mean = _half_up(Fraction(sum(duty.mean or 0 for duty in rated), len(rated)))
    heading = "+".join(name for name, _ in found)
    basis = basis_of(importer)
    lines = sum(duty.lines for _, duty in found)
    spread = low != high or len(rated) != len(found) or any(duty.not_ad_valorem for duty in rated)
    if spread:
        fact = Fact("duty.spread", (low, mean, high, basis, heading, lines), tariff.source, tariff.as_of)
    else:
        fact = Fact("duty.ad_valorem", (low, basis, heading), tariff.source, tariff.as_of)
    return DutyFinding((low, mean, high), (fact,), spread=spread)


def _headings(facts: Facts, importer: str, hs: str) -> list[tuple[str, Duty]]:
    """The tariff's headings that a heading of HS 2022 stands in."""
    tariff = facts.tariffs.get(importer)
    if tariff is None:
        return []
    names = facts.moved.get(hs[:6], (hs[:6],)) if tariff.edition == "HS2017" else (hs[:6],)
    return [(name, tariff.rates[name]) for name in names if name in tariff.rates]


def _with_added(facts: Facts, base: DutyFinding, importer: str, hs: str, origin: str, route: Route) -> DutyFinding:
    covered = any(
        row.importer == importer and row.origin in (origin, "*") and row.holds(route.at) for row in facts.added_periods
    )
    if not covered:
        return unknown("added", *base.facts)
    rows = [row for row in facts.added[importer] if row.origin in (origin, "*") and row.holds(route.at)]
    low, mean, high = base.rate or FREE
    notes, spread = list(base.facts), base.spread
    for action in dict.fromkeys(row.action for row in rows):
        found = _action(facts, [row for row in rows if row.action == action], importer, hs)
        if found is None:
            return unknown("added", *notes)
        rates, fact = found
        low, mean, high = low + rates[0], mean + rates[1], high + rates[2]
        spread = spread or rates[0] != rates[2]
        notes.append(fact)
    return DutyFinding((low, mean, high), tuple(notes), base.specific, spread)


def _action(facts: Facts, rows: list[Added], importer: str, hs: str) -> tuple[tuple[int, int, int], Fact] | None:
    """What one action adds: its highest list counts once. None: a rate is missing."""
    first = rows[0]
    if not first.by_line:
        counted = [row for row in rows if row.counts]
        best = max(counted, key=lambda row: row.rate or 0, default=None)
        if best is None:
            return FREE, Fact("duty.not_added", (first.action, first.origin), first.source, first.as_of)
        rate = best.rate or 0
        return (rate, rate, rate), Fact(
            "duty.added", (rate, best.heading, best.action, best.origin), best.source, best.as_of
        )
    by_heading = {row.heading: row for row in rows}
    below = facts.listed.get(hs[:6], {})
    if len(hs) == 8:
        lists, unlisted = [below.get(hs, ())], 0
    else:
        lists = list(below.values())
        unlisted = max(sum(duty.lines for _, duty in _headings(facts, importer, hs)) - len(lists), 0)
    best_rows: list[Added | None] = [None] * unlisted
    for headings in lists:
        counted = [by_heading[name] for name in headings if name in by_heading and by_heading[name].counts]
        if any(row.rate is None for row in counted):
            return None
        best_rows.append(max(counted, key=lambda row: row.rate or 0, default=None))
    return _of_lists(best_rows, first)


def _of_lists(best_rows: list[Added | None], first: Added) -> tuple[tuple[int, int, int], Fact]:
    rates = [row.rate or 0 if row is not None else 0 for row in best_rows] or [0]
    low, high = min(rates), max(rates)
    if low == high == 0:
        return FREE, Fact("duty.not_added", (first.action, first.origin), first.source, first.as_of)
    best = max((row for row in best_rows if row is not None), key=lambda row: row.rate or 0)
    if low == high:
        return (low, low, low), Fact(
            "duty.added", (low, best.heading, best.action, best.origin), best.source, best.as_of
        )
    mean = _half_up(Fraction(sum(rates), len(rates)))
    fact = Fact("duty.added_spread", (low, mean, high, best.action, best.origin), best.source, best.as_of)
    return (low, mean, high), fact


def _own_duty(row: TariffRow, importer: str, exchange: Exchange) -> DutyFinding:
    source = row.source if row.confidence in ("seen", "official") else f"{row.source} ({row.confidence})"
    as_of, rate = row.as_of.isoformat(), row.rate_ppm or 0
    facts = []
    if row.rate_ppm is not None or row.specific_micro is None:
        facts.append(Fact("duty.ad_valorem", (rate, basis_of(importer), row.hs), source, as_of))
    if row.specific_micro is None:
        return DutyFinding((rate, rate, rate), tuple(facts))
    if row.unit not in ("piece", "kg"):
        return unknown("weight", *facts)
    each = exchange.minor(Fraction(row.specific_micro, 1_000_000), row.currency)
    if each is None:
        return unknown("exchange", *facts)
    specific = Specific(each.numerator, each.denominator, row.unit, row.combine)
    text = plain(Fraction(row.specific_micro, 1_000_000))
    facts.append(
        Fact(
            "duty.specific",
            (each.numerator, each.denominator, row.unit, row.combine, text, row.currency),
            source,
            as_of,
        )
    )
    return DutyFinding((rate, rate, rate), tuple(facts), specific)


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
