"""Both sides of every limit, by date, and what is unknown against what is not needed."""

from __future__ import annotations

import msgspec
import pytest

from argosy.landed.model import Landed, LandedLine
from argosy.landed.rules import land
from rooms.landed.parcels import line, parcel, tables

# to, day, currency, heading, goods, shipping; state, duty, tax, fees. `-` is unknown.
LIMITS = """
DE 2026-06-30 EUR 620610  15000  500  known    0     2945  0     limit met exactly: relief, VAT collected at the sale
DE 2026-06-30 EUR 620610  15001  500  known    1860  3299  0     one cent above: 12% of 155.01, VAT of 155.01 + 18.60
DE 2026-07-01 EUR 620610  15000  500  known    0     2945  300   the flat charge takes the place of the duty
DE 2026-07-01 EUR 620610  15001  500  known    1860  3299  0     above it the tariff, and no flat charge
DE 2028-07-01 EUR 620610  15000  0    known    0     2850  300   last day
DE 2028-07-02 EUR 620610  15000  0    unknown  -     -     -     no row covers the day
IT 2026-11-23 EUR 620610  15000  0    known    0     3300  500   3 EUR a heading and 2 EUR a consignment
FR 2026-02-28 EUR 620610  8000   0    known    0     1600  0     before the national charge
FR 2026-03-01 EUR 620610  8000   0    known    0     1600  200   from its first day
GB 2026-11-23 GBP 620610  13500  700  known    0     2840  0     limit met exactly
GB 2026-11-23 GBP 620610  13501  700  known    1704  3181  0     12% of goods and shipping, VAT on all
GB 2029-04-01 GBP 620610  13500  700  unknown  -     -     -     the relief's end is known, what follows is not
AU 2026-11-23 AUD 950300  100000 2000 known    0     10200 0     limit met exactly
AU 2026-11-23 AUD 950300  100001 2000 estimate 1500  10350 0     duty of the goods alone, toys at 0 to 5%, 1.5% in the mean
AU 2026-11-23 AUD 610910  100001 2000 unknown  -     -     0     AU's chapter 61 is missing
NZ 2026-11-23 NZD 610910  100000 0    known    0     15000 0     limit met exactly
NZ 2026-11-23 NZD 610910  100001 0    unknown  -     -     0     no tariff of New Zealand
US 2025-05-01 USD 610910  80000  0    known    0     5000  0     de minimis, Texas
US 2025-05-02 USD 610910  80000  0    unknown  -     -     0     goods of China are excluded; what was added is missing
US 2026-02-20 USD 610910  8000   0    unknown  -     -     0     additions without a first day
US 2026-02-21 USD 610910  8000   0    known    1920  620   0     16.5% and 7.5%
US 2026-02-24 USD 610910  8000   0    known    2720  670   0     and 10%
US 2026-07-24 USD 610910  8000   0    known    2920  683   0     and 12.5% in its place
TH 2025-12-31 THB 610910  140000 10000 known   0     10500 0     limit met exactly with shipping
TH 2025-12-31 THB 610910  140000 10001 unknown -     -     0     one satang above
TH 2026-01-01 THB 610910  100    1    unknown  -     -     0     free to 1 baht
VN 2025-02-17 VND 610910  900000 100000 known  0     0     0     express, one million
VN 2025-02-18 VND 610910  1000   0    unknown  -     -     0     from the first dong
JP 2026-11-23 JPY 950300  9000   1000 known    0     0     0     limit met exactly with shipping
JP 2026-11-23 JPY 950300  9000   1001 unknown  -     -     0     no tariff of Japan
JP 2026-11-23 JPY 640399  5000   0    unknown  -     0     0     shoes have no relief of duty; of tax they have
JP 2028-04-01 JPY 950300  9000   1000 known    0     1000  0     consumption tax from the first yen
SG 2026-11-23 SGD 610910  90000  0    known    0     8100  0     no tariff; above 400 the tax comes at the border
HK 2026-11-23 HKD 610910  900000 0    known    0     0     0     free port
HK 2026-11-23 TWD 610910  900000 0    known    0     0     0     and no rate of exchange is needed
TW 2026-11-23 EUR 610910  1000   0    unknown  -     -     0     no rate of exchange for the limit
TW 2026-11-23 TWD 610910  150000 50000 known   0     0     0     limit met exactly with shipping
MY 2026-11-23 MYR 610910  40000  10000 known   0     4000  0     the price alone is taxed
MY 2026-11-23 MYR 610910  40000  10001 unknown -     -     0     above the limit
KR 2026-11-23 USD 610910  15000  5000 known    0     0     0     goods without shipping
KR 2026-11-23 USD 610910  15001  0    unknown  -     -     0     no tariff of Korea
CH 2026-11-23 CHF 610910  6172   0    known    0     0     0     the tax due is 4.999 CHF
CH 2026-11-23 CHF 610910  6173   0    known    0     500   0     the tax due is 5.0001 CHF
NO 2026-11-23 NOK 610910  299999 0    unknown  -     75000 0     VAT at the sale below 3,000 NOK a piece; no tariff
NO 2026-11-23 NOK 610910  300000 0    unknown  -     -     0     at the border the duty is needed
PH 2026-11-23 PHP 610910  990000 10000 known   0     0     0     within, whatever the basis
PH 2026-11-23 PHP 610910  990000 10001 unknown -     -     0     the basis is not told, and here it matters
ID 2026-11-23 USD 392410  10000  2000 known    900   1419  0     7.5% to 1,500 USD, 11% on all
ID 2026-11-23 USD 640399  10000  2000 unknown  -     -     0     shoes have a rate of their own
BR 2026-11-23 USD 950300  4000   1000 estimate 1000  1020  0     20% to 50 USD with shipping
BR 2026-11-23 USD 950300  4000   1001 estimate 1001  1020  0     60% less 20 USD above
AE 2026-11-23 AED 610910  29000  1000 known    0     0     0     either basis
IN 2026-11-23 INR 610910  100    0    unknown  -     -     0     from Japan: no tariff of India
CN 2026-11-23 CNY 610910  100    0    unknown  -     -     0     no tariff of China
AR 2026-11-23 USD 610910  100    0    unknown  -     -     -     no row of this country
"""
CASES = [row.split(maxsplit=10) for row in LIMITS.strip().splitlines()]


