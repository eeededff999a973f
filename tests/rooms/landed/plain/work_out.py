"""The rules of landed cost once more, in exact fractions and as slowly as they read.

`answer(request)` takes a request as the batch command does and gives state and amounts in minor units, exact, not rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from rooms.landed.plain import facts
from rooms.landed.plain.restrictions import EXCISE, FOOD, NOT_BASIC_FOOD, verdicts

ZERO = Fraction(0)
FOB = ("US", "CA", "AU", "NZ")
FREE_PORTS = ("HK", "MO", "SG")
FLAT_FROM = date(2026, 7, 1)
LAST_LOW_VALUE_DAY = date(2028, 7, 1)
CHINA_ENDS = date(2025, 5, 2)
SURCHARGE = (date(2026, 2, 24), date(2026, 7, 23))
# The general addition to goods of China begins on the day after the surcharge (CBP, CSMS 69326983).
CHINA_KNOWN_FROM = date(2026, 2, 21)
CHINA_ADDITION_FROM = date(2026, 7, 24)


@dataclass(frozen=True)
class Span:
    """A rate or an amount that lies between two ends; all three alike when it is certain."""

    low: Fraction
    middle: Fraction
    high: Fraction
    sure: bool = True

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.middle + other.middle, self.high + other.high, self.sure and other.sure)

    def of(self, value: Fraction) -> Span:
        """This rate of a value."""
        return Span(self.low * value, self.middle * value, self.high * value, self.sure or value == 0)


NOTHING = Span(ZERO, ZERO, ZERO)


def _certain(rate: Fraction) -> Span:
    return Span(rate, rate, rate)


@dataclass
class Answer:
    """State and exact amounts; None is unknown."""

    state: str
    duty: Span | None
    tax: Fraction | None
    fees: Fraction | None
    goods: int
    shipping: int

    @property
    def total(self) -> Fraction | None:
        """All of it, or None."""
        if self.duty is None or self.tax is None or self.fees is None:
            return None
        return self.goods + self.shipping + self.duty.middle + self.tax + self.fees


@dataclass
class Case:
    """A request with what every rule needs of it. `values`: customs value of each line, None where it is missing."""

    request: dict[str, Any]
    at: date
    to: str
    paid: list[int]
    values: list[Fraction | None]
    shipping: list[Fraction]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the request."""
        lines: list[dict[str, Any]] = self.request["lines"]
        return lines

    def not_above(self, limit: Fraction, currency: str, basis: str) -> bool | None:
        """Whether the consignment is within a limit; None when that cannot be told."""
        if limit == 0:
            return False
        if basis == "either":
            one, other = self.not_above(limit, currency, "goods"), self.not_above(limit, currency, "cif")
            return one if one == other else None
        value = sum((value for value in self.values if value is not None), ZERO)
        value += self.request["shipping_minor"] if basis == "cif" else 0
        within = self.within(value, limit, currency)
        return None if within and None in self.values else within

    def within(self, value: Fraction, limit: Fraction, currency: str) -> bool | None:
        """Whether an amount of the request's currency is not above a limit in whole units of another."""
        rate = facts.ratio(self.request["currency"], currency, self.at)
        return None if rate is None else bool(value * rate <= limit * facts.minor_units(currency))

    def piece_within(self, place: int, limit: Fraction, currency: str) -> bool | None:
        """Whether one piece of a line is within a limit per piece; Norway's must be below it."""
        value = self.values[place]
        rate = facts.ratio(self.request["currency"], currency, self.at)
        if value is None or rate is None:
            return None
        piece = value / self.lines[place]["quantity"] * rate
        bound = limit * facts.minor_units(currency)
        return bool(piece < bound if self.to == "NO" else piece <= bound)


