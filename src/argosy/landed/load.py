"""Read the fact tables of a folder: `load_tables`."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date
from fractions import Fraction
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

import eu_vat_rates_data
from msgspec import structs

from argosy.base.errors import Misconfigured
from argosy.landed.law.facts import (
    Added,
    AddedPeriod,
    Band,
    Duty,
    Exclusion,
    Facts,
    FlatCharge,
    Free,
    Owed,
    Reduced,
    RefundLaw,
    Regional,
    Repayment,
    Restriction,
    Scheme,
    Tariff,
    Tax,
    Threshold,
)
from argosy.landed.model import PPM, ExchangeTable
from argosy.landed.tables import Tables

Row = dict[str, str]
Made = TypeVar("Made")


def load_tables(folder: Path, rates: ExchangeTable) -> Tables:
    """All facts below `folder` (data/landed), ready to compute with, and the caller's exchange rates.

    Misconfigured names the file, the line and the field of the first cell that cannot be read.
    """
    return Tables(load_facts(folder), rates)


def load_facts(folder: Path) -> Facts:
    """All facts below `folder`; European rates of VAT come from the package `eu-vat-rates-data`, which has today's only."""
    if not (folder / "thresholds.csv").is_file():
        raise Misconfigured(
            f"{folder}: the tables of duty and tax are missing (thresholds.csv); ARGOSY_DATA names the folder."
        )
    europe = eu_vat_rates_data.get_all_rates()
    union = frozenset(country for country, rate in europe.items() if rate["eu_member"])
    return Facts(
        tariffs=_tariffs(folder / "duty_rates_hs6.csv.gz"),
        moved=_moved(folder / "hs2017_to_2022_consumer.csv"),
        listed=_listed(folder / "us_section301_china_hs8.csv.gz"),
        thresholds=_grouped(folder / "thresholds.csv", "destination", _threshold),
        exclusions=tuple(_read(folder / "relief_exclusions.csv", _exclusion)),
        schemes=_grouped(folder / "schemes.csv", "destination", _scheme),
        charges=_grouped(folder / "flat_charges.csv", "destination", _charge),
        bands=_grouped(folder / "duty_bands.csv", "destination", _band),
        free=_grouped(folder / "free_of_duty.csv", "destination", _free),
        excise=_grouped(folder / "excise.csv", "destination", _free),
        added=_grouped(folder / "added_duties.csv", "importer", _added),
        added_periods=tuple(_read(folder / "added_duty_periods.csv", _added_period)),
        taxes=_taxes(folder / "taxes.csv", europe),
        reduced=_grouped(folder / "reduced_taxes.csv", "country", _reduced),
        regional=_regional(folder / "regional_taxes.csv"),
        restrictions=tuple(_read(folder / "restrictions.csv", _restriction)),
        union=union,
        refunds=RefundLaw(
            repayments=_grouped(folder / "refunds.csv", "destination", _repayment),
            owed=_grouped(folder / "refunds_owed.csv", "destination", _owed),
            union=union,
        ),
    )


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else nullcontext(raw) as plain:
        yield from enumerate(csv.DictReader(TextIOWrapper(plain, "utf-8", newline="")), start=2)


def _read(path: Path, make: Callable[[Row], Made]) -> Iterator[Made]:
    for line, row in _rows(path):
        try:
            yield make(row)
        except (ValueError, ZeroDivisionError, KeyError) as wrong:
            raise Misconfigured(f"{path.name}, line {line}: {wrong!r} cannot be read.") from wrong


def _grouped(path: Path, by: str, make: Callable[[Row], Made]) -> dict[str, tuple[Made, ...]]:
    found: dict[str, list[Made]] = {}
    for group, made in _read(path, lambda row: (row[by], make(row))):
        found.setdefault(group, []).append(made)
    return {group: tuple(rows) for group, rows in found.items()}


def _dated(row: Row) -> dict[str, Any]:
    doubt = row.get("confidence", "seen")
    return {
        "valid_from": _day(row.get("valid_from")),
        "valid_to": _day(row.get("valid_to")),
        "source": row["source"] if doubt in ("", "seen") else f"{row['source']} ({doubt})",
        "as_of": row["as_of"],
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _amount(text: str) -> Fraction | None:
    # A free port's limit needs no comparing: nothing is charged there.
    return None if text in ("", "unknown") else Fraction(0) if text == "unlimited" else Fraction(text)


@lru_cache(4_096)
def _ppm(percent: str) -> int:
    rate = Fraction(percent) * PPM / 100
    if rate.denominator != 1 or rate < 0:
        raise ValueError(percent)
    return int(rate)


def _maybe_ppm(percent: str) -> int | None:
    return None if percent in ("", "unknown") else _ppm(percent)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.replace("*", "").split())


def _prefixes(text: str) -> tuple[str, ...]:
    """Prefixes to match with; `*` is the empty one, which begins every heading."""
    return tuple("" if prefix == "*" else prefix for prefix in text.split())


def _threshold(row: Row) -> Threshold:
    return Threshold(
        destination=row["destination"], ship_from=_set(row["ship_from"]), channels=_set(row["channels"]),
        duty_up_to=_amount(row["duty_up_to"]), tax_up_to=_amount(row["tax_up_to"]), currency=row["currency"],
        basis=row["basis"], instead=row["instead"], **_dated(row),
    )  # fmt: skip


def _exclusion(row: Row) -> Exclusion:
    return Exclusion(
        destination=row["destination"], origins=_set(row["origins"]), hs=_prefixes(row["hs"]), **_dated(row)
    )


def _scheme(row: Row) -> Scheme:
    return Scheme(
        destination=row["destination"], name=row["scheme"], up_to=Fraction(row["up_to"]), currency=row["currency"],
        basis=row["basis"], strict=row["strict"] == "yes", price_only=row["tax_base"] == "paid", **_dated(row),
    )  # fmt: skip