def told(landed: Landed) -> list[str]:
    return [
        "-" if amount is None else str(amount) for amount in (landed.duty_minor, landed.tax_minor, landed.fees_minor)
    ]


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]} {case[1]} {case[3]} {case[4]}" for case in CASES])
def test_limits(case: list[str]) -> None:
    to, day, currency, hs, goods, shipping, state, *amounts, _why = case
    region = "TX" if to == "US" else ""
    origin = "JP" if to in ("IN", "CN") else "CN"
    found = land(
        tables(),
        parcel(
            to,
            day,
            line(hs, int(goods), origin),
            currency=currency,
            shipping_minor=int(shipping),
            region=region,
            ship_from=origin,
        ),
    )
    conditional_food = "conditional" if to == "US" and hs[:2] < "23" else state
    assert (found.state, told(found)) == (conditional_food, amounts)
    if state != "unknown":
        assert found.total_minor == int(goods) + int(shipping) + sum(map(int, amounts))
    else:
        assert found.total_minor is None


def test_silk_and_wool_blouses_are_two_headings() -> None:
    blouses = (line("620610", 3000, name="silk"), line("620620", 9000, name="wool", quantity=2))
    found = land(tables(), parcel("DE", "2026-07-01", *blouses))
    assert (found.fees_minor, [share.fees_minor for share in found.shares]) == (600, [300, 300])


def test_a_gift_is_an_item_of_the_consignment() -> None:
    gift = line("420222", 0, name="gift", customs_minor=1000)
    with_gift = land(tables(), parcel("DE", "2026-07-01", line("620610", 3000), gift))
    # A heading more; what is paid is taxed, and nothing is paid for the gift.
    assert (with_gift.fees_minor, with_gift.tax_minor, with_gift.state) == (600, 570, "known")
    # 145 + 10 EUR are above the limit: 12% of 145, 6.7% of 10 (3.7 to 9.7%), and no charge.
    crossing = land(tables(), parcel("DE", "2026-07-01", line("620610", 14500), gift))
    assert crossing.state == "estimate"
    assert (crossing.duty_low_minor, crossing.duty_high_minor) == (1777, 1837)
    assert (crossing.fees_minor, [share.duty_minor for share in crossing.shares]) == (0, [1740, 67])


