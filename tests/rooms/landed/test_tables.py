"""The operator's own rows and rates, what is kept ready, and tables that cannot be read."""

from __future__ import annotations

import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from argosy.base.errors import Misconfigured
from argosy.landed import tables as kept
from argosy.landed.bank import BankRates
from argosy.landed.load import load_facts, load_tables
from argosy.landed.rules import land
from argosy.landed.tariff_rows import TariffRow
from rooms.landed.parcels import DATA, line, parcel, tables


def row(kind: str, country: str, **more: Any) -> TariffRow:
    told = {
        "valid_from": date(2026, 1, 1), "source": "gazette", "as_of": date(2026, 1, 1), "confidence": "official", **more,
    }  # fmt: skip
    return TariffRow(kind=kind, country=country, **told)


def test_an_operators_tariff_makes_india_known() -> None:
    own = tables().with_rows([row("duty", "IN", hs="6109", rate_ppm=200_000), row("tax", "IN", rate_ppm=50_000)])
    asked = parcel(
        "IN", "2026-11-23", line("610910", 10_000, "JP"), ship_from="JP", shipping_minor=1000, currency="INR"
    )
    found = land(own, asked)
    # 20% of 110, then 5% of 110 + 22.
    assert (found.state, found.duty_minor, found.tax_minor) == ("known", 2200, 660)
    assert {fact.source for fact in found.facts} == {"gazette"}
    assert land(tables(), asked).state == "unknown"
    assert land(own.with_rows([]), asked).state == "unknown"


def test_the_longest_heading_wins_then_a_named_origin() -> None:
    rows = [
        row("duty", "GB", hs="61", rate_ppm=10_000),
        row("duty", "GB", hs="610910", rate_ppm=20_000),
        row("duty", "GB", hs="610910", origin="JP", rate_ppm=0),
        row("duty", "GB", hs="6109", origin="CN", rate_ppm=90_000),
        row("duty", "GB", hs="610910", origin="CN", rate_ppm=500_000, valid_to=date(2026, 6, 30)),
    ]
    own = tables().with_rows(rows)

    def duty(hs: str, origin: str) -> int | None:
        return land(own, parcel("GB", "2026-11-23", line(hs, 100_000, origin), currency="GBP")).duty_minor

    assert [duty("610910", "CN"), duty("610910", "JP"), duty("610510", "CN")] == [2000, 0, 1000]


def test_added_duties_come_on_top_of_an_operators_base_rate() -> None:
    own = tables().with_rows([row("duty", "US", hs="610910", rate_ppm=10_000)])
    found = land(own, parcel("US", "2026-11-23", line("610910", 10_000), region="OR", currency="USD"))
    assert found.duty_minor == 100 + 750 + 1250


@pytest.mark.parametrize(("combine", "duty"), [("higher", 86_000), ("lower", 30_000), ("sum", 116_000), ("", 86_000)])
def test_a_duty_by_piece_beside_one_by_value(combine: str, duty: int) -> None:
    """Japan's shoes: 30% or 4,300 yen a pair."""
    shoes = row(
        "duty", "JP", hs="640399", rate_ppm=300_000 if combine else None, specific_micro=4_300_000_000, unit="piece",
        currency="JPY", combine=combine,
    )  # fmt: skip
    asked = parcel("JP", "2026-11-23", line("640399", 100_000, quantity=20), currency="JPY")
    found = land(tables().with_rows([shoes]), asked)
    assert (found.state, found.duty_minor, found.tax_minor) == ("known", duty, round((100_000 + duty) / 10))


def test_a_duty_by_weight_needs_the_weight() -> None:
    tea = row("duty", "KR", hs="0902", specific_micro=2_000_000, unit="kg", currency="USD")
    own = tables().with_rows([tea])
    told = [
        land(own, parcel("KR", "2026-11-23", line("090230", 40_000, weight_g=grams), currency="USD")).duty_minor
        for grams in (2_500, None)
    ]
    assert told == [500, None]
    litre = tables().with_rows([row("duty", "KR", hs="0902", specific_micro=2_000_000, unit="litre", currency="USD")])
    assert land(litre, parcel("KR", "2026-11-23", line("090230", 40_000), currency="USD")).duty_minor is None


def test_an_operators_limit_takes_the_place_of_the_shipped_one() -> None:
    rows = [
        row("threshold", "GB", applies_to="duty", limit_minor=5000, currency="GBP", basis="goods"),
        row("threshold", "GB", applies_to="tax", limit_minor=1000, currency="GBP", basis="goods"),
    ]
    own = tables().with_rows(rows)

    def told(goods: int) -> tuple[int | None, int | None]:
        found = land(own, parcel("GB", "2026-11-23", line("620610", goods), currency="GBP"))
        return found.duty_minor, found.tax_minor

    assert [told(1000), told(1001), told(5000), told(5001)] == [(0, 0), (0, 200), (0, 1000), (600, 1000)]


class _Fixed:
    def __init__(self, dong: int) -> None:
        self.dong = dong

    def units(self, source: str, target: str, day: date) -> tuple[int, int, str, date] | None:
        return (1, self.dong, "operator", day) if (source, target) == ("VND", "EUR") else None


