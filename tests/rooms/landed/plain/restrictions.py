"""What may not go where, or only under a condition, as the plain reading understands the published lists."""

from __future__ import annotations

from typing import Any

from rooms.landed.plain.facts import EU

FOOD = ("02", "03", "04", "07", "08", "09", "10", "11", "15", "16", "17", "18", "19", "20", "21", "22")
NOT_BASIC_FOOD = ("1704", "1806", "1905", "2106", "22")
MEAT_AND_DAIRY = (
    "0201", "0202", "0203", "0204", "0205", "0206", "0207", "0208", "0209", "0210",
    "0401", "0402", "0403", "0404", "0405", "0406", "1601", "1602",
)  # fmt: skip
EXCISE = ("2203", "2204", "2205", "2206", "2207", "2208", "24")
DRINKS = ("2203", "2204", "2205", "2206", "2208")
SWINE = ("0103", "0203", "02063", "02064", "0209", "02101", "15011", "15012", "16024")
COSMETICS = ("3303", "3304", "3305", "3307")
FLAMMABLE = ("330300", "330430")
LEATHER_GOODS = ("420211", "420221", "420231", "420291", "4203")
E_CIGARETTES = ("854340", "240412")
HEATED_TOBACCO = ("240411",)


def verdicts(request: dict[str, Any]) -> set[str]:
    """`banned` and `conditional`, as far as they hold for some line of a request."""
    return {verdict for line in request["lines"] for verdict in _of_line(request, line)}


def _of_line(request: dict[str, Any], line: dict[str, Any]) -> set[str]:
    return _battery(request, line) | _goods(request, line) | _country(request, line)


def _battery(request: dict[str, Any], line: dict[str, Any]) -> set[str]:
    battery = line.get("attributes", {}).get("battery", "none")
    if battery == "none":
        return set()
    found = set()
    if request["to"] in ("FR", "IN") and request["channel"] == "courier":
        found.add("banned")
    if request["channel"] == "post":
        found.add("conditional" if battery == "in_equipment" else "banned")
    if request["mode"].startswith("air"):
        found.add("banned" if (battery, request["mode"]) == ("alone", "air_passenger") else "conditional")
    return found


def _goods(request: dict[str, Any], line: dict[str, Any]) -> set[str]:
    found = set()
    if line["hs"].startswith(FLAMMABLE) and request["mode"].startswith("air"):
        found.add("conditional")
    blade = line.get("attributes", {}).get("blade_mm", 0)
    if (
        request["ship_from"] == "CN"
        and request["channel"] != "freight"
        and line["hs"].startswith("8211")
        and blade > 220
    ):
        found.add("banned")
    return found


def _country(request: dict[str, Any], line: dict[str, Any]) -> set[str]:
    to, hs, courier = request["to"], line["hs"], request["channel"] == "courier"
    banned = [
        to in EU
        and request["ship_from"] not in EU
        and request["channel"] != "freight"
        and hs.startswith(MEAT_AND_DAIRY),
        to in ("FR", "IN") and courier and hs.startswith(FOOD),
        to == "IN" and line["origin"] == "CN",
        to == "SG" and (hs.startswith("170410") or hs.startswith(E_CIGARETTES)),
        to == "HK" and hs.startswith(E_CIGARETTES + HEATED_TOBACCO),
        to in ("TH", "IN") and hs.startswith(E_CIGARETTES),
        to == "SA" and hs.startswith((*SWINE, *DRINKS, "09081", "4012")),
    ]
    conditional = [
        to == "AU" and hs.startswith(FOOD + COSMETICS + LEATHER_GOODS + ("30",)),
        to == "US" and hs.startswith(FOOD),
        to == "JP" and hs.startswith(COSMETICS),
        to == "AE" and hs.startswith(("0203", *E_CIGARETTES, *DRINKS, *COSMETICS, "3306", "30")),
        to == "SA" and hs.startswith(("1601", "900510", "950430", "950440", "950510")),
        to == "FR" and hs.startswith(("4901", "10")),
    ]
    return {name for name, holds in (("banned", any(banned)), ("conditional", any(conditional))) if holds}
