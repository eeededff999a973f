"""What becomes of duty, tax and charges when goods go back: who returns them, who bears what nobody returns. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, TypeVar, get_args

import msgspec

from argosy.landed.law.facts import Owed, RefundLaw, Repayment
from argosy.landed.model import Fact, Landed

ReturnReason = Literal["changed_mind", "defective", "lost", "goodwill"]
"""Withdrawn from in the time that the law gives; faulty or not as ordered; never arrived; taken back without having to."""
Charge = Literal["duty", "tax", "fees"]
Answer = Literal["not_imported", "corrected", "claim", "no", "unknown"]
"""The authority's: nothing came in, so nothing was due; the seller corrects its return; on application; not; not told."""
Bearer = Literal["authority", "shop", "shopper"]
CHARGES: tuple[Charge, ...] = get_args(Charge)

_AT_SALE = frozenset({"tax.collected_at_sale", "tax.price_at_sale"})
_Row = TypeVar("_Row", Repayment, Owed)


class ChargeBack(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one charge of a line, with the reason and its source."""

    charge: Charge
    answer: Answer
    borne_by: Bearer
    """`shopper`: it does not go back to her; else it does, and this is who has paid it in the end."""
    owed: bool | None
    """Whether the law makes the seller pay it back, whoever has it now; None: not told."""
    scheme: str = ""
    """Under which it was collected at the sale; empty: at the border."""
    claim_by: date | None = None
    """Last day of a claim, counted from the order, so never too late."""
    how: str = ""
    source: str = ""
    """Who says so, with its confidence where it is less than seen; empty: nobody is known to."""
    as_of: str = ""

    @property
    def goes_back(self) -> bool:
        """Whether the shopper has it back."""
        return self.borne_by != "shopper"


class GoingBack(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that go back: whereto they were sold, why, and when."""

    to: str
    """The market, ISO 3166-1 alpha-2."""
    reason: ReturnReason
    sent: bool
    """Whether they had left the house: what was never sent was never imported."""
    ordered: date
    at: date
    """Day of the refund in the market."""


def refundable(
    landed: Landed, line: str, going: GoingBack, law: RefundLaw, *, shop_bears: bool = True
) -> tuple[ChargeBack, ...]:
    """What becomes of duty, tax and charges of a line of a consignment, by the snapshot it was sold with.

    Charges that the line does not bear are left out. What an authority returns, what the law makes the seller pay and what
    is not known goes back to the shopper. What is known to be returned by nobody and owed by nobody goes back too where
    `shop_bears`; else it stays with her.
    """
    share = next((one for one in landed.shares if one.line == line), None)
    if share is None:
        return ()
    facts = [landed.facts[place] for place in share.notes]
    amounts = {"duty": share.duty_minor, "tax": share.tax_minor, "fees": share.fees_minor}
    return tuple(_back(charge, facts, going, law, shop_bears) for charge in CHARGES if amounts[charge])


def _back(charge: Charge, facts: list[Fact], going: GoingBack, law: RefundLaw, shop_bears: bool) -> ChargeBack:
    sale = next((fact for fact in facts if fact.code in _AT_SALE), None) if charge == "tax" else None
    scheme = str(sale.values[1]) if sale else ""
    if not going.sent:
        return ChargeBack(charge=charge, answer="not_imported", borne_by="authority", owed=True, scheme=scheme)
    owed = next((row.owed for row in _rows(law.owed, going, law.union)), None)
    collected = "sale" if sale else "border"
    rows = (row for row in _rows(law.repayments, going, law.union) if row.collected == collected)
    row = next((row for row in rows if charge in row.charges), None)
    if row is None:
        return ChargeBack(charge=charge, answer="unknown", borne_by="shop", owed=owed, scheme=scheme)
    claim_by = going.ordered + timedelta(days=row.within_days) if row.within_days and row.back == "claim" else None
    answer: Answer = "no" if claim_by is not None and going.at > claim_by else row.back  # type: ignore[assignment]
    return ChargeBack(
        charge=charge, answer=answer, borne_by=_bearer(answer, owed, shop_bears), owed=owed, scheme=scheme,
        claim_by=claim_by, how=row.how, source=row.source, as_of=row.as_of,
    )  # fmt: skip


def _bearer(answer: Answer, owed: bool | None, shop_bears: bool) -> Bearer:
    if answer in ("not_imported", "corrected", "claim"):
        return "authority"
    # Only what two laws are known to leave with the shopper may be kept from her.
    return "shopper" if answer == "no" and owed is False and not shop_bears else "shop"


def _rows(table: Mapping[str, tuple[_Row, ...]], going: GoingBack, union: frozenset[str]) -> Iterator[_Row]:
    """Rows that hold for the destination, the reason and the day: the country's own, the union's, all countries'."""
    places = (going.to, "EU", "*") if going.to in union else (going.to, "*")
    for place in places:
        for row in table.get(place, ()):
            if row.holds(going.at) and (not row.reasons or going.reason in row.reasons):
                yield row