def test_other_rates_of_exchange_are_taken_at_once_and_told() -> None:
    asked = parcel("VN", "2025-01-15", line("610910", 4000))
    first = tables().with_rates(_Fixed(25_000))
    second = first.with_rates(_Fixed(24_000))
    # A million dong is 40.00 or 41.66 EUR.
    assert [land(one, parcel("VN", "2025-01-15", line("610910", 4100))).duty_minor for one in (first, second)] == [
        None,
        0,
    ]
    found = land(first, asked)
    assert (found.state, found.duty_minor) == ("known", 0)
    assert [fact.values[2:4] for fact in found.facts if fact.code == "exchange"] == [(1, 25_000)]


def test_what_is_kept_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT_REGIMES", 3)
    own = load_tables(DATA, BankRates())
    days = [f"2026-11-{day:02}" for day in range(1, 11)]
    first = [land(own, parcel("DE", day, line("610910", 5000), currency="USD")) for day in days]
    assert len(own._regimes) <= 3
    assert [land(own, parcel("DE", day, line("610910", 5000), currency="USD")) for day in days] == first


def test_the_bank_has_no_stale_rates() -> None:
    bank = BankRates()
    friday, sunday = date(2026, 10, 30), date(2026, 11, 1)
    assert bank.units("USD", "EUR", sunday) == bank.units("USD", "EUR", friday)
    assert bank.units("RUB", "EUR", date(2026, 1, 5)) is None
    assert bank.units("RUB", "EUR", date(2021, 1, 5)) is not None
    assert bank.units("TWD", "EUR", friday) is None
    assert bank.units("USD", "EUR", date(1998, 1, 1)) is None
    found = bank.units("USD", "JPY", friday)
    assert found is not None and found[3] == friday and 100 < found[0] / found[1] < 250


def test_shipped_tables_say_where_each_figure_is_from() -> None:
    facts = load_facts(DATA)
    rows = [row for group in facts.thresholds.values() for row in group]
    rows += [row for group in facts.taxes.values() for row in group]
    assert all(row.source for row in rows) and all(row.source for row in facts.restrictions)
    assert len(facts.union) == 27 and len(facts.thresholds) > 40
    for group in (*facts.taxes.values(), *facts.thresholds.values()):
        for earlier, later in pairwise(group):
            if getattr(earlier, "ship_from", None) or getattr(earlier, "channels", None) or not later.source:
                continue
            ends = earlier.valid_to
            assert ends is not None and (later.valid_from is None or ends < later.valid_from), (earlier, later)


@pytest.mark.parametrize(
    ("file", "cell", "broken"),
    [
        ("thresholds.csv", "2025-08-28", "2025-13-28"),
        ("flat_charges.csv", "EU,3,", "EU,three,"),
        ("restrictions.csv", "banned", "perhaps"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(tmp_path: Path, file: str, cell: str, broken: str) -> None:
    folder = tmp_path / "landed"
    shutil.copytree(DATA, folder)
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(cell, broken, 1), encoding="utf-8")
    with pytest.raises(Misconfigured, match=rf"{file}, line \d+"):
        load_facts(folder)


def test_missing_tables_are_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="ARGOSY_DATA"):
        load_facts(tmp_path)


def test_an_operators_limit_for_each_piece() -> None:
    rows = [
        row("threshold", "KR", applies_to=what, limit_minor=10_000, currency="USD", basis="piece")
        for what in ("duty", "tax")
    ]
    goods = (line("610910", 20_000, name="two", quantity=2), line("610910", 10_001, name="one"))
    found = land(tables().with_rows(rows), parcel("KR", "2026-11-23", *goods, currency="USD"))
    assert [(share.duty_minor, share.tax_minor) for share in found.shares] == [(0, 0), (None, None)]


def test_an_operators_limit_for_an_origin() -> None:
    """Korea's 200 USD for goods of the US stands beside the shipped 150."""
    rows = [row("threshold", "KR", origin="US", applies_to="duty", limit_minor=20_000, currency="USD", basis="goods")]
    own = tables().with_rows(rows)
    goods = (line("610910", 10_000, "US", "a"), line("610910", 8_000, "CN", "b"))
    found = land(own, parcel("KR", "2026-11-23", *goods, currency="USD"))
    assert [share.duty_minor for share in found.shares] == [0, None]
    assert [fact.source for fact in found.facts if fact.code == "duty.relief"] == ["gazette"]


def test_an_operators_limit_takes_the_place_of_the_swiss_tax_due() -> None:
    rows = [row("threshold", "CH", applies_to="tax", limit_minor=10_000, currency="CHF", basis="goods")]
    asked = [parcel("CH", "2026-11-23", line("610910", goods), currency="CHF") for goods in (6_000, 6_200, 10_001)]
    assert [land(tables().with_rows(rows), one).tax_minor for one in asked] == [0, 0, 810]
    assert [land(tables(), one).tax_minor for one in asked] == [0, 502, 810]
