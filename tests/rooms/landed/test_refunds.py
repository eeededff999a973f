"""What becomes of duty and tax when goods go back: worked cases, and what holds for all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argosy.base.money import exponent
from argosy.landed.model import Consignment, Fact, Landed, LandedLine, LandedShare
from argosy.landed.returns import ChargeBack, GoingBack, ReturnReason, refundable
from argosy.landed.rules import land
from rooms.landed.parcels import tables

CASES = Path(__file__).with_name("refund_cases.txt").read_text(encoding="utf-8").split("\ncase: ")[1:]
TABLES = tables()
LAW = TABLES.refund_law


@dataclass(frozen=True)
class Case:
    name: str
    landed: Landed
    going: GoingBack
    gives: dict[str, tuple[str, str, str, str]]


def read(block: str) -> Case:
    name, *rest = block.split("\n== ")[0].strip().splitlines()
    parts = dict(line.split(": ", 1) for line in rest)
    sold, _, region = parts["sold"].partition("; ")
    to, day, goods = sold.split(", ")
    found = re.fullmatch(r"(\d+) at ([\d.]+) ([A-Z]{3})", goods)
    assert found, goods
    hs, price, currency = found.groups()
    minor = round(float(price) * 10 ** exponent(currency))
    line = LandedLine(line="1", hs=hs, origin="CN", quantity=1, goods_minor=minor)
    ordered = date.fromisoformat(day)
    parcel = Consignment(
        at=ordered, to=to, region=region, ship_from="CN", currency=currency, shipping_minor=0, lines=(line,)
    )
    reason, at, sent = parts["back"].split(", ")
    going = GoingBack(
        to=to, reason=reason, sent=sent == "sent", ordered=ordered, at=date.fromisoformat(at)  # type: ignore[arg-type]
    )  # fmt: skip
    gives = {}
    for one in parts["gives"].split("; "):
        told, _, by = one.partition(" (claim by ")
        charge, answer, under_all, under_law = told.split()
        gives[charge] = (answer, under_all, under_law, by.rstrip(")"))
    return Case(name, land(TABLES, parcel), going, gives)


def told(case: Case) -> dict[str, tuple[str, str, str, str]]:
    by_all = refundable(case.landed, "1", case.going, LAW)
    by_law = refundable(case.landed, "1", case.going, LAW, shop_bears=False)
    return {
        one.charge: (one.answer, one.borne_by, other.borne_by, one.claim_by.isoformat() if one.claim_by else "")
        for one, other in zip(by_all, by_law, strict=True)
    }


@pytest.mark.parametrize("block", CASES, ids=lambda block: block.partition("\n")[0])
def test_worked_cases(block: str) -> None:
    case = read(block)
    assert told(case) == case.gives


def test_every_answer_but_what_was_not_imported_names_its_source() -> None:
    for block in CASES:
        case = read(block)
        for one in refundable(case.landed, "1", case.going, LAW):
            assert bool(one.source) == bool(one.how)
            assert one.source or one.answer in ("not_imported", "unknown")


def snapshot(codes: list[Fact]) -> Landed:
    share = LandedShare("1", 100, 200, 300, "known", None, None, tuple(range(len(codes))))
    return Landed("known", "EUR", 100, 200, 300, 1_600, None, None, (share,), tuple(codes))


SALE = Fact("tax.collected_at_sale", (200_000, "IOSS", "150", "EUR", "goods"))
BORDER = Fact("tax.at_border", (200_000, ""))


@settings(max_examples=300)
@given(
    to=st.sampled_from(["DE", "GB", "NO", "AU", "NZ", "SG", "US", "JP", "TW", "BR", "ZZ"]),
    reason=st.sampled_from(get_args(ReturnReason)),
    sent=st.booleans(),
    days=st.integers(0, 800),
    at_sale=st.booleans(),
)
def test_the_law_keeps_only_what_two_laws_are_known_to_keep(
    to: str, reason: ReturnReason, sent: bool, days: int, at_sale: bool
) -> None:
    ordered = date(2025, 1, 1)
    going = GoingBack(to=to, reason=reason, sent=sent, ordered=ordered, at=ordered + timedelta(days=days))
    landed = snapshot([SALE if at_sale else BORDER])
    by_all = refundable(landed, "1", going, LAW)
    by_law = refundable(landed, "1", going, LAW, shop_bears=False)
    assert [one.charge for one in by_all] == ["duty", "tax", "fees"]
    for generous, strict in zip(by_all, by_law, strict=True):
        assert generous.goes_back
        if not strict.goes_back:
            assert (strict.answer, strict.owed, sent) == ("no", False, True)
        if not sent:
            assert strict.answer == "not_imported"


def test_an_unknown_scheme_is_told_and_goes_back() -> None:
    going = GoingBack(to="ZZ", reason="goodwill", sent=True, ordered=date(2026, 1, 1), at=date(2026, 2, 1))
    tax = refundable(snapshot([SALE]), "1", going, LAW, shop_bears=False)[1]
    assert tax == ChargeBack(charge="tax", answer="unknown", borne_by="shop", owed=False, scheme="IOSS")
