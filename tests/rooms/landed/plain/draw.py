"""Consignments to compare two readings on, drawn by a seed: many destinations, days beside changes of law, values beside limits."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random
from typing import Any

from rooms.landed.plain import facts
from rooms.landed.plain.restrictions import EXCISE

GOODS_DRAWN = """
    610910 620610 620620 640399 640419 420221 420222 392690 392410 691200 691110 851713 851830 847130 330300
    330499 330430 732393 871200 852872 630260 701337 940320 841451 850980 851631 900410 960910 920290 570242
    761510 820551 711719 711319 910211 960810 650500 660199 392490 560811 670290 841810 851762 854442 961511
    830249 611030 620342 621710 940521 852589 848520
"""
GOODS = tuple(GOODS_DRAWN.split())
RARE = (
    "220421",
    "240220",
    "854340",
    "170410",
    "020130",
    "090210",
    "080132",
    "821192",
    "850760",
    "252525",
    "210690",
    "490199",
)
US_LINES = (
    "61091000",
    "95030000",
    "90012000",
    "64039975",
    "64039940",
    "85311000",
    "85269100",
    "39269099",
    "84261900",
    "42021221",
)
ORIGINS = ("CN", "CN", "CN", "JP", "VN", "KR", "TR", "HK", "MX")
FROM = ("CN", "CN", "CN", "HK", "JP", "US", "SG", "MX")
REDUCED_SOMEWHERE = ("02", "04", "08", "09", "17", "21", "49", "30", "8712")
OTHERS = ("HK", "MO", "TR", "CH")
DESTINATIONS = (
    sorted(facts.EU) + sorted({row.split()[0] for row in facts.LIMIT_ROWS.strip().splitlines()} - {"EU"}) + list(OTHERS)
)
# Drawn more often, because more rules meet there.
BUSY_DRAWN = "US US US US GB GB DE FR IT AU AU CA CA JP SG NO CH KR TH VN MY ID IN"
BUSY = tuple(BUSY_DRAWN.split())
CHANGE_DAYS = """
    2025-02-18 2025-05-02 2025-07-01 2025-08-01 2025-08-29 2026-01-01 2026-02-06
    2026-02-21 2026-02-24 2026-03-01 2026-07-01 2026-07-24