def _charge(row: Row) -> FlatCharge:
    return FlatCharge(
        destination=row["destination"], amount=Fraction(row["amount"]), currency=row["currency"],
        per_heading=row["per"] == "heading", goods_up_to=Fraction(row["goods_up_to"]), **_dated(row),
    )  # fmt: skip


def _band(row: Row) -> Band:
    return Band(
        destination=row["destination"], channels=_set(row["channels"]), not_from=_set(row["ship_from_not"]),
        hs_not=_prefixes(row["hs_not"]), over=_amount(row["over"]), up_to=_amount(row["up_to"]),
        currency=row["currency"], rate=_ppm(row["rate_percent"]), less=Fraction(row["less"]),
        tax_missing=row["tax"] == "unknown", **_dated(row),
    )  # fmt: skip


def _free(row: Row) -> Free:
    return Free(destination=row["destination"], hs=_prefixes(row["hs"]), **_dated(row))


def _added(row: Row) -> Added:
    return Added(
        importer=row["importer"], origin=row["origin"], heading=row["heading"], rate=_maybe_ppm(row["add_percent"]),
        action=row["action"], by_line=row["goods"] == "hs8",
        counts=row["status"] not in ("suspended", "first day missing"), **_dated(row),
    )  # fmt: skip


def _added_period(row: Row) -> AddedPeriod:
    return AddedPeriod(importer=row["importer"], origin=row["origin"], **_dated(row))


def _tax(row: Row) -> Tax:
    return Tax(rate=_maybe_ppm(row["rate_percent"]), **_dated(row))


def _reduced(row: Row) -> Reduced:
    return Reduced(country=row["country"], hs=_prefixes(row["hs"]), rate=_maybe_ppm(row["rate_percent"]), **_dated(row))


def _taxes(path: Path, europe: dict[str, Any]) -> dict[str, tuple[Tax, ...]]:
    """Our own rows, and for Europe the package's rate on the days that they do not tell."""
    own = _grouped(path, "country", _tax)
    for country, today in _european(europe).items():
        before = (structs.replace(row, reduced=today[0].reduced) for row in own.get(country, ()))
        own[country] = (*before, *today)
    return own


def _european(europe: dict[str, Any]) -> dict[str, tuple[Tax, ...]]:
    """The package gives floats such as 25.5; their text is the rate."""
    day = eu_vat_rates_data.data_version
    return {
        country: (
            Tax(
                rate=_ppm(str(rate["standard"])),
                reduced=bool(rate["reduced"] or rate["super_reduced"]),
                source=f"eu-vat-rates-data {day}",
                as_of=day,
            ),
        )
        for country, rate in europe.items()
    }


def _regional(path: Path) -> dict[str, dict[str, Regional]]:
    found: dict[str, dict[str, Regional]] = {}
    for country, region, made in _read(
        path,
        lambda row: (
            row["country"], row["region"], Regional(rate=_ppm(row["rate_percent"]), name=row["name"], **_dated(row)),
        ),
    ):  # fmt: skip
        found.setdefault(country, {})[region] = made
    return found


def _restriction(row: Row) -> Restriction:
    if row["effect"] not in ("banned", "conditional"):
        raise ValueError(row["effect"])
    return Restriction(
        subject=row["subject"], banned=row["effect"] == "banned", destination=row["destination"],
        ship_from=row["ship_from"], origin=row["origin"], hs=_prefixes(row["hs"]), hs_not=_prefixes(row["hs_not"]),
        battery=_set(row["battery"]), blade=row["blade_over_mm"], channels=_set(row["channels"]),
        modes=_set(row["modes"]), **_dated(row),
    )  # fmt: skip


def _repayment(row: Row) -> Repayment:
    _one_of(row["back"], "corrected", "claim", "no", "unknown")
    _one_of(row["collected"], "sale", "border")
    return Repayment(
        charges=_set(row["charges"]), collected=row["collected"], reasons=_set(row["reasons"]), back=row["back"],
        within_days=int(row["within_days"]) if row["within_days"] else None, how=row["how"], **_dated(row),
    )  # fmt: skip


def _owed(row: Row) -> Owed:
    _one_of(row["owed"], "yes", "no")
    return Owed(reasons=_set(row["reasons"]), owed=row["owed"] == "yes", how=row["how"], **_dated(row))


def _one_of(text: str, *allowed: str) -> None:
    if text not in allowed:
        raise ValueError(text)


def _tariffs(path: Path) -> dict[str, Tariff]:
    rates: dict[str, dict[str, Duty]] = {}
    heads: dict[str, tuple[str, str, str]] = {}

    def make(row: Row) -> tuple[Row, Duty]:
        low, mean, high = (_maybe_ppm(row[name]) for name in ("rate_min", "rate_avg", "rate_max"))
        return row, Duty(low, mean, high, int(row["lines"] or 0), int(row["lines_not_ad_valorem"] or 0))

    for row, duty in _read(path, make):
        # Free ports have one row `*`: they are in free_of_duty.csv.
        if row["hs6"] != "*":
            rates.setdefault(row["importer"], {})[row["hs6"]] = duty
            heads[row["importer"]] = row["hs_edition"], row["source"], row["as_of"]
    return {importer: Tariff(*heads[importer], table) for importer, table in rates.items()}


def _moved(path: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for new, old in _read(path, lambda row: (row["hs2022"], row["hs2017"])):
        found[new] = (*found.get(new, ()), old)
    return found


def _listed(path: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for line, heading in _read(path, lambda row: (row["hts8"], row["ch99_code"])):
        lines = found.setdefault(line[:6], {})
        lines[line] = (*lines.get(line, ()), heading)
    return found
