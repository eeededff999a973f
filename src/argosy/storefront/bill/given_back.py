"""A refund on the order's page: what of goods, duty and tax went back, what did not, and by whose rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from argosy.landed.returns import Answer, Charge
from argosy.orders.rules import PARTS
from argosy.storefront.bill.border import Row, Text, Why
from argosy.storefront.bill.words import said_by, tax_name
from argosy.storefront.edition import Edition
from argosy.storefront.texts import noted

_WHY: dict[Answer, str] = {
    "not_imported": noted("nothing was imported, so nothing was due"),
    "corrected": noted("the shop corrects its tax return"),
    "claim": noted("the shop claims it back from the authorities"),
    "no": noted("the authorities keep it: the shop bears it"),
    "unknown": noted("whether the authorities return it is not known: the shop bears it"),
}
_KEPT = noted("not given back: the authorities keep it, and no law makes the shop pay it")


class _Kind(msgspec.Struct, frozen=True):
    """Charges that are told alike."""

    charge: Charge
    answer: Answer
    goes_back: bool
    source: str
    as_of: str


def given_back(edition: Edition, currency: str, lines: Sequence[dict[str, Any]]) -> tuple[Row, ...]:
    """The rows of a refund as the order keeps it; those that went back add up to it. None where nothing but goods did."""
    sums: dict[_Kind, int] = {}
    for line in lines:
        for one in line.get("charges", ()):
            kind = msgspec.convert(one, _Kind)
            sums[kind] = sums.get(kind, 0) + one["amount_minor"]
    if not sums:
        return ()
    whole = sum(line.get(name, 0) for line in lines for name in PARTS)
    rest = whole - sum(minor for kind, minor in sums.items() if kind.goes_back)
    goods = Row(edition.gettext("Goods and carriage"), edition.price(rest, currency))
    return (goods, *(_row(edition, currency, kind, minor) for kind, minor in sums.items()))


def _row(edition: Edition, currency: str, kind: _Kind, minor: int) -> Row:
    why = edition.gettext(_WHY[kind.answer] if kind.goes_back else _KEPT)
    source: Text = said_by(edition, kind.source, kind.as_of) if kind.source else ""
    amount = edition.price(minor, currency)
    return Row(_name(edition, kind.charge), amount, (Why(why, source),), "" if kind.goes_back else "unknown")


def _name(edition: Edition, charge: Charge) -> str:
    if charge == "duty":
        return edition.gettext("Customs duty")
    return tax_name(edition) if charge == "tax" else edition.gettext("Charges fixed by law")