"""
CHANGES = tuple(date.fromisoformat(day) for day in CHANGE_DAYS.split())
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
REGIONS = {"US": ("OR", "TX", "CA", "MN", "DE", None), "CA": ("ON", "QC", "AB", "BC", "NS")}
AT_HOME_ROWS = "AE:AED SA:SAR TW:TWD VN:VND BH:BHD BD:BDT BN:BND KH:KHR CO:COP AO:AOA"
AT_HOME = dict(pair.split(":") for pair in AT_HOME_ROWS.split())


def draw(seed: int) -> dict[str, Any]:
    """A request with all defaults filled in; the same one for the same seed."""
    rng = Random(seed)
    to = rng.choice(BUSY) if rng.random() < 0.6 else rng.choice(DESTINATIONS)
    at = _day(rng)
    currency = _currency(rng, to, at)
    request = {
        "id": str(seed),
        "at": at.isoformat(),
        "to": to,
        "region": rng.choice(REGIONS.get(to, (None,))),
        "ship_from": rng.choice([country for country in FROM if country != to]),
        "channel": rng.choices(("courier", "post", "freight"), (6, 2, 2))[0],
        "mode": rng.choices(("air_cargo", "air_passenger", "sea", "land"), (7, 1, 1, 1))[0],
        "terms": rng.choice(("DDP", "DAP")),
        "seller_collects": rng.random() < 0.8,
        "currency": currency,
        "shipping_minor": 0,
        "lines": [_line(rng, place, to) for place in range(rng.choice((1, 1, 1, 2, 3, 5)))],
    }
    _price(rng, request, at)
    return request


def _day(rng: Random) -> date:
    if rng.random() < 0.4:
        return rng.choice(CHANGES) + timedelta(days=rng.choice((-1, 0, 0, 1)))
    return FIRST + timedelta(days=rng.randrange((LAST - FIRST).days + 1))


def _currency(rng: Random, to: str, at: date) -> str:
    limit = facts.limit_on(to, at)
    own = AT_HOME.get(to) or (limit.currency if limit else "USD")
    return own if rng.random() < 0.6 else rng.choice(("USD", "EUR", "GBP", "CNY", "JPY", "KRW", "HUF", "TWD"))


def _line(rng: Random, place: int, to: str) -> dict[str, Any]:
    hs = rng.choice(GOODS) if rng.random() < 0.92 else rng.choice(RARE)
    if to == "US" and rng.random() < 0.3:
        hs = rng.choice(US_LINES)
    attributes: dict[str, Any] = {}
    if hs.startswith(("850760", "851713")) and (hs.startswith("850760") or rng.random() < 0.3):
        attributes["battery"] = rng.choice(("alone", "packed_with", "in_equipment"))
    if hs == "821192":
        attributes["blade_mm"] = rng.choice((120, 220, 221, 300))
    return {
        "line": str(place + 1), "hs": hs, "origin": rng.choice([country for country in ORIGINS if country != to]),
        "quantity": rng.choice((1, 1, 1, 2, 3, 12)), "unit_minor": 1, "customs_unit_minor": None, "attributes": attributes,
    }  # fmt: skip


def _price(rng: Random, request: dict[str, Any], at: date) -> None:
    """Give prices: some so that the consignment meets a limit exactly or misses it by one minor unit, the rest at large."""
    limit, rate = _target(rng, request, at)
    lines = request["lines"]
    unit = facts.minor_units(request["currency"])
    euro = float(facts.per_euro(request["currency"], at) or 10)
    for line in lines:
        line["unit_minor"] = max(1, round(math.exp(rng.uniform(0, 6)) * euro * unit))
    request["shipping_minor"] = rng.choice((0, round(rng.uniform(1, 25) * euro * unit)))
    if rng.random() < 0.06 and len(lines) > 1:
        lines[-1]["unit_minor"] = 0
        lines[-1]["customs_unit_minor"] = rng.choice((None, max(1, round(rng.uniform(1, 30) * euro * unit))))
    if limit is None or rng.random() < 0.5:
        return
    aim = int(limit * rate) + rng.choice((0, 0, 1, -1, 2))
    if rng.random() < 0.5:
        request["shipping_minor"] = min(request["shipping_minor"], max(aim // 2, 0))
        aim -= request["shipping_minor"]
    first = lines[0]
    first["quantity"] = 1
    rest = sum(line["quantity"] * (line["customs_unit_minor"] or line["unit_minor"]) for line in lines[1:])
    if rest >= aim:
        for line in lines[1:]:
            line["quantity"], line["unit_minor"] = 1, line["unit_minor"] and max(1, aim // 20)
            line["customs_unit_minor"] = line["customs_unit_minor"] and max(1, aim // 20)
        rest = sum(line["customs_unit_minor"] or line["unit_minor"] for line in lines[1:])
    first["unit_minor"] = max(1, aim - rest)


def _target(rng: Random, request: dict[str, Any], at: date) -> tuple[Any, Any]:
    """A limit worth meeting, in whole units, and minor units of the request's currency for one of it."""
    to = request["to"]
    row = facts.limit_on(to, at)
    known: list[tuple[str, Any]] = [(row.currency, value) for value in (row.duty, row.tax) if value] if row else []
    known += [("EUR", 150)] if to in facts.EU else []
    more: dict[str, list[tuple[str, Any]]] = {
        "CA": [("CAD", 40), ("CAD", 150)],
        "NO": [("NOK", 3000)],
        "KR": [("USD", 200)],
        "CH": [("CHF", 61.7)],
        "BR": [("USD", 50)],
    }
    known += more.get(to, [])
    if not known:
        return None, 1
    currency, limit = rng.choice(known)
    rate = facts.ratio(currency, request["currency"], at)
    return (None, 1) if rate is None else (limit, float(rate) * facts.minor_units(currency))


def undecided(request: dict[str, Any]) -> str:
    """Why the rules leave the answer open to more than one reading, or nothing: such a request is not compared in figures."""
    to, at = request["to"], date.fromisoformat(request["at"])
    hs = [line["hs"] for line in request["lines"]]
    if any(code.startswith(EXCISE) for code in hs):
        return "excise"
    if to in ("AU", "CA") and any(code.startswith(("1905", "2106", "2202")) for code in hs):
        return "which food is basic"
    if to == "MX" and request["ship_from"] != "US" and at >= date(2025, 8, 15) and request["channel"] == "courier":
        return "whether the simplified rate holds the tax"
    if to == "BR" and request["channel"] == "freight":
        return "whether the simplified rate holds for freight"
    if (to in facts.EU or to in ("GB", "NO", "CH")) and any(code.startswith(REDUCED_SOMEWHERE) for code in hs):
        return "which goods are taxed at a reduced rate"
    if sum(line["quantity"] * line["unit_minor"] for line in request["lines"]) == 0:
        return "how shipping is shared when nothing is paid"
    return ""