def answer(request: dict[str, Any]) -> Answer:
    """State and amounts of a complete request (all defaults filled in)."""
    case = _case(request)
    goods, shipping = sum(case.paid), request["shipping_minor"]
    marks = verdicts(request)
    if "banned" in marks:
        return Answer("banned", None, None, None, goods, shipping)
    duties = [_duty(case, place) for place in range(len(case.lines))]
    fees = _fees(case)
    taxes = _taxes(case, duties, fees)
    duty = None if None in duties else sum((one for one in duties if one is not None), NOTHING)
    tax = None if None in taxes else sum((one for one in taxes if one is not None), ZERO)
    fee = None if fees is None else sum(fees, ZERO)
    found = Answer("known", duty, tax, fee, goods, shipping)
    if found.total is None:
        found.state = "unknown"
    elif "conditional" in marks:
        found.state = "conditional"
    elif (duty is not None and not duty.sure) or case.to == "BR":
        found.state = "estimate"
    return found


def _case(request: dict[str, Any]) -> Case:
    paid = [line["quantity"] * line["unit_minor"] for line in request["lines"]]
    values: list[Fraction | None] = []
    for line, amount in zip(request["lines"], paid, strict=True):
        own = line.get("customs_unit_minor")
        values.append(Fraction(line["quantity"] * own) if own else Fraction(amount) if amount else None)
    total = sum(paid)
    shipping = [
        Fraction(request["shipping_minor"] * amount, total) if total else Fraction(request["shipping_minor"], len(paid))
        for amount in paid
    ]
    return Case(request, date.fromisoformat(request["at"]), request["to"], paid, values, shipping)


# Duty


def _duty(case: Case, place: int) -> Span | None:
    relief = _relieved(case, place)
    if relief:
        return NOTHING
    rate = _tariff(case, place)
    if rate is None:
        return None
    value = case.values[place]
    if rate.high == 0 and rate.sure:
        return NOTHING
    if value is None or relief is None:
        return None
    duty = rate.of(value if case.to in FOB else value + case.shipping[place])
    return _less(case, duty) if case.to == "BR" and rate.low == Fraction(6, 10) else duty


def _less(case: Case, duty: Span) -> Span | None:
    """Brazil takes 20 USD off the 60 % of a consignment: by line in the proportion of the duty."""
    rate = facts.ratio("USD", case.request["currency"], case.at)
    if rate is None or None in case.values:
        return None
    whole = Fraction(6, 10) * (sum((value for value in case.values if value), ZERO) + case.request["shipping_minor"])
    return duty.of(1 - 2000 * rate / whole)


def _relieved(case: Case, place: int) -> bool | None:
    """Whether a line is free of duty because the consignment is of low value; None when that cannot be told."""
    line, request = case.lines[place], case.request
    limit = facts.limit_on(case.to, case.at)
    if line["hs"].startswith(EXCISE) or case.to in ("CH", "NO"):
        return False
    if limit is None or limit.duty is None:
        return None
    if case.to in facts.EU and case.at >= FLAT_FROM:
        return case.not_above(Fraction(150), "EUR", "goods")
    if case.to == "US" and line["origin"] in ("CN", "HK") and case.at >= CHINA_ENDS:
        return False
    if case.to == "JP" and (line["hs"].startswith(("61", "64")) or line["hs"] in ("420211", "420221", "420291")):
        return False
    if case.to == "VN" and request["channel"] != "courier":
        return False
    if case.to == "MX" and request["ship_from"] not in ("US", "CA"):
        return False
    if limit.basis == "piece":
        return case.piece_within(place, limit.duty, limit.currency)
    return case.not_above(_duty_limit(case, limit.duty), limit.currency, limit.basis)


def _duty_limit(case: Case, usual: Fraction) -> Fraction:
    if case.request["channel"] == "courier":
        if case.to == "CA" and case.request["ship_from"] in ("US", "MX"):
            return Fraction(150)
        if case.to == "KR" and case.request["ship_from"] == "US":
            return Fraction(200)
    return usual