def test_a_gift_without_a_customs_value_is_unknown_where_it_matters() -> None:
    gift = line("420222", 0, name="gift")
    assert land(tables(), parcel("HK", "2026-07-01", line("620610", 3000), gift)).state == "known"
    found = land(tables(), parcel("DE", "2026-07-01", line("620610", 3000), gift))
    assert (found.state, found.duty_minor, found.tax_minor, found.fees_minor) == ("unknown", None, None, None)
    above = land(tables(), parcel("DE", "2026-07-01", line("620610", 15001), gift))
    # The others alone are above the limit, so no flat charge; the gift's own duty is what is missing.
    assert (above.fees_minor, above.shares[0].duty_minor, above.shares[1].duty_minor) == (0, 1800, None)


@pytest.mark.parametrize(
    ("hs", "state"),
    [
        ("61091000", "known"),
        ("610910", "known"),
        ("85171300", "conditional"),
        ("420292", "estimate"),
        ("84261900", "unknown"),
    ],
)
def test_section_301_by_national_line(hs: str, state: str) -> None:
    """Phones are on the suspended list 4B; of bags the national lines differ; cranes have no rate."""
    battery = "in_equipment" if hs.startswith("8517") else "none"
    found = land(tables(), parcel("US", "2026-11-23", line(hs, 10_000, battery=battery), currency="USD", region="OR"))
    assert found.state == state
    if hs == "85171300":
        assert found.duty_minor == 1250
    if state == "estimate":
        assert found.duty_low_minor is not None and found.duty_minor is not None and found.duty_high_minor is not None
        assert found.duty_low_minor < found.duty_minor < found.duty_high_minor


def test_two_lists_of_one_action_are_charged_once() -> None:
    facts = tables()._facts
    twice = next(
        hs8 for lines in facts.listed.values() for hs8, lists in lines.items() if lists == ("9903.88.01", "9903.88.03")
    )
    found = land(tables(), parcel("US", "2026-11-23", line(twice, 10_000), currency="USD", region="OR"))
    added = [fact.values[0] for fact in found.facts if fact.code == "duty.added" and fact.values[2] == "section 301"]
    assert added == [250_000]


def test_other_origins_are_unknown_where_their_additions_are_not_covered() -> None:
    def state(day: str) -> str:
        return land(
            tables(), parcel("US", day, line("610910", 8000, "JP"), currency="USD", region="OR", ship_from="JP")
        ).state

    days = ["2026-02-23", "2026-02-24", "2026-07-23", "2026-07-24"]
    assert [state(day) for day in days] == ["unknown", "known", "known", "unknown"]


def test_a_basket_of_two_origins_keeps_the_relief_of_one() -> None:
    both = (line("610910", 8000, "JP", "a"), line("610910", 8000, "CN", "b"))
    found = land(tables(), parcel("US", "2025-06-01", *both, currency="USD", region="OR", ship_from="JP"))
    assert [(share.state, share.duty_minor) for share in found.shares] == [("known", 0), ("unknown", None)]
    assert (found.state, found.duty_minor, found.tax_minor) == ("unknown", None, 0)


def test_where_nothing_is_collected_at_the_sale_the_border_collects() -> None:
    at_border = land(tables(), parcel("FR", "2026-11-23", line("610910", 8000), seller_collects=False))
    # 20% of 80 and of the charges, 3 + 2 EUR.
    assert (at_border.tax_minor, at_border.fees_minor) == (1700, 500)


def test_alcohol_has_no_relief_and_its_excise_is_missing() -> None:
    for to in ("SG", "HK", "MO", "GB"):
        found = land(tables(), parcel(to, "2026-11-23", line("220421", 1000)))
        assert (found.state, found.duty_minor) == ("unknown", None), to


def test_express_and_place_of_dispatch_decide_relief() -> None:
    def duty(**more: str) -> int | None:
        asked = parcel("CA", "2026-11-23", line("950300", 4000), currency="CAD", region="AB", **more)
        return land(tables(), asked).duty_minor

    assert (duty(ship_from="US"), duty(ship_from="US", channel="post"), duty(ship_from="CN")) == (0, None, None)


BANS = """
SG 170410 none         - courier air_cargo     banned
HK 854340 none         - courier air_cargo     banned
FR 180632 none         - courier air_cargo     banned
FR 180632 none         - post    air_cargo     estimate
DE 040690 none         - courier air_cargo     banned
DE 040690 none         - freight sea           estimate
DE 851713 in_equipment - courier air_cargo     conditional
DE 851713 in_equipment - courier sea           known
DE 850760 alone        - courier air_passenger banned
DE 850760 none         - courier air_passenger banned
DE 850760 alone        - courier air_cargo     conditional
DE 850760 alone        - post    sea           banned
DE 851713 in_equipment - post    sea           conditional
FR 851713 in_equipment - courier sea           banned
DE 330300 none         - courier air_cargo     conditional
DE 821191 none       221 courier air_cargo     banned
DE 821191 none       220 courier air_cargo     known
DE 821191 none         - courier air_cargo     conditional
DE 821193 none       100 courier air_cargo     conditional
DE 930700 none         - freight sea           known
DE 930700 none         - courier air_cargo     banned
FR 950300 none         - courier air_cargo     known
IN 610910 none         - courier air_cargo     banned
"""


