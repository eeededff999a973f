"""Duty, tax and charges of a consignment: `land`. Pure."""

from __future__ import annotations

from argosy.landed.arithmetic import Figures, figures, single
from argosy.landed.law.regime import BORDER, SALE, Regime
from argosy.landed.model import Consignment, Fact, Landed, LandedLine, LandedShare, LinePlan, State
from argosy.landed.tables import Tables


def land(tables: Tables, consignment: Consignment) -> Landed:
    """What a consignment costs at its destination, and all that this was computed from.

    What is missing makes the amounts that need it None, never zero; what is not needed may be missing.
    The readings of the law are in `docs/reference/landed.md`.
    """
    regime = tables.regime(consignment)
    lines = consignment.lines
    goods, missing = 0, False
    for line in lines:
        value = line.goods_minor if line.customs_minor is None else line.customs_minor
        goods += value
        missing = missing or not value
    shipping = consignment.shipping_minor
    ways = regime.sides(goods, shipping, missing)
    plans = _plans(regime, lines, ways, (goods, shipping, missing))
    parcel, facts = regime.parcel(ways, _headings(lines))
    made = single(consignment, plans[0], parcel) if len(plans) == 1 else None
    return _answer(regime, consignment, plans, facts, made or figures(consignment, plans, parcel))


def _headings(lines: tuple[LandedLine, ...]) -> int:
    """Distinct 6-digit headings; -1 where goods without one may add another."""
    headings = {line.hs[:6] for line in lines}
    return len(headings) if "" not in headings else -1


def _plans(
    regime: Regime, lines: tuple[LandedLine, ...], ways: tuple[int, int, int], whole: tuple[int, int, bool]
) -> list[LinePlan]:
    duty, tax, _ = ways
    known, by_line = regime.plans, regime.by_line
    plans = []
    for line in lines:
        value = line.goods_minor if line.customs_minor is None else line.customs_minor
        if by_line:
            duty, tax = regime.line_ways(line.origin, value, line.quantity, *whole)
        gift = tax == SALE | BORDER and (value != line.goods_minor or not value)
        key = (line.hs, line.origin, line.battery, line.blade_mm, duty, tax, gift)
        plan = known.get(key) or regime.plan(line, duty, tax, gift)
        plans.append(plan if value else regime.valueless(plan))
    return plans


def _answer(
    regime: Regime, consignment: Consignment, plans: list[LinePlan], facts: tuple[Fact, ...], made: Figures
) -> Landed:
    # Facts are kept once a consignment; lines charged alike refer to them alike.
    places: dict[int, int] = {}
    notes: dict[tuple[int, ...], tuple[int, ...]] = {}
    for plan in plans:
        if plan.notes not in notes:
            notes[plan.notes] = tuple([places.setdefault(note, len(places)) for note in plan.notes])
    state, states = _states(plans, made)
    names = [line.line for line in consignment.lines]
    currency, codes = consignment.currency, regime.codes
    kept = (*[codes[note] for note in places], *facts)
    if state == "banned":
        shares = [
            LandedShare(name, None, None, None, own, None, None, notes[plan.notes])
            for name, own, plan in zip(names, states, plans, strict=True)
        ]
        return Landed("banned", currency, None, None, None, None, None, None, tuple(shares), kept)
    if made.tax_waived and regime.due_bound is not None:
        kept = (*kept, Fact("tax.relief_due", regime.due_bound.words[:2]))
    shares = [
        LandedShare(name, duty, tax, fee, own, low, high, notes[plan.notes])
        for name, duty, tax, fee, own, low, high, plan in zip(
            names, made.duties, made.taxes, made.charges, states, made.lows, made.highs, plans, strict=True
        )
    ]
    return Landed(
        state,
        currency,
        made.duty_minor,
        made.tax_minor,
        made.fees_minor,
        made.total_minor,
        made.duty_low_minor,
        made.duty_high_minor,
        tuple(shares),
        kept,
    )


def _states(plans: list[LinePlan], made: Figures) -> tuple[State, list[State]]:
    """The basket's state and each line's own: the first that holds of banned, unknown, conditional, estimate, known."""
    states = [plan.state for plan in plans]
    if made.tax_waived:
        # A tax that is not collected is not in doubt.
        states = [
            "known" if own == "estimate" and not plan.spread else own for own, plan in zip(states, plans, strict=True)
        ]
    if made.total_minor is None:
        gaps = [None in amounts for amounts in zip(made.duties, made.taxes, made.charges, strict=True)]
        states = ["unknown" if gap and own != "banned" else own for own, gap in zip(states, gaps, strict=True)]
    every = set(states)
    if "banned" in every:
        return "banned", states
    if made.total_minor is None:
        return "unknown", states
    return "conditional" if "conditional" in every else "estimate" if "estimate" in every else "known", states