def _tariff(case: Case, place: int) -> Span | None:
    """The rate of duty of a line as a part of one, added duties included; None when it is unknown."""
    line = case.lines[place]
    hs = line["hs"][:6]
    if hs.startswith(EXCISE):
        return None
    if case.to in FREE_PORTS:
        return NOTHING
    if case.to == "CH":
        return NOTHING if int(hs[:2]) >= 25 else None
    if case.to == "ID":
        return _indonesia(case, hs)
    if case.to == "BR":
        small = case.not_above(Fraction(50), "USD", "cif") if case.request["channel"] != "freight" else None
        return None if small is None else _certain(Fraction(2 if small else 6, 10))
    importer = "EU" if case.to in facts.EU else case.to
    if importer not in ("EU", "GB", "AU", "US"):
        return None
    base = _ad_valorem(importer, hs)
    added = _added(case, line) if case.to == "US" else NOTHING
    return None if base is None or added is None else base + added


def _ad_valorem(importer: str, hs: str) -> Span | None:
    rows = facts.duty_rows()
    row = rows.get((importer, hs))
    if row is None and importer in ("EU", "GB") and hs in facts.BEFORE_2022:
        row = rows.get((importer, facts.BEFORE_2022[hs]))
    if row is None or row.lowest is None or row.mean is None or row.highest is None:
        return None
    return Span(
        row.lowest / 100, row.mean / 100, row.highest / 100, row.lowest == row.highest and not row.not_ad_valorem
    )


def _indonesia(case: Case, hs: str) -> Span | None:
    """7.5 % from 3 to 1,500 USD, with rates of their own for bags, shoes and textiles."""
    special = hs[:2] in ("42", "64") or 50 <= int(hs[:2]) <= 63
    below = case.not_above(Fraction(1500), "USD", "cif")
    return _certain(Fraction(75, 1000)) if below and not special else None


def _added(case: Case, line: dict[str, Any]) -> Span | None:
    """What the US adds for an origin on a day; None where the tables do not cover it."""
    surcharged = SURCHARGE[0] <= case.at <= SURCHARGE[1]
    if line["origin"] != "CN":
        return _certain(Fraction(1, 10)) if surcharged else None
    if case.at < CHINA_KNOWN_FROM:
        return None
    general = Fraction(125, 1000) if case.at >= CHINA_ADDITION_FROM else Fraction(surcharged, 10)
    lists = facts.section_301()
    below = [_one_line(lists[code]) for code in lists if code.startswith(line["hs"])]
    row = facts.duty_rows().get(("US", line["hs"][:6]))
    if not below or (len(line["hs"]) == 6 and row is not None and len(below) < row.lines):
        below.append(ZERO)
    known = [percent for percent in below if percent is not None]
    if len(known) < len(below):
        return None
    low, high = min(known), max(known)
    return _certain(general) + Span(low / 100, (low + high) / 200, high / 100, low == high)


def _one_line(lists: tuple[tuple[str, Fraction | None], ...]) -> Fraction | None:
    """Percent of an eight-digit line: however many lists it is on, it is charged once, by the highest."""
    known = [percent for _, percent in lists if percent is not None]
    return max(known) if len(known) == len(lists) else None


# Flat charges


def _fees(case: Case) -> list[Fraction] | None:
    """Flat charges by line, each charge on the first line it is due for."""
    charges = _charges(case)
    if case.to not in ("CH", *FREE_PORTS) and facts.limit_on(case.to, case.at) is None:
        return None
    fees = [ZERO] * len(case.lines)
    if case.to not in facts.EU or not charges:
        return fees
    low_value = case.not_above(Fraction(150), "EUR", "goods")
    rate = facts.ratio("EUR", case.request["currency"], case.at)
    if low_value is None or (low_value and rate is None):
        return None
    if not low_value or rate is None:
        return fees
    seen: set[str] = set()
    for place, line in enumerate(case.lines):
        for euros, each_heading in charges:
            if not seen or (each_heading and line["hs"][:6] not in seen):
                fees[place] += euros * 100 * rate
        seen.add(line["hs"][:6])
    return fees


