"""Say how amounts came about, and compute them again, from the answer alone: years later no table is asked."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec
from msgspec import structs

from argosy.base.money import exponent
from argosy.landed.arithmetic import figures
from argosy.landed.law.thresholds import plain
from argosy.landed.model import FREE, Base, Consignment, Fact, Landed, LandedShare, LinePlan, ParcelPlan, Specific
from argosy.landed.reasons import BANS, BASIS_TEXT, CONDITIONS, PARAMETERS, TEXTS, WHY


class Reason(msgspec.Struct, frozen=True):
    """One step of the computation, or what is missing for it."""

    code: str
    """One of the closed list of `landed.reasons`."""
    line: str | None
    """The line it is about; None: all of them, or the consignment."""
    text: str
    """In English; pages word `code` and `params` in the reader's language."""
    source: str
    """Who says so, with the confidence where it is less than seen."""
    as_of: str
    params: dict[str, str]


def explain(landed: Landed) -> tuple[Reason, ...]:
    """All steps: first what holds for every line or the consignment, then line by line."""
    everywhere = set(range(len(landed.facts)))
    named: set[int] = set()
    for share in landed.shares:
        everywhere &= set(share.notes)
        named |= set(share.notes)
    common = [place for place in range(len(landed.facts)) if place in everywhere or place not in named]
    one = landed.shares[0].line if len(landed.shares) == 1 else None
    found = [_reason(landed.facts[place], one if place in named else None) for place in common]
    for share in landed.shares:
        found.extend(_reason(landed.facts[place], share.line) for place in share.notes if place not in everywhere)
    return tuple(found)


def explain_line(landed: Landed, line: str) -> tuple[Reason, ...]:
    """The steps that concern one line, those of the consignment last; a name that is not in the answer has only these."""
    named = {place for share in landed.shares for place in share.notes}
    own = [place for share in landed.shares if share.line == line for place in share.notes]
    rest = [place for place in range(len(landed.facts)) if place not in named]
    return (
        *(_reason(landed.facts[place], line) for place in own),
        *(_reason(landed.facts[place], None) for place in rest),
    )


def recompute(consignment: Consignment, landed: Landed) -> Landed:
    """The answer computed again from its own facts, on any later day; equal to the original.

    `consignment` must be the one that was asked about: the same lines in the same order.
    """
    if landed.state == "banned":
        return landed
    plans = [_line_plan([landed.facts[place] for place in share.notes]) for share in landed.shares]
    made = figures(consignment, plans, _parcel_plan(landed))
    shares = tuple(
        LandedShare(share.line, duty, tax, fee, share.state, low, high, share.notes)
        for share, duty, tax, fee, low, high in zip(
            landed.shares, made.duties, made.taxes, made.charges, made.lows, made.highs, strict=True
        )
    )
    return structs.replace(
        landed,
        duty_minor=made.duty_minor,
        tax_minor=made.tax_minor,
        fees_minor=made.fees_minor,
        total_minor=made.total_minor,
        duty_low_minor=made.duty_low_minor,
        duty_high_minor=made.duty_high_minor,
        shares=shares,
    )


def percent(ppm: int) -> str:
    """A rate in millionths as people write it: 16.5%."""
    return plain(Fraction(ppm, 10_000)) + "%"


def _reason(fact: Fact, line: str | None) -> Reason:
    params = {name: str(value) for name, value in zip(PARAMETERS.get(fact.code, ()), fact.values, strict=False)}
    return Reason(fact.code, line, _text(fact.code, params), fact.source, fact.as_of, params)


def _text(code: str, params: dict[str, str]) -> str:
    kind, _, subject = code.partition(".")
    if kind == "ban":
        return BANS[subject]
    if kind == "condition":
        return CONDITIONS[subject]
    words = {name: percent(int(value)) if name.endswith("_ppm") else value for name, value in params.items()}
    words["why"] = WHY.get(params.get("why", ""), "")
    words["basis"] = BASIS_TEXT.get(params.get("basis", ""), "")
    words["region"] = f"({params['region']})" if params.get("region") else ""
    if code == "exchange":
        words["rate"] = format(Decimal(params["numerator"]) / Decimal(params["denominator"]), ".6g")
    if params.get("origin") == "*":
        words["origin"] = "all countries"
    return " ".join(TEXTS[code].format_map(words).split()).replace(" ,", ",").replace(", )", ")")


def _line_plan(facts: list[Fact]) -> LinePlan:
    rates = [_duty_rate(fact) for fact in facts]
    known = [rate for rate in rates if rate is not None]
    duty: tuple[int, int, int] | None = (
        sum(rate[0] for rate in known), sum(rate[1] for rate in known), sum(rate[2] for rate in known),
    )  # fmt: skip
    codes = {fact.code for fact in facts}
    spread = bool(codes & {"duty.spread", "duty.added_spread"})
    if "duty.unknown" in codes:
        duty = None
    elif duty == FREE and not spread:
        duty = FREE
    specific: Specific | None = None
    tax_known: int | None = 0
    where: Base = "border"
    for fact in facts:
        values = fact.values
        if fact.code == "duty.specific":
            specific = Specific(int(values[0]), int(values[1]), str(values[2]), str(values[3]))
        elif fact.code in _TAXED:
            tax_known, where = int(values[0]), _TAXED[fact.code]
    if "tax.unknown" in codes:
        tax_known = None
    return LinePlan(duty=duty, specific=specific, tax_ppm=tax_known, base=where, spread=spread)


_TAXED: dict[str, Base] = {
    "tax.at_border": "border",
    "tax.collected_at_sale": "sale",
    "tax.price_at_sale": "price",
}


def _duty_rate(fact: Fact) -> tuple[int, int, int] | None:
    values = fact.values
    if fact.code in ("duty.spread", "duty.added_spread"):
        return int(values[0]), int(values[1]), int(values[2])
    if fact.code in ("duty.ad_valorem", "duty.added", "duty.band"):
        return int(values[0]), int(values[0]), int(values[0])
    return None


def _parcel_plan(landed: Landed) -> ParcelPlan:
    with_shipping, less, due = True, (0, 1), None
    for fact in landed.facts:
        if fact.code == "duty.less":
            less = int(fact.values[0]), int(fact.values[1])
        elif fact.code == "tax.due_limit":
            due = int(fact.values[0]), int(fact.values[1])
        place = _BASIS_PLACE.get(fact.code)
        if place is not None and fact.values[place] == "goods":
            with_shipping = False
    return ParcelPlan(with_shipping, less, due, _fees(landed))


_BASIS_PLACE = {"duty.ad_valorem": 1, "duty.spread": 3, "duty.band": 1}


def _fees(landed: Landed) -> int | None:
    rates = {landed.currency: Fraction(1)}
    for fact in landed.facts:
        if fact.code == "exchange":
            rates[str(fact.values[0])] = Fraction(int(fact.values[2]), int(fact.values[3]))
    total = Fraction(0)
    for fact in landed.facts:
        if fact.code == "fee.unknown":
            return None
        if fact.code in ("fee.heading", "fee.consignment"):
            amount, currency, count = fact.values
            total += Fraction(str(amount)) * int(count) * rates[str(currency)] * 10 ** exponent(landed.currency)
    return (2 * total.numerator + total.denominator) // (2 * total.denominator)