@pytest.mark.parametrize("row", BANS.strip().splitlines())
def test_bans_and_conditions(row: str) -> None:
    to, hs, battery, blade, channel, mode, state = row.split()
    goods = line(hs, 5000, battery=battery, blade_mm=None if blade == "-" else int(blade))
    found = land(tables(), parcel(to, "2026-11-23", goods, channel=channel, mode=mode))
    assert found.state == state
    if state == "banned":
        assert (found.total_minor, found.duty_minor, found.tax_minor, found.fees_minor) == (None, None, None, None)
        assert found.shares[0].duty_minor is None
        assert any(fact.code.startswith("ban.") for fact in found.facts)


def test_a_sale_inside_the_country_is_no_import() -> None:
    found = land(tables(), parcel("CN", "2026-11-23", line("220421", 5000), currency="CNY", shipping_minor=300))
    assert (found.state, found.duty_minor, found.tax_minor, found.fees_minor, found.total_minor) == (
        "known",
        0,
        0,
        0,
        5300,
    )


def test_inside_the_union_there_is_no_border() -> None:
    found = land(tables(), parcel("FR", "2026-11-23", line("610910", 50_000), ship_from="DE", shipping_minor=1000))
    assert (found.state, found.duty_minor, found.tax_minor, found.fees_minor) == ("known", 0, 10_200, 0)


def test_goods_without_a_heading_are_unknown_where_one_is_needed() -> None:
    assert land(tables(), parcel("HK", "2026-11-23", line("", 5000))).state == "known"
    before = land(tables(), parcel("GB", "2026-11-23", line("", 5000)))
    assert (before.state, before.duty_minor) == ("estimate", 0)
    eu = land(tables(), parcel("DE", "2026-11-23", line("", 5000)))
    assert (eu.state, eu.duty_minor, eu.fees_minor) == ("unknown", 0, None)
    us = land(tables(), parcel("US", "2026-11-23", line("", 5000), region="OR", currency="USD"))
    assert (us.state, us.duty_minor) == ("unknown", None)


def test_the_region_decides_and_is_never_guessed() -> None:
    def tax(to: str, region: str, currency: str, goods: int) -> int | None:
        asked = parcel(to, "2026-11-23", line("950300", goods), region=region, currency=currency, ship_from="US")
        return land(tables(), asked).tax_minor

    assert [tax("CA", region, "CAD", 10_000) for region in ("ON", "AB", "QC", "")] == [1300, 500, 1498, None]


def test_rates_of_vat_that_have_changed() -> None:
    def tax(to: str, day: str) -> int | None:
        return land(tables(), parcel(to, day, line("950300", 10_000))).tax_minor

    assert [tax("EE", "2025-06-30"), tax("EE", "2025-07-01")] == [2200, 2400]
    assert [tax("RO", "2025-07-31"), tax("RO", "2025-08-01")] == [1900, 2100]


def test_moved_headings_are_looked_up_in_the_older_edition() -> None:
    found = land(tables(), parcel("DE", "2026-11-23", line("851713", 20_000), mode="sea"))
    assert (found.state, found.duty_minor) == ("known", 0)
    assert [fact.values[2] for fact in found.facts if fact.code == "duty.ad_valorem"] == ["851712"]


def test_an_answer_is_small_enough_for_a_token() -> None:
    ten = tuple(
        line(hs, 900, name=str(n)) for n, hs in enumerate(["610910", "950300", "640399", "711790", "420222"] * 2)
    )
    answer = land(tables(), parcel("DE", "2026-11-23", *ten, shipping_minor=900))
    encoded = msgspec.msgpack.encode(answer)
    assert len(encoded) < 1_000
    assert msgspec.msgpack.decode(encoded, type=Landed) == answer


def test_lines_and_parcels_can_be_keys() -> None:
    asked = parcel("DE", "2026-11-23", line("610910", 5000))
    assert {asked: 1, asked.lines[0]: 2}[asked] == 1
    assert isinstance(hash(asked.lines[0]), int) and isinstance(asked.lines[0], LandedLine)