def _charges(case: Case) -> list[tuple[int, bool]]:
    """Euros, and whether they are due for each heading or once."""
    charges = []
    if FLAT_FROM <= case.at <= LAST_LOW_VALUE_DAY:
        charges.append((3, True))
    if case.to == "IT" and case.at >= date(2026, 1, 1):
        charges.append((2, False))
    if case.to == "FR" and case.at >= date(2026, 3, 1):
        charges.append((2, True))
    return charges


# Tax


def _taxes(case: Case, duties: list[Span | None], fees: list[Fraction] | None) -> list[Fraction | None]:
    taxes = [
        _tax(case, place, duties[place], None if fees is None else fees[place]) for place in range(len(case.lines))
    ]
    if case.to == "CH" and None not in taxes:
        due = sum((tax for tax in taxes if tax is not None), ZERO)
        small = case.within(due, Fraction(5), "CHF")
        return [None if small is None else ZERO if small else tax for tax in taxes]
    return taxes


def _tax(case: Case, place: int, duty: Span | None, fee: Fraction | None) -> Fraction | None:
    """Tax of a line; where it cannot be told who collects it or whether it is free, all that may be must come to the same."""
    line = case.lines[place]
    limit = facts.limit_on(case.to, case.at)
    rate = _tax_rate(case, line)
    if rate == 0:
        return ZERO
    if limit is None and case.to != "CH":
        return None
    excise = line["hs"].startswith(EXCISE)
    at_sale = False if excise else _collected_at_sale(case, place)
    free = False if excise or limit is None else _tax_free(case, limit)
    possible = []
    if at_sale is not False:
        shipped = case.to not in facts.SCHEMES or facts.SCHEMES[case.to][3]
        possible.append(None if rate is None else rate * (case.paid[place] + (case.shipping[place] if shipped else 0)))
    if not at_sale and free is not False:
        possible.append(ZERO)
    if not at_sale and not free:
        value = case.values[place]
        missing = rate is None or value is None or duty is None or fee is None
        possible.append(None if missing else _at_border(rate, value, case.shipping[place], duty, fee))
    return possible[0] if len(set(possible)) == 1 else None


def _at_border(
    rate: Fraction | None, value: Fraction | None, shipping: Fraction, duty: Span | None, fee: Fraction | None
) -> Fraction:
    assert rate is not None and value is not None and duty is not None and fee is not None
    return rate * (value + shipping + duty.middle + fee)


def _collected_at_sale(case: Case, place: int) -> bool | None:
    if case.to not in facts.SCHEMES or not case.request["seller_collects"]:
        return False
    currency, bound, basis, _ = facts.SCHEMES[case.to]
    if basis == "piece":
        return case.piece_within(place, Fraction(bound), currency)
    return case.not_above(Fraction(bound), currency, basis)


def _tax_free(case: Case, limit: facts.Limit) -> bool | None:
    bound = limit.tax
    if bound is None or (case.to == "VN" and case.request["channel"] != "courier"):
        return False
    if case.request["channel"] == "courier":
        if case.to == "CA" and case.request["ship_from"] in ("US", "MX"):
            bound = Fraction(40)
        if case.to == "KR" and case.request["ship_from"] == "US":
            bound = Fraction(200)
    return False if limit.basis == "piece" else case.not_above(bound, limit.currency, limit.basis)


def _tax_rate(case: Case, line: dict[str, Any]) -> Fraction | None:
    percent = facts.standard_percent(case.to, case.at)
    region = case.request.get("region")
    if percent is None:
        return None
    basic_food = line["hs"].startswith(FOOD) and not line["hs"].startswith(NOT_BASIC_FOOD)
    if (case.to in ("AU", "CA") and basic_food) or (case.to == "MX" and line["hs"].startswith((*FOOD, "30"))):
        return ZERO
    if case.to in ("US", "CA"):
        if not region:
            return None
        percent += facts.STATE_PERCENT.get(f"{case.to}-{region}", ZERO)
    return percent / 100
