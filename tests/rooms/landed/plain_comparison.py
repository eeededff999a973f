"""The rules and the plain reading asked the same, and where they part."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from argosy.landed.load import load_tables
from argosy.landed.model import Consignment, Landed, LandedLine
from argosy.landed.rules import land
from argosy.landed.tables import Tables
from argosy.plumbing.config import Config
from rooms.landed.plain import facts
from rooms.landed.plain.draw import undecided
from rooms.landed.plain.work_out import Answer, answer

TOLERANCE = 2
"""Minor units: amounts may be rounded once or by line."""


class BankRates:
    """The bank's rates as the plain reading finds them, in the form that the rules ask for."""

    def units(self, source: str, target: str, day: date) -> tuple[int, int, str, date] | None:
        """Units of `target` for one of `source`, the publisher and the day."""
        one, other = facts.per_euro(source, day), facts.per_euro(target, day)
        if one is None or other is None:
            return None
        rate = other / one
        return rate.numerator, rate.denominator, "European Central Bank", day


@cache
def tables() -> Tables:
    """The shipped tables with the bank's rates."""
    return load_tables(Config().data / "landed", BankRates())


def consignment(request: dict[str, Any]) -> Consignment:
    """A complete request as the rules take it."""
    lines = tuple(
        LandedLine(
            line=line["line"],
            hs=line["hs"],
            origin=line["origin"],
            quantity=line["quantity"],
            goods_minor=line["quantity"] * line["unit_minor"],
            customs_minor=line["quantity"] * line["customs_unit_minor"] if line.get("customs_unit_minor") else None,
            battery=line["attributes"].get("battery", "none"),
            blade_mm=line["attributes"].get("blade_mm"),
        )
        for line in request["lines"]
    )
    same = {
        name: request[name]
        for name in ("to", "ship_from", "channel", "mode", "seller_collects", "currency", "shipping_minor")
    }
    return Consignment(at=date.fromisoformat(request["at"]), region=request["region"] or "", lines=lines, **same)


def asked(request: dict[str, Any]) -> Landed:
    """The answer of the rules."""
    return land(tables(), consignment(request))


def figures(landed: Landed) -> dict[str, Any]:
    """State and amounts under the names of the batch command's answer."""
    names = ("state", "duty_minor", "tax_minor", "fees_minor", "total_minor", "duty_low_minor", "duty_high_minor")
    return {name: getattr(landed, name) for name in names}


def disagreements(request: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """What differs by more than rounding between an answer's figures and the plain reading; nothing where the rules are open."""
    if undecided(request):
        return []
    plain = answer(request)
    wrong = [] if got["state"] == plain.state else [f"state {got['state']}, plainly {plain.state}"]
    if plain.duty is not None and not plain.duty.sure:
        return wrong + _span(got, plain)
    duty = plain.duty.middle if plain.duty is not None else None
    for name, amount in (("duty", duty), ("tax", plain.tax), ("fees", plain.fees), ("total", plain.total)):
        if not _close(got[f"{name}_minor"], amount):
            wrong.append(f"{name} {got[f'{name}_minor']}, plainly {None if amount is None else float(amount)}")
    return wrong


def _span(got: dict[str, Any], plain: Answer) -> list[str]:
    """The ends of a range are certain, what is shown between them is not."""
    duty, low, high = got["duty_minor"], got["duty_low_minor"], got["duty_high_minor"]
    assert plain.duty is not None
    if not (_close(low, plain.duty.low) and _close(high, plain.duty.high)):
        return [f"range {low}..{high}, plainly {float(plain.duty.low)}..{float(plain.duty.high)}"]
    return [] if duty is not None and low <= duty <= high else [f"duty {duty} outside {low}..{high}"]


def _close(got: int | None, amount: Fraction | None) -> bool:
    if got is None or amount is None:
        return got is None and amount is None
    return abs(got - amount) <= TOLERANCE
